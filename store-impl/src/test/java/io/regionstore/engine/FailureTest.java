package io.regionstore.engine;

import static io.regionstore.engine.StoreSetup.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.PayloadVerification;
import io.regionstore.DamagePolicy;
import io.regionstore.RecoveryReport;
import io.regionstore.RegionStoreException;
import io.regionstore.StoreConfig;
import io.regionstore.Verdict;
import io.regionstore.allocator.ExtentAllocator;
import io.regionstore.device.AnonymousMemory;
import io.regionstore.index.RecordIndex;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
import io.regionstore.table.SlotAllocator;
import io.regionstore.table.SlotTable;
import io.regionstore.table.StoreHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Exceptions in the middle of a write. */
class FailureTest {
    private final Arena arena = Arena.ofShared();
    private final SlotTable table = new SlotTable(memory(4096), 0, 128);
    private final SlotAllocator slots = new SlotAllocator(128, 128, Lanes.count());
    private final RecordIndex index = new RecordIndex(table, 128, 128, 0);
    private final ExtentAllocator extents = new ExtentAllocator(1 << 16, 0, Lanes.count());
    private Runnable whenTaken = () -> { };
    private Runnable whenPublished = () -> { };
    private final RecordWriter writer;

    FailureTest() {
        extents.finishRebuild();
        InPlaceCommit real = new InPlaceCommit(table, slots, index, null, null, null, "test", false, false, false);
        CommitProtocol commits = (CommitProtocol) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[] {CommitProtocol.class}, (proxy, method, args) -> {
                    switch (method.getName()) {
                        case "takeSlot" -> whenTaken.run();
                        case "publish" -> whenPublished.run();
                        default -> { }
                    }
                    method.setAccessible(true);
                    return method.invoke(real, args);
                });
        StoreHeader header = new StoreHeader(new UUID(1, 2), 1, 1, 1000, 128, 0, false, FailureDomain.PROCESS,
                new StoreHeader.Region(0, -1, 1 << 16, 0, 0, 0, ""), new UUID(3, 4), 0);
        StoreConfig config = new StoreConfig(Medium.file(Path.of("region")), Medium.file(Path.of("metadata")),
                FailureDomain.PROCESS, 128, 8, Duration.ZERO, PayloadVerification.FULL, DamagePolicy.REFUSE, false,
                (phase, done, total) -> { });
        RecoveryReport report = new RecoveryReport(Verdict.CLEAN, 0, 0, 0, 0, 0, List.of(), 0, List.of(),
                Duration.ZERO);
        writer = new RecordWriter(new StoreParts(config, header, memory(1 << 16), table, slots, index, extents,
                new Lanes(header.seed(), Lanes.count()), commits, null, 0, 0, new Resources(), report,
                new Health(problem -> { })), new Pins());
    }

    private MappedMemory memory(long size) {
        return new MappedMemory(AnonymousMemory.reserve(size, arena), FlushMethod.NONE);
    }

    @Test
    void shouldGoOnWhenAKeysSegmentIsClosedDuringAPut() {
        Arena keys = Arena.ofShared();
        MemorySegment key = keys.allocateFrom("key");
        writer.put(0, key, RecordWriter.ANY_VERSION, bytes("first"));
        AtomicBoolean closed = new AtomicBoolean();
        whenTaken = () -> {
            if (closed.compareAndSet(false, true)) {
                keys.close();
            }
        };
        writer.put(0, key, RecordWriter.ANY_VERSION, bytes("second")); // goes on with the copy that it has
        long used = extents.usedBytes();
        long usedSlots = slots.usedSlots();
        for (Executable write : List.<Executable>of(() -> writer.put(0, key, RecordWriter.ANY_VERSION, bytes("payload")),
                () -> writer.delete(0, key, RecordWriter.ANY_VERSION))) {
            RegionStoreException refused = assertThrows(RegionStoreException.class, write);
            assertEquals(ErrorCode.INVALID_ARGUMENT, refused.code());
        }
        assertFalse(writer.failed());
        assertEquals(used, extents.usedBytes());
        assertEquals(usedSlots, slots.usedSlots());
        whenTaken = () -> { };
        writer.put(5, null, RecordWriter.ANY_VERSION, bytes("payload"));
    }

    @Test
    void shouldKeepTheExtentOfACommitInDoubt() {
        whenPublished = () -> {
            throw new IllegalStateException("medium failed");
        };
        long offset = writer.reserve(1000, 8);
        assertThrows(RuntimeException.class,
                () -> writer.commitReserved(5, null, offset, 1000));
        assertEquals(true, writer.failed());
        assertEquals(1000, extents.usedBytes());
        assertThrows(RuntimeException.class,
                () -> writer.put(6, null, RecordWriter.ANY_VERSION, bytes("payload")));
        assertEquals(1000, extents.usedBytes(), "nothing more is set aside");
    }
}
