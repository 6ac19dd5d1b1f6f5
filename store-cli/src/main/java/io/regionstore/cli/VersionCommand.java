package io.regionstore.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the version. */
@Command(name = "version", description = "Prints the version.")
final class VersionCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        CommandLine commandLine = spec.commandLine();
        for (String line : new Provider().getVersion()) {
            commandLine.getOut().println(line);
        }
    }

    /** Reads the version that the build wrote. */
    static final class Provider implements IVersionProvider {
        @Override
        public String[] getVersion() {
            Properties properties = new Properties();
            try (InputStream in = VersionCommand.class.getResourceAsStream("version.properties")) {
                properties.load(in);
            } catch (IOException e) {
                throw new IllegalStateException("version.properties cannot be read", e);
            }
            return new String[] {"regionstore " + properties.getProperty("version"),
                    "Java " + Runtime.version() + ", " + System.getProperty("os.arch")};
        }
    }
}
