package io.regionstore.proof;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntUnaryOperator;

/**
 * A directory of files as programs see it and, apart from that, as the medium holds it; between the two are the writes
 * and changes of names that were not synced. A crash keeps any of those, sector by sector. Not thread-safe.
 */
public final class FileState {
    /** Bytes that a medium writes as one, unless it tears even these. */
    public static final int SECTOR = 512;

    /** What a program did to the files. Times are ticks of a clock that never stands still. */
    public sealed interface Event {
    }

    /** An empty file got a name. */
    public record Create(String name, long inode, long time) implements Event {
    }

    /** Bytes went to a file. */
    public record Write(long inode, int position, byte[] bytes) implements Event {
    }

    /** A name changed. */
    public record Rename(String from, String to) implements Event {
    }

    /** A name went. */
    public record Delete(String name) implements Event {
    }

    /** A file's bytes and length were made durable. */
    public record Sync(long inode) implements Event {
    }

    /** The names were made durable. */
    public record SyncNames() implements Event {
    }

    /** Syncing a file failed: kernels forget then what they should have written. */
    public record SyncFailed(long inode) implements Event {
    }

    private record Change(String from, String to, long inode) {
    }

    /** One file. Arrays are never changed, only replaced, so that copies share them. */
    private static final class Inode {
        final long number;
        byte[] live;
        byte[] durable;
        final List<Write> pending = new ArrayList<>();
        /** The medium has it as soon as it has the inode. */
        final long born;

        Inode(long number, byte[] bytes, long born) {
            this.number = number;
            live = bytes;
            durable = bytes;
            this.born = born;
        }

        Inode copy() {
            Inode copy = new Inode(number, live, born);
            copy.durable = durable;
            copy.pending.addAll(pending);
            return copy;
        }
    }

    private final Map<String, Long> live = new LinkedHashMap<>();
    private final Map<String, Long> durable = new LinkedHashMap<>();
    private final List<Change> pending = new ArrayList<>();
    private final Map<Long, Inode> inodes = new LinkedHashMap<>();
    private long clock = 1;

    /** @return the same, with what is not durable */
    public FileState copy() {
        FileState copy = new FileState();
        copy.live.putAll(live);
        copy.durable.putAll(durable);
        copy.pending.addAll(pending);
        inodes.forEach((number, inode) -> copy.inodes.put(number, inode.copy()));
        copy.clock = clock;
        return copy;
    }

    /** @return a time later than all before */
    public long tick() {
        return ++clock;
    }

    /** Lets time pass. */
    public void pass(long ticks) {
        clock += ticks;
    }

    /** @return names that programs see */
    public List<String> names() {
        return List.copyOf(live.keySet());
    }

    /** @return number of the inode of a name; null if there is none */
    public Long inode(String name) {
        return live.get(name);
    }

    /** @return when an inode was made */
    public long born(long inode) {
        return inodes.get(inode).born;
    }

    /** @return bytes of a file as programs see them; not to be changed */
    public byte[] bytes(long inode) {
        return inodes.get(inode).live;
    }

    /** Replaces the bytes of a file, on the medium too, leaving inode and times alone: what damage does. */
    public void damage(String name, byte[] bytes) {
        Inode inode = inodes.get(live.get(name));
        inode.live = bytes.clone();
        inode.durable = inode.live;
    }

    /** Puts a durable file under a name. */
    public void put(String name, byte[] bytes) {
        Inode inode = new Inode(tick(), bytes.clone(), tick());
        inodes.put(inode.number, inode);
        live.put(name, inode.number);
        durable.put(name, inode.number);
    }

    /** Takes a file away, on the medium too. */
    public void remove(String name) {
        live.remove(name);
        durable.remove(name);
    }

    /** Gives every inode a new number and a new time, as {@code cp -a} does. */
    public void renew() {
        Map<Long, Long> numbers = new LinkedHashMap<>();
        for (Inode inode : List.copyOf(inodes.values())) {
            Inode renewed = new Inode(tick(), inode.live, tick());
            numbers.put(inode.number, renewed.number);
            inodes.put(renewed.number, renewed);
        }
        live.replaceAll((name, number) -> numbers.get(number));
        durable.clear();
        durable.putAll(live);
    }

    /** Does what a program did. */
    public void apply(Event event) {
        switch (event) {
            case Create(String name, long number, long time) -> {
                clock = Math.max(clock, time);
                inodes.put(number, new Inode(number, new byte[0], time));
                change(new Change(null, name, number));
            }
            case Write write -> {
                Inode inode = inodes.get(write.inode);
                inode.pending.add(write);
                inode.live = overlay(inode.live, write, 0, write.bytes.length);
            }
            case Rename(String from, String to) -> change(new Change(from, to, 0));
            case Delete(String name) -> change(new Change(name, null, 0));
            case Sync(long number) -> {
                Inode inode = inodes.get(number);
                for (Write write : inode.pending) {
                    inode.durable = overlay(inode.durable, write, 0, write.bytes.length);
                }
                inode.pending.clear();
            }
            case SyncNames() -> {
                pending.forEach(change -> apply(durable, change));
                pending.clear();
            }
            case SyncFailed(long number) -> inodes.get(number).pending.clear();
        }
    }

    private void change(Change change) {
        pending.add(change);
        apply(live, change);
    }

    private static void apply(Map<String, Long> names, Change change) {
        if (change.from == null) {
            names.put(change.to, change.inode);
        } else {
            Long inode = names.remove(change.from);
            if (inode != null && change.to != null) {
                names.put(change.to, inode);
            }
        }
    }

    private static byte[] overlay(byte[] data, Write write, int from, int length) {
        int position = write.position + from;
        byte[] result = Arrays.copyOf(data, Math.max(data.length, position + length));
        System.arraycopy(write.bytes, from, result, position, length);
        return result;
    }

    /** @return how many changes are not durable: of names, of sectors */
    public int open() {
        int[] count = new int[1];
        afterCrash(unit -> {
            count[0]++;
            return 0;
        });
        return count[0];
    }

    /**
     * @param kept of each open change, numbered from 0: how many bytes of its sector a crash keeps; for a name any but
     *             0 keeps it
     * @return what is found after the power is back, all of it durable
     */
    public FileState afterCrash(IntUnaryOperator kept) {
        int unit = 0;
        FileState found = new FileState();
        found.clock = clock + 1000;
        Map<String, Long> names = new LinkedHashMap<>(durable);
        for (Change change : pending) {
            if (kept.applyAsInt(unit++) > 0) {
                apply(names, change);
            }
        }
        for (Inode inode : inodes.values()) {
            boolean reachable = live.containsValue(inode.number) || durable.containsValue(inode.number);
            byte[] data = inode.durable;
            for (Write write : reachable ? inode.pending : List.<Write>of()) {
                for (int from = 0; from < write.bytes.length; ) {
                    int length = Math.min(write.bytes.length - from, SECTOR - (write.position + from) % SECTOR);
                    int bytes = Math.min(length, kept.applyAsInt(unit++));
                    if (bytes > 0) {
                        data = overlay(data, write, from, bytes);
                    }
                    from += length;
                }
            }
            if (names.containsValue(inode.number)) {
                found.inodes.put(inode.number, new Inode(inode.number, data, inode.born));
            }
        }
        found.live.putAll(names);
        found.durable.putAll(names);
        return found;
    }

    /** @return of names, contents and times that programs see */
    public long fingerprint() {
        long hash = 1;
        for (Map.Entry<String, Long> name : live.entrySet()) {
            Inode inode = inodes.get(name.getValue());
            long file = Objects.hash(name.getKey(), inode.number, inode.born) * 0x9E3779B97F4A7C15L
                    + Arrays.hashCode(inode.live) * 0xC2B2AE3D27D4EB4FL;
            hash += file ^ file >>> 29;
        }
        return hash;
    }
}
