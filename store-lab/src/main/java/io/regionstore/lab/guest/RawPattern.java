package io.regionstore.lab.guest;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Fills a dax device with words that follow from their place, or compares them: shows that the machine keeps the bytes
 * of a device through a kexec, without any code of the store.
 */
public final class RawPattern {
    private static final int O_RDWR = 2;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;

    private RawPattern() {
    }

    /**
     * @param args {@code write} or {@code compare}, the device, a seed
     * @throws Throwable if the device cannot be mapped
     */
    public static void main(String[] args) throws Throwable {
        Path device = Path.of(args[1]);
        long seed = Long.decode(args[2]);
        MemorySegment bytes = map(device);
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

    private static MemorySegment map(Path device) throws Throwable {
        long size = size(device);
        int descriptor = (int) function("open", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT)).invokeExact(Arena.global().allocateFrom(device.toString()), O_RDWR);
        MemorySegment address = (MemorySegment) function("mmap", FunctionDescriptor.of(ValueLayout.ADDRESS,
                ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG)).invokeExact(MemorySegment.NULL, size, PROT_READ_WRITE,
                MAP_SHARED, descriptor, 0L);
        if (address.address() == -1) {
            throw new IOException(device + ": mmap of " + size + " bytes failed");
        }
        return address.reinterpret(size);
    }

    private static long size(Path device) throws IOException {
        return Long.parseLong(Files.readString(Path.of("/sys/bus/dax/devices", device.getFileName().toString(), "size"))
                .strip());
    }

    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(Linker.nativeLinker().defaultLookup().find(name).orElseThrow(),
                descriptor);
    }
}
