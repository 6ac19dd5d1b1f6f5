package io.regionstore;

import java.time.Duration;

/**
 * What a builder was told, checked. Made by {@link RegionStoreBuilder} only; see its methods for the meaning and range
 * of each value.
 *
 * @param region                 medium of the payloads
 * @param metadata               medium of everything else
 * @param failureDomain          what a commit survives
 * @param slotCapacity           32-byte slots, or 0
 * @param alignment              bytes
 * @param relaxedCommits         longest time until a commit is durable, or zero
 * @param payloadVerification    how payloads are checked after a boot
 * @param damagePolicy           what to do with damaged records
 * @param acceptRestoredMetadata whether a copied metadata directory is opened
 * @param listener               told how far opening is
 * @param overwriteRegion        whether create may take a region that holds data
 * @param sparse                 whether files that are made get their blocks at the first touch only
 * @param unlocked               whether a medium without locks is used all the same
 * @param trackLeaks             whether views and reservations remember where they were made
 * @param healthListener         told what goes wrong while the store is open
 */
public record StoreConfig(Medium region, Medium metadata, FailureDomain failureDomain, long slotCapacity,
                          long alignment, Duration relaxedCommits, PayloadVerification payloadVerification,
                          DamagePolicy damagePolicy, boolean acceptRestoredMetadata, RecoveryListener listener,
                          boolean overwriteRegion, boolean sparse, boolean unlocked, boolean trackLeaks,
                          HealthListener healthListener) {
    /** A configuration in which everything else is as the builder has it at first; parameters as above. */
    public StoreConfig(Medium region, Medium metadata, FailureDomain failureDomain, long slotCapacity, long alignment,
                       Duration relaxedCommits, PayloadVerification payloadVerification, DamagePolicy damagePolicy,
                       boolean acceptRestoredMetadata, RecoveryListener listener) {
        this(region, metadata, failureDomain, slotCapacity, alignment, relaxedCommits, payloadVerification,
                damagePolicy, acceptRestoredMetadata, listener, false, false, false, false, problem -> { });
    }

}
