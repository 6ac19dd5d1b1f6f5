package io.regionstore.bench.peer;

import io.regionstore.bench.subject.Keys;
import io.regionstore.bench.subject.Operation;
import io.regionstore.bench.subject.Session;
import io.regionstore.bench.subject.Setup;
import io.regionstore.bench.subject.Subject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import net.openhft.chronicle.bytes.RandomDataInput;
import net.openhft.chronicle.hash.Data;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.map.ExternalMapQueryContext;
import net.openhft.chronicle.map.MapEntry;

/** Chronicle Map, persisted: constant sizes, nothing returned by put and remove, as its documentation says for speed. */
public final class ChronicleMapSubject implements Subject {
    private ChronicleMap<byte[], byte[]> map;
    private int valueSize;
    private boolean checksums;

    @Override
    public void open(Setup setup) throws IOException {
        valueSize = setup.valueSize();
        checksums = Boolean.parseBoolean(setup.option("peer-checksums", "false"));
        map = ChronicleMapBuilder.of(byte[].class, byte[].class).name("bench").entries(setup.records())
                .constantKeySizeBySample(new byte[Keys.LENGTH]).constantValueSizeBySample(new byte[valueSize])
                .putReturnsNull(true).removeReturnsNull(true).checksumEntries(checksums)
                .createPersistedTo(setup.directory().resolve("map").toFile());
    }

    @Override
    public String configuration() {
        return "Chronicle Map 2026.1, persisted, constant key and value sizes, byte[] and getUsing, putReturnsNull,"
                + " delete by query context, checksums "
                + (checksums ? "on" : "off") + "; nothing is synced, no crash consistency";
    }

    @Override
    public Set<Operation> operations() {
        return EnumSet.of(Operation.INSERT, Operation.PUT, Operation.GET_COPY, Operation.GET_VIEW, Operation.DELETE);
    }

    @Override
    public Session session(int thread) {
        return new MapSession();
    }

    @Override
    public void close() {
        if (map != null) {
            map.close();
        }
    }

    private final class MapSession implements Session {
        private final ByteBuffer key = Keys.buffer(false, Keys.LENGTH);
        private final ByteBuffer value = Keys.buffer(false, valueSize);
        private final ByteBuffer found = Keys.buffer(false, valueSize);

        MapSession() {
            Arrays.fill(value.array(), (byte) 0x5A);
        }

        private byte[] key(long number) {
            Keys.write(number, key);
            return key.array();
        }

        @Override
        public void put(long number, long stamp) {
            value.putLong(0, stamp);
            map.put(key(number), value.array());
        }

        @Override
        public long getCopy(long number) {
            return map.getUsing(key(number), found.array()) == null ? -1 : found.getLong(0);
        }

        @Override
        public long getView(long number) {
            try (ExternalMapQueryContext<byte[], byte[], ?> query = map.queryContext(key(number))) {
                query.readLock().lock();
                MapEntry<byte[], byte[]> entry = query.entry();
                if (entry == null) {
                    return -1;
                }
                Data<byte[]> data = entry.value();
                RandomDataInput bytes = data.bytes();
                long at = data.offset();
                long end = at + data.size();
                long sum = 0;
                for (; at + 8 <= end; at += 8) {
                    sum ^= bytes.readLong(at);
                }
                for (; at < end; at++) {
                    sum ^= bytes.readByte(at);
                }
                return sum & Long.MAX_VALUE;
            }
        }

        @Override
        public boolean delete(long number) {
            try (ExternalMapQueryContext<byte[], byte[], ?> query = map.queryContext(key(number))) {
                query.updateLock().lock();
                MapEntry<byte[], byte[]> entry = query.entry();
                if (entry == null) {
                    return false;
                }
                query.remove(entry);
                return true;
            }
        }
    }
}
