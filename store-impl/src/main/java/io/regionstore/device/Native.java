package io.regionstore.device;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Every call into the C library: Linux, 64-bit. A call that may fail returns what the system call returns, or minus
 * errno, as the kernel does; one that was interrupted is made again. {@link NativeAccess#require} comes first.
 */
final class Native {
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int MAP_SHARED = 0x01;
    static final int MAP_PRIVATE = 0x02;
    static final int MAP_ANONYMOUS = 0x20;
    static final int MAP_NORESERVE = 0x4000;
    static final int AT_FDCWD = -100;
    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_EXCL = 0x80;
    static final int O_NOCTTY = 0x100;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x8_0000;
    /** Two flags have their own numbers on 64-bit Arm (arch/arm64/include/uapi/asm/fcntl.h). */
    private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");
    static final int O_DIRECTORY = ARM ? 0x4000 : 0x1_0000;
    static final int O_NOFOLLOW = ARM ? 0x8000 : 0x2_0000;
    static final short F_WRLCK = 1;
    static final short F_UNLCK = 2;

    private static final int F_OFD_SETLK = 37;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MADV_POPULATE_READ = 22;
    private static final int MADV_POPULATE_WRITE = 23;
    private static final int MS_SYNC = 4;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout ERRNO_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            ERRNO_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");

    private static final MethodHandle MMAP =
            function("mmap", ADDRESS, List.of(ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP = function("munmap", JAVA_INT, List.of(ADDRESS, JAVA_LONG));
    private static final MethodHandle MADVISE = function("madvise", JAVA_INT, List.of(ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MSYNC = function("msync", JAVA_INT, List.of(JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle OPENAT = function("openat", JAVA_INT,
            List.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), Linker.Option.firstVariadicArg(3));
    private static final MethodHandle CLOSE = function("close", JAVA_INT, List.of(JAVA_INT));
    private static final MethodHandle UNLINKAT = function("unlinkat", JAVA_INT, List.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle FTRUNCATE = function("ftruncate", JAVA_INT, List.of(JAVA_INT, JAVA_LONG));
    private static final MethodHandle FSYNC = function("fsync", JAVA_INT, List.of(JAVA_INT));
    private static final MethodHandle FSTATFS = function("fstatfs", JAVA_INT, List.of(JAVA_INT, ADDRESS));
    private static final MethodHandle STATX =
            function("statx", JAVA_INT, List.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle FCNTL = function("fcntl", JAVA_INT,
            List.of(JAVA_INT, JAVA_INT, ADDRESS), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle STRERROR = function("strerror", ADDRESS, List.of(JAVA_INT));
    private static final MethodHandle GETPAGESIZE = function("getpagesize", JAVA_INT, List.of());

    /** Bytes of a page of this kernel. */
    static final long PAGE = pageSize();

    private static volatile ToIntFunction<String> faults;

    private Native() {
    }

    /**
     * For tests: lets calls fail. Without it, a system call costs one load more than it would.
     *
     * @param source given the name of a call that is about to be made, it returns the errno to fail with instead, or 0;
     *               null to end
     */
    static void inject(ToIntFunction<String> source) {
        faults = source;
    }

    /** @return minus the errno that a call is to fail with, or 0 */
    private static int fault(String name) {
        ToIntFunction<String> source = faults;
        return source == null ? 0 : -source.applyAsInt(name);
    }

    /**
     * @return the mapping, unmapped when {@code arena} is closed
     * @throws io.regionstore.RegionStoreException as errno says
     */
    static MemorySegment mmap(String resource, long length, int protection, int flags, int descriptor, long offset,
                              Arena arena) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = call.allocate(ERRNO_STATE);
            while (true) {
                int errno = -fault("mmap");
                if (errno == 0) {
                    MemorySegment address = (MemorySegment) MMAP.invokeExact(state, MemorySegment.NULL, length,
                            protection, flags, descriptor, offset);
                    if (address.address() != -1) {
                        return address.reinterpret(length, arena, Native::munmap);
                    }
                    errno = errno(state);
                }
                if (errno != Errno.EINTR) {
                    throw Errno.failure("mmap of " + length + " bytes", resource, errno);
                }
            }
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /** Of a whole mapping: the kernel finds nothing to refuse, and nobody could do anything about it. */
    private static void munmap(MemorySegment mapping) {
        try (Arena call = Arena.ofConfined()) {
            int unused = (int) MUNMAP.invokeExact(call.allocate(ERRNO_STATE), mapping, mapping.byteSize());
            fault("munmap");
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /** Makes whole pages of a private mapping read as zeros, and gives them back to the kernel if it takes them. */
    static void discard(MemorySegment range) {
        if (tryMadvise(range, MADV_DONTNEED) < 0) {
            range.fill((byte) 0);
        }
    }

    /**
     * Reads every page of a range without the risk of SIGBUS.
     *
     * @param range whole pages of a mapping
     * @return false when the kernel says that a page cannot be read (past the end of its file, or a memory error);
     *     true also on kernels before 5.14, which cannot tell
     */
    static boolean populateRead(MemorySegment range) {
        int result = tryMadvise(range, MADV_POPULATE_READ);
        if (result < 0 && result != -Errno.EFAULT && result != -Errno.EHWPOISON && result != -Errno.EINVAL) {
            throw Errno.failure("madvise(MADV_POPULATE_READ)", "a mapping of " + range.byteSize() + " bytes", -result);
        }
        return result != -Errno.EFAULT && result != -Errno.EHWPOISON;
    }

    /** A kernel without huge pages refuses: then it is small ones. */
    static void adviseHugePages(MemorySegment range) {
        int unused = tryMadvise(range, MADV_HUGEPAGE);
    }

    /** Takes whole pages of a private mapping from the kernel; where it cannot, they come at their first touch. */
    static void populateWrite(MemorySegment range) {
        int unused = tryMadvise(range, MADV_POPULATE_WRITE);
    }

    private static int tryMadvise(MemorySegment range, int advice) {
        return call("madvise", (arena, state) -> (int) MADVISE.invokeExact(state, range, range.byteSize(), advice));
    }

    /**
     * @param state   {@link #newCallState}: this call is made for every commit to a file, and allocates nothing
     * @param address first byte, a multiple of the page size
     */
    static int msync(MemorySegment state, long address, long length) {
        try {
            int result;
            do {
                int fault = fault("msync");
                result = fault < 0 ? fault : value((int) MSYNC.invokeExact(state, address, length, MS_SYNC), state);
            } while (result == -Errno.EINTR);
            return result;
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /** @return room for errno, for calls that must not allocate */
    static MemorySegment newCallState() {
        return Arena.ofAuto().allocate(ERRNO_STATE);
    }

    static int openat(int directory, String path, int flags, int mode) {
        return call("openat", (arena, state) ->
                (int) OPENAT.invokeExact(state, directory, arena.allocateFrom(path), flags, mode));
    }

    /** Never made again: on Linux the descriptor is gone even when the call was interrupted. */
    static int close(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(ERRNO_STATE);
            int result = value((int) CLOSE.invokeExact(state, descriptor), state);
            int fault = fault("close");
            return fault < 0 ? fault : result;
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    static int unlinkat(int directory, String name) {
        return call("unlinkat", (arena, state) -> (int) UNLINKAT.invokeExact(state, directory, arena.allocateFrom(name), 0));
    }

    static int ftruncate(int descriptor, long length) {
        return call("ftruncate", (arena, state) -> (int) FTRUNCATE.invokeExact(state, descriptor, length));
    }

    static int fsync(int descriptor) {
        return call("fsync", (arena, state) -> (int) FSYNC.invokeExact(state, descriptor));
    }

    /** @param buffer 256 bytes for {@code struct statx} */
    static int statx(int descriptor, String path, int flags, int mask, MemorySegment buffer) {
        return call("statx", (arena, state) ->
                (int) STATX.invokeExact(state, descriptor, arena.allocateFrom(path), flags, mask, buffer));
    }

    /** @param buffer room for {@code struct statfs}, which begins with the magic number and the block size */
    static int fstatfs(int descriptor, MemorySegment buffer) {
        return call("fstatfs", (arena, state) -> (int) FSTATFS.invokeExact(state, descriptor, buffer));
    }

    /**
     * Sets or drops a lock that belongs to the open file description, without waiting.
     *
     * @param type   {@link #F_WRLCK} or {@link #F_UNLCK}
     * @param start  first byte
     * @param length bytes; 0 means to the end, however far the file grows
     */
    static int ofdSetLock(int descriptor, short type, long start, long length) {
        return call("fcntl", (arena, state) -> {
            // struct flock: short l_type, short l_whence (0: from the start), long l_start, long l_len, int l_pid (0)
            MemorySegment lock = arena.allocate(32, 8);
            lock.set(JAVA_SHORT, 0, type);
            lock.set(JAVA_LONG, 8, start);
            lock.set(JAVA_LONG, 16, length);
            return (int) FCNTL.invokeExact(state, descriptor, F_OFD_SETLK, lock);
        });
    }

    /** @return the C library's words for an error number, with the number */
    static String describe(int errno) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment text = (MemorySegment) STRERROR.invokeExact(call.allocate(ERRNO_STATE), errno);
            return text.reinterpret(1024).getString(0) + " (errno " + errno + ")";
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    private interface Call {
        int invoke(Arena arena, MemorySegment state) throws Throwable;
    }

    private static int call(String name, Call call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(ERRNO_STATE);
            int result;
            do {
                int fault = fault(name);
                result = fault < 0 ? fault : value(call.invoke(arena, state), state);
            } while (result == -Errno.EINTR);
            return result;
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    private static long pageSize() {
        try (Arena call = Arena.ofConfined()) {
            return (int) GETPAGESIZE.invokeExact(call.allocate(ERRNO_STATE));
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    private static int value(int result, MemorySegment state) {
        return result < 0 ? -errno(state) : result;
    }

    private static int errno(MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    private static RuntimeException rethrow(Throwable t) {
        if (t instanceof IllegalCallerException e) {
            return NativeAccess.refusal(e);
        }
        if (t instanceof RuntimeException e) {
            return e;
        }
        if (t instanceof Error e) {
            throw e;
        }
        return new IllegalStateException(t);
    }

    private static MethodHandle function(String name, MemoryLayout result, List<MemoryLayout> arguments,
                                         Linker.Option... options) {
        MemorySegment symbol = LINKER.defaultLookup().find(name)
                .orElseThrow(() -> new IllegalStateException("the C library has no function " + name));
        List<Linker.Option> all = new ArrayList<>(List.of(options));
        all.add(CAPTURE);
        return LINKER.downcallHandle(symbol, FunctionDescriptor.of(result, arguments.toArray(MemoryLayout[]::new)),
                all.toArray(Linker.Option[]::new));
    }
}
