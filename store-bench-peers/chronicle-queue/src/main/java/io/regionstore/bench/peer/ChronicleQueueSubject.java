package io.regionstore.bench.peer;

import io.regionstore.bench.subject.Keys;
import io.regionstore.bench.subject.Operation;
import io.regionstore.bench.subject.Session;
import io.regionstore.bench.subject.Setup;
import io.regionstore.bench.subject.Subject;
import java.util.EnumSet;
import java.util.Set;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.LargeRollCycles;
import net.openhft.chronicle.wire.DocumentContext;

/** Chronicle Queue, for appending only: key and value as one excerpt. */
public final class ChronicleQueueSubject implements Subject {
    private SingleChronicleQueue queue;
    private int valueSize;

    @Override
    public void open(Setup setup) {
        valueSize = setup.valueSize();
        queue = SingleChronicleQueueBuilder.binary(setup.directory()).rollCycle(LargeRollCycles.LARGE_DAILY)
                .blockSize(256L << 20).build();
    }

    @Override
    public String configuration() {
        return "Chronicle Queue 2026.4, LARGE_DAILY, blocks of 256 MiB, one appender a thread, writingDocument;"
                + " insert is append, nothing is synced";
    }

    @Override
    public Set<Operation> operations() {
        return EnumSet.of(Operation.INSERT);
    }

    @Override
    public Session session(int thread) {
        return new QueueSession(queue.createAppender());
    }

    @Override
    public void close() {
        if (queue != null) {
            queue.close();
        }
    }

    private final class QueueSession implements Session {
        private final ExcerptAppender appender;
        private final Bytes<?> value = Bytes.allocateDirect(valueSize);

        QueueSession(ExcerptAppender appender) {
            this.appender = appender;
            for (int i = 0; i < valueSize; i++) {
                value.writeByte((byte) 0x5A);
            }
        }

        @Override
        public void put(long number, long stamp) {
            value.writeLong(0, stamp);
            try (DocumentContext document = appender.writingDocument()) {
                Bytes<?> bytes = document.wire().bytes();
                bytes.writeLong(Keys.first(number));
                bytes.writeLong(Keys.second(number));
                bytes.write(value, 0L, valueSize);
            }
        }

        @Override
        public void close() {
            appender.close();
            value.releaseLast();
        }
    }
}
