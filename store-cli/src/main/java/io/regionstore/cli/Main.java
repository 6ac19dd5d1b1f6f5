package io.regionstore.cli;

import io.regionstore.RegionStoreException;
import io.regionstore.cli.demo.DemoCommand;
import io.regionstore.cli.demo.DemoWriterCommand;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Entrance of the command line. Exit status: 0 done, 1 failed, 2 wrong usage. */
@Command(name = "regionstore", mixinStandardHelpOptions = true, versionProvider = VersionCommand.Provider.class,
        description = "Crash-consistent records in a device-dax region.",
        subcommands = {DemoCommand.class, DemoWriterCommand.class, CreateCommand.class, InfoCommand.class,
                BenchCommand.class, VersionCommand.class, CommandLine.HelpCommand.class})
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    private Main() {
    }

    /**
     * @param arguments see {@code --help}
     */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** @return the command line, ready to execute: tests run it without leaving the JVM */
    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Main());
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setExecutionExceptionHandler((failure, where, _) -> report(failure, where));
        return commandLine;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is needed");
    }

    /** What an operator can act on is told in a line or two; anything else is a defect and shows where it happened. */
    private static int report(Exception failure, CommandLine where) {
        PrintWriter err = where.getErr();
        if (failure instanceof RegionStoreException || failure instanceof IOException
                || failure instanceof CommandFailure) {
            err.println("regionstore: " + failure.getMessage());
            if (failure instanceof RegionStoreException refusal) {
                Hints.of(refusal.code(), where.getCommandName()).ifPresent(hint -> err.println("hint: " + hint));
            }
        } else {
            failure.printStackTrace(err);
        }
        err.flush();
        return CommandLine.ExitCode.SOFTWARE;
    }
}
