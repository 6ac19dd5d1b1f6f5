/** Agrona buffers over records. Agrona is an automatic module: it has a name in its manifest and no descriptor. */
@SuppressWarnings("requires-transitive-automatic")
module io.regionstore.agrona {
    requires transitive io.regionstore;
    requires transitive org.agrona;

    exports io.regionstore.agrona;
}
