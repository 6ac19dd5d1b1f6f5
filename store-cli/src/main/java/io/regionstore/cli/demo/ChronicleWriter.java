package io.regionstore.cli.demo;

import io.regionstore.RegionStore;
import io.regionstore.chronicle.MarshallableRecords;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import net.openhft.chronicle.bytes.BytesMarshallable;
import net.openhft.chronicle.bytes.BytesOut;

/** Lets {@code BytesMarshallable} values write themselves into reservations. */
final class ChronicleWriter extends Writer.Small {
    private final MarshallableRecords values;
    private final MemorySegment[] keySegments;
    private final Event event = new Event();

    ChronicleWriter(RegionStore store, Ledger ledger, long seed, long keys, Arena arena) {
        super(store, ledger, SmallRecords.CHRONICLE, seed, keys);
        values = new MarshallableRecords(store);
        keySegments = new MemorySegment[(int) keys];
        for (int i = 0; i < keys; i++) {
            keySegments[i] = keyOf(SmallRecords.byteKey(i), arena);
        }
    }

    @Override
    void write(long sequence) {
        event.sequence = sequence;
        values.put(keySegments[key], event, length);
    }

    @Override
    public void close() {
        values.close();
    }

    /** A value of a service that lives on Chronicle: a sequence and some words. */
    private final class Event implements BytesMarshallable {
        private long sequence;

        @Override
        public void writeMarshallable(BytesOut<?> bytes) {
            for (int word = 0; word < length >> 3; word++) {
                bytes.writeLong(records.word(seed, sequence, word));
            }
        }
    }
}
