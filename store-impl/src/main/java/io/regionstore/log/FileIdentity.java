package io.regionstore.log;

/**
 * What tells a file from a copy of it: a copy has another inode or was changed later. Moving the directory within its
 * file system changes neither.
 *
 * <p>Limits: an older state of the newest log, written over it in place, into the same inode, is not found out, nor is the
 * newest log taken away. Such a log is, byte for byte, what a crash at that moment would have left, and no format could
 * tell it: what remembers how far a log went would have to change with every commit, outside of the file, and the region
 * holds payloads only. Logs before the newest are safe from it, since the next one's floor LSN says how far they went; an
 * image is, since its ctime changes. What is found is a state that the store had, and payloads that were overwritten
 * since fail their checksums. Touching an image in a way that changes its ctime (chmod,
 * chown, a hard link) makes it look like a copy. File systems whose inode numbers change when they are mounted again
 * make every store look like one.
 *
 * @param inode   number of the inode
 * @param seconds of the time the inode last changed (ctime), since 1970
 * @param nanos   of that second
 */
public record FileIdentity(long inode, long seconds, int nanos) {
}
