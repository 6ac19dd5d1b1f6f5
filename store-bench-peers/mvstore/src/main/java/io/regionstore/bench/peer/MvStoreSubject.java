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
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;

/** H2's MVStore: a file, a large cache, no commit by time. */
public final class MvStoreSubject implements Subject {
    private MVStore store;
    private MVMap<byte[], byte[]> map;
    private int valueSize;

    @Override
    public void open(Setup setup) {
        valueSize = setup.valueSize();
        store = new MVStore.Builder().fileName(setup.directory().resolve("mvstore").toString()).cacheSize(512).open();
        store.setAutoCommitDelay(0);
        map = store.openMap("bench", new MVMap.Builder<byte[], byte[]>().keyType(ByteArrayDataType.INSTANCE)
                .valueType(ByteArrayDataType.INSTANCE));
    }

    @Override
    public String configuration() {
        return "H2 MVStore 2.4.240, a file, cache 512 MB, no commit by time, nothing is synced; what is read is an array"
                + " on the heap";
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
        if (store != null) {
            store.closeImmediately();
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

        /** The map keeps the arrays that it is given. */
        @Override
        public void put(long number, long stamp) {
            value.putLong(0, stamp);
            map.put(key(number).clone(), value.array().clone());
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
