package io.regionstore.log;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** How every number in a log or an image is stored: little-endian, at any offset. */
final class LittleEndian {
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private LittleEndian() {
    }
}
