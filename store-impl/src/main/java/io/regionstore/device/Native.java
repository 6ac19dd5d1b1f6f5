package io.regionstore.device;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.function.ToIntFunction;

/**
 * Every call into the C library: Linux, 64-bit. A call that may fail returns what the system call returns, or minus
 * errno, as the kernel does; one that was interrupted is made again. {@link NativeAccess#require} comes first.
 *
 * <p>All functions are called through one method handle that passes six longs and returns one: linking another shape
 * takes milliseconds, which the first open in a JVM would spend. The calling conventions of Linux on x86-64, AArch64 and
 * RISC-V allow it: integers and pointers go in registers, six of them at least, of which a function reads those it has
 * parameters for, and of each only the bits of its type; a variadic function finds its integers in the same ones. Of a
 * result that is an int only the low half is defined.
 */
final class Native {
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int MAP_SHARED = 0x01;
    static final int MAP_PRIVATE = 0x02;
    static final int MAP_SHARED_VALIDATE = 0x03;
    static final int MAP_ANONYMOUS = 0x20;
    static final int MAP_NORESERVE = 0x4000;
    static final int MAP_SYNC = 0x8_0000;
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
    static final int SEEK_DATA = 3;
    static final int SEEK_HOLE = 4;

    private static final int F_OFD_SETLK = 37;
    private static final int MADV_DONTNEED = 4;
    private static final int FADV_DONTNEED = 4;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MADV_POPULATE_READ = 22;
    private static final int MADV_POPULATE_WRITE = 23;
    private static final int MS_SYNC = 4;

    private static final Linker LINKER = Linker.nativeLinker();
    /** Linux has one word of state: errno, an int. */
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final MethodHandle CALL = LINKER.downcallHandle(FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG,
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG), Linker.Option.captureCallState("errno"));

    private static final MemorySegment MMAP = function("mmap");
    private static final MemorySegment MUNMAP = function("munmap");
    private static final MemorySegment MADVISE = function("madvise");
    private static final MemorySegment MSYNC = function("msync");
    private static final MemorySegment OPENAT = function("openat");
    private static final MemorySegment CLOSE = function("close");
    private static final MemorySegment UNLINKAT = function("unlinkat");
    private static final MemorySegment FTRUNCATE = function("ftruncate");
    private static final MemorySegment FALLOCATE = function("fallocate");
    private static final MemorySegment FADVISE = function("posix_fadvise");
    private static final MemorySegment FSYNC = function("fsync");
    private static final MemorySegment LSEEK = function("lseek");
    private static final MemorySegment STATFS = function("statfs");
    private static final MemorySegment FSTATFS = function("fstatfs");
    private static final MemorySegment STATX = function("statx");
    private static final MemorySegment FCNTL = function("fcntl");
    private static final MemorySegment STRERROR = function("strerror");
    private static final MemorySegment GETPAGESIZE = function("getpagesize");
    private static final MemorySegment FGETXATTR = function("fgetxattr");
    private static final MemorySegment FSETXATTR = function("fsetxattr");
    private static final MemorySegment GETEUID = function("geteuid");
    // names in an open directory
    private static final MemorySegment RENAMEAT = function("renameat");
    private static final MemorySegment FLOCK = function("flock");
    private static final MemorySegment IOCTL = function("ioctl");
    private static final MemorySegment SYSCALL = function("syscall");
    private static final MemorySegment READLINKAT = function("readlinkat");
    /** The C libraries do not agree on a function for it. */
    private static final long SYS_GETDENTS64 = System.getProperty("os.arch").equals("amd64") ? 217 : 61;
    /** {@code _IOR('v', 1, long)}, include/uapi/linux/fs.h; the kernel stores an int. */
    private static final int FS_IOC_GETVERSION = 0x80087601;
    private static final int LOCK_EX_NB = 2 | 4;
    private static final int LOCK_UN = 8;

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
        long address = tryMmap(length, protection, flags, descriptor, offset);
        if (isError(address)) {
            throw Errno.failure("mmap of " + length + " bytes", resource, (int) -address);
        }
        return mapped(address, length, arena);
    }

    /** @return the address of the mapping, or minus errno: see {@link #isError} */
    static long tryMmap(long length, int protection, int flags, int descriptor, long offset) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = call.allocate(STATE);
            while (true) {
                int errno = -fault("mmap");
                if (errno == 0) {
                    long address = (long) CALL.invokeExact(MMAP, state, 0L, length, (long) protection, (long) flags,
                            (long) descriptor, offset);
                    if (address != -1) {
                        return address;
                    }
                    errno = errno(state);
                }
                if (errno != Errno.EINTR) {
                    return -errno;
                }
            }
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /** @return whether what {@link #tryMmap} returned is minus errno: no mapping is in the last page of all addresses */
    static boolean isError(long address) {
        return address < 0 && address >= -4095;
    }

    /** @return the segment of a mapping, which is unmapped when {@code arena} is closed */
    static MemorySegment mapped(long address, long length, Arena arena) {
        int unused = fault("mapped"); // for tests that count mappings
        return MemorySegment.ofAddress(address).reinterpret(length, arena, Native::munmap);
    }

    /** Of a whole mapping: the kernel finds nothing to refuse, and nobody could do anything about it. */
    private static void munmap(MemorySegment mapping) {
        try (Arena call = Arena.ofConfined()) {
            long unused = (long) CALL.invokeExact(MUNMAP, call.allocate(STATE), mapping.address(), mapping.byteSize(),
                    0L, 0L, 0L, 0L);
            fault("munmap");
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /**
     * Makes whole pages of a private mapping read as zeros, and gives them back to the kernel if it takes them. The
     * caller keeps the range mapped.
     */
    static void discard(MemorySegment range) {
        if (tryMadvise(range, MADV_DONTNEED) < 0) {
            range.fill((byte) 0);
        }
    }

    /**
     * Reads every page of a range without the risk of SIGBUS. The caller keeps the range mapped.
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

    /**
     * Takes whole pages of a mapping from the kernel, as a store to each of them would, but without the signal.
     *
     * @return 0, or minus errno: {@link Errno#EFAULT} or {@link Errno#ENOMEM} where a store would fail,
     *     {@link Errno#EINVAL} from kernels before 5.14, on which the pages come at their first touch
     */
    static int populateWrite(MemorySegment range) {
        return tryMadvise(range, MADV_POPULATE_WRITE);
    }

    private static int tryMadvise(MemorySegment range, int advice) {
        if (!range.scope().isAlive()) {
            throw new IllegalStateException("the mapping is closed");
        }
        try (Arena call = Arena.ofConfined()) {
            return call("madvise", MADVISE, call.allocate(STATE), range.address(), range.byteSize(), advice, 0, 0);
        }
    }

    /**
     * @param state   {@link #newCallState}: this call is made for every commit to a file, and allocates nothing
     * @param address first byte, a multiple of the page size
     */
    static int msync(MemorySegment state, long address, long length) {
        return call("msync", MSYNC, state, address, length, MS_SYNC, 0, 0);
    }

    /** @return room for errno, for calls that must not allocate */
    static MemorySegment newCallState() {
        return Arena.ofAuto().allocate(STATE);
    }

    static int openat(int directory, String path, int flags, int mode) {
        try (Arena call = Arena.ofConfined()) {
            return call("openat", OPENAT, call.allocate(STATE), directory, call.allocateFrom(path).address(), flags, mode,
                    0);
        }
    }

    /** Never made again: on Linux the descriptor is gone even when the call was interrupted. */
    static int close(int descriptor) {
        try (Arena call = Arena.ofConfined()) {
            int result = invoke(CLOSE, call.allocate(STATE), descriptor, 0, 0, 0, 0);
            int fault = fault("close");
            return fault < 0 ? fault : result;
        }
    }

    static int unlinkat(int directory, String name) {
        try (Arena call = Arena.ofConfined()) {
            return call("unlinkat", UNLINKAT, call.allocate(STATE), directory, call.allocateFrom(name).address(), 0, 0, 0);
        }
    }

    static int ftruncate(int descriptor, long length) {
        try (Arena call = Arena.ofConfined()) {
            return call("ftruncate", FTRUNCATE, call.allocate(STATE), descriptor, length, 0, 0, 0);
        }
    }

    /** Lets the page cache of a file go, but for pages that are dirty; nobody is told how much of it went. */
    static void dropCache(int descriptor, MemorySegment mapping) {
        int unused = tryMadvise(mapping, MADV_DONTNEED); // the pages of a shared mapping stay what they are, in the cache
        try (Arena call = Arena.ofConfined()) {
            int ignored = call("posix_fadvise", FADVISE, call.allocate(STATE), descriptor, 0, 0, FADV_DONTNEED, 0);
        }
    }

    /** Reserves the blocks of a range that the file already has; what is stored there stays. */
    static int fallocate(int descriptor, long offset, long length) {
        try (Arena call = Arena.ofConfined()) {
            return call("fallocate", FALLOCATE, call.allocate(STATE), descriptor, 0, offset, length, 0);
        }
    }

    static int fsync(int descriptor) {
        try (Arena call = Arena.ofConfined()) {
            return call("fsync", FSYNC, call.allocate(STATE), descriptor, 0, 0, 0, 0);
        }
    }

    /** @param buffer 256 bytes for {@code struct statx}, which the caller keeps allocated */
    static int statx(int descriptor, String path, int flags, int mask, MemorySegment buffer) {
        try (Arena call = Arena.ofConfined()) {
            return call("statx", STATX, call.allocate(STATE), descriptor, call.allocateFrom(path).address(), flags, mask,
                    buffer.address());
        }
    }

    /** As {@link #fstatfs}, of what a path names. */
    static int statfs(String path, MemorySegment buffer) {
        try (Arena call = Arena.ofConfined()) {
            return call("statfs", STATFS, call.allocate(STATE), call.allocateFrom(path).address(), buffer.address(), 0, 0,
                    0);
        }
    }

    /**
     * @param buffer room for {@code struct statfs}, which begins with the magic number and the block size; the caller
     *               keeps it allocated
     */
    static int fstatfs(int descriptor, MemorySegment buffer) {
        try (Arena call = Arena.ofConfined()) {
            return call("fstatfs", FSTATFS, call.allocate(STATE), descriptor, buffer.address(), 0, 0, 0);
        }
    }

    /**
     * Sets or drops a lock that belongs to the open file description, without waiting.
     *
     * @param type   {@link #F_WRLCK} or {@link #F_UNLCK}
     * @param start  first byte
     * @param length bytes; 0 means to the end, however far the file grows
     */
    static int ofdSetLock(int descriptor, short type, long start, long length) {
        try (Arena call = Arena.ofConfined()) {
            // struct flock: short l_type, short l_whence (0: from the start), long l_start, long l_len, int l_pid (0)
            MemorySegment lock = call.allocate(32, 8);
            lock.set(JAVA_SHORT, 0, type);
            lock.set(JAVA_LONG, 8, start);
            lock.set(JAVA_LONG, 16, length);
            return call("fcntl", FCNTL, call.allocate(STATE), descriptor, F_OFD_SETLK, lock.address(), 0, 0);
        }
    }

    /**
     * Moves the position of a descriptor; of use for {@code SEEK_DATA} and {@code SEEK_HOLE}, since nobody reads from the
     * position.
     *
     * @return the new position, or minus errno
     */
    static long lseek(int descriptor, long offset, int whence) {
        int fault = fault("lseek");
        if (fault < 0) {
            return fault;
        }
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = call.allocate(STATE);
            long result = (long) CALL.invokeExact(LSEEK, state, (long) descriptor, offset, (long) whence, 0L, 0L, 0L);
            return result == -1 ? -errno(state) : result;
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /** @return bytes of the attribute's value, which {@code value} holds then, or minus errno */
    static int fgetxattr(int descriptor, String name, MemorySegment value) {
        try (Arena call = Arena.ofConfined()) {
            return call("fgetxattr", FGETXATTR, call.allocate(STATE), descriptor, call.allocateFrom(name).address(),
                    value.address(), value.byteSize(), 0);
        }
    }

    /** Makes or replaces an attribute; the kernel does it wholly or not at all. */
    static int fsetxattr(int descriptor, String name, MemorySegment value) {
        try (Arena call = Arena.ofConfined()) {
            return call("fsetxattr", FSETXATTR, call.allocate(STATE), descriptor, call.allocateFrom(name).address(),
                    value.address(), value.byteSize(), 0);
        }
    }

    /** @return number of the user as whom this process acts; 0 for root */
    static int effectiveUser() {
        try (Arena call = Arena.ofConfined()) {
            return invoke(GETEUID, call.allocate(STATE), 0, 0, 0, 0, 0);
        }
    }

    /** Renames within one directory. */
    static int renameat(int directory, String from, String to) {
        try (Arena call = Arena.ofConfined()) {
            return call("renameat", RENAMEAT, call.allocate(STATE), directory, call.allocateFrom(from).address(),
                    directory, call.allocateFrom(to).address(), 0);
        }
    }

    /**
     * Takes or drops a lock of the other family, which knows directories too, without waiting.
     *
     * @return 0, or minus errno: {@link Errno#EAGAIN} if another open file description holds it
     */
    static int flock(int descriptor, boolean lock) {
        try (Arena call = Arena.ofConfined()) {
            return call("flock", FLOCK, call.allocate(STATE), descriptor, lock ? LOCK_EX_NB : LOCK_UN, 0, 0, 0);
        }
    }

    /**
     * @param buffer for {@code struct linux_dirent64}, which the caller keeps allocated
     * @return bytes filled; 0 at the end of the directory
     */
    static int getdents(int descriptor, MemorySegment buffer) {
        try (Arena call = Arena.ofConfined()) {
            return call("getdents64", SYSCALL, call.allocate(STATE), SYS_GETDENTS64, descriptor, buffer.address(),
                    buffer.byteSize(), 0);
        }
    }

    /** @return the generation number of an open file's inode; 0 where the file system tells none */
    static int inodeGeneration(int descriptor) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment version = call.allocate(8, 8);
            int result = call("ioctl", IOCTL, call.allocate(STATE), descriptor, FS_IOC_GETVERSION, version.address(),
                    0, 0);
            return result < 0 ? 0 : version.get(JAVA_INT, 0);
        }
    }

    /** @return where a symbolic link leads, or null */
    static String readlink(String path) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment target = call.allocate(4096);
            int length = call("readlinkat", READLINKAT, call.allocate(STATE), AT_FDCWD,
                    call.allocateFrom(path).address(), target.address(), target.byteSize() - 1, 0);
            return length < 0 ? null : target.getString(0);
        }
    }

    /** @return the C library's words for an error number, with the number */
    static String describe(int errno) {
        try (Arena call = Arena.ofConfined()) {
            long text = (long) CALL.invokeExact(STRERROR, call.allocate(STATE), (long) errno, 0L, 0L, 0L, 0L, 0L);
            return MemorySegment.ofAddress(text).reinterpret(1024).getString(0) + " (errno " + errno + ")";
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    private static long pageSize() {
        try (Arena call = Arena.ofConfined()) {
            return invoke(GETPAGESIZE, call.allocate(STATE), 0, 0, 0, 0, 0);
        }
    }

    /** @return what a function that returns an int returns, or minus errno; made again when it was interrupted */
    private static int call(String name, MemorySegment function, MemorySegment state, long a, long b, long c, long d,
                            long e) {
        int result;
        do {
            int fault = fault(name);
            result = fault < 0 ? fault : invoke(function, state, a, b, c, d, e);
        } while (result == -Errno.EINTR);
        return result;
    }

    private static int invoke(MemorySegment function, MemorySegment state, long a, long b, long c, long d, long e) {
        try {
            int result = (int) (long) CALL.invokeExact(function, state, a, b, c, d, e, 0L);
            return result < 0 ? -errno(state) : result;
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    private static int errno(MemorySegment state) {
        return state.get(JAVA_INT, 0);
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

    private static MemorySegment function(String name) {
        return LINKER.defaultLookup().findOrThrow(name);
    }
}
