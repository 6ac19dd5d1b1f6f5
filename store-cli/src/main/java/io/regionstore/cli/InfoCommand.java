package io.regionstore.cli;

import io.regionstore.Medium;
import io.regionstore.RecoveryReport;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.SpaceReport;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Opens a store as a program would, prints what recovery found and where the bytes are, and closes it. */
@Command(name = "info", mixinStandardHelpOptions = true,
        description = "Opens a store, recovering it if need be, and prints the verdict and the space account; `create`"
                + " makes one.")
public final class InfoCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Mixin
    private StoreArguments arguments;

    @Option(names = "--accept-restored", description = "open a metadata directory that was copied or restored; every"
            + " payload is then compared with its checksum")
    private boolean acceptRestored;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        try (RegionStore store = arguments.builder(Medium.TO_END, Medium.TO_END)
                .acceptRestoredMetadata(acceptRestored).open()) {
            print(out, store.recovery());
            print(out, store.space());
        } catch (RegionStoreException e) {
            e.report().ifPresent(report -> print(out, report));
            throw e;
        }
    }

    /**
     * @param out    where to print
     * @param report what recovery found
     */
    public static void print(PrintWriter out, RecoveryReport report) {
        out.printf("verdict     %s, in %d ms%n", report.verdict(), report.duration().toMillis());
        out.printf("records     %,d kept; slots: %,d rolled back, %,d rejected%n", report.kept(), report.rolledBack(),
                report.rejected());
        out.printf("payloads    %,d verified, %,d deferred, %,d damaged%n", report.payloadsVerified(),
                report.payloadsDeferred(), report.damagedCount());
        for (RecoveryReport.DamagedRecord damaged : report.damaged()) {
            out.printf("  damaged   key %s, version %d, %d bytes at %d%n", damaged.key(), damaged.version(),
                    damaged.length(), damaged.offset());
        }
        report.notes().forEach(note -> out.println("  note      " + note));
    }

    /**
     * @param out   where to print
     * @param space where the bytes are
     */
    public static void print(PrintWriter out, SpaceReport space) {
        out.printf("region      %s = %s payload + %s padding + %s free + %s held%n", Sizes.format(space.regionBytes()),
                Sizes.format(space.payloadBytes()), Sizes.format(space.paddingBytes()),
                Sizes.format(space.freeBytes()), Sizes.format(space.heldBytes()));
        out.printf("largest     free extent %s%n", Sizes.format(space.largestFreeExtent()));
        out.printf("metadata    %,d of %,d slots for %,d records; %s live%n", space.slotsUsed(), space.slotCapacity(),
                space.records(), Sizes.format(space.metadataBytes()));
        out.printf("memory      %s outside the heap for index and allocator%n", Sizes.format(space.memoryBytes()));
    }
}
