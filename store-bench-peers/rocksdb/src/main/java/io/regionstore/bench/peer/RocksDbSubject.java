package io.regionstore.bench.peer;

import io.regionstore.bench.subject.Keys;
import io.regionstore.bench.subject.Operation;
import io.regionstore.bench.subject.Session;
import io.regionstore.bench.subject.Setup;
import io.regionstore.bench.subject.Subject;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/** RocksDB with its write-ahead log, not synced; large caches and buffers, no compression, direct buffers. */
public final class RocksDbSubject implements Subject {
    private LRUCache cache;
    private BloomFilter filter;
    private Options options;
    private WriteOptions writeOptions;
    private ReadOptions readOptions;
    private RocksDB db;
    private int valueSize;
    private boolean checksums;

    @Override
    public void open(Setup setup) throws RocksDBException {
        RocksDB.loadLibrary();
        valueSize = setup.valueSize();
        checksums = Boolean.parseBoolean(setup.option("peer-checksums", "false"));
        cache = new LRUCache(512L << 20);
        filter = new BloomFilter(10);
        options = new Options().setCreateIfMissing(true).setWriteBufferSize(128L << 20).setMaxWriteBufferNumber(4)
                .setCompressionType(CompressionType.NO_COMPRESSION).setIncreaseParallelism(2)
                .setTableFormatConfig(new BlockBasedTableConfig().setBlockCache(cache).setFilterPolicy(filter));
        writeOptions = new WriteOptions();
        readOptions = new ReadOptions().setVerifyChecksums(checksums);
        db = RocksDB.open(options, setup.directory().toString());
    }

    @Override
    public String configuration() {
        return "RocksDB 11.8.1, WAL not synced, 4 write buffers of 128 MiB, block cache 512 MiB, Bloom filter 10 bits, no"
                + " compression, direct buffers, checksums of blocks " + (checksums ? "" : "not ")
                + "verified; delete does not look whether there is a value";
    }

    @Override
    public Set<Operation> operations() {
        return EnumSet.of(Operation.INSERT, Operation.PUT, Operation.GET_COPY, Operation.DELETE);
    }

    @Override
    public Session session(int thread) {
        return new RocksSession();
    }

    @Override
    public void close() {
        for (AutoCloseable part : new AutoCloseable[] {db, writeOptions, readOptions, options, filter, cache}) {
            if (part != null) {
                try {
                    part.close();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private final class RocksSession implements Session {
        private final ByteBuffer key = Keys.buffer(true, Keys.LENGTH);
        private final ByteBuffer value = Keys.buffer(true, valueSize);
        private final ByteBuffer copy = Keys.buffer(true, valueSize);

        RocksSession() {
            for (int i = 0; i < valueSize; i++) {
                value.put(i, (byte) 0x5A);
            }
        }

        private ByteBuffer key(long number) {
            Keys.write(number, key);
            return key.clear();
        }

        @Override
        public void put(long number, long stamp) {
            value.clear().putLong(0, stamp);
            try {
                db.put(writeOptions, key(number), value);
            } catch (RocksDBException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public long getCopy(long number) {
            try {
                return db.get(readOptions, key(number), copy.clear()) == RocksDB.NOT_FOUND ? -1 : copy.getLong(0);
            } catch (RocksDBException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public boolean delete(long number) {
            try {
                db.delete(writeOptions, key(number));
                return true;
            } catch (RocksDBException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
