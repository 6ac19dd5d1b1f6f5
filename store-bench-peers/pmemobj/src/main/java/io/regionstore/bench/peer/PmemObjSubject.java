package io.regionstore.bench.peer;

import io.regionstore.bench.subject.Keys;
import io.regionstore.bench.subject.Operation;
import io.regionstore.bench.subject.Session;
import io.regionstore.bench.subject.Setup;
import io.regionstore.bench.subject.Subject;
import io.regionstore.bench.subject.Sums;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumSet;
import java.util.Set;

/**
 * A hash map in a pool of libpmemobj, each put and delete one transaction: the object is allocated and filled, the
 * bucket's word is logged and changed; an overwrite logs the value and changes it in place. No checksums.
 * <pre>
 *   root:   | offset of an object : 8 | …       one word a bucket
 *   object: | offset of the next : 8 | key : 16 | value |
 * </pre>
 */
public final class PmemObjSubject implements Subject {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final int VALUE = 8 + Keys.LENGTH;
    private static final int LOCKS = 1024;

    private final Object[] locks = new Object[LOCKS];
    private MemorySegment pool;
    private long root;
    private long identity;
    private long mask;
    private int valueSize;
    private boolean flushes;

    @Override
    public void open(Setup setup) {
        valueSize = setup.valueSize();
        flushes = Boolean.parseBoolean(setup.option("peer-flush", "false"))
                || setup.option("domain", "KERNEL").equals("PLATFORM");
        PmemObj.environment("PMEM_IS_PMEM_FORCE", "1");
        if (!flushes) {
            PmemObj.environment("PMEM_NO_FLUSH", "1");
        }
        long buckets = Math.max(64, Long.highestOneBit(Math.max(1, setup.records() - 1)) << 1);
        mask = buckets - 1;
        // an object has a header of 16 bytes, and the heap's size classes are not exact
        long bytes = (64L << 20) + buckets * 8 + setup.records() * (VALUE + valueSize + 16L) * 2;
        pool = PmemObj.create(setup.directory().resolve("pool").toString(), bytes & -4096);
        PmemObj calls = new PmemObj();
        root = calls.root(pool, buckets * 8);
        identity = calls.pool();
        for (int i = 0; i < LOCKS; i++) {
            locks[i] = new Object();
        }
    }

    @Override
    public String configuration() {
        return "libpmemobj (the system's), through java.lang.foreign (critical calls): hash map, one transaction a put or"
                + " delete, overwrite in place; PMEM_IS_PMEM_FORCE=1" + (flushes ? "" : ", PMEM_NO_FLUSH=1: caches are kept, as in KERNEL")
                + "; no checksums";
    }

    @Override
    public Set<Operation> operations() {
        return EnumSet.of(Operation.INSERT, Operation.PUT, Operation.GET_COPY, Operation.GET_VIEW, Operation.DELETE);
    }

    @Override
    public Session session(int thread) {
        return new PoolSession();
    }

    @Override
    public void close() {
        if (pool != null) {
            PmemObj.close(pool);
            pool = null;
        }
    }

    private final class PoolSession implements Session {
        private final PmemObj calls = new PmemObj();
        private final MemorySegment value = Arena.ofAuto().allocate(valueSize, 64).fill((byte) 0x5A);
        private final MemorySegment found = Arena.ofAuto().allocate(valueSize, 64);

        private long bucket(long number) {
            return root + (Keys.first(number) & mask) * 8;
        }

        private Object lock(long number) {
            return locks[(int) (Keys.first(number) & LOCKS - 1)];
        }

        /** Where the offset of the key's object stands, or that of the end of its chain. */
        private long link(long number) {
            long first = Keys.first(number);
            long second = Keys.second(number);
            long link = bucket(number);
            for (long object = pool.get(LONG, link); object != 0; object = pool.get(LONG, link)) {
                if (pool.get(LONG, object + 8) == first && pool.get(LONG, object + 16) == second) {
                    return link;
                }
                link = object;
            }
            return link;
        }

        @Override
        public void put(long number, long stamp) {
            value.set(LONG, 0, stamp);
            synchronized (lock(number)) {
                long object = pool.get(LONG, link(number));
                calls.begin(pool);
                if (object != 0) {
                    calls.addRange(pool.asSlice(object + VALUE, valueSize));
                    MemorySegment.copy(value, 0, pool, object + VALUE, valueSize);
                } else {
                    long bucket = bucket(number);
                    long fresh = calls.allocate(VALUE + valueSize);
                    pool.set(LONG, fresh, pool.get(LONG, bucket));
                    pool.set(LONG, fresh + 8, Keys.first(number));
                    pool.set(LONG, fresh + 16, Keys.second(number));
                    MemorySegment.copy(value, 0, pool, fresh + VALUE, valueSize);
                    calls.addRange(pool.asSlice(bucket, 8));
                    pool.set(LONG, bucket, fresh);
                }
                calls.commit();
            }
        }

        @Override
        public long getCopy(long number) {
            synchronized (lock(number)) {
                long object = pool.get(LONG, link(number));
                if (object == 0) {
                    return -1;
                }
                MemorySegment.copy(pool, object + VALUE, found, 0, valueSize);
                return found.get(LONG, 0);
            }
        }

        @Override
        public long getView(long number) {
            synchronized (lock(number)) {
                long object = pool.get(LONG, link(number));
                return object == 0 ? -1 : Sums.of(pool, object + VALUE, valueSize);
            }
        }

        @Override
        public boolean delete(long number) {
            synchronized (lock(number)) {
                long link = link(number);
                long object = pool.get(LONG, link);
                if (object == 0) {
                    return false;
                }
                calls.begin(pool);
                calls.addRange(pool.asSlice(link, 8));
                pool.set(LONG, link, pool.get(LONG, object));
                calls.free(identity, object);
                calls.commit();
                return true;
            }
        }
    }
}
