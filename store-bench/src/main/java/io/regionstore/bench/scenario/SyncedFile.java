package io.regionstore.bench.scenario;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * What the disk can do: 96 bytes written behind one another into a file that is long enough already, fdatasync after
 * each. Arguments: folder, seconds.
 */
public final class SyncedFile {
    private SyncedFile() {
    }

    /**
     * @param args folder, seconds
     * @throws IOException if writing fails
     */
    public static void main(String[] args) throws IOException {
        Path file = Files.createTempFile(Path.of(args[0]), "synced", ".tmp");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int i = 0; i < 16; i++) {
                channel.write(ByteBuffer.allocate(1 << 20), (long) i << 20);
            }
            channel.force(true);
            ByteBuffer record = ByteBuffer.allocateDirect(96);
            long writes = 0;
            long start = System.nanoTime();
            long end = start + (long) (Double.parseDouble(args[1]) * 1e9);
            while (System.nanoTime() < end) {
                channel.write(record.clear(), writes * 96 % (15 << 20));
                channel.force(false);
                writes++;
            }
            Scenario.print(Map.of("writesPerSecond", writes * 1e9 / (System.nanoTime() - start)));
        } finally {
            Files.delete(file);
        }
    }
}
