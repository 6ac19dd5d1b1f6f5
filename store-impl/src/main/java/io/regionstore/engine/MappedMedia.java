package io.regionstore.engine;

import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStoreException;
import io.regionstore.device.BootId;
import io.regionstore.device.MappedMedium;
import io.regionstore.device.MediumIdentity;
import io.regionstore.device.OwnerRegistry;
import io.regionstore.device.Presence;
import io.regionstore.device.RegionOwner;
import io.regionstore.log.LogFiles;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
import io.regionstore.memory.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The media of this machine, mapped. */
final class MappedMedia implements Media {
    private final boolean unlocked;
    private final OwnerRegistry owners;
    private final List<String> notes = new ArrayList<>();

    MappedMedia() {
        this(false);
    }

    /** @param unlocked whether media are used on which the kernel has no locks */
    MappedMedia(boolean unlocked) {
        this(unlocked, OwnerRegistry.ofUser());
    }

    /**
     * @param unlocked whether media are used on which the kernel has no locks
     * @param owners   of regions that cannot carry such a record themselves
     */
    MappedMedia(boolean unlocked, OwnerRegistry owners) {
        this.unlocked = unlocked;
        this.owners = owners;
    }

    @Override
    public OpenMedium open(Medium medium, boolean mayCreate, OpenMedium beside) {
        MappedMedium opened = MappedMedium.open(medium, mayCreate, beside == null ? null : ((Mapped) beside).medium,
                unlocked);
        noteLock(opened.isLocked(), opened.identity().path());
        return new Mapped(opened, owners);
    }

    @Override
    public LogFiles.Lock lock(LogFiles directory) {
        LogFiles.Lock lock = directory.lock(unlocked);
        noteLock(lock.isHeld(), directory.resource());
        return lock;
    }

    private void noteLock(boolean held, String resource) {
        if (!held) {
            notes.add(resource + ": the kernel has no locks there, so nothing keeps a second store from using it");
        }
    }

    @Override
    public UUID boot() {
        if (!BootId.isKnown()) {
            notes.add("/proc/sys/kernel/random/boot_id is hidden, so this boot cannot be told from another: payloads that"
                    + " another process wrote are compared with their checksums");
        }
        return BootId.current();
    }

    @Override
    public List<String> takeNotes() {
        List<String> taken = notes.stream().distinct().toList();
        notes.clear();
        return taken;
    }

    private record Mapped(MappedMedium medium, OwnerRegistry owners) implements OpenMedium {
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
            return MappedMemory.of(medium, domain, length);
        }

        @Override
        public boolean isNew() {
            return medium.isNew();
        }

        @Override
        public long nextData(long from) {
            return medium.nextData(from);
        }

        @Override
        public void dropCache() {
            medium.dropCache();
        }

        @Override
        public void reserve(long length) {
            medium.reserve(length);
        }

        @Override
        public RegionStoreException explain(InternalError fault) {
            return medium.explain(fault);
        }

        @Override
        public long firstData() {
            return medium.firstData();
        }

        @Override
        public Optional<RegionOwner> owner() {
            return medium.owner(owners);
        }

        @Override
        public void own(RegionOwner owner, boolean durably) {
            medium.own(owner, durably, owners);
        }

        @Override
        public Presence presence() {
            return medium.presence();
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
