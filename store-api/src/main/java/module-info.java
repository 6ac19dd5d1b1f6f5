/** What users of regionstore import. */
module io.regionstore {
    exports io.regionstore;
    exports io.regionstore.spi;

    uses io.regionstore.spi.StoreProvider;
}
