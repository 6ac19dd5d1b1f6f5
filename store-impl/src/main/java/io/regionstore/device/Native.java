package io.regionstore.device;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Every native call of regionstore: Linux, 64-bit, through the C library. Each return code is checked; a failure
 * becomes a {@link RegionStoreException} that names the call, the resource and errno.
 */
final class Native {
    static final long PAGE = 4096;
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int MAP_SHARED = 0x01;
    static final int MAP_PRIVATE = 0x02;
    static final int MAP_ANONYMOUS = 0x20;
    static final int MAP_NORESERVE = 0x4000;
    static final int MADV_DONTNEED = 4;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout ERRNO_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            ERRNO_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle MMAP = function("mmap", FunctionDescriptor.of(ValueLayout.ADDRESS,
            ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
    private static final MethodHandle MUNMAP = function("munmap",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    private static final MethodHandle MADVISE = function("madvise", FunctionDescriptor.of(ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));

    private Native() {
    }

    static MemorySegment mmap(String resource, long length, int protection, int flags, int descriptor, long offset,
                              Arena arena) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = call.allocate(ERRNO_STATE);
            MemorySegment address = (MemorySegment) MMAP.invokeExact(state, MemorySegment.NULL, length, protection,
                    flags, descriptor, offset);
            if (address.address() == -1) {
                throw failure("mmap of " + length + " bytes", resource, errno(state));
            }
            return address.reinterpret(length, arena, Native::munmap);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    private static void munmap(MemorySegment mapping) {
        try (Arena call = Arena.ofConfined()) {
            int unused = (int) MUNMAP.invokeExact(call.allocate(ERRNO_STATE), mapping, mapping.byteSize());
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    static void madvise(MemorySegment range, int advice) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = call.allocate(ERRNO_STATE);
            if ((int) MADVISE.invokeExact(state, range, range.byteSize(), advice) != 0) {
                throw failure("madvise(" + advice + ")", "a mapping of " + range.byteSize() + " bytes", errno(state));
            }
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    private static int errno(MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    private static RegionStoreException failure(String call, String resource, int errno) {
        return new RegionStoreException(ErrorCode.IO_ERROR, resource + ": " + call + " failed, errno " + errno);
    }

    private static RuntimeException rethrow(Throwable t) {
        if (t instanceof RuntimeException e) {
            return e;
        }
        if (t instanceof Error e) {
            throw e;
        }
        return new IllegalStateException(t);
    }

    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        MemorySegment symbol = LINKER.defaultLookup().find(name)
                .orElseThrow(() -> new IllegalStateException("the C library has no function " + name));
        return LINKER.downcallHandle(symbol, descriptor, Linker.Option.captureCallState("errno"));
    }
}
