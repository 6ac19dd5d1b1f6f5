/**
 * Persistent memory region store: aligned allocation and crash-consistent records in a device-dax region, with every
 * byte of metadata held outside the region. Start at {@link io.regionstore.RegionStore#builder()}.
 */
package io.regionstore;
