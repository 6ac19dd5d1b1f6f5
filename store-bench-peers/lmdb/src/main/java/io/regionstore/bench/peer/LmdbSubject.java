package io.regionstore.bench.peer;

import io.regionstore.bench.subject.Keys;
import io.regionstore.bench.subject.Operation;
import io.regionstore.bench.subject.Session;
import io.regionstore.bench.subject.Setup;
import io.regionstore.bench.subject.Subject;
import io.regionstore.bench.subject.Sums;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.Set;
import org.lmdbjava.ByteBufferProxy;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.Txn;

/**
 * LMDB: not synced, a hundred operations in a transaction; one alone in its transaction would be much slower. Reads in
 * a read-only transaction that is renewed after a hundred.
 */
public final class LmdbSubject implements Subject {
    private static final int BATCH = 100;

    private Env<ByteBuffer> env;
    private Dbi<ByteBuffer> dbi;
    private int valueSize;

    @Override
    public void open(Setup setup) {
        valueSize = setup.valueSize();
        long most = setup.records() * (valueSize + 64L) * 3 + (256L << 20);
        env = Env.create(ByteBufferProxy.PROXY_OPTIMAL).setMapSize(most).setMaxDbs(1).setMaxReaders(64)
                .open(setup.directory().toFile(), EnvFlags.MDB_NOSYNC, EnvFlags.MDB_WRITEMAP);
        dbi = env.openDbi("bench", DbiFlags.MDB_CREATE);
    }

    @Override
    public String configuration() {
        return "LMDB (lmdbjava 0.9.3), MDB_NOSYNC, MDB_WRITEMAP, " + BATCH + " operations in a transaction,"
                + " PROXY_OPTIMAL";
    }

    @Override
    public Set<Operation> operations() {
        return EnumSet.of(Operation.INSERT, Operation.PUT, Operation.GET_COPY, Operation.GET_VIEW, Operation.DELETE);
    }

    @Override
    public Session session(int thread) {
        return new LmdbSession();
    }

    @Override
    public void close() {
        if (env != null) {
            env.close();
        }
    }

    private final class LmdbSession implements Session {
        private final ByteBuffer key = Keys.buffer(true, Keys.LENGTH);
        private final ByteBuffer value = Keys.buffer(true, valueSize);
        private final ByteBuffer copy = Keys.buffer(true, valueSize);
        private Txn<ByteBuffer> write;
        private int written;
        private Txn<ByteBuffer> read;
        private int reads;

        LmdbSession() {
            for (int i = 0; i < valueSize; i++) {
                value.put(i, (byte) 0x5A);
            }
        }

        private ByteBuffer key(long number) {
            Keys.write(number, key);
            return key;
        }

        private Txn<ByteBuffer> writing() {
            if (write == null) {
                write = env.txnWrite();
                written = 0;
            }
            return write;
        }

        private void wrote() {
            if (++written == BATCH) {
                flush();
            }
        }

        private ByteBuffer find(long number) {
            Txn<ByteBuffer> in = write;
            if (in == null) {
                if (read == null) {
                    read = env.txnRead();
                } else if (++reads == BATCH) {
                    read.reset();
                    read.renew();
                    reads = 0;
                }
                in = read;
            }
            ByteBuffer found = dbi.get(in, key(number));
            return found == null ? null : found.order(ByteOrder.LITTLE_ENDIAN);
        }

        @Override
        public void put(long number, long stamp) {
            value.putLong(0, stamp);
            dbi.put(writing(), key(number), value);
            wrote();
        }

        @Override
        public long getCopy(long number) {
            ByteBuffer found = find(number);
            if (found == null) {
                return -1;
            }
            copy.put(0, found, 0, found.limit());
            return copy.getLong(0);
        }

        @Override
        public long getView(long number) {
            ByteBuffer found = find(number);
            return found == null ? -1 : Sums.of(found);
        }

        @Override
        public boolean delete(long number) {
            boolean there = dbi.delete(writing(), key(number));
            wrote();
            return there;
        }

        @Override
        public void flush() {
            if (read != null) {
                read.close();
                read = null;
                reads = 0;
            }
            if (write != null) {
                write.commit();
                write.close();
                write = null;
            }
        }
    }
}
