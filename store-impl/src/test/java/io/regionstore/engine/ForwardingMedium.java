package io.regionstore.engine;

import io.regionstore.FailureDomain;
import io.regionstore.RegionStoreException;
import io.regionstore.device.MediumIdentity;
import io.regionstore.device.Presence;
import io.regionstore.device.RegionOwner;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.Memory;
import java.util.Optional;

/** An open medium that passes everything on: tests change what they are about. */
class ForwardingMedium implements Media.OpenMedium {
    private final Media.OpenMedium to;

    ForwardingMedium(Media.OpenMedium to) {
        this.to = to;
    }

    /** @return what a medium of this class passes on to; null for null */
    static Media.OpenMedium behind(Media.OpenMedium medium) {
        return medium == null ? null : ((ForwardingMedium) medium).to;
    }

    @Override
    public MediumIdentity identity() {
        return to.identity();
    }

    @Override
    public FlushMethod method(FailureDomain domain) {
        return to.method(domain);
    }

    @Override
    public Memory memory(FailureDomain domain, long length) {
        return to.memory(domain, length);
    }

    @Override
    public boolean isNew() {
        return to.isNew();
    }

    @Override
    public long nextData(long from) {
        return to.nextData(from);
    }

    @Override
    public void reserve(long length) {
        to.reserve(length);
    }

    @Override
    public RegionStoreException explain(InternalError fault) {
        return to.explain(fault);
    }

    @Override
    public long firstData() {
        return to.firstData();
    }

    @Override
    public Optional<RegionOwner> owner() {
        return to.owner();
    }

    @Override
    public void own(RegionOwner owner, boolean durably) {
        to.own(owner, durably);
    }

    @Override
    public Presence presence() {
        return to.presence();
    }

    @Override
    public void removeIfCreated() {
        to.removeIfCreated();
    }

    @Override
    public void close() {
        to.close();
    }
}
