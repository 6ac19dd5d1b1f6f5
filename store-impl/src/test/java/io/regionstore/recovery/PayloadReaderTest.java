package io.regionstore.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
import io.regionstore.memory.Memory;
import io.regionstore.record.PayloadCopier;
import io.regionstore.recovery.PayloadReader.Finding;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PayloadReaderTest {
    private static final int OFFSET = 4096;
    private static final int LENGTH = 20_000;

    private final MemorySegment bytes = Arena.ofAuto().allocate(1 << 16, 8);
    private final MappedMemory good = new MappedMemory(bytes, FlushMethod.NONE);
    private final List<String> calls = new ArrayList<>();
    private final int checksum;

    PayloadReaderTest() {
        for (int i = 0; i < LENGTH; i++) {
            bytes.set(java.lang.foreign.ValueLayout.JAVA_BYTE, OFFSET + i, (byte) (i * 7));
        }
        checksum = new PayloadCopier().checksum(good, OFFSET, LENGTH);
    }

    /** Memory with a bad byte: known to the kernel, or found only when it is loaded. */
    private Memory bad(long at, boolean known) {
        return (Memory) Proxy.newProxyInstance(Memory.class.getClassLoader(), new Class<?>[] {Memory.class},
                (proxy, method, arguments) -> {
                    calls.add(method.getName());
                    if (method.getName().equals("isReadable") && known) {
                        return (long) arguments[0] > at || (long) arguments[0] + (long) arguments[1] <= at;
                    }
                    if (method.getName().equals("copyOut")) {
                        long from = (long) arguments[0];
                        if (from <= at && at < from + (int) arguments[3]) {
                            throw new InternalError("a fault occurred in an unsafe memory access operation");
                        }
                    }
                    try {
                        return method.invoke(good, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void shouldFindGoodPayloadsIntactAndOthersDamaged() {
        PayloadReader reader = new PayloadReader(bad(OFFSET - 1, true));
        assertEquals(Finding.INTACT, reader.read(OFFSET, LENGTH, checksum));
        assertEquals(Finding.DAMAGED, reader.read(OFFSET, LENGTH, checksum + 1));
        calls.clear();
        assertEquals(Finding.INTACT, reader.read(OFFSET, 0, 0));
        assertEquals(List.of(), calls);
    }

    @Test
    void shouldNotLoadFromMemoryThatIsKnownToBeBad() {
        assertEquals(Finding.UNREADABLE, new PayloadReader(bad(OFFSET + LENGTH - 1, true)).read(OFFSET, LENGTH, checksum));
        assertEquals(List.of("isReadable"), calls);
    }

    @Test
    void shouldFindMemoryUnreadableThatFailsOnlyWhenItIsLoaded() {
        PayloadReader reader = new PayloadReader(bad(OFFSET + LENGTH - 1, false));
        assertEquals(Finding.UNREADABLE, reader.read(OFFSET, LENGTH, checksum));
        assertEquals(Finding.DAMAGED, reader.read(OFFSET, LENGTH - 1, checksum));
        assertThrows(InternalError.class, () -> reader.matches(OFFSET, LENGTH, checksum));
    }
}
