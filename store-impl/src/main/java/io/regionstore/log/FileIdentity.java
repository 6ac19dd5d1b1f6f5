package io.regionstore.log;

/**
 * What tells a file from a copy of it: a copy has another inode or was changed later. Moving the directory within its
 * file system changes neither.
 *
 * <p>Limits: an older log written over the newer one in place, into the same inode, is not found out, nor is the newest
 * log taken away, as nothing else remembers how far it went. Touching an image in a way that changes its ctime (chmod,
 * chown, a hard link) makes it look like a copy. File systems whose inode numbers change when they are mounted again
 * make every store look like one.
 *
 * @param inode   number of the inode
 * @param seconds of the time the inode last changed (ctime), since 1970
 * @param nanos   of that second
 */
public record FileIdentity(long inode, long seconds, int nanos) {
}
