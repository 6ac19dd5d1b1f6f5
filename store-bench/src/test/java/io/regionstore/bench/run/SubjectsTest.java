package io.regionstore.bench.run;

import io.regionstore.bench.subject.SubjectCheck;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubjectsTest {
    @Test
    void shouldGiveBackFromTheStoreWhatWasPut(@TempDir Path directory) throws Exception {
        SubjectCheck.roundTrip(Subjects.of(Subjects.STORE).get(), directory);
    }

    @Test
    void shouldGiveBackFromTheRawMediumWhatWasCopied(@TempDir Path directory) throws Exception {
        SubjectCheck.roundTrip(Subjects.of(Subjects.LIMIT).get(), directory);
    }

    @Test
    void shouldCopyAndChecksum(@TempDir Path directory) throws Exception {
        SubjectCheck.roundTrip(Subjects.of(Subjects.LIMIT_CRC).get(), directory);
    }
}
