package io.regionstore.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** One short iteration of each, so that they go on working. */
class JmhSmokeTest {
    @Test
    void shouldRunEveryBenchmarkOfTheInnerPieces() throws Exception {
        Collection<RunResult> results = new Runner(new OptionsBuilder().include("io\\.regionstore\\.bench\\.jmh\\..*")
                .forks(0).warmupIterations(0).measurementIterations(1).measurementTime(TimeValue.milliseconds(20))
                .param("length", "104").param("records", "1000").shouldFailOnError(true).verbosity(VerboseMode.SILENT)
                .build()).run();
        assertEquals(10, results.size());
        for (RunResult result : results) {
            assertTrue(result.getPrimaryResult().getScore() > 0, result.getParams().getBenchmark());
        }
    }
}
