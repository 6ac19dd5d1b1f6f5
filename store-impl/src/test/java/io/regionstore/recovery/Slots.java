package io.regionstore.recovery;

import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
import io.regionstore.memory.Memory;
import io.regionstore.record.PayloadCopier;
import io.regionstore.table.KeyCopy;
import io.regionstore.table.SlotImage;
import io.regionstore.table.SlotTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A table and a region in ordinary memory, written slot by slot, as no store would always do it. */
final class Slots {
    static final long SEED = 0x5EED_5EED_5EEDL;

    final long capacity;
    final MappedMemory memory;
    final MappedMemory region;
    final SlotTable table;
    private final PayloadCopier copier = new PayloadCopier();

    Slots(long capacity, long regionBytes) {
        this.capacity = capacity;
        memory = new MappedMemory(Arena.ofAuto().allocate(capacity * 32, 64), FlushMethod.NONE);
        region = new MappedMemory(Arena.ofAuto().allocate(regionBytes, 64), FlushMethod.NONE);
        table = new SlotTable(memory, 0, capacity);
    }

    /** @return what is in a set, in its order */
    static List<Long> in(SlotSet set) {
        List<Long> found = new ArrayList<>();
        set.forEach(found::add);
        return found;
    }

    /** @return a set of these slots, of 1,024 */
    static SlotSet set(Collection<Long> slots) {
        SlotSet set = new SlotSet(1024, Arena.ofAuto());
        slots.forEach(set::add);
        return set;
    }

    /** Puts a payload into the region, of which no two are the same, and a slot for it into the table. */
    void put(long slot, long key, long version, long offset, int length) {
        put(slot, key, version, offset, length, payload(version * 31 + offset, offset, length));
    }

    void put(long slot, long key, long version, long offset, long length, int checksum) {
        write(slot, key, version, offset, length, checksum, SEED);
    }

    void write(long slot, long key, long version, long offset, long length, int checksum, long seed) {
        SlotImage image = new SlotImage(seed);
        image.longKey(key, length);
        image.seal(slot, version, offset, length, checksum);
        table.write(slot, image);
    }

    /** @return slots of the run */
    int put(long slot, byte[] key, long version, long offset, int length) {
        SlotImage image = new SlotImage(SEED);
        KeyCopy copy = new KeyCopy();
        image.bytesKey(copy, copy.take(MemorySegment.ofArray(key), SEED));
        image.seal(slot, version, offset, length, payload(version * 31 + offset, offset, length));
        table.write(slot, image);
        return image.runLength();
    }

    private int payload(long value, long offset, int length) {
        byte[] payload = new byte[length];
        for (int i = 0; i < length; i++) {
            payload[i] = (byte) (value * 0x9E3779B97F4A7C15L >>> 56 - i % 8 + i);
        }
        return copier.store(MemorySegment.ofArray(payload), region, offset);
    }

    /** Changes a byte of the region. */
    void spoil(long offset) {
        byte[] one = new byte[1];
        region.copyOut(offset, one, 0, 1);
        one[0]++;
        region.copyIn(one, 0, offset, 1);
    }

    void set(long slot, int word, long value) {
        memory.putLong(slot * 32 + word * 8L, value);
    }

    void flip(long slot, int word, int bit) {
        set(slot, word, memory.getLong(slot * 32 + word * 8L) ^ 1L << bit);
    }

    /** Calls something before each call of a memory. */
    static Memory before(Memory memory, InvocationHandler action) {
        return (Memory) Proxy.newProxyInstance(Memory.class.getClassLoader(), new Class<?>[] {Memory.class},
                (proxy, method, arguments) -> {
                    action.invoke(proxy, method, arguments);
                    return invoke(memory, method, arguments);
                });
    }

    private static Object invoke(Memory memory, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(memory, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
