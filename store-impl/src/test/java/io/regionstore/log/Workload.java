package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * A fixed life of a store, told in appends, images and a reopening, that remembers what was appended and what was
 * promised, so that what is found after a crash at any of its steps can be judged.
 */
final class Workload {
    static final int SLOTS = 4300; // three blocks of an image
    static final UUID INSTANCE = new UUID(0x1234, 0x5678);

    private final Options options;
    private final List<Consumer<TestTable>> appended = new ArrayList<>();
    private TestTable table = new TestTable(SLOTS);
    private boolean created;
    private long acknowledged;

    Workload(Options options) {
        this.options = options;
    }

    long appended() {
        return appended.size();
    }

    void run(LogFiles files) {
        try (MetadataDirectory directory =
                     MetadataDirectory.create(files, INSTANCE, SLOTS, TestTable.header(1), options)) {
            created = true;
            table.begin(SLOTS, TestTable.header(1));
            directory.start();
            commits(directory, 0, 12);
            directory.writeImage(image(directory, 100));
            commits(directory, 200, 5);
        }
        table = new TestTable(SLOTS);
        try (MetadataDirectory directory = MetadataDirectory.open(files, table, options)) {
            directory.start();
            header(directory, 2);
            commits(directory, 2040, 10);
            directory.writeImage(image(directory, 300));
            commits(directory, 4200, 6);
            directory.writeImage(image(directory, 400));
            commits(directory, 0, 20);
        }
    }

    /** An image source during whose work others append. */
    private ImageSource image(MetadataDirectory directory, int base) {
        return new ImageSource() {
            @Override
            public void awaitApplied(long lsn) {
                write(directory, base, 1, -1);
                write(directory, base + 1, 2, base);
            }

            @Override
            public long tableSlots() {
                return SLOTS;
            }

            @Override
            public long usedSlots() {
                return SLOTS;
            }

            @Override
            public void copy(long firstSlot, MemorySegment destination) {
                header(directory, base + (int) firstSlot);
                write(directory, (int) firstSlot + 7, 1, -1); // its effect is copied before it is durable
                table.copy(firstSlot, destination);
                write(directory, (int) firstSlot, 1, firstSlot + 1);
            }
        };
    }

    private void commits(MetadataDirectory directory, int base, int count) {
        for (int i = 0; i < count; i++) {
            long lsn = i % 5 == 4 ? retire(directory, base + i) : write(directory, base + i, 1 + i % 4,
                    i % 3 == 0 ? base + i + 4 : -1);
            if (i % 3 == 2) {
                directory.awaitDurable(lsn);
                acknowledged = Math.max(acknowledged, directory.durableLsn());
            }
        }
        directory.sync();
        acknowledged = appended.size();
    }

    private long write(MetadataDirectory directory, int slot, int slots, long retired) {
        byte[] bytes = new byte[slots * TestTable.SLOT];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (appended.size() * 31 + i + 1);
        }
        MemorySegment source = MemorySegment.ofArray(bytes);
        long lsn = directory.append(source, 0, slot, slots, retired);
        return done(lsn, target -> {
            target.write(slot, source);
            if (retired >= 0) {
                target.retire(retired);
            }
        });
    }

    private long retire(MetadataDirectory directory, int slot) {
        return done(directory.appendRetire(slot), target -> target.retire(slot));
    }

    private void header(MetadataDirectory directory, int value) {
        MemorySegment header = TestTable.header(value);
        done(directory.appendHeader(header), target -> target.header(header));
    }

    private long done(long lsn, Consumer<TestTable> change) {
        appended.add(change);
        assertTrue(lsn == appended.size(), "LSN " + lsn + " for append " + appended.size());
        change.accept(table);
        return lsn;
    }

    /** @return the number of commits found, if what is there is what was appended up to it and nothing promised lacks */
    long check(LogFiles files, boolean start) {
        if (MetadataDirectory.isEmpty(files)) {
            assertFalse(created, "the store vanished");
            MetadataDirectory.create(files, INSTANCE, SLOTS, TestTable.header(1), options).close();
        }
        TestTable found = new TestTable(SLOTS);
        try (MetadataDirectory directory = MetadataDirectory.open(files, found, options)) {
            long last = directory.replayedUpTo();
            assertTrue(last >= acknowledged, "promised " + acknowledged + ", found " + last);
            assertTrue(last <= appended.size(), "appended " + appended.size() + ", found " + last);
            assertMatches(found, last);
            assertArrayEquals(found.header, directory.header().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
            if (start) {
                directory.start();
            }
            return last;
        }
    }

    private void assertMatches(TestTable found, long last) {
        TestTable expected = new TestTable(SLOTS);
        expected.begin(SLOTS, TestTable.header(1));
        for (int i = 0; i < last; i++) {
            appended.get(i).accept(expected);
        }
        assertArrayEquals(expected.bytes, found.bytes, "table after LSN " + last);
        assertArrayEquals(expected.header, found.header, "header after LSN " + last);
    }
}
