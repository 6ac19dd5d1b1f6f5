/**
 * Chronicle Bytes over records. Chronicle's jars are automatic modules: they have names in their manifests and no
 * descriptors.
 */
@SuppressWarnings("requires-transitive-automatic")
module io.regionstore.chronicle {
    requires transitive io.regionstore;
    requires transitive chronicle.bytes;
    requires chronicle.core;

    exports io.regionstore.chronicle;
}
