/** The implementation; users need only {@code io.regionstore}. */
module io.regionstore.impl {
    requires io.regionstore;

    provides io.regionstore.spi.StoreProvider with io.regionstore.engine.EngineProvider;
}
