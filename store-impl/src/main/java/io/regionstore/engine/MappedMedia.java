package io.regionstore.engine;

import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.device.BootId;
import io.regionstore.device.MappedMedium;
import io.regionstore.device.MediumIdentity;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
import io.regionstore.memory.Memory;
import java.util.UUID;

/** The media of this machine, mapped. */
final class MappedMedia implements Media {
    @Override
    public OpenMedium open(Medium medium, boolean mayCreate, OpenMedium beside) {
        return new Mapped(MappedMedium.open(medium, mayCreate, beside == null ? null : ((Mapped) beside).medium));
    }

    @Override
    public UUID boot() {
        return UUID.fromString(BootId.current());
    }

    private record Mapped(MappedMedium medium) implements OpenMedium {
        @Override
        public MediumIdentity identity() {
            return medium.identity();
        }

        @Override
        public FlushMethod method(FailureDomain domain) {
            return MappedMemory.methodFor(medium, domain);
        }

        @Override
        public Memory memory(FailureDomain domain, long length) {
            return new MappedMemory(medium.segment().asSlice(0, length), method(domain));
        }

        @Override
        public void removeIfCreated() {
            medium.removeIfCreated();
        }

        @Override
        public void close() {
            medium.close();
        }
    }
}
