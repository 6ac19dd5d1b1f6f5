package io.regionstore.device;

/**
 * When and as what a file came into being: nothing of it can be set from outside, or changes while the file lives.
 *
 * @param inode      number of the inode
 * @param seconds    of its birth, since 1970; 0 where the file system records none
 * @param nanos      of that second
 * @param generation of the inode, which is another one when the number is used again; only where there is no time of
 *                   birth, and 0 where the file system does not tell
 */
public record FileBirth(long inode, long seconds, int nanos, int generation) {
}
