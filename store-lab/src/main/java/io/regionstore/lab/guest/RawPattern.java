package io.regionstore.lab.guest;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * Fills a dax device with words that follow from their place, or compares them: shows that the machine keeps the bytes
 * of a device through a kexec, without any code of the store.
 */
public final class RawPattern {
    private RawPattern() {
    }

    /**
     * @param args {@code write} or {@code compare}, the device, a seed
     * @throws IOException if the device cannot be mapped
     */
    public static void main(String[] args) throws IOException {
        Path device = Path.of(args[1]);
        long seed = Long.decode(args[2]);
        MemorySegment bytes = Posix.map(device);
        long words = bytes.byteSize() / Long.BYTES;
        long different = 0;
        for (long i = 0; i < words; i++) {
            if (args[0].equals("write")) {
                bytes.setAtIndex(ValueLayout.JAVA_LONG, i, Payload.mix(seed + i));
            } else if (bytes.getAtIndex(ValueLayout.JAVA_LONG, i) != Payload.mix(seed + i)) {
                different++;
            }
        }
        System.out.println("LAB pattern mode=" + args[0] + " words=" + words + " different=" + different);
    }
}
