package io.regionstore.lab.guest;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * What the writers of one run do. Operation n of a writer follows from the seed, so one number for each writer tells
 * all that it was promised, and nothing else has to be noted. Each writer has keys of its own and works alone on them,
 * one operation after the other.
 *
 * @param run     number of the run, from 1; part of every key and payload
 * @param seed    of all choices
 * @param writers how many
 * @param keys    of each writer; every second one is a {@code long}, the others are 4 to 1,024 bytes
 * @param window  how many operations an odd-numbered writer may be ahead of what has left the guest; an even-numbered
 *                one starts the next only when the last has left
 */
record Workload(int run, long seed, int writers, int keys, int window) {
    /** Longest payload, in bytes. */
    static final int MAX_LENGTH = 256 << 10;

    private static final int SHORT_KEY = 32;

    /** What an operation does. */
    enum Kind { PUT, RESERVE, DELETE }

    /**
     * One operation.
     *
     * @param kind     what it does
     * @param key      index of its key among its writer's
     * @param length   bytes of payload, 0 to {@value Workload#MAX_LENGTH}
     * @param identity what the payload follows from
     */
    record Operation(Kind kind, int key, int length, long identity) {
    }

    /**
     * @param writer from 0
     * @param number from 1
     * @return the operation
     */
    Operation operation(int writer, long number) {
        long identity = (long) run << 56 | (long) writer << 48 | number;
        long choice = Payload.mix(seed + identity);
        int dice = (int) (choice & 0xFF);
        Kind kind = dice < 28 ? Kind.DELETE : dice < 64 ? Kind.RESERVE : Kind.PUT;
        int key = (int) ((choice >>> 8 & 0xFF_FFFF) % keys);
        return new Operation(kind, key, length(choice >>> 32), identity);
    }

    /**
     * @param writer from 0
     * @return how many operations it may be ahead of what has left the guest
     */
    int ahead(int writer) {
        return writer % 2 == 0 ? 0 : window;
    }

    /**
     * @param key index of a key
     * @return whether it is a {@code long}
     */
    static boolean isLong(int key) {
        return key % 2 == 0;
    }

    /**
     * @param writer from 0
     * @param key    index of a key that is a {@code long}
     * @return the key
     */
    long longKey(int writer, int key) {
        return (long) run << 56 | (long) writer << 48 | key;
    }

    /**
     * @param writer from 0
     * @param key    index of a key that is not a {@code long}
     * @param arena  where to put it
     * @return the key
     */
    MemorySegment byteKey(int writer, int key, Arena arena) {
        long choice = Payload.mix(longKey(writer, key));
        int longest = choice % 4 == 0 ? 1024 : SHORT_KEY;
        MemorySegment bytes = arena.allocate(Integer.BYTES + (choice >>> 8) % (longest - Integer.BYTES + 1));
        Payload.fill(bytes, choice);
        bytes.set(ValueLayout.JAVA_INT_UNALIGNED, 0, run << 24 | writer << 16 | key);
        return bytes;
    }

    /**
     * @param writer from 0
     * @param arena  where to put them
     * @return its keys that are not {@code long}, by index; null where they are
     */
    MemorySegment[] byteKeys(int writer, Arena arena) {
        MemorySegment[] bytes = new MemorySegment[keys];
        Arrays.setAll(bytes, key -> isLong(key) ? null : byteKey(writer, key, arena));
        return bytes;
    }

    /** Many small payloads, some empty, a few of hundreds of KiB. */
    private static int length(long choice) {
        int dice = (int) (choice & 0xFF);
        int size = (int) (choice >>> 8 & 0xFF_FFFF);
        if (dice < 12) {
            return 0;
        }
        if (dice < 140) {
            return 1 + size % 256;
        }
        if (dice < 220) {
            return 1 + size % (4 << 10);
        }
        return 1 + size % (dice < 246 ? 32 << 10 : MAX_LENGTH);
    }
}
