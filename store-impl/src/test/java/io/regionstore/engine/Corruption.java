package io.regionstore.engine;

/** The ten ways in which a byte is damaged. */
enum Corruption {
    BIT_0, BIT_1, BIT_2, BIT_3, BIT_4, BIT_5, BIT_6, BIT_7, ZERO, ONES;

    byte of(byte value) {
        return switch (this) {
            case ZERO -> 0;
            case ONES -> (byte) 0xFF;
            default -> (byte) (value ^ 1 << ordinal());
        };
    }
}
