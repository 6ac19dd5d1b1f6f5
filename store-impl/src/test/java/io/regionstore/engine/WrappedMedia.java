package io.regionstore.engine;

import io.regionstore.Medium;
import java.util.UUID;

/** The media of this machine, for tests that put something between a store and what it is on. */
class WrappedMedia implements Media {
    private final MappedMedia mapped = new MappedMedia();

    @Override
    public OpenMedium open(Medium medium, boolean mayCreate, OpenMedium beside) {
        return mapped.open(medium, mayCreate, beside);
    }

    @Override
    public UUID boot() {
        return mapped.boot();
    }
}
