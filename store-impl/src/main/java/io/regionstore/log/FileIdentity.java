package io.regionstore.log;

/**
 * What tells a file from a copy of it: a copy has another inode or was changed later. Moving the directory within its
 * file system changes neither.
 *
 * @param inode   number of the inode
 * @param seconds of the time the inode last changed (ctime), since 1970
 * @param nanos   of that second
 */
public record FileIdentity(long inode, long seconds, int nanos) {
}
