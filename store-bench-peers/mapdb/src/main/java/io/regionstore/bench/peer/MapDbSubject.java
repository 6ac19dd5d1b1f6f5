package io.regionstore.bench.peer;

import io.regionstore.bench.subject.Keys;
import io.regionstore.bench.subject.Operation;
import io.regionstore.bench.subject.Session;
import io.regionstore.bench.subject.Setup;
import io.regionstore.bench.subject.Subject;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.HTreeMap;
import org.mapdb.Serializer;

/** MapDB's hash map in a memory-mapped file, without transactions, as its documentation says for speed. */
public final class MapDbSubject implements Subject {
    private DB db;
    private HTreeMap<byte[], byte[]> map;
    private int valueSize;

    @Override
    public void open(Setup setup) {
        valueSize = setup.valueSize();
        db = DBMaker.fileDB(setup.directory().resolve("mapdb").toFile()).fileMmapEnable()
                .allocateStartSize(64L << 20).allocateIncrement(64L << 20).make();
        map = db.hashMap("bench", Serializer.BYTE_ARRAY, Serializer.BYTE_ARRAY).create();
    }

    @Override
    public String configuration() {
        return "MapDB 3.1.0, HTreeMap in a mapped file that grows by 64 MiB, no transactions, nothing is synced";
    }

    @Override
    public Set<Operation> operations() {
        return EnumSet.of(Operation.INSERT, Operation.PUT, Operation.GET_COPY, Operation.DELETE);
    }

    @Override
    public Session session(int thread) {
        return new MapSession();
    }

    @Override
    public void close() {
        if (db != null) {
            db.close();
        }
    }

    private final class MapSession implements Session {
        private final ByteBuffer key = Keys.buffer(false, Keys.LENGTH);
        private final ByteBuffer value = Keys.buffer(false, valueSize);
        private final ByteBuffer copy = Keys.buffer(false, valueSize);

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
            byte[] found = map.get(key(number));
            if (found == null) {
                return -1;
            }
            copy.put(0, found);
            return copy.getLong(0);
        }

        @Override
        public boolean delete(long number) {
            return map.remove(key(number)) != null;
        }
    }
}
