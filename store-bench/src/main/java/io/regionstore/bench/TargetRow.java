package io.regionstore.bench;

/**
 * One target.
 *
 * @param name   what it is about
 * @param value  what the store did; null when not measured
 * @param unit   of value and limit
 * @param limit  what the machine did, or null
 * @param peer   what the best or named peer did, or null
 * @param ratio  what is compared with the target, or null
 * @param target in words
 * @param met    whether it is; null when not measured
 * @param note   what the reader must know
 */
record TargetRow(String name, Double value, String unit, Double limit, Double peer, Double ratio, String target,
                 Boolean met, String note) {
}
