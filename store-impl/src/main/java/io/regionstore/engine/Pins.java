package io.regionstore.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Hazard pointers: which slots readers look at now. A reader stores the slot in its cell, then a full fence, then looks
 * whether the slot is still live; a writer that retired a slot passes a full fence, then looks through the cells, and
 * leaves alone what it finds there. One of the two sees the other (Michael, "Hazard Pointers", 2004).
 */
final class Pins {
    private Cell[] cells = new Cell[0];
    private static final VarHandle CELLS;
    private static final VarHandle SLOT;

    static {
        try {
            CELLS = MethodHandles.lookup().findVarHandle(Pins.class, "cells", Cell[].class);
            SLOT = MethodHandles.lookup().findVarHandle(Word.class, "slotPlusOne", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Keeps the cell's word on a cache line of its own: the superclass's fields come first. */
    private abstract static class Padding {
        long p1;
        long p2;
        long p3;
        long p4;
        long p5;
        long p6;
        long p7;
    }

    /** One reader's word. */
    private abstract static class Word extends Padding {
        long slotPlusOne;
    }

    /** One reader's cell. */
    static final class Cell extends Word {
        long q1;
        long q2;
        long q3;
        long q4;
        long q5;
        long q6;
        long q7;

        /** Ends with a full fence. */
        void pin(long slot) {
            SLOT.setOpaque((Word) this, slot + 1);
            VarHandle.fullFence();
        }

        void unpin() {
            SLOT.setRelease((Word) this, 0L);
        }
    }

    synchronized Cell register() {
        Cell cell = new Cell();
        Cell[] grown = Arrays.copyOf(cells, cells.length + 1);
        grown[cells.length] = cell;
        CELLS.setVolatile(this, grown);
        return cell;
    }

    synchronized void remove(Cell cell) {
        Cell[] shrunk = Arrays.stream(cells).filter(c -> c != cell).toArray(Cell[]::new);
        CELLS.setVolatile(this, shrunk);
    }

    /** The slots that are pinned, sorted; a lane's own, since it is used again. */
    static final class Snapshot {
        private long[] slots = new long[16];
        private int count;

        boolean contains(long slot) {
            return count > 0 && Arrays.binarySearch(slots, 0, count, slot) >= 0;
        }
    }

    /** Makes a snapshot as large as it need be for the readers that there are now. */
    void makeRoom(Snapshot snapshot) {
        int readers = ((Cell[]) CELLS.getVolatile(this)).length;
        if (readers > snapshot.slots.length) {
            snapshot.slots = Arrays.copyOf(snapshot.slots, Math.max(readers, snapshot.slots.length * 2));
        }
    }

    /**
     * Call after a full fence that follows the retirement. One pass over the cells, however many slots are retired. Takes no
     * memory.
     *
     * @return false when the snapshot is too small for the readers there are by now; it is then worth nothing
     */
    boolean take(Snapshot snapshot) {
        int count = 0;
        for (Cell cell : (Cell[]) CELLS.getVolatile(this)) {
            long slotPlusOne = (long) SLOT.getOpaque((Word) cell);
            if (slotPlusOne != 0) {
                if (count == snapshot.slots.length) {
                    return false;
                }
                snapshot.slots[count++] = slotPlusOne - 1;
            }
        }
        if (count > 1) {
            Arrays.sort(snapshot.slots, 0, count);
        }
        snapshot.count = count;
        return true;
    }
}
