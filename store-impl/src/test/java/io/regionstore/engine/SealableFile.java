package io.regionstore.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** A file in memory, without a name, that can be told to take no more writes: a disk behind a loop device that fails. */
final class SealableFile implements AutoCloseable {
    private static final int MFD_ALLOW_SEALING = 2;
    private static final int F_ADD_SEALS = 1033;
    private static final int F_SEAL_WRITE = 8;
    private static final Linker LINKER = Linker.nativeLinker();

    private final int descriptor;

    SealableFile(long length) {
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle create = LINKER.downcallHandle(function("memfd_create"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
            descriptor = (int) create.invokeExact(arena.allocateFrom("disk"), MFD_ALLOW_SEALING);
            MethodHandle truncate = LINKER.downcallHandle(function("ftruncate"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
            require((int) truncate.invokeExact(descriptor, length));
        } catch (Throwable t) {
            throw new IllegalStateException(t);
        }
    }

    Path path() {
        return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor);
    }

    /** From now on each write fails, and a read does not. */
    void seal() {
        try {
            MethodHandle control = LINKER.downcallHandle(function("fcntl"), FunctionDescriptor.of(ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
                    Linker.Option.firstVariadicArg(2));
            require((int) control.invokeExact(descriptor, F_ADD_SEALS, F_SEAL_WRITE));
        } catch (Throwable t) {
            throw new IllegalStateException(t);
        }
    }

    @Override
    public void close() {
        try {
            MethodHandle close = LINKER.downcallHandle(function("close"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            require((int) close.invokeExact(descriptor));
        } catch (Throwable t) {
            throw new IllegalStateException(t);
        }
    }

    private static void require(int result) {
        if (result < 0) {
            throw new IllegalStateException("a call failed");
        }
    }

    private static MemorySegment function(String name) {
        return LINKER.defaultLookup().findOrThrow(name);
    }
}
