package io.regionstore.proof;

import io.regionstore.FailureDomain;

/** How a machine ends, and with it what is lost. */
public enum Crash {
    /** The process died: the kernel, its boot and all memory go on. */
    PROCESS(FailureDomain.PROCESS),
    /** The kernel died: memory and caches were kept, what files did not sync was not. */
    KERNEL(FailureDomain.KERNEL),
    /** The power failed: lines that were not written back are lost as well. */
    PLATFORM(FailureDomain.PLATFORM);

    private final FailureDomain domain;

    Crash(FailureDomain domain) {
        this.domain = domain;
    }

    /** @return of all crashes that a domain promises to survive the worst */
    public static Crash worstFor(FailureDomain domain) {
        return values()[domain.ordinal()];
    }

    /** @return the domain that survives this */
    public FailureDomain domain() {
        return domain;
    }
}
