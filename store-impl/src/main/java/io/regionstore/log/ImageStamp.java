package io.regionstore.log;

/**
 * Names one image file, as no copy of it is named, and what is in it, as no other image of that name is.
 *
 * @param generation of the image; 0: there is none
 * @param identity   of its file
 * @param nonce      in its header, random; 0: unknown
 */
record ImageStamp(long generation, FileIdentity identity, long nonce) {
    static final ImageStamp NONE = new ImageStamp(0, FileIdentity.NONE, 0);

    /** @return whether the contents may be those of an image with this nonce */
    boolean matches(long found) {
        return nonce == 0 || nonce == found;
    }
}
