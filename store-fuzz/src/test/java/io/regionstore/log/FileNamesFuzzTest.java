package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Any names in a directory have one role each, and those of logs and images are made of their generation again. */
class FileNamesFuzzTest {
    @FuzzTest(maxDuration = "15s")
    void sort(byte[] data) {
        List<String> names = new String(data, StandardCharsets.UTF_8).lines().distinct().toList();
        FileNames found = new FileNames(names);
        long own = names.stream().filter(name -> name.equals("LOCK") || name.equals("lost+found")).count();
        assertEquals(names.size(), found.logs.size() + found.images.size() + found.temporary.size()
                + found.foreign.size() + own);
        found.logs.forEach(log -> assertTrue(log > 0 && names.contains(FileNames.log(log))));
        found.images.forEach(image -> assertTrue(image > 0 && names.contains(FileNames.image(image))));
        assertTrue(!found.noStore() || found.logs.isEmpty());
    }
}
