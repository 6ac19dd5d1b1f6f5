package io.regionstore.record;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
import io.regionstore.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadCopierTest {
    private static final int SIZE = 65_536;
    private static final int OFFSET = 4104;
    /** The check value of CRC-32C (Castagnoli), in every catalogue of checksums. */
    private static final int CHECK = 0xE3069283;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment bytes = arena.allocate(SIZE, 8).fill((byte) 0x55);
    private final MappedMemory region = new MappedMemory(bytes, FlushMethod.NONE);
    private final PayloadCopier copier = new PayloadCopier();

    private static byte[] payload(int length) {
        byte[] payload = new byte[length];
        new Random(length).nextBytes(payload);
        return payload;
    }

    private static int crc(byte[] payload) {
        CRC32C crc = new CRC32C();
        crc.update(payload);
        return (int) crc.getValue();
    }

    @Test
    void shouldComputeTheCheckValueOfCrc32c() {
        MemorySegment digits = MemorySegment.ofArray("123456789".getBytes(StandardCharsets.US_ASCII));
        assertEquals(CHECK, copier.store(digits, region, OFFSET));
        assertEquals(CHECK, copier.checksum(region, OFFSET, 9));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 8191, 8192, 8193, 16_384, 20_001})
    void shouldStoreThePayloadAndNothingElse(int length) {
        byte[] payload = payload(length);
        byte[] expected = new byte[SIZE];
        Arrays.fill(expected, (byte) 0x55);
        System.arraycopy(payload, 0, expected, OFFSET, length);
        for (MemorySegment source : new MemorySegment[] {MemorySegment.ofArray(payload),
                arena.allocateFrom(ValueLayout.JAVA_BYTE, payload)}) {
            assertEquals(crc(payload), copier.store(source, region, OFFSET));
            assertArrayEquals(expected, bytes.toArray(ValueLayout.JAVA_BYTE));
            assertEquals(crc(payload), copier.checksum(region, OFFSET, length));
        }
    }

    @Test
    void shouldSeeEveryByteThatChanged() {
        byte[] payload = payload(17_000);
        int checksum = copier.store(MemorySegment.ofArray(payload), region, OFFSET);
        for (int at : new int[] {0, 8191, 8192, 16_383, 16_384, 16_999}) {
            bytes.set(ValueLayout.JAVA_BYTE, OFFSET + at, (byte) ~payload[at]);
            assertNotEquals(checksum, copier.checksum(region, OFFSET, payload.length), "byte " + at);
            bytes.set(ValueLayout.JAVA_BYTE, OFFSET + at, payload[at]);
        }
        bytes.set(ValueLayout.JAVA_BYTE, OFFSET - 1, (byte) 0);
        bytes.set(ValueLayout.JAVA_BYTE, OFFSET + payload.length, (byte) 0);
        assertEquals(checksum, copier.checksum(region, OFFSET, payload.length));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8192, 20_001})
    void shouldTouchTheRegionOnceForEachBlock(int length) {
        List<Integer> blocks = new ArrayList<>();
        Memory counting = (Memory) Proxy.newProxyInstance(Memory.class.getClassLoader(), new Class<?>[] {Memory.class},
                (proxy, method, arguments) -> {
                    blocks.add((int) arguments[3]);
                    return method.invoke(region, arguments);
                });
        copier.store(MemorySegment.ofArray(payload(length)), counting, OFFSET);
        assertEquals(length, blocks.stream().mapToInt(n -> n).sum());
        assertEquals((length + 8191) / 8192, blocks.size());
        List<Integer> stored = List.copyOf(blocks);
        blocks.clear();
        copier.checksum(counting, OFFSET, length);
        assertEquals(stored, blocks);
    }

    @Test
    void shouldComputeTheChecksumOfWhatWasStoredThoughTheSourceChanges() {
        byte[] source = payload(20_000);
        Memory changing = (Memory) Proxy.newProxyInstance(Memory.class.getClassLoader(), new Class<?>[] {Memory.class},
                (proxy, method, arguments) -> {
                    Arrays.fill(source, (byte) 9);
                    return method.invoke(region, arguments);
                });
        int checksum = copier.store(MemorySegment.ofArray(source), changing, OFFSET);
        assertEquals(checksum, copier.checksum(region, OFFSET, source.length));
    }
}
