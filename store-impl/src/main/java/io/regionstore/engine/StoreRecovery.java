package io.regionstore.engine;

import io.regionstore.DamagePolicy;
import io.regionstore.ErrorCode;
import io.regionstore.PayloadVerification;
import io.regionstore.RecoveryReport;
import io.regionstore.RecoveryReport.DamagedRecord;
import io.regionstore.RegionStoreException;
import io.regionstore.StoreConfig;
import io.regionstore.Verdict;
import io.regionstore.allocator.ExtentAllocator;
import io.regionstore.device.BadMemory;
import io.regionstore.index.ExtentHint;
import io.regionstore.index.RecordIndex;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.Memory;
import io.regionstore.recovery.Decision;
import io.regionstore.recovery.OlderVersions;
import io.regionstore.recovery.Overlaps;
import io.regionstore.recovery.PayloadCheck;
import io.regionstore.recovery.PayloadReader;
import io.regionstore.recovery.SlotSet;
import io.regionstore.recovery.TableScan;
import io.regionstore.table.SlotAllocator;
import io.regionstore.table.SlotDescriptor;
import io.regionstore.table.SlotReader;
import io.regionstore.table.SlotTable;
import io.regionstore.table.StoreHeader;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;

/**
 * Recovery of one store. First it only looks: scan the table, compare payloads where that is needed, come to a verdict.
 * Then, if the verdict allows it, it acts: see {@link MetadataSide#begin}. Idempotent: a crash at any point leaves
 * media that recover to the same records.
 */
final class StoreRecovery {
    /** Versions that the session may give out before it must raise the ceiling. */
    private static final long VERSIONS_AHEAD = 1L << 20;

    private final StoreConfig config;
    private final MetadataSide metadata;
    private final RegionSide region;
    private final UUID boot;
    private final Resources resources;
    private final StoreHeader header;
    private final SlotTable table;
    /** Slots there are now. */
    private final long limit;
    /** Asked once: processors may be added while a store is opened. */
    private final int laneCount = Lanes.count();
    private final long seed;
    private final SlotAllocator slots;
    private final RecordIndex index;
    private final PayloadReader payloads;
    private final SlotSet damaged;
    private final Health health;
    private final List<String> notes = new ArrayList<>();
    /** What is found, for as long as recovery runs: outside the heap, since it may concern every record. */
    private final Resources findings = new Resources();
    private final Arena sets;
    /** Live heads that a higher version of their key supersedes, and those that are the higher version. */
    private SlotSet superseded;
    private final SlotSet winners;
    /** Of the records that share bytes, those that do not keep their extent. */
    private final SlotSet losers;
    /** Heads to retire: superseded, torn, invalid, and damaged ones that are to be dropped. */
    private final SlotSet retired;
    /** Of these, the ones whose slots are given back. */
    private final SlotSet dropped;
    /** A few for each lane. */
    private final Set<Long> intents = new HashSet<>();
    /** Heads of records on memory that cannot be read. */
    private final SlotSet unreadable;
    /** Slots that are damaged and were not counted by the check of payloads. */
    private final SlotSet unexplained;
    private OlderVersions older;
    private ExtentAllocator extents;
    private SlotSet deferred;
    private PayloadCheck check;
    private Census census;
    private long payloadBytes;
    private long paddingBytes;
    private long rolledBack;
    private long rejected;
    private boolean ownsRegion;

    StoreRecovery(StoreConfig config, MetadataSide metadata, RegionSide region, UUID boot,
                  Resources resources) {
        this.config = config;
        this.metadata = metadata;
        this.region = region;
        this.boot = boot;
        this.resources = resources;
        header = metadata.header();
        table = metadata.table();
        seed = header.seed();
        limit = metadata.slots();
        slots = resources.add(new SlotAllocator(limit, metadata.maximumSlots(), laneCount));
        index = resources.add(new RecordIndex(table, metadata.slots(), metadata.maximumSlots(),
                header.versionCeiling()));
        payloads = new PayloadReader(region.memory());
        resources.add(findings);
        Arena arena = Arena.ofShared();
        findings.add(arena::close);
        sets = arena;
        damaged = newSet();
        winners = newSet();
        losers = newSet();
        retired = newSet();
        dropped = newSet();
        unreadable = newSet();
        unexplained = newSet();
        health = new Health(config.healthListener());
        notes.addAll(metadata.notes());
    }

    void addNotes(List<String> more) {
        notes.addAll(more);
    }

    private SlotSet newSet() {
        return new SlotSet(limit, sets);
    }

    /**
     * @param finish completes the report
     * @return the parts of an open store
     * @throws RegionStoreException when the verdict refuses; nothing was written then
     */
    StoreParts run(UnaryOperator<RecoveryReport> finish) {
        StoreParts parts = recover(finish);
        findings.close();
        return parts;
    }

    private StoreParts recover(UnaryOperator<RecoveryReport> finish) {
        TableScan scan = new TableScan(table, slots, index, () -> resources.add(new ExtentAllocator(
                region.memory().size(), Math.max(0, region.medium().identity().physicalStart()), laneCount)), seed,
                region.memory().size(), sets);
        scan.run(limit, config.listener());
        extents = scan.extents();
        SortedSet<Long> overlapping = scan.overlapping();
        payloadBytes = scan.payloadBytes();
        paddingBytes = scan.paddingBytes();
        if (!header.clean()) { // a store that was closed has fenced everything: nothing of it is torn
            metadata.forEachIntent(intents::add);
        }
        superseded = scan.superseded();
        // a key that has two slots tells of a crash: its winner is checked, whatever the sample
        superseded.forEach(slot -> winners.add(index.findSameKey(table.keyHash(slot, seed), slot)));
        long badKilobytes = BadMemory.kilobytes();
        if (badKilobytes > 0) {
            notes.add("the kernel has found " + badKilobytes + " kB of bad memory in this machine: all payloads were read");
        }
        // also where it is unknown, since /proc is hidden
        boolean mustCompare = region.placement().needsContents() || region.doubtful() || metadata.restored()
                || badKilobytes != 0;
        // the same boot and place: payloads cannot have changed, unless somebody replaced them; a look at a few tells
        mustCompare |= !PayloadCheck.spotCheck(table, region.memory(), seed, limit);
        // of two records in one place only the payloads can tell which one's bytes are there
        mustCompare |= !overlapping.isEmpty();
        census = Census.of(header, index.size());
        // a page whose write-back failed may have been dropped since, and read again as it was before
        boolean pagesUnsure = region.method() == FlushMethod.PAGES
                && !(header.clean() && header.domain().covers(config.failureDomain()));
        mustCompare |= pagesUnsure;
        mustCompare |= !census.matches(); // who lost slots may have lost payloads; who got some back, certainly
        boolean compare = mustCompare || !header.boot().equals(boot);
        if (compare) {
            comparePayloads(mustCompare);
        }
        if (!overlapping.isEmpty()) {
            blameForOverlap(overlapping);
        }
        if (compare && check.foundMismatch()) {
            blameDamagedFallbacks();
        }
        scan.invalid().forEach(slot -> {
            if (intents.contains(slot)) {
                rolledBack++; // a run of slots that a crash tore
            } else {
                rejected++;
                unexplained.add(slot);
            }
        });
        Decision.Contents contents = !compare ? Decision.Contents.NOT_CHECKED : check.contents();
        if (!census.matches()) {
            notes.add(census.finding());
        }
        if ((!unexplained.isEmpty() || !census.matches()) && contents != Decision.Contents.LOST) {
            contents = Decision.Contents.DAMAGED;
        }
        Verdict verdict = Decision.of(region.placement(), contents, region.relocated(), header.clean());
        if (!unreadable.isEmpty()) {
            noteUnreadable();
        }
        List<DamagedRecord> list = listDamaged();
        long damagedCount = (check == null ? 0 : check.damagedCount()) + unexplained.size()
                + census.unnamed(rejected);
        if (contents == Decision.Contents.LOST || contents == Decision.Contents.DAMAGED) {
            if (config.damagePolicy() == DamagePolicy.REFUSE || verdict == Verdict.WRONG_DEVICE) {
                throw refused(verdict, list, damagedCount, finish);
            }
        }
        if (compare && (check.foundMismatch() || !losers.isEmpty())) {
            settleTorn();
        }
        retired.addAll(superseded);
        rolledBack += superseded.size();
        retired.addAll(scan.invalid());
        if (!overlapping.isEmpty()) {
            markShared(overlapping);
        }
        extents.finishRebuild();
        dropRetired(scan, overlapping);

        // payloads that are still to be verified keep the boot they were written in, for the next open to know
        boolean verified = check == null || check.deferredCount() == 0;
        StoreHeader session = header.opened(config.failureDomain(), region.record(), verified ? boot : header.boot(),
                Math.min(SlotDescriptor.MAX_VERSION,
                        Math.max(header.versionCeiling(), scan.highestVersion()) + VERSIONS_AHEAD))
                .withSession(ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE));
        boolean flushFirst = !header.clean() || !header.domain().covers(config.failureDomain()) || !retired.isEmpty();
        if (flushFirst && region.flushes()) {
            flushPayloads(pagesUnsure);
        }
        Lanes lanes = new Lanes(seed, laneCount);
        CommitProtocol commits = resources.add(metadata.begin(flushFirst, retired, session,
                new MetadataSide.Parts(slots, index, region.memory(), region.method(), lanes, health)));
        ownRegion(session);
        dropped.forEach(slot -> slots.free(0, slot, table.runLength(slot)));
        slots.drain(0);
        RecoveryReport report = finish.apply(new RecoveryReport(verdict, index.size(), rolledBack, rejected,
                check == null ? 0 : check.checked(), check == null ? 0 : check.deferredCount(), list, damagedCount,
                notes, java.time.Duration.ZERO));
        return new StoreParts(config, session, region.memory(), table, slots, index, extents, lanes, commits, deferred,
                payloadBytes, paddingBytes, resources, report, health);
    }

    private void ownRegion(StoreHeader session) {
        boolean refused = false;
        ownsRegion = true; // an Error in between may come from before or after: then the record may name this store
        try {
            RegionClaim.takeRegion(region.medium(), session, config.metadata(), notes);
        } catch (RegionStoreException e) {
            refused = true;
            throw e;
        } finally {
            ownsRegion = !refused;
        }
    }

    /** Whether it is recorded that the region is this store's: from then on the store is not taken back. */
    boolean ownsRegion() {
        return ownsRegion;
    }

    private void comparePayloads(boolean all) {
        boolean sample = config.payloadVerification() == PayloadVerification.SAMPLED && !all;
        deferred = sample ? resources.add(new SlotSet(metadata.maximumSlots())) : null;
        check = new PayloadCheck(table, region.memory(), seed, region.memory().size(), damaged, unreadable, deferred);
        check.run(limit, superseded::contains, intents::contains, winners::contains, config.listener());
    }

    private boolean intact(long slot) {
        PayloadReader.Finding finding = payloads.read(table.offset(slot), table.length(slot),
                SlotTable.payloadChecksum(table.tail(slot)));
        if (finding == PayloadReader.Finding.UNREADABLE) {
            unreadable.add(slot);
        }
        return finding == PayloadReader.Finding.INTACT;
    }

    /** Of the records that overlap, marks those that stay, and memory that cannot be read. */
    private void markShared(Set<Long> overlapping) {
        Overlaps.forEachTaken(table, overlapping, slot -> !retired.contains(slot), unreadable::contains,
                (from, to) -> extents.markUsed(from, to - from));
    }

    /**
     * No crash explains them, so none of the losers is excused as torn: they are damaged like the ones whose payload
     * does not match, which the check has counted already.
     */
    private void blameForOverlap(Set<Long> overlapping) {
        for (long slot : Overlaps.losers(table, overlapping, superseded::contains,
                slot -> superseded.contains(slot) ? intact(slot) : !damaged.contains(slot))) {
            losers.add(slot);
            if (!damaged.contains(slot) || intents.contains(slot)) {
                unexplained.add(slot);
            }
            if (!superseded.contains(slot)) {
                damaged.add(slot);
            }
            intents.remove(slot);
        }
    }

    /** Acknowledged versions that a torn one would be undone to, and that are damaged themselves. */
    private void blameDamagedFallbacks() {
        winners.forEach(winner -> {
            if (damaged.contains(winner) && intents.contains(winner)) {
                long fallback = older().newest(winner);
                if (!intact(fallback)) {
                    unexplained.add(fallback);
                }
            }
        });
    }

    /** Of all that were superseded when this is asked first. */
    private OlderVersions older() {
        if (older == null) {
            older = new OlderVersions(table, seed, superseded);
        }
        return older;
    }

    /** A torn slot that an intent explains was never acknowledged: the version before it, if any, stands. */
    private void settleTorn() {
        forEachRecord(slot -> {
            if (!damaged.contains(slot)) {
                return;
            }
            retired.add(slot);
            if (intents.contains(slot)) {
                rolledBack++;
            }
            long hash = table.keyHash(slot, seed);
            long stripe = index.stripe(hash);
            long best = older().newest(slot, candidate -> !losers.contains(candidate) && intact(candidate));
            if (best != OlderVersions.NONE) {
                index.set(stripe, hash, slot, best, new ExtentHint(region.memory().size()).of(table.offset(best)));
                superseded.remove(best);
            } else {
                index.remove(stripe, hash, slot);
            }
        });
    }

    /**
     * Takes what will be retired out of the maps; its slots are given back once that is durable. Memory that cannot be
     * read is not given back: it is in quarantine as long as the store is open.
     */
    private void dropRetired(TableScan scan, Set<Long> overlapping) {
        retired.forEach(slot -> {
            if (!scan.invalid().contains(slot)) {
                drop(slot, overlapping);
            }
        });
        extents.drain(0);
    }

    private void drop(long slot, Set<Long> overlapping) {
        dropped.add(slot);
        long length = table.length(slot);
        payloadBytes -= length;
        paddingBytes -= -length & 7;
        if (length > 0 && !overlapping.contains(slot) && !unreadable.contains(slot)) {
            extents.free(0, table.offset(slot), length);
        }
    }

    /**
     * Makes the payloads durable that the last session may not have. By msync that takes more than a call: see
     * {@link Memory#rewrite}. A crash meanwhile leaves the same payloads and the same metadata to recover from.
     *
     * @param rewrite whether pages that count as clean may not be durable
     */
    private void flushPayloads(boolean rewrite) {
        Memory memory = region.memory();
        forEachRecord(slot -> {
            if (rewrite && !retired.contains(slot)) { // what is retired may lie on memory that cannot be read
                memory.rewrite(table.offset(slot), table.length(slot));
            } else if (!rewrite) {
                memory.flush(table.offset(slot), table.length(slot));
            }
        });
        if (rewrite) {
            memory.flush(0, memory.size()); // one call for all: it looks for dirty pages only
        }
        memory.fence();
    }

    private void forEachRecord(java.util.function.LongConsumer visitor) {
        SlotReader reader = new SlotReader(table, seed, region.memory().size());
        for (long slot = 0; slot < limit; slot += reader.runLength()) {
            if (reader.read(slot) == SlotReader.State.RECORD) {
                visitor.accept(slot);
            }
        }
    }

    private List<DamagedRecord> listDamaged() {
        List<DamagedRecord> list = new ArrayList<>();
        if (unexplained.isEmpty() && (check == null || check.damagedCount() == 0)) {
            return list;
        }
        SlotReader reader = new SlotReader(table, seed, region.memory().size());
        for (long slot = 0; slot < limit && list.size() < RecoveryReport.MAX_LISTED;
                slot += reader.runLength()) {
            SlotReader.State state = reader.read(slot);
            if (state == SlotReader.State.INVALID && unexplained.contains(slot)) {
                list.add(new DamagedRecord("unreadable, slot " + slot, 0, 0, 0));
            } else if (state == SlotReader.State.RECORD && (unexplained.contains(slot) || damaged.contains(slot)
                    && !intents.contains(slot))) {
                list.add(new DamagedRecord(KeyText.of(table, slot), table.version(slot), table.offset(slot),
                        table.length(slot)));
            }
        }
        return list;
    }

    private void noteUnreadable() {
        int listed = 0;
        for (long slot = unreadable.next(0); slot != SlotSet.NONE && listed < RecoveryReport.MAX_LISTED;
                slot = unreadable.next(slot + 1)) {
            listed++;
            notes.add("the record " + KeyText.of(table, slot) + " lies on memory that cannot be read, a memory error or a"
                    + " file that was cut short: " + table.length(slot) + " bytes at " + table.offset(slot) + " of the"
                    + " region, which are not used again while the store is open");
        }
    }

    private RegionStoreException refused(Verdict verdict, List<DamagedRecord> list, long damagedCount,
                                         UnaryOperator<RecoveryReport> finish) {
        RecoveryReport report = finish.apply(new RecoveryReport(verdict, index.size(), rolledBack, rejected,
                check == null ? 0 : check.checked(), check == null ? 0 : check.deferredCount(), list, damagedCount,
                notes, java.time.Duration.ZERO));
        String where = region.medium().identity().path();
        return switch (verdict) {
            case WRONG_DEVICE -> new RegionStoreException(ErrorCode.WRONG_DEVICE, where + ": expected the region of this"
                    + " store, which was " + header.region().path() + ", found bytes of which no payload matches its"
                    + " checksum; name the right region; nothing was changed", null, report);
            case CONTENTS_LOST -> new RegionStoreException(ErrorCode.CONTENTS_LOST, where + ": expected the payloads of "
                    + index.size() + " records, found that none of " + damagedCount + " matches its checksum: a cold"
                    + " boot, or a kernel that used the range as memory; create a new store, or open with"
                    + " DamagePolicy.DROP; nothing was changed", null, report);
            default -> new RegionStoreException(rejected + census.unnamed(rejected) == damagedCount
                    ? ErrorCode.METADATA_CORRUPT : ErrorCode.CONTENTS_DAMAGED, where + ": expected " + index.size()
                    + " intact records, found " + damagedCount + " damaged"
                    + (list.isEmpty() ? "" : ", the first of them " + list.getFirst().key())
                    + (census.matches() ? "" : "; " + census.finding()) + "; the exception's report lists them; to drop them and serve the others, open with"
                    + " DamagePolicy.DROP; nothing was changed", null, report);
        };
    }
}
