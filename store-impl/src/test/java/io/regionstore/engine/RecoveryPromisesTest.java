package io.regionstore.engine;

import static io.regionstore.engine.StoreSetup.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.PayloadVerification;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.table.StoreHeader;
import java.lang.foreign.MemorySegment;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What opening promises of damage and of bytes that are not its own. */
class RecoveryPromisesTest {
    private static final StoreSetup SETUP = StoreSetup.IN_PLACE_PROCESS;
    private static final int TABLE = 24576;

    @TempDir
    Path home;

    private Path metadata() {
        return home.resolve("metadata");
    }

    /** As if the machine had been booted since. */
    private void reboot() throws Exception {
        try (RandomAccessFile file = new RandomAccessFile(metadata().toFile(), "rw")) {
            byte[] bytes = new byte[512];
            file.readFully(bytes);
            StoreHeader h = StoreHeader.decode(bytes, "header");
            byte[] changed = new StoreHeader(h.instance(), h.sequence(), h.opened(), h.versionCeiling(),
                    h.slotCapacity(), h.metadataLength(), h.clean(), h.domain(), h.region(), UUID.randomUUID(),
                    h.createdMillis()).encode();
            for (long copy : new long[] {0, 4096}) {
                file.seek(copy);
                file.write(changed);
            }
        }
    }

    private void damageRegion(long offset, int length) throws Exception {
        try (RandomAccessFile file = new RandomAccessFile(home.resolve("region").toFile(), "rw")) {
            file.seek(offset);
            file.write(new byte[length]);
        }
    }

    private RegionStore sampled() {
        return SETUP.builder(home, 1 << 20, 1024).payloadVerification(PayloadVerification.SAMPLED).open();
    }

    private long offsetOf(RegionStore store, long key) {
        try (var view = store.newView()) {
            store.get(key, view);
            return view.offset();
        }
    }

    @Test
    void shouldStillVerifyAtFirstReadAfterAnotherRestart() throws Exception {
        long offset;
        try (RegionStore store = SETUP.builder(home, 1 << 20, 1024).create()) {
            for (int i = 0; i < 200; i++) {
                store.put(i, bytes("payload " + i));
            }
            offset = offsetOf(store, 150);
        }
        reboot();
        damageRegion(offset, 4);
        sampled().close();
        try (RegionStore store = sampled()) {
            RegionStoreException e = assertThrows(RegionStoreException.class,
                    () -> store.get(150, MemorySegment.ofArray(new byte[100]), 0));
            assertEquals(ErrorCode.CONTENTS_DAMAGED, e.code());
        }
    }

    @Test
    void shouldNotDropADamagedWinnerInSilence() throws Exception {
        byte[] before;
        long offset;
        try (RegionStore store = SETUP.builder(home, 1 << 20, 1024).create()) {
            for (int i = 0; i < 200; i++) {
                store.put(i, bytes("payload " + i));
            }
            before = Files.readAllBytes(metadata());
            store.put(150, bytes("acknowledged"));
            offset = offsetOf(store, 150);
        }
        // the retirement of the old slot did not reach the medium
        byte[] after = Files.readAllBytes(metadata());
        try (RandomAccessFile file = new RandomAccessFile(metadata().toFile(), "rw")) {
            for (int at = TABLE; at < TABLE + 1024 * 32; at += 8) {
                boolean retired = true;
                for (int i = 0; i < 8; i++) {
                    retired &= after[at + i] == 0;
                }
                if (retired && (at & 31) == 24 && (before[at] & 1) != 0) {
                    file.seek(at);
                    file.write(before, at, 8);
                }
            }
        }
        reboot();
        damageRegion(offset, 4);
        RegionStoreException e = assertThrows(RegionStoreException.class, this::sampled);
        assertEquals(ErrorCode.CONTENTS_DAMAGED, e.code());
    }

    @Test
    void shouldRefuseForeignBytesBehindZeros() throws Exception {
        byte[] foreign = new byte[1 << 20];
        foreign[100_000] = 42;
        Files.write(metadata(), foreign);
        Medium.File medium = Medium.file(metadata());
        for (boolean create : new boolean[] {true, false}) {
            var builder = SETUP.builder(home, 1 << 20, 1024).metadata(medium)
                    .failureDomain(FailureDomain.PROCESS);
            RegionStoreException e = assertThrows(RegionStoreException.class,
                    () -> (create ? builder.create() : builder.openOrCreate()).close());
            assertEquals(ErrorCode.METADATA_FOREIGN, e.code());
        }
        assertArrayEquals(foreign, Files.readAllBytes(metadata()));
    }

    @Test
    void shouldRefuseARegionBelowOneGranule() {
        RegionStoreException e = assertThrows(RegionStoreException.class,
                () -> SETUP.builder(home, 4, 1024).create().close());
        assertEquals(ErrorCode.EMPTY_RANGE, e.code());
    }
}
