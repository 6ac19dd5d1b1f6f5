package io.regionstore.engine;

import io.regionstore.table.SlotTable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Keys in words, for messages and reports. */
final class KeyText {
    private static final int LONGEST = 120;

    private KeyText() {
    }

    static String of(SlotTable table, long slot) {
        if (table.keyLength(slot) == 0) {
            return Long.toString(table.keyWord(slot));
        }
        byte[] bytes = table.keyBytes(slot);
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
