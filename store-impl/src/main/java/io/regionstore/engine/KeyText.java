package io.regionstore.engine;

import io.regionstore.table.SlotTable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Keys in words, for messages and reports. */
final class KeyText {
    private static final int LONGEST = 120;

    private KeyText() {
    }

    /** @param slot a head that cannot change: pinned, or nothing runs */
    static String of(SlotTable table, long slot) {
        return table.keyLength(slot) == 0 ? Long.toString(table.keyWord(slot)) : of(table.keyBytes(slot));
    }

    /** @param key of bytes, or null for a long one */
    static String of(long longKey, MemorySegment key) {
        return key == null ? Long.toString(longKey) : of(key.toArray(ValueLayout.JAVA_BYTE));
    }

    private static String of(byte[] bytes) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            text = null;
        }
        if (text == null || text.chars().anyMatch(Character::isISOControl)) {
            text = "0x" + HexFormat.of().formatHex(bytes);
        } else {
            text = '"' + text + '"';
        }
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }
}
