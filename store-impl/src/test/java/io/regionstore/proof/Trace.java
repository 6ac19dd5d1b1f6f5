package io.regionstore.proof;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Every store, write-back, fence and file operation that reached the media of one simulated machine, in order. One trace for all media:
 * they hang on one processor, so a thread's fence covers its write-backs to any of them, unless they are flushed by
 * different methods.
 */
public final class Trace {
    /** What an event is. */
    public enum Kind {
        /** Eight bytes were stored. */
        STORE,
        /** A line began to be written back. */
        FLUSH,
        /** A thread waited for its write-backs. */
        FENCE,
        /** Something was done to the files. */
        FILE,
        /** The process died, and another one goes on. */
        KILL
    }

    private static final Kind[] KINDS = Kind.values();

    private final Image initial;
    private final boolean separateFences;
    private int size;
    private byte[] kinds = new byte[1024];
    private byte[] media = new byte[1024];
    /** Index of the word of a store, of the 64-byte line of a flush, of what was done to files. */
    private int[] places = new int[1024];
    private long[] values = new long[1024];
    private long[] threads = new long[1024];
    private final List<FileState.Event> fileEvents = new ArrayList<>();

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
        fileEvents.addAll(other.fileEvents);
        add(Kind.KILL, 0, 0, 0);
    }

    synchronized void add(FileState.Event event) {
        fileEvents.add(event);
        add(Kind.FILE, 0, fileEvents.size() - 1, 0);
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

    /** @return a copy of what was on the media before the first event */
    public Image initial() {
        return initial.copy();
    }

    /** @return what an event is */
    public Kind kind(int event) {
        return KINDS[kinds[event]];
    }

    /** @return number of the memory of a store, flush or fence */
    public int medium(int event) {
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

    /** @return id of the thread that did it */
    public long thread(int event) {
        return threads[event];
    }

    FileState.Event fileEvent(int event) {
        return fileEvents.get(places[event]);
    }

    /** Whether what was done to files became durable with this event. */
    public boolean isSync(int event) {
        return kind(event) == Kind.FILE
                && (fileEvent(event) instanceof FileState.Sync || fileEvent(event) instanceof FileState.SyncNames);
    }

    /** Does to an image what a store or an event of files did. */
    void apply(int event, Image to) {
        if (kind(event) == Kind.STORE) {
            to.words(media[event])[places[event]] = values[event];
        } else if (kind(event) == Kind.FILE) {
            to.files().apply(fileEvent(event));
        }
    }

    /** @return what every processor sees after the events before a position */
    public Image visible(int position) {
        Image image = initial();
        for (int e = 0; e < position; e++) {
            apply(e, image);
        }
        return image;
    }
}
