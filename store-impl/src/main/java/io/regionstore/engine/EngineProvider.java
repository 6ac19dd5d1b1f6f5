package io.regionstore.engine;

import io.regionstore.RegionStore;
import io.regionstore.StoreConfig;
import io.regionstore.spi.StoreProvider;

/** Opens stores for the API. */
public final class EngineProvider implements StoreProvider {
    @Override
    public RegionStore open(StoreConfig config, Mode mode) {
        return StoreOpener.open(config, mode, new MappedMedia(config.unlocked()));
    }
}
