package io.regionstore.device;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * libpmem2's cache-line flush and drain. The library hands them out for a mapping of its own; they depend only on the
 * mapping's granularity, so one page of this process's memory is presented to it as persistent.
 *
 * @param flush {@code (long address, long length)void}
 * @param drain {@code ()void}
 */
record Pmem2(MethodHandle flush, MethodHandle drain) {
    private static final String LIBRARY = "libpmem2.so.1";
    private static final int GRANULARITY_CACHE_LINE = 1;

    /** @return the two functions, or empty when the library is missing, refuses, or native calls are not allowed */
    static Optional<Pmem2> load() {
        if (!NativeAccess.enabled()) {
            return Optional.empty();
        }
        try (Arena call = Arena.ofConfined()) {
            // never unloaded, never freed: they live as long as the JVM
            Linker linker = Linker.nativeLinker();
            SymbolLookup library = SymbolLookup.libraryLookup(LIBRARY, Arena.global());
            MemorySegment page = Arena.global().allocate(Native.PAGE, Native.PAGE);
            MemorySegment out = call.allocate(ADDRESS);
            MethodHandle newSource = linker.downcallHandle(library.findOrThrow("pmem2_source_from_anon"),
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
            MethodHandle newMap = linker.downcallHandle(library.findOrThrow("pmem2_map_from_existing"),
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT));
            if ((int) newSource.invokeExact(out, page.byteSize()) != 0) {
                return Optional.empty();
            }
            MemorySegment source = out.get(ADDRESS, 0);
            if ((int) newMap.invokeExact(out, source, page, page.byteSize(), GRANULARITY_CACHE_LINE) != 0) {
                return Optional.empty();
            }
            MemorySegment map = out.get(ADDRESS, 0);
            MemorySegment flush = pointer(linker, library, "pmem2_get_flush_fn", map);
            MemorySegment drain = pointer(linker, library, "pmem2_get_drain_fn", map);
            return Optional.of(new Pmem2(
                    linker.downcallHandle(flush, FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG)),
                    linker.downcallHandle(drain, FunctionDescriptor.ofVoid())));
        } catch (Throwable t) {
            return Optional.empty();
        }
    }

    private static MemorySegment pointer(Linker linker, SymbolLookup library, String name, MemorySegment map)
            throws Throwable {
        MethodHandle get = linker.downcallHandle(library.findOrThrow(name), FunctionDescriptor.of(ADDRESS, ADDRESS));
        return (MemorySegment) get.invokeExact(map);
    }
}
