package io.regionstore.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.testing.ProofSummary.Field;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Run by the build after all other tests: what they counted is a proof. */
class ProofSummaryCheck {
    private static final Pattern COUNT = Pattern.compile("\"(\\w+)\": (-?\\d+)");

    @Test
    void shouldAmountToAProof() throws IOException {
        Path file = Path.of(System.getProperty("proof.summary"));
        Map<Field, Long> counts = new EnumMap<>(Field.class);
        Matcher matcher = COUNT.matcher(Files.readString(file));
        while (matcher.find()) {
            counts.put(Field.valueOf(matcher.group(1)), Long.parseLong(matcher.group(2)));
        }
        for (Field field : Field.values()) {
            assertTrue(counts.containsKey(field), file + ": nothing counted " + field);
        }
        requireAtLeast(counts, Field.crashImages, 50_000);
        requireAtLeast(counts, Field.nestedDepth, 2);
        requireAtLeast(counts, Field.workloadsExhaustive, 1_000);
        requireAtLeast(counts, Field.plantedFaults, 25);
        assertEquals(counts.get(Field.plantedFaults), counts.get(Field.plantedFaultsCaught), "planted faults caught");
        requireAtLeast(counts, Field.corruptionTrials, 10_000);
        assertEquals(0, counts.get(Field.wrongData), "wrong data");
        requireAtLeast(counts, Field.killCycles, 100);
        assertEquals(0, counts.get(Field.lostAcknowledged), "acknowledged operations lost");
        requireAtLeast(counts, Field.errorsInjected, 1_000);
    }

    private static void requireAtLeast(Map<Field, Long> counts, Field field, long least) {
        assertTrue(counts.get(field) >= least, field + ": expected at least " + least + ", found " + counts.get(field));
    }
}
