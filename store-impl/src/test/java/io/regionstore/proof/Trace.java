package io.regionstore.proof;

import java.util.Arrays;

/**
 * Every store, write-back and fence that reached the media of one simulated machine, in order. One trace for all media:
 * they hang on one processor, so a thread's fence covers its write-backs to any of them, unless they are flushed by
 * different methods.
 */
public final class Trace {
    /** What an event is. */
    enum Kind { STORE, FLUSH, FENCE, KILL }

    private static final Kind[] KINDS = Kind.values();

    private final Image initial;
    private final boolean separateFences;
    private int size;
    private byte[] kinds = new byte[1024];
    private byte[] media = new byte[1024];
    /** Index of the word of a store, of the 64-byte line of a flush. */
    private int[] places = new int[1024];
    private long[] values = new long[1024];
    private long[] threads = new long[1024];

    /** @param separateFences whether a fence covers only the write-backs to the medium that it was asked of */
    Trace(Image initial, boolean separateFences) {
        this.initial = initial.copy();
        this.separateFences = separateFences;
    }

    /** A trace that begins like another one, whose process was then killed: flushes not fenced yet count for nothing. */
    Trace(Trace other, int length) {
        initial = other.initial;
        separateFences = other.separateFences;
        size = length;
        kinds = Arrays.copyOf(other.kinds, length + 1024);
        media = Arrays.copyOf(other.media, length + 1024);
        places = Arrays.copyOf(other.places, length + 1024);
        values = Arrays.copyOf(other.values, length + 1024);
        threads = Arrays.copyOf(other.threads, length + 1024);
        add(Kind.KILL, 0, 0, 0);
    }

    synchronized void add(Kind kind, int medium, int place, long value) {
        if (size == kinds.length) {
            kinds = Arrays.copyOf(kinds, size * 2);
            media = Arrays.copyOf(media, size * 2);
            places = Arrays.copyOf(places, size * 2);
            values = Arrays.copyOf(values, size * 2);
            threads = Arrays.copyOf(threads, size * 2);
        }
        kinds[size] = (byte) kind.ordinal();
        media[size] = (byte) medium;
        places[size] = place;
        values[size] = value;
        threads[size++] = Thread.currentThread().threadId();
    }

    /** @return number of events so far: a position; the events before it have happened */
    public synchronized int size() {
        return size;
    }

    Image initial() {
        return initial.copy();
    }

    Kind kind(int event) {
        return KINDS[kinds[event]];
    }

    int medium(int event) {
        return media[event];
    }

    int place(int event) {
        return places[event];
    }

    long value(int event) {
        return values[event];
    }

    boolean separateFences() {
        return separateFences;
    }

    long thread(int event) {
        return threads[event];
    }

    void applyStore(int event, Image to) {
        to.words(media[event])[places[event]] = values[event];
    }

    /** @return what every processor sees after the events before a position */
    Image visible(int position) {
        Image image = initial();
        for (int e = 0; e < position; e++) {
            if (kind(e) == Kind.STORE) {
                applyStore(e, image);
            }
        }
        return image;
    }
}
