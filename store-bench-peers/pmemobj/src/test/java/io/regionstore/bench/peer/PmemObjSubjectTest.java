package io.regionstore.bench.peer;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.regionstore.bench.subject.SubjectCheck;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PmemObjSubjectTest {
    @Test
    void shouldGiveBackWhatWasPut(@TempDir Path directory) throws Exception {
        assumeTrue(isInstalled(), "libpmemobj.so.1 is not installed");
        SubjectCheck.roundTrip(new PmemObjSubject(), directory);
    }

    private static boolean isInstalled() {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup.libraryLookup("libpmemobj.so.1", arena);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
