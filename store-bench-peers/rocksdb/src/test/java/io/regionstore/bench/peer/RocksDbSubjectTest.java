package io.regionstore.bench.peer;

import io.regionstore.bench.subject.SubjectCheck;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksDbSubjectTest {
    @Test
    void shouldGiveBackWhatWasPut(@TempDir Path directory) throws Exception {
        SubjectCheck.roundTrip(new RocksDbSubject(), directory);
    }
}
