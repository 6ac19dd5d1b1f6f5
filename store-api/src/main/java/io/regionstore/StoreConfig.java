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
 */
public record StoreConfig(Medium region, Medium metadata, FailureDomain failureDomain, long slotCapacity,
                          long alignment, Duration relaxedCommits, PayloadVerification payloadVerification,
                          DamagePolicy damagePolicy, boolean acceptRestoredMetadata, RecoveryListener listener) {
}
