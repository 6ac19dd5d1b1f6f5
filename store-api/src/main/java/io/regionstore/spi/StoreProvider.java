package io.regionstore.spi;

import io.regionstore.RegionStore;
import io.regionstore.StoreConfig;

/** The implementation's entrance, found by {@link java.util.ServiceLoader}. */
public interface StoreProvider {
    /** What may be there already. */
    enum Mode {
        /** Nothing may be there. */
        CREATE,
        /** A store must be there. */
        OPEN,
        /** A store, or nothing at all. */
        OPEN_OR_CREATE
    }

    /**
     * @param config the store
     * @param mode   what may be there already
     * @return the open store
     */
    RegionStore open(StoreConfig config, Mode mode);
}
