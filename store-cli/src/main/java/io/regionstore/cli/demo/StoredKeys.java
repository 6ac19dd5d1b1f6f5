package io.regionstore.cli.demo;

import io.regionstore.RegionStore;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/** Empties a store that the demo may not remove: one on a device, or on media that were there before. */
final class StoredKeys {
    private StoredKeys() {
    }

    static void deleteAll(RegionStore store) {
        List<Long> longs = new ArrayList<>();
        List<byte[]> texts = new ArrayList<>();
        store.forEach(record -> {
            if (record.hasLongKey()) {
                longs.add(record.longKey());
            } else {
                texts.add(record.keyBytes());
            }
        });
        longs.forEach(key -> store.delete(key.longValue()));
        for (byte[] text : texts) {
            try (Arena arena = Arena.ofConfined()) {
                store.delete(Writer.keyOf(text, arena));
            }
        }
    }
}
