package io.regionstore.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.regionstore.RegionStore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyCopyTest {
    private static final int WORDS = RegionStore.MAX_KEY_LENGTH / 8;

    private final KeyCopy copy = new KeyCopy();

    @Test
    void shouldHashAndHoldKeysOfEveryLengthWhateverItHeldBefore() {
        byte[] bytes = new byte[RegionStore.MAX_KEY_LENGTH];
        new Random(1).nextBytes(bytes);
        try (Arena arena = Arena.ofConfined()) {
            for (int length = RegionStore.MAX_KEY_LENGTH; length > 0; length--) {
                MemorySegment key = arena.allocate(length);
                MemorySegment.copy(MemorySegment.ofArray(bytes), RegionStore.MAX_KEY_LENGTH - length, key, 0, length);
                assertEquals(KeyHash.of(key, length), copy.take(key, length), "length " + length);
                assertEquals(length, copy.length());
                for (int i = 0; i <= WORDS; i++) {
                    assertEquals(KeyHash.word(key, i * 8L, length), copy.word(i), "length " + length + ", word " + i);
                }
            }
        }
    }
}
