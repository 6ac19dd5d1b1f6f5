package io.regionstore.lab.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A raw disk that holds what has been acknowledged. Its bytes are a file of the host: a write that has returned is out
 * of the reach of anything that happens to the guest.
 *
 * <pre>
 *   run r, at r * 12 KiB:  block 0: the workload   block 1, block 2: acknowledged operations of each writer, by turns
 *   block, 4 KiB:          generation | values, 8 bytes each | … | CRC32C
 * </pre>
 *
 * A block torn by the blow fails its checksum; the other of the two then tells a little less.
 */
final class Journal implements AutoCloseable {
    /** Runs are numbered from 0 to one below this. */
    static final int MAX_RUNS = 8;

    private static final int BLOCK = 4096;
    private static final int BLOCKS_OF_A_RUN = 3;
    private static final int CHECKSUM = BLOCK - Long.BYTES;

    private final FileChannel disk;
    private final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
    private long generation;

    private Journal(FileChannel disk) {
        this.disk = disk;
    }

    /**
     * @param path the disk
     * @return the journal on it; its writes return when they have left the guest
     * @throws IOException if the disk cannot be opened
     */
    static Journal open(Path path) throws IOException {
        return new Journal(FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE,
                StandardOpenOption.DSYNC));
    }

    void begin(Workload workload) throws IOException {
        write(workload.run(), 0, workload.seed(), workload.writers(), workload.keys(), workload.window());
        acknowledge(workload.run(), new long[workload.writers()]);
        acknowledge(workload.run(), new long[workload.writers()]);
    }

    /**
     * @param run        the run
     * @param operations for each writer the number of operations that were acknowledged to it
     * @throws IOException if the disk fails
     */
    void acknowledge(int run, long[] operations) throws IOException {
        write(run, 1 + (int) (generation & 1), operations);
    }

    /**
     * @param run a run
     * @return its workload, or null if there was no such run
     * @throws IOException if the disk fails
     */
    Workload workload(int run) throws IOException {
        return read(run, 0) == 0 ? null : new Workload(run, value(0), (int) value(1), (int) value(2), (int) value(3));
    }

    /**
     * @param workload of a run that was begun
     * @return for each writer the number of operations that were acknowledged to it
     * @throws IOException if the disk fails
     */
    long[] acknowledged(Workload workload) throws IOException {
        int newest = read(workload.run(), 1) > read(workload.run(), 2) ? 1 : 2;
        if (read(workload.run(), newest) == 0) {
            throw new IOException("both blocks of acknowledgements are torn");
        }
        long[] operations = new long[workload.writers()];
        for (int writer = 0; writer < operations.length; writer++) {
            operations[writer] = value(writer);
        }
        return operations;
    }

    @Override
    public void close() throws IOException {
        disk.close();
    }

    private long value(int index) {
        return block.getLong((1 + index) * Long.BYTES);
    }

    private void write(int run, int place, long... values) throws IOException {
        block.clear().put(new byte[BLOCK]).clear();
        block.putLong(0, ++generation);
        for (int i = 0; i < values.length; i++) {
            block.putLong((1 + i) * Long.BYTES, values[i]);
        }
        block.putLong(CHECKSUM, checksum());
        long position = position(run, place);
        while (block.hasRemaining()) {
            disk.write(block, position + block.position());
        }
    }

    /** Returns the block's generation, or 0 if there is no whole block. */
    private long read(int run, int place) throws IOException {
        block.clear();
        long position = position(run, place);
        while (block.hasRemaining() && disk.read(block, position + block.position()) > 0) {
            // read on
        }
        block.clear();
        return block.getLong(CHECKSUM) == checksum() ? block.getLong(0) : 0;
    }

    private long checksum() {
        CRC32C checksum = new CRC32C();
        checksum.update(block.slice(0, CHECKSUM));
        return checksum.getValue();
    }

    private static long position(int run, int place) {
        return ((long) run * BLOCKS_OF_A_RUN + place) * BLOCK;
    }
}
