package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.Reservation;
import io.regionstore.Verdict;
import io.regionstore.faults.ErrorTrial;
import io.regionstore.spi.StoreProvider.Mode;
import io.regionstore.table.KeyHash;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One operation of a store that an Error interrupts. Afterwards every record is as the model has it, the one that the
 * operation is about as before it or as after it, and every view shows what it showed; the store takes writes and is
 * right in all of that, or takes none; it closes; and the next open finds just the same.
 */
public final class StoreErrorTrial implements ErrorTrial {
    /** What is interrupted. */
    enum Operation { INSERT, OVERWRITE, INSERT_BYTES, OVERWRITE_BYTES, INSERT_EMPTY, OVERWRITE_EMPTY, PUT_LARGE, PUT_IF_VERSION,
        COMMIT, COMMIT_BYTES, COMMIT_AND_RECYCLE, ABANDON, DELETE, DELETE_BYTES, RECYCLE, RECYCLE_DELETES, PUT_IN_FULL_REGION,
        RESERVE_IN_FULL_REGION, PUT_IN_FULL_TABLE, GROW_INDEX, NEW_VIEW, SHOW, COPY, REPORT, SYNC, CLOSE, OPEN,
        CREATE }

    /** What the store is on. */
    enum Setup { PROCESS, PLATFORM, DIRECTORY }

    private static final int REGION = 64 << 10;
    private static final int SLOTS = 512;
    private static final int VIEWS = 40;
    private static final long KEY = 77;
    private static final MemorySegment BYTES_KEY = segment("a key of forty bytes, or nearly as many");

    private final Operation operation;
    private final Setup setup;
    private final MemoryMedia media = new MemoryMedia(REGION, 65_536 + 32 * SLOTS, 1);
    private final Map<Object, byte[]> model = new HashMap<>();
    private final Map<RecordView, byte[]> shown = new HashMap<>();
    /** That may show something or not. */
    private final List<RecordView> views = new ArrayList<>();
    private RegionStore store;
    private Reservation reservation;
    /** What the operation is about, and what it makes of it; null: nothing. */
    private Object subject;
    private byte[] after;
    private byte[] previous;
    private int stillOpen;
    private int next;

    /** @param argument an operation and a setup */
    public StoreErrorTrial(String argument) {
        String[] words = argument.split(" ");
        operation = Operation.valueOf(words[0]);
        setup = Setup.valueOf(words[1]);
        if (setup == Setup.DIRECTORY) {
            media.inDirectory(new MemoryDirectory());
        }
    }

    private RegionStore open(Mode mode) {
        FailureDomain domain = setup == Setup.PROCESS ? FailureDomain.PROCESS : FailureDomain.PLATFORM;
        return media.open(domain, DamagePolicy.REFUSE, mode, SLOTS);
    }

    private static MemorySegment segment(String text) {
        return MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Bytes that no other call gives. */
    private byte[] payload(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) ++next);
        for (int i = 0; i < Math.min(4, length); i++) {
            bytes[i] = (byte) (next >>> 8 * i);
        }
        return bytes;
    }

    private void put(long key, int length) {
        byte[] payload = payload(length);
        store.put(key, MemorySegment.ofArray(payload));
        model.put(key, payload);
    }

    private void putBytes(MemorySegment key, int length) {
        byte[] payload = payload(length);
        store.put(key, MemorySegment.ofArray(payload));
        model.put(name(key), payload);
    }

    private static String name(MemorySegment key) {
        return new String(key.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    @Override
    public void prepare() {
        if (operation == Operation.CREATE) {
            return;
        }
        store = open(Mode.CREATE);
        for (int i = 0; i < 20; i++) {
            put(i, 40 + i);
            putBytes(segment("key " + i), 30 + i);
        }
        for (int i = 0; i < 10; i++) { // some holes
            put(i, 100);
            store.delete(segment("key " + i));
            model.remove("key " + i);
        }
        switch (operation) {
            case OVERWRITE, PUT_IF_VERSION, DELETE, COPY, SHOW -> put(KEY, 60);
            case OVERWRITE_BYTES, DELETE_BYTES -> putBytes(BYTES_KEY, 60);
            case OVERWRITE_EMPTY -> put(KEY, 0);
            case COMMIT, ABANDON -> {
                put(KEY, 60);
                reserve(200);
            }
            case COMMIT_BYTES -> reserve(200);
            case RECYCLE, RECYCLE_DELETES, COMMIT_AND_RECYCLE -> {
                put(KEY, 60);
                showSome();
                reserve(200);
            }
            case PUT_IN_FULL_REGION, RESERVE_IN_FULL_REGION -> fillRegion();
            case PUT_IN_FULL_TABLE -> fillTable();
            case GROW_INDEX -> fillStripe();
            case CLOSE, OPEN -> {
                showSome();
                shown.keySet().forEach(RecordView::close);
                shown.clear();
                put(3, 33);
                store.delete(4L);
                model.remove(4L);
            }
            default -> { }
        }
        if (operation == Operation.OPEN) {
            store.close();
        }
    }

    private void reserve(int length) {
        reservation = store.reserve(length, 8);
        reservation.segment().copyFrom(MemorySegment.ofArray(payload(length)));
    }

    /**
     * Pins many records, and replaces some of them: as many as wait when one more makes that readers are asked for, for the
     * first time with more pins than a lane has room for at first.
     */
    private void showSome() {
        for (int i = 0; i < VIEWS; i++) {
            put(1000 + i, 24);
        }
        for (int i = 0; i < VIEWS; i++) {
            RecordView view = store.newView();
            assertTrue(store.get(1000L + i, view));
            shown.put(view, model.get(1000L + i));
        }
        for (int i = 0; i < 11; i++) { // 20 wait already
            put(1000 + i, 24);
        }
    }

    private void fillRegion() {
        try {
            for (int i = 0; ; i++) {
                put(2000 + i, 500);
            }
        } catch (RegionStoreException e) {
            assertEquals(ErrorCode.REGION_FULL, e.code());
        }
        store.delete(2003L);
        model.remove(2003L);
        store.delete(2005L);
        model.remove(2005L);
    }

    private void fillTable() {
        try {
            for (int i = 0; i < 400; i++) {
                put(2000 + i, 0);
            }
        } catch (RegionStoreException e) {
            assertEquals(ErrorCode.METADATA_FULL, e.code());
        }
        store.delete(2003L);
        model.remove(2003L);
    }

    /** Puts keys of one stripe until the next one makes its table grow. */
    private void fillStripe() {
        // a table of 8 entries grows when an eighth one comes: any stripe that has 7
        long seed = seed();
        long stripe = KeyHash.of(KEY, seed) >>> 58;
        int same = (int) model.keySet().stream().filter(key -> hash(key, seed) >>> 58 == stripe).count();
        for (long key = 5000; same < 7; key++) {
            if (KeyHash.of(key, seed) >>> 58 == stripe) {
                put(key, 8);
                same++;
            }
        }
    }

    private static long hash(Object key, long seed) {
        return key instanceof Long number ? KeyHash.of(number, seed) : KeyHash.of(segment((String) key), seed);
    }

    private long seed() {
        return ((StoreParts) field("parts")).header().seed();
    }

    private Object field(String name) {
        try {
            Field field = Engine.class.getDeclaredField(name);
            field.setAccessible(true);
            return field.get(store);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void act() {
        subject = KEY;
        after = payload(120);
        MemorySegment bytes = MemorySegment.ofArray(after);
        switch (operation) {
            case INSERT, OVERWRITE, GROW_INDEX, RECYCLE, PUT_IN_FULL_TABLE -> store.put(KEY, bytes);
            case INSERT_BYTES, OVERWRITE_BYTES -> {
                subject = name(BYTES_KEY);
                store.put(BYTES_KEY, bytes);
            }
            case INSERT_EMPTY, OVERWRITE_EMPTY -> {
                after = new byte[0];
                store.put(KEY, MemorySegment.ofArray(after));
            }
            case PUT_LARGE -> {
                after = payload(12_000);
                store.put(KEY, MemorySegment.ofArray(after));
            }
            case PUT_IF_VERSION -> store.putIfVersion(KEY, store.version(KEY), bytes);
            case COMMIT, COMMIT_AND_RECYCLE -> {
                after = reservation.segment().toArray(ValueLayout.JAVA_BYTE);
                reservation.commit(KEY);
            }
            case COMMIT_BYTES -> {
                subject = name(BYTES_KEY);
                after = reservation.segment().toArray(ValueLayout.JAVA_BYTE);
                reservation.commit(BYTES_KEY);
            }
            case DELETE -> {
                after = null;
                store.delete(KEY);
            }
            case DELETE_BYTES -> {
                subject = name(BYTES_KEY);
                after = null;
                store.delete(BYTES_KEY);
            }
            case RECYCLE_DELETES -> {
                subject = "key 15";
                after = null;
                store.delete(segment("key 15"));
            }
            case PUT_IN_FULL_REGION -> {
                after = payload(490);
                store.put(KEY, MemorySegment.ofArray(after));
            }
            case CREATE -> {
                subject = null;
                store = open(Mode.CREATE);
            }
            default -> {
                subject = null;
                actWithoutChange();
            }
        }
    }

    private void actWithoutChange() {
        switch (operation) {
            case ABANDON -> reservation.abandon();
            case RESERVE_IN_FULL_REGION -> reservation = store.reserve(490, 8);
            case NEW_VIEW -> {
                for (int i = 0; i < 3; i++) {
                    show(store.newView(), 13L);
                }
                shown.keySet().iterator().next().close();
            }
            case SHOW -> show(store.newView(), KEY);
            case COPY -> store.get(KEY, MemorySegment.ofArray(new byte[100]), 0);
            case REPORT -> {
                store.space();
                store.largestFreeExtent(8);
                store.forEach(view -> view.length());
                store.health();
            }
            case SYNC -> store.sync();
            case CLOSE -> store.close();
            case OPEN -> store = open(Mode.OPEN);
            default -> throw new AssertionError(operation);
        }
    }

    private void show(RecordView view, long key) {
        views.add(view);
        assertTrue(store.get(key, view));
        shown.put(view, model.get(key));
    }

    @Override
    public void check(Throwable thrown) {
        shown.keySet().removeIf(view -> operation == Operation.NEW_VIEW && !isShown(view));
        if (operation == Operation.OPEN || operation == Operation.CREATE) {
            if (thrown != null) {
                // a stack that has no room for the call that notes what was opened leaves it open
                stillOpen = media.open();
                assertTrue(stillOpen == 0 || thrown instanceof StackOverflowError, () -> stillOpen + " media are still open");
                store = open(Mode.OPEN_OR_CREATE);
            }
        }
        if (operation == Operation.CLOSE) {
            store.close();
            checkNextSession(thrown == null);
            return;
        }
        settleSubject(thrown);
        requireRecords();
        boolean writable = store.health().writable();
        if (reservation != null) {
            reservation.close();
        }
        try {
            writeMore();
            assertTrue(writable, "a store that says it takes no writes took some");
        } catch (RegionStoreException e) {
            if (e.code() != ErrorCode.REGION_FULL && e.code() != ErrorCode.METADATA_FULL) {
                assertFalse(writable, () -> "a write was refused: " + e);
                assertEquals(ErrorCode.IO_ERROR, e.code());
                assertNotNull(e.getCause());
            }
        }
        requireRecords();
        shown.keySet().forEach(RecordView::close);
        views.forEach(RecordView::close);
        awaitLeaks();
        long free = writable ? freeBytes() : 0;
        try {
            store.close();
        } catch (RegionStoreException e) { // a log that failed says so
            assertFalse(writable, () -> "close: " + e);
            assertEquals(ErrorCode.IO_ERROR, e.code());
        }
        checkNextSession(writable);
        if (writable) {
            assertEquals(freeAtOpen, free, "bytes that got lost, or that two may get");
        }
    }

    private static boolean isShown(RecordView view) {
        try {
            return view.isPresent();
        } catch (RegionStoreException e) {
            return false;
        }
    }

    /** The operation was done or not: what threw may be either. */
    private void settleSubject(Throwable thrown) {
        if (subject == null) {
            return;
        }
        byte[] before = model.get(subject);
        byte[] found = read(subject);
        boolean done = Arrays.equals(found, after);
        assertTrue(done || thrown != null && Arrays.equals(found, before), () -> "the record " + subject + " is "
                + Arrays.toString(found) + ", was " + Arrays.toString(before) + ", was to be " + Arrays.toString(after));
        previous = before;
        settle(found);
    }

    private void settle(byte[] found) {
        if (found == null) {
            model.remove(subject);
        } else {
            model.put(subject, found);
        }
    }

    private byte[] read(Object key) {
        MemorySegment room = MemorySegment.ofArray(new byte[REGION]);
        long length = key instanceof Long number ? store.get(number, room, 0) : store.get(segment((String) key), room, 0);
        return length == RegionStore.ABSENT ? null : room.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }

    private void requireRecords() {
        long miscounted = Math.abs(model.size() - store.size());
        assertTrue(miscounted <= (store.health().writable() ? 0 : 1), () -> "records: " + store.size() + ", expected "
                + model.size());
        model.forEach((key, payload) -> assertArrayEquals(payload, read(key), () -> "the record " + key));
        shown.forEach((view, payload) -> {
            assertArrayEquals(payload, view.segment().toArray(ValueLayout.JAVA_BYTE), "what a view shows");
            view.verify();
        });
    }

    /** Enough for whatever is free, or taken to be free, to be used again. */
    private void writeMore() {
        for (int round = 0; round < 40; round++) {
            for (long key = 10; key < 20; key++) {
                put(key, 100 + 8 * (round & 7));
            }
            for (long key = 9000; key < 9020; key++) {
                put(key, 24);
            }
        }
        for (long key = 9000; key < 9020; key++) {
            store.delete(key);
            model.remove(key);
        }
    }

    /**
     * Waits until the garbage collector has found what nobody can close any more: the view of a walk whose stack had no room
     * for the call that closes it.
     */
    private void awaitLeaks() {
        while (leaked()) {
            System.gc();
            store.health(); // gives back what was found
            Thread.onSpinWait();
        }
    }

    private boolean leaked() {
        for (Leaks.Held held : ((Leaks) field("leaks")).all()) {
            if (held.active) {
                return true;
            }
        }
        return false;
    }

    private long freeBytes() {
        store.largestFreeExtent(8); // takes back what lanes hold
        return store.space().freeBytes();
    }

    private long freeAtOpen;

    private void checkNextSession(boolean clean) {
        assertEquals(stillOpen, media.open(), "media that are still open");
        store = open(Mode.OPEN);
        shown.clear();
        if (!clean && subject != null) { // a commit in doubt was undone or is complete now
            byte[] found = read(subject);
            byte[] before = previous;
            assertTrue(Arrays.equals(found, before) || Arrays.equals(found, after), () -> "the record " + subject + " is "
                    + Arrays.toString(found));
            settle(found);
        }
        assertTrue(!clean || store.recovery().verdict() == Verdict.CLEAN, () -> "" + store.recovery());
        requireRecords();
        freeAtOpen = freeBytes();
        store.close();
        media.close();
    }
}
