package io.regionstore;

import io.regionstore.spi.StoreProvider;
import java.time.Duration;
import java.util.Objects;
import java.util.ServiceLoader;

/** Describes a store, then creates or opens it. Not thread-safe. */
public final class RegionStoreBuilder {
    private static final Duration LONGEST_RELAXED = Duration.ofDays(1);

    private Medium region;
    private Medium metadata;
    private FailureDomain failureDomain = FailureDomain.KERNEL;
    private long slotCapacity;
    private long alignment = RegionStore.GRANULE;
    private Duration relaxedCommits = Duration.ZERO;
    private PayloadVerification payloadVerification = PayloadVerification.FULL;
    private DamagePolicy damagePolicy = DamagePolicy.REFUSE;
    private boolean acceptRestoredMetadata;
    private RecoveryListener listener = (phase, done, total) -> { };
    private boolean overwriteRegion;
    private boolean sparse;
    private boolean unlocked;
    private boolean trackLeaks;
    private HealthListener healthListener = problem -> { };

    RegionStoreBuilder() {
    }

    /**
     * @param medium where payloads go: a device, a physical range or a file
     * @return this
     */
    public RegionStoreBuilder region(Medium medium) {
        region = Objects.requireNonNull(medium);
        return this;
    }

    /**
     * @param medium where everything else goes; must share no byte with the region
     * @return this
     */
    public RegionStoreBuilder metadata(Medium medium) {
        metadata = Objects.requireNonNull(medium);
        return this;
    }

    /**
     * @param domain what an acknowledged commit must survive; {@link FailureDomain#KERNEL} unless set
     * @return this
     */
    public RegionStoreBuilder failureDomain(FailureDomain domain) {
        failureDomain = Objects.requireNonNull(domain);
        return this;
    }

    /**
     * Capacity of the slot table, for {@code create}. A record with a {@code long} key takes one slot of 32 bytes; a key
     * of n bytes takes 1 + ceil((n + 8) / 24) slots, rounded up to a power of two.
     *
     * @param slots number of 32-byte slots; 0 means what the medium holds, or 1,048,576 at first in a directory, where
     *              the table grows
     * @return this
     */
    public RegionStoreBuilder slotCapacity(long slots) {
        if (slots < 0 || slots > 1L << 34) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT,
                    "slotCapacity: expected 0 to 2^34 slots, found " + slots);
        }
        slotCapacity = slots;
        return this;
    }

    /**
     * @param bytes alignment of the extents that {@code put} takes: a power of two from 8 to 1 GiB; 8 unless set
     * @return this
     */
    public RegionStoreBuilder alignment(long bytes) {
        alignment = requireAlignment(bytes);
        return this;
    }

    /**
     * Acknowledges at once and makes durable at the next interval or {@link RegionStore#sync()}. A crash may then lose
     * the latest commits, never their order. Only for metadata in a directory; in place, commits are durable at once.
     *
     * @param interval longest time until a commit is durable, 1 day at most; zero, the default: durable before the
     *                 acknowledgement
     * @return this
     */
    public RegionStoreBuilder relaxedCommits(Duration interval) {
        if (interval.isNegative() || interval.compareTo(LONGEST_RELAXED) > 0) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT, "relaxedCommits: expected an interval of 0 to "
                    + LONGEST_RELAXED.toHours() + " hours, found " + interval);
        }
        relaxedCommits = interval;
        return this;
    }

    /**
     * @param verification how payloads are checked after a boot
     * @return this
     */
    public RegionStoreBuilder payloadVerification(PayloadVerification verification) {
        payloadVerification = Objects.requireNonNull(verification);
        return this;
    }

    /**
     * @param policy what to do with damaged records
     * @return this
     */
    public RegionStoreBuilder damagePolicy(DamagePolicy policy) {
        damagePolicy = Objects.requireNonNull(policy);
        return this;
    }

    /**
     * @param accept open a metadata directory that was copied or restored, after every payload was verified; otherwise
     *               that is refused with METADATA_RESTORED
     * @return this
     */
    public RegionStoreBuilder acceptRestoredMetadata(boolean accept) {
        acceptRestoredMetadata = accept;
        return this;
    }

    /**
     * @param recoveryListener told how far opening is
     * @return this
     */
    public RegionStoreBuilder listener(RecoveryListener recoveryListener) {
        listener = Objects.requireNonNull(recoveryListener);
        return this;
    }

    /**
     * Lets {@code create} take a region that is not blank (REGION_NOT_BLANK otherwise), or a device with data for the
     * metadata. What is there is lost, be it another store's payloads; that store is refused with REGION_TAKEN from then
     * on. Lets {@code open} take back a region that another store used since: every payload is compared, and records that
     * were overwritten are damaged.
     *
     * <p>A region counts as blank if it holds nothing but zeros, as far as that is looked at: up to 1 GiB of a file's data
     * and 4,096 pages of the rest, or 4,096 pages of a device; and if no store is recorded as its owner. The record is an
     * extended attribute of a file; for a device it is in {@code /var/lib/regionstore/owners} or, for users other than
     * root, below {@code $XDG_STATE_HOME} or {@code ~/.local/state}; {@code -Dio.regionstore.owners} names another
     * directory.
     *
     * @return this
     */
    public RegionStoreBuilder overwriteRegion() {
        overwriteRegion = true;
        return this;
    }

    /**
     * Leaves the blocks of files that {@code create} makes to their first use. A full file system is then found by the
     * write that needs a block, which fails with NO_SPACE; without this, {@code create} reserves all blocks, or fails.
     *
     * @return this
     */
    public RegionStoreBuilder sparse() {
        sparse = true;
        return this;
    }

    /**
     * Uses media on which the kernel gives no locks (LOCK_UNSUPPORTED otherwise). The caller then sees to it that no
     * second store, of this process or another, uses them: two would destroy each other's records.
     *
     * @return this
     */
    public RegionStoreBuilder withoutLocks() {
        unlocked = true;
        return this;
    }

    /**
     * Lets views and reservations remember where they were made, for the warning about those that were never closed.
     * Costs a stack trace for each.
     *
     * @return this
     */
    public RegionStoreBuilder trackLeaks() {
        trackLeaks = true;
        return this;
    }

    /**
     * @param storeListener told what goes wrong while the store is open
     * @return this
     */
    public RegionStoreBuilder healthListener(HealthListener storeListener) {
        healthListener = Objects.requireNonNull(storeListener);
        return this;
    }

    /**
     * Makes a new, empty store. Refuses metadata that is already there. Not one byte of the region is written.
     *
     * @return the store
     * @throws RegionStoreException with the code of the first thing that is wrong; nothing is then changed
     */
    public RegionStore create() {
        return provider().open(config(), StoreProvider.Mode.CREATE);
    }

    /**
     * Opens the store that the metadata describes, recovering it if it was not closed.
     *
     * @return the store
     * @throws RegionStoreException with the code of the first thing that is wrong; nothing is then changed
     */
    public RegionStore open() {
        return provider().open(config(), StoreProvider.Mode.OPEN);
    }

    /**
     * Opens the store, or creates it where there is no metadata at all: an empty or missing directory or file, or zero
     * bytes on a device. Anything else that is not valid metadata is refused, never overwritten.
     *
     * @return the store
     */
    public RegionStore openOrCreate() {
        return provider().open(config(), StoreProvider.Mode.OPEN_OR_CREATE);
    }

    private StoreConfig config() {
        if (region == null || metadata == null) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT,
                    (region == null ? "region" : "metadata") + ": no medium was given to the builder");
        }
        if (region instanceof Medium.Directory directory) {
            throw new RegionStoreException(ErrorCode.IS_A_DIRECTORY, directory.path()
                    + ": expected a device or a file for the region, found a directory; only metadata goes there");
        }
        return new StoreConfig(region, metadata, failureDomain, slotCapacity, alignment, relaxedCommits,
                payloadVerification, damagePolicy, acceptRestoredMetadata, listener, overwriteRegion, sparse, unlocked,
                trackLeaks, healthListener);
    }

    private static StoreProvider provider() {
        return ServiceLoader.load(StoreProvider.class).findFirst()
                .or(() -> ServiceLoader.load(StoreProvider.class, StoreProvider.class.getClassLoader()).findFirst())
                .orElseThrow(() -> new IllegalStateException("no implementation of regionstore was found: expected the"
                        + " module io.regionstore.impl (artifact io.regionstore:store-impl) on the class path or the"
                        + " module path; jlink puts it into an image when told --add-modules io.regionstore.impl, or"
                        + " --bind-services"));
    }

    /**
     * @param bytes an alignment
     * @return {@code bytes}
     * @throws RegionStoreException BAD_ALIGNMENT unless it is a power of two from 8 bytes to 1 GiB
     */
    public static long requireAlignment(long bytes) {
        if (Long.bitCount(bytes) != 1 || bytes < RegionStore.GRANULE || bytes > RegionStore.MAX_ALIGNMENT) {
            throw new RegionStoreException(ErrorCode.BAD_ALIGNMENT, "alignment: expected a power of two from "
                    + RegionStore.GRANULE + " to " + RegionStore.MAX_ALIGNMENT + " bytes, found " + bytes);
        }
        return bytes;
    }
}
