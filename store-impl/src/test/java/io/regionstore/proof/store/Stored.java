package io.regionstore.proof.store;

import java.util.Random;

/**
 * What a key holds.
 *
 * @param version its version
 * @param payload one char a byte
 */
record Stored(long version, String payload) {
    static byte[] bytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static String text(byte[] bytes) {
        return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    @Override
    public String toString() {
        return "version " + version + ", " + payload.length() + " bytes " + Integer.toHexString(payload.hashCode());
    }
}
