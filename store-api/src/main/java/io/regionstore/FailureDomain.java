package io.regionstore;

/** What an acknowledged commit survives. Each domain includes the ones before it. */
public enum FailureDomain {
    /** The JVM dies at any instruction (kill -9, crash). Needs stores in order, nothing more. */
    PROCESS,
    /**
     * The kernel dies or is replaced by kexec. On dax memory stores in order are enough, since caches stay coherent;
     * metadata in a directory is synced before the acknowledgement.
     */
    KERNEL,
    /**
     * CPU caches are lost as well: a warm reset, or power loss on real persistent memory. Adds cache-line write-back of
     * payload and slot, and one fence for a commit.
     */
    PLATFORM;

    /**
     * @param other the domain to compare with
     * @return whether surviving this domain implies surviving {@code other}
     */
    public boolean covers(FailureDomain other) {
        return compareTo(other) >= 0;
    }
}
