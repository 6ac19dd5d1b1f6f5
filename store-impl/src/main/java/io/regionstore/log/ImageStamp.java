package io.regionstore.log;

/**
 * Names one image file, as no copy of it is named.
 *
 * @param generation of the image; 0: there is none
 * @param identity   of its file once it had its final name
 */
record ImageStamp(long generation, FileIdentity identity) {
    static final ImageStamp NONE = new ImageStamp(0, new FileIdentity(0, 0, 0));
}
