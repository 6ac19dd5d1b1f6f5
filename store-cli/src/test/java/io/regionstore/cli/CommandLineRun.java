package io.regionstore.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** A run of the command line inside this JVM, with what it printed. */
record CommandLineRun(int status, String out, String err) {
    static CommandLineRun of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        int status = commandLine.execute(arguments);
        return new CommandLineRun(status, out.toString(), err.toString());
    }

    String lastLine() {
        return out.strip().lines().reduce((_, line) -> line).orElse("");
    }

    @Override
    public String toString() {
        return "exit status " + status + "\n" + out + err;
    }
}
