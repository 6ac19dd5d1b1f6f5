package io.regionstore.lab.guest;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/** The calls of the C library that the guest's programs make by themselves, without any code of the store. */
final class Posix {
    /** Tells the kernel that a page has a memory error. Needs root. */
    static final int MADV_HWPOISON = 100;
    static final int PAGE = 4096;

    private static final int O_RDWR = 2;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;
    private static final int SIGSTOP = 19;
    private static final VarHandle ERRNO = Linker.Option.captureStateLayout()
            .varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private Posix() {
    }

    /**
     * @param device a dax device
     * @return all of it
     * @throws IOException if it cannot be mapped
     */
    static MemorySegment map(Path device) throws IOException {
        long size = Long.parseLong(Files.readString(Path.of("/sys/bus/dax/devices", device.getFileName().toString(),
                "size")).strip());
        try {
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
        } catch (IOException e) {
            throw e;
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    /**
     * @param address a multiple of the page size
     * @param length  bytes
     * @param advice  one of those above
     * @return 0, or the error's number
     */
    static int madvise(MemorySegment address, long length, int advice) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            int result = (int) function("madvise", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT), Linker.Option.captureCallState("errno"))
                    .invokeExact(state, address, length, advice);
            return result == 0 ? 0 : (int) ERRNO.get(state, 0L);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    /** @return what stops this process, all of it, when it is called: made before it is needed, since that takes time */
    static Runnable stopper() {
        MethodHandle raise = function("raise", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        return () -> {
            try {
                int result = (int) raise.invokeExact(SIGSTOP);
                if (result != 0) {
                    throw new AssertionError("raise gave " + result);
                }
            } catch (Throwable t) {
                throw new AssertionError(t);
            }
        };
    }

    private static MethodHandle function(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        return Linker.nativeLinker().downcallHandle(Linker.nativeLinker().defaultLookup().find(name).orElseThrow(),
                descriptor, options);
    }
}
