/** The implementation; users need only {@code io.regionstore}. */
module io.regionstore.impl {
    requires io.regionstore;
    requires java.management;
    requires jdk.management;

    provides io.regionstore.spi.StoreProvider with io.regionstore.engine.EngineProvider;
}
