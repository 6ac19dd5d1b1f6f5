package io.regionstore.log;

/**
 * What tells a file from a copy of it: the number of its inode and the time of its birth, which nobody can set. What
 * else happens to a file that stays the same file does not change them: chmod, chown, touch, a label, a hard link, a
 * backup that reads it, moving the directory within its file system. Whatever makes the file anew does: {@code cp},
 * rsync, tar, a copy to another file system.
 *
 * <p>Contents decide about what is written over a file in place, into the same inode. Each image has a random number,
 * its nonce, which the log that names the image repeats: another image in its place is found out. A log that is not the
 * newest cannot be replaced by an older state of itself, since the next log's floor LSN says how far it went.
 *
 * <p>Limits. An older state of the <em>newest</em> log, written over it in place, is not found out, nor is the newest log
 * taken away, nor a whole file system put back as it was (a snapshot of a disk or of a virtual machine). Such a log is,
 * byte for byte, what a crash at that moment would have left, and no format could tell it: what remembers how far a log
 * went would have to change with every commit, outside of the file, and the region holds payloads only. What is found is
 * then a state that the store had, and payloads that were overwritten since fail their checksums. A file system that
 * records no time of birth tells the generation of an inode instead, or else the number of the inode decides alone,
 * which may be used again for a copy. File systems whose inode numbers change when they are mounted again make every
 * store look like a copy.
 *
 * @param inode      number of the inode
 * @param seconds    of its birth, since 1970; 0: unknown
 * @param nanos      of that second
 * @param generation of the inode number's use, where the time of birth is unknown; 0: unknown
 */
public record FileIdentity(long inode, long seconds, int nanos, int generation) {
    /** No file, or one of which nothing is known. */
    static final FileIdentity NONE = new FileIdentity(0, 0, 0);

    /** An identity with a time of birth; parameters as above. */
    public FileIdentity(long inode, long seconds, int nanos) {
        this(inode, seconds, nanos, 0);
    }

    /** @return whether both are one file: what only one of them knows is not compared */
    boolean matches(FileIdentity other) {
        boolean sameBirth = !hasBirth() || !other.hasBirth() || seconds == other.seconds && nanos == other.nanos;
        boolean sameUse = generation == 0 || other.generation == 0 || generation == other.generation;
        return inode == other.inode && sameBirth && sameUse;
    }

    private boolean hasBirth() {
        return seconds != 0 || nanos != 0;
    }

    /** @return for messages */
    @Override
    public String toString() {
        return "inode " + inode + (hasBirth() ? String.format(", born at %d.%09d", seconds, nanos) : "")
                + (generation == 0 ? "" : ", generation " + Integer.toUnsignedString(generation));
    }
}
