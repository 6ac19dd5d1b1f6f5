package io.regionstore.bench;

import java.io.PrintWriter;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** The JMH benchmarks of the inner pieces. */
final class JmhSuite {
    private JmhSuite() {
    }

    static int run(PrintWriter error) {
        try {
            new Runner(new OptionsBuilder().include("io\\.regionstore\\.bench\\.jmh\\..*")
                    .jvmArgsAppend(Children.FLAGS.toArray(String[]::new)).build()).run();
            return 0;
        } catch (RunnerException e) {
            error.println("regionstore bench: " + e.getMessage());
            return 1;
        }
    }
}
