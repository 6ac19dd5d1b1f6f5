package io.regionstore.bench.peer;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The functions of libpmemobj that a transactional hash map needs. Not thread-safe: each thread has its own. */
final class PmemObj {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;
    /** PMEMoid: identity of the pool, offset in it. */
    private static final StructLayout OID = MemoryLayout.structLayout(LONG, LONG);
    private static final Linker LINKER = Linker.nativeLinker();
    /** For calls within a transaction: short, so the JVM need not be told that the thread is outside; 3 to 6 % of a put. */
    private static final Linker.Option SHORT = Linker.Option.critical(false);

    private static final MethodHandle SETENV = handle(LINKER.defaultLookup(), "setenv",
            FunctionDescriptor.of(INT, POINTER, POINTER, INT));

    /** Loaded after the environment was set: the library reads it only then. */
    private static final class Library {
        static final SymbolLookup LOOKUP = SymbolLookup.libraryLookup("libpmemobj.so.1", Arena.global());
        static final MethodHandle CREATE = handle(LOOKUP, "pmemobj_create",
                FunctionDescriptor.of(POINTER, POINTER, POINTER, LONG, INT));
        static final MethodHandle CLOSE = handle(LOOKUP, "pmemobj_close", FunctionDescriptor.ofVoid(POINTER));
        static final MethodHandle ERROR = handle(LOOKUP, "pmemobj_errormsg", FunctionDescriptor.of(POINTER));
        static final MethodHandle ROOT = handle(LOOKUP, "pmemobj_root", FunctionDescriptor.of(OID, POINTER, LONG));
        static final MethodHandle BEGIN = LINKER.downcallHandle(LOOKUP.findOrThrow("pmemobj_tx_begin"),
                FunctionDescriptor.of(INT, POINTER, POINTER, INT), Linker.Option.firstVariadicArg(2), SHORT);
        static final MethodHandle COMMIT = handle(LOOKUP, "pmemobj_tx_commit", FunctionDescriptor.ofVoid(), SHORT);
        static final MethodHandle END = handle(LOOKUP, "pmemobj_tx_end", FunctionDescriptor.of(INT), SHORT);
        static final MethodHandle ALLOC = handle(LOOKUP, "pmemobj_tx_alloc", FunctionDescriptor.of(OID, LONG, LONG), SHORT);
        static final MethodHandle FREE = handle(LOOKUP, "pmemobj_tx_free", FunctionDescriptor.of(INT, OID), SHORT);
        static final MethodHandle ADD_RANGE = handle(LOOKUP, "pmemobj_tx_add_range_direct",
                FunctionDescriptor.of(INT, POINTER, LONG), SHORT);
    }

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment oid = arena.allocate(OID);
    /** Results of calls that return a PMEMoid go to the same place each time. */
    private final SegmentAllocator result = (size, alignment) -> oid;

    private static MethodHandle handle(SymbolLookup lookup, String name, FunctionDescriptor descriptor,
                                       Linker.Option... options) {
        return LINKER.downcallHandle(lookup.findOrThrow(name), descriptor, options);
    }

    /** Before the first other call. */
    static void environment(String name, String value) {
        try (Arena strings = Arena.ofConfined()) {
            int ignored = (int) SETENV.invokeExact(strings.allocateFrom(name), strings.allocateFrom(value), 1);
        } catch (Throwable t) {
            throw new IllegalStateException(t);
        }
    }

    /** @return the pool, mapped whole */
    static MemorySegment create(String path, long bytes) {
        try (Arena strings = Arena.ofConfined()) {
            MemorySegment pool = (MemorySegment) Library.CREATE.invokeExact(strings.allocateFrom(path),
                    strings.allocateFrom("bench"), bytes, 0600);
            if (pool.address() == 0) {
                throw new IllegalStateException("pmemobj_create: " + error());
            }
            return pool.reinterpret(bytes);
        } catch (Throwable t) {
            throw failed("pmemobj_create", t);
        }
    }

    static void close(MemorySegment pool) {
        try {
            Library.CLOSE.invokeExact(pool);
        } catch (Throwable t) {
            throw failed("pmemobj_close", t);
        }
    }

    /** @return offset of the root object in the pool: zeros */
    long root(MemorySegment pool, long bytes) {
        try {
            return offset("pmemobj_root", (MemorySegment) Library.ROOT.invokeExact(result, pool, bytes));
        } catch (Throwable t) {
            throw failed("pmemobj_root", t);
        }
    }

    void begin(MemorySegment pool) {
        try {
            check("pmemobj_tx_begin", (int) Library.BEGIN.invokeExact(pool, MemorySegment.NULL, 0));
        } catch (Throwable t) {
            throw failed("pmemobj_tx_begin", t);
        }
    }

    void commit() {
        try {
            Library.COMMIT.invokeExact();
            check("pmemobj_tx_end", (int) Library.END.invokeExact());
        } catch (Throwable t) {
            throw failed("pmemobj_tx_commit", t);
        }
    }

    /** @return offset in the pool */
    long allocate(long bytes) {
        try {
            return offset("pmemobj_tx_alloc", (MemorySegment) Library.ALLOC.invokeExact(result, bytes, 1L));
        } catch (Throwable t) {
            throw failed("pmemobj_tx_alloc", t);
        }
    }

    /**
     * @param pool   the pool's identity, as {@link #pool} gave it
     * @param offset of an object
     */
    void free(long pool, long offset) {
        oid.set(LONG, 0, pool);
        oid.set(LONG, 8, offset);
        try {
            check("pmemobj_tx_free", (int) Library.FREE.invokeExact(oid));
        } catch (Throwable t) {
            throw failed("pmemobj_tx_free", t);
        }
    }

    /** @return identity of the pool that the last {@link #root} or {@link #allocate} was in */
    long pool() {
        return oid.get(LONG, 0);
    }

    /** Logs a range that is about to change. */
    void addRange(MemorySegment range) {
        try {
            check("pmemobj_tx_add_range_direct", (int) Library.ADD_RANGE.invokeExact(range, range.byteSize()));
        } catch (Throwable t) {
            throw failed("pmemobj_tx_add_range_direct", t);
        }
    }

    private static long offset(String call, MemorySegment found) throws Throwable {
        long offset = found.get(LONG, 8);
        if (offset == 0) {
            throw new IllegalStateException(call + ": " + error());
        }
        return offset;
    }

    private static void check(String call, int result) throws Throwable {
        if (result != 0) {
            throw new IllegalStateException(call + ": " + error());
        }
    }

    private static String error() throws Throwable {
        return ((MemorySegment) Library.ERROR.invokeExact()).reinterpret(4096).getString(0);
    }

    private static RuntimeException failed(String call, Throwable t) {
        if (t instanceof IllegalStateException e) {
            return e;
        }
        if (t instanceof ExceptionInInitializerError || t instanceof NoClassDefFoundError) {
            return new IllegalStateException("libpmemobj.so.1 cannot be loaded: install Debian's libpmemobj-dev", t);
        }
        return new IllegalStateException(call, t);
    }
}
