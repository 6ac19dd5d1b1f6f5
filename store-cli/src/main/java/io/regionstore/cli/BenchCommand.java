package io.regionstore.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Stands for the benchmarks in the list of commands: the script runs them, from a module of their own. */
@Command(name = "bench", description = "Measures the store, the raw memory beside it, and its peers;"
        + " `regionstore bench --help` lists what it can do.")
final class BenchCommand implements Runnable {
    @Unmatched
    private String[] arguments;

    @Override
    public void run() {
        throw new CommandFailure("bench is run by the script, ./regionstore bench; without it, by the main class"
                + " io.regionstore.bench.Main of the module store-bench");
    }
}
