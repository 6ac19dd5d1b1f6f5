package io.regionstore.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The judge is judged: each kind of damage is planted, and has to be told apart. */
class ComparisonTest {
    private static final long SEED = 3;
    private static final long KEYS = 64;
    private static final long WRITES = 500;
    private static final long REGION = 64 << 20;

    @TempDir
    private Path folder;
    private Ledger ledger;
    private RegionStore store;
    private JdkFiles jdk;
    private final Arena arena = Arena.ofShared();

    @BeforeEach
    void writeWhatTheChildWouldWrite() throws Exception {
        ledger = Ledger.create(folder.resolve("ledger"));
        store = RegionStore.builder().region(Medium.file(folder.resolve("region"), REGION))
                .metadata(Medium.file(folder.resolve("metadata"), 1 << 20)).failureDomain(FailureDomain.PROCESS)
                .create();
        jdk = JdkFiles.find(REGION, SEED);
        ledger.running(REGION, KEYS);
        run(new FileWriter(store, ledger, jdk, arena), JdkFiles.WRITER, 10);
        run(new AgronaWriter(store, ledger, SEED, KEYS), SmallRecords.AGRONA.writer, WRITES);
        run(new ChronicleWriter(store, ledger, SEED, KEYS, arena), SmallRecords.CHRONICLE.writer, WRITES);
        run(new PutWriter(store, ledger, SEED, KEYS, arena), SmallRecords.PUT.writer, WRITES);
    }

    @AfterEach
    void close() {
        store.close();
        ledger.close();
        arena.close();
    }

    @Test
    void shouldFindEverythingWhole() throws IOException {
        Comparison.Result result = compare();
        assertTrue(result.isClean(), result.complaints().toString());
        assertEquals(result.acknowledged(), result.recovered());
        assertEquals(store.size(), result.acknowledged());
        assertTrue(result.acknowledged() > 10 + 2 * KEYS - 10);
        assertTrue(result.deleted() > 0);
        assertTrue(result.gets().getTotalCount() >= result.acknowledged());
    }

    @Test
    void shouldCallARecordLostWhenItIsAbsent() throws IOException {
        store.delete(SmallRecords.AGRONA.longKey(livingKey(SmallRecords.AGRONA)));
        assertFound(0, 1);
    }

    @Test
    void shouldCallARecordLostWhenAnOlderOneIsThere() throws IOException {
        int key = livingKey(SmallRecords.AGRONA);
        long older = before(SmallRecords.AGRONA, key, last(SmallRecords.AGRONA, key));
        store.put(SmallRecords.AGRONA.longKey(key), payload(SmallRecords.AGRONA, older));
        assertFound(0, 1);
    }

    @Test
    void shouldCallARecordTornWhenOneByteIsAnother() throws IOException {
        int key = livingKey(SmallRecords.CHRONICLE);
        MemorySegment torn = payload(SmallRecords.CHRONICLE, last(SmallRecords.CHRONICLE, key));
        long at = torn.byteSize() - 1;
        torn.set(ValueLayout.JAVA_BYTE, at,
                (byte) (torn.get(ValueLayout.JAVA_BYTE, at) ^ 1));
        store.put(Writer.keyOf(SmallRecords.byteKey(key), arena), torn);
        assertFound(1, 0);
    }

    @Test
    void shouldCallARecordTornWhenItsEndIsMissing() throws IOException {
        int key = livingKey(SmallRecords.AGRONA);
        MemorySegment whole = payload(SmallRecords.AGRONA, last(SmallRecords.AGRONA, key));
        store.put(SmallRecords.AGRONA.longKey(key), whole.asSlice(0, whole.byteSize() - 1));
        assertFound(1, 0);
    }

    @Test
    void shouldCallADeleteLostWhenItsRecordIsBack() throws IOException {
        int key = 0;
        while (!SmallRecords.PUT.isDelete(SEED, last(SmallRecords.PUT, key))) {
            key++;
        }
        long older = last(SmallRecords.PUT, key);
        do {
            older = before(SmallRecords.PUT, key, older);
        } while (SmallRecords.PUT.isDelete(SEED, older) || SmallRecords.PUT.length(SEED, older) < 8);
        store.put(SmallRecords.PUT.longKey(key), payload(SmallRecords.PUT, older));
        Comparison.Result result = assertFound(0, 1);
        assertTrue(result.complaints().getFirst().startsWith("came back after its delete"));
        assertEquals(result.acknowledged(), result.recovered());
    }

    @Test
    void shouldCallAFileTornWhenItIsNotTheJdks() throws IOException {
        JdkFiles.JdkFile file = jdk.files().getFirst();
        store.put(Writer.keyOf(file.key(), arena), MemorySegment.ofArray(new byte[(int) file.length()]));
        assertFound(1, 0);
    }

    @Test
    void shouldCallAFileLostWhenItIsAbsent() throws IOException {
        store.delete(Writer.keyOf(jdk.files().get(9).key(), arena));
        assertFound(0, 1);
    }

    @Test
    void shouldCountARecordThatNobodyWrote() throws IOException {
        store.put(Long.MAX_VALUE, MemorySegment.ofArray(new byte[5]));
        assertFound(0, 1);
    }

    @Test
    void shouldAcceptAWriteInFlightWhetherItIsThereOrNot() throws IOException {
        for (SmallRecords records : SmallRecords.values()) {
            ledger.begin(records.writer, WRITES + 1);
        }
        ledger.begin(JdkFiles.WRITER, 11);
        assertTrue(compare().isClean());
        apply(SmallRecords.AGRONA, WRITES + 1);
        apply(SmallRecords.PUT, WRITES + 1);
        store.put(Writer.keyOf(jdk.files().get(10).key(), arena), FileWriter.map(jdk.files().get(10), arena));
        Comparison.Result result = compare();
        assertTrue(result.isClean(), result.complaints().toString());
        assertEquals(result.acknowledged(), result.recovered());
    }

    @Test
    void shouldNotAcceptATornWriteInFlight() throws IOException {
        ledger.begin(JdkFiles.WRITER, 11);
        store.put(Writer.keyOf(jdk.files().get(10).key(), arena), MemorySegment.ofArray(new byte[3]));
        assertFound(1, 0);
    }

    @Test
    void shouldNotAcceptAWriteThatWasNeverBegun() throws IOException {
        apply(SmallRecords.AGRONA, WRITES + 1);
        assertFalse(compare().isClean());
    }

    private Comparison.Result compare() throws IOException {
        try (Progress progress = Progress.start("comparing", 1, "records")) {
            return Comparison.compare(store, ledger, jdk, SEED, progress);
        }
    }

    private Comparison.Result assertFound(long torn, long lost) throws IOException {
        Comparison.Result result = compare();
        assertEquals(torn, result.torn(), result.complaints().toString());
        assertEquals(lost, result.lost(), result.complaints().toString());
        assertFalse(result.isClean());
        assertFalse(result.complaints().isEmpty());
        return result;
    }

    private void run(Writer writer, int number, long operations) throws Exception {
        try (writer) {
            for (long sequence = 1; sequence <= operations; sequence++) {
                writer.prepare(sequence);
                ledger.begin(number, sequence);
                writer.write(sequence);
                ledger.acknowledge(number, sequence);
            }
        }
    }

    private void apply(SmallRecords records, long sequence) {
        long key = records.longKey(records.key(SEED, sequence, KEYS));
        if (records.isDelete(SEED, sequence)) {
            store.delete(key);
        } else {
            store.put(key, payload(records, sequence));
        }
    }

    private MemorySegment payload(SmallRecords records, long sequence) {
        MemorySegment payload = arena.allocate(Math.max(1, records.length(SEED, sequence)), 8);
        records.fill(payload, SEED, sequence, records.length(SEED, sequence));
        return payload.asSlice(0, records.length(SEED, sequence));
    }

    /** A key whose last write left a record, and that was written before too. */
    private static int livingKey(SmallRecords records) {
        int key = 0;
        while (records.isDelete(SEED, last(records, key)) || before(records, key, last(records, key)) == 0) {
            key++;
        }
        return key;
    }

    private static long last(SmallRecords records, int key) {
        return before(records, key, WRITES + 1);
    }

    /** The key's write before {@code sequence}, or 0. */
    private static long before(SmallRecords records, int key, long sequence) {
        long before = sequence - 1;
        while (before > 0 && records.key(SEED, before, KEYS) != key) {
            before--;
        }
        return before;
    }
}
