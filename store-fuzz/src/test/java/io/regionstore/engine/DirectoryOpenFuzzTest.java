package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.regionstore.fuzz.Checksums;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * A whole store over a directory with any damage to its newest log, its image or the spare, checksums of the headers mended
 * or not: opening ends soon and within bounds of memory, with a typed refusal or with records that were stored once.
 */
class DirectoryOpenFuzzTest {
    private static DamagedDirectory store;

    @BeforeAll
    static void makeStore() {
        store = new DamagedDirectory(false, 1);
    }

    @AfterAll
    static void close() {
        store.close();
    }

    @FuzzTest(maxDuration = "15s")
    void open(byte[] data) {
        if (data.length < 2) {
            return;
        }
        String name = List.of(store.log, store.image, store.spare).get((data[0] & 0xFF) % 3);
        byte[] bytes = store.files.contents(name);
        Checksums.damage(bytes, data, 2);
        if ((data[1] & 1) != 0) {
            // what a header may say of the table's size is not for damage to change: then it is a larger table
            byte[] intact = store.files.contents(name);
            System.arraycopy(intact, 48, bytes, 48, 8);
            System.arraycopy(intact, 512, bytes, 512, 512);
            DamagedDirectory.seal(bytes, name.equals(store.log) ? DamagedDirectory.LOG_HEADER
                    : DamagedDirectory.IMAGE_HEADER);
        }
        if ((data[1] & 2) != 0) {
            store.files.remove(name.equals(store.image) ? store.spare : store.image);
        }
        store.files.replace(name, bytes);
        store.media.rebooted(true).acceptingCopies((data[1] & 4) != 0); // all payloads are compared
        store.judge(false, () -> "damage to " + name);
        assertTrue(store.heap < 16 << 20, () -> "heap " + store.heap);
    }
}
