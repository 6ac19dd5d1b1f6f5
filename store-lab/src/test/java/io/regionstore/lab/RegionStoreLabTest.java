package io.regionstore.lab;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.RegionStore;
import io.regionstore.lab.guest.Writer;
import io.regionstore.spi.StoreProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The store on a real dax device under a real kernel, in an emulated machine: its JVM is killed, or its kernel replaced,
 * panicked or reset, at a random moment of full load, and what is there afterwards is compared with the acknowledgements
 * that had left the machine.
 */
@Tag("lab")
@Execution(ExecutionMode.CONCURRENT)
class RegionStoreLabTest {
    /** Far more than a stage takes on a slow machine with two cores. */
    private static final Duration STAGE = Duration.ofMinutes(10);
    private static final long RANGE_START = 1L << 30;
    private static final long RANGE_SIZE = 512L << 20;
    /** The range starts above its size, which keeps the kernel's random place out of it. */
    private static final String PROTECTED = "memmap=512M%1G-1+0xefffffff";

    private static GuestImage image;

    @BeforeAll
    static void buildImage() {
        HostTools.requireAll();
        StoreProvider implementation = ServiceLoader.load(StoreProvider.class).findFirst().orElseThrow();
        image = GuestImage.build(Path.of(System.getProperty("lab.directory", "target/lab")).toAbsolutePath(),
                List.of(RegionStore.class, implementation.getClass(), Writer.class));
    }

    /** Without the store: the machine itself keeps the bytes, so a loss in the other tests is the store's. */
    @Test
    void shouldKeepTheBytesOfASplitDeviceInAMachineWithoutAStore() {
        try (VirtualMachine machine = start("machine")) {
            assertEquals(0, machine.await("pattern", STAGE).number("different"));
            assertEquals(3, machine.await("devices", STAGE).number("count"));
            assertWholeDevice(machine);
            LabLine kept = machine.await("pattern", STAGE);
            assertEquals(RANGE_SIZE / Long.BYTES, kept.number("words"));
            assertEquals(0, kept.number("different"));
        }
    }

    /** Scenarios 3 and 1: region and metadata are slices of one device. */
    @Test
    void shouldKeepAllThatWasAcknowledgedThroughKillAndKexecWithMetadataOnTheDevice() {
        try (VirtualMachine machine = start("slices")) {
            machine.await("writing", STAGE);
            assertComplete("scenario 3, kill -9", machine.await("result", STAGE), "RECOVERED");
            machine.await("writing", STAGE);
            assertComplete("scenario 1, kexec, metadata on dax", machine.await("result", STAGE), "RECOVERED");
        }
    }

    /** Scenario 2. */
    @Test
    void shouldKeepAllThatWasAcknowledgedThroughKexecWithMetadataInADirectory() {
        try (VirtualMachine machine = start("directory")) {
            machine.await("writing", STAGE);
            assertComplete("scenario 2, kexec, metadata on ext4", machine.await("result", STAGE), "RECOVERED");
        }
    }

    /** Scenario 4. */
    @Test
    void shouldSayThatTheDeviceIsGoneAndThenThatItsContentsAre() {
        try (VirtualMachine machine = start("unprotected")) {
            machine.await("writing", STAGE);

            assertEquals(0, machine.await("devices", STAGE).number("count"));
            assertRefused(machine, "scenario 4, no device, by name", Set.of("NOT_FOUND"));
            assertRefused(machine, "scenario 4, no device, by range", Set.of("NOT_FOUND"));

            assertWholeDevice(machine);
            assertRefused(machine, "scenario 4, range was RAM", Set.of("CONTENTS_LOST", "CONTENTS_DAMAGED"));
        }
    }

    /** Scenario 5. */
    @Test
    void shouldFindAStoreOfSplitDevicesByItsRangeWhenTheDeviceIsWhole() {
        try (VirtualMachine machine = start("split")) {
            assertEquals(3, machine.await("devices", STAGE).number("count"));
            machine.await("writing", STAGE);
            assertWholeDevice(machine);
            assertComplete("scenario 5, by physical range", machine.await("result", STAGE), "RECOVERED", "MOVED");
            assertComplete("scenario 5, by the old name", machine.await("result", STAGE), "MOVED");
        }
    }

    /** Scenario 6. The crash kernel has 256 MiB for itself, a Java runtime and the check. */
    @Test
    void shouldKeepAllThatWasAcknowledgedThroughAPanicIntoACrashKernel() {
        try (VirtualMachine machine = start("panic", "crashkernel=256M", false)) {
            machine.await("writing", STAGE);
            long kilobytes = machine.await("memory", STAGE).number("kilobytes");
            assertTrue(kilobytes < 256 << 10, kilobytes + " kB: this is not the crash kernel");
            assertVerified("scenario 6, panic, metadata on dax", machine.await("result", STAGE));
        }
    }

    /**
     * Scenario 7. An emulator's memory has no caches to lose, so this shows that firmware and a kernel that starts anew
     * leave the range alone and that the store verifies all payloads, not that lines were written back.
     */
    @Test
    void shouldKeepAllThatWasAcknowledgedThroughAReset() {
        try (VirtualMachine machine = start("reset", "", true)) {
            machine.await("writing", STAGE);
            assertVerified("scenario 7, reset, metadata on dax", machine.await("result", STAGE));
        }
    }

    /** Scenario 8: kexec under load, kexec while recovery looks, kexec while it acts. */
    @Test
    void shouldKeepAllThatWasAcknowledgedThroughKexecInsideRecovery() {
        try (VirtualMachine machine = start("interrupted")) {
            machine.await("writing", STAGE);
            machine.await("interrupted", STAGE);
            machine.await("interrupted", STAGE);
            assertVerified("scenario 8, kexec inside recovery", machine.await("result", STAGE));
        }
    }

    /**
     * Scenario 9. An emulator's memory is never bad, and the kernel maps a dax page again that it was told is bad; so the
     * dax store must be whole. A page in tmpfs stays bad: its store shows what is done about that.
     */
    @Test
    void shouldQuarantineMemoryThatWentBadUnderALiveRecord() {
        try (VirtualMachine machine = start("poison")) {
            assertDies(machine);
            assertVerified("scenario 9, memory error on dax, same boot", machine.await("result", STAGE));

            String victim = assertDies(machine);
            LabLine refused = machine.await("result", STAGE);
            assertEquals("CONTENTS_DAMAGED", refused.value("code"));
            assertTrue(List.of(refused.value("damagedKeys").split(",")).contains(victim), refused.text());
            LabLine served = machine.await("result", STAGE);
            report("scenario 9, memory error on tmpfs, record dropped", served);
            assertAll(() -> assertEquals("CONTENTS_DAMAGED", served.value("verdict")),
                    () -> assertTrue(served.number("lost") > 0 && served.number("lost") <= served.number("damaged")),
                    () -> assertEquals(served.number("acknowledged"), served.number("recovered") + served.number("lost")),
                    () -> assertEquals(refused.number("damaged"), served.number("damaged")),
                    () -> assertEquals(0, served.number("strays")),
                    () -> assertEquals(1, served.number("writable")));

            assertVerified("scenario 9, memory error on dax, after kexec", machine.await("result", STAGE));
        }
    }

    /** Returns the key of the record on the bad page. */
    private static String assertDies(VirtualMachine machine) {
        machine.await("writing", STAGE);
        String victim = machine.await("victim", STAGE).value("key");
        LabLine poisoned = machine.await("poisoned", STAGE);
        assertTrue(poisoned.number("code") != 0, "the JVM survived");
        assertTrue(poisoned.number("kilobytes") > 0, "the kernel has counted no bad memory");
        return victim;
    }

    private static VirtualMachine start(String scenario) {
        return start(scenario, "", false);
    }

    private static VirtualMachine start(String scenario, String words, boolean resets) {
        long seed = ThreadLocalRandom.current().nextLong(1L << 31);
        long delayMillis = ThreadLocalRandom.current().nextLong(500, 6000);
        System.out.println("lab: " + scenario + ", seed " + seed + ", " + delayMillis + " ms of load before each blow");
        return VirtualMachine.start(image, scenario, PROTECTED + " " + words + " seed=" + seed + " delay=" + delayMillis
                + " scenario=" + scenario + " stage=1", resets);
    }

    private static void report(String what, LabLine check) {
        System.out.printf("lab: %s: acknowledged %d, recovered %d, torn %d, lost %d, opened in %d ms (%s)%n", what,
                check.number("acknowledged"), check.number("recovered"), check.number("torn"), check.number("lost"),
                check.number("openMillis"), check.value("verdict"));
    }

    private static void assertComplete(String what, LabLine check, String... verdicts) {
        report(what, check);
        assertAll(what,
                () -> assertTrue(check.number("acknowledged") > 0, "nothing was acknowledged"),
                () -> assertEquals(check.number("acknowledged"), check.number("recovered"), "recovered"),
                () -> assertEquals(0, check.number("torn"), "torn"),
                () -> assertEquals(0, check.number("lost"), "lost"),
                () -> assertEquals(0, check.number("strays"), "deleted or unknown records that are there"),
                () -> assertEquals(0, check.number("disordered"), "writers with a later write there, an earlier not"),
                () -> assertEquals(1, check.number("writable"), "takes new records"),
                () -> assertTrue(Set.of(verdicts).contains(check.value("verdict")), check.value("verdict")));
    }

    /** Another boot id, or bad memory, makes the store compare every payload; about one in twenty is empty. */
    private static void assertVerified(String what, LabLine check) {
        assertComplete(what, check, "RECOVERED", "CLEAN");
        assertTrue(check.number("verified") > check.number("acknowledged") * 8 / 10, "not all were verified: " + check);
    }

    private static void assertRefused(VirtualMachine machine, String what, Set<String> codes) {
        String before = machine.await("metadata", STAGE).value("sum");
        LabLine refused = machine.await("result", STAGE);
        String after = machine.await("metadata", STAGE).value("sum");
        System.out.printf("lab: %s: opening was refused with %s, metadata %s%n", what, refused.value("code"),
                before.equals(after) ? "unchanged" : "CHANGED");
        assertTrue(codes.contains(refused.value("code")), refused.text());
        assertEquals(before, after, "metadata was changed by an opening that was refused");
    }

    private static void assertWholeDevice(VirtualMachine machine) {
        LabLine device = machine.await("device", STAGE);
        assertEquals("dax0.0", device.value("name"));
        assertEquals(RANGE_START, Long.decode(device.value("start")));
        assertEquals(RANGE_SIZE, device.number("size"));
        assertEquals(1, machine.await("devices", STAGE).number("count"));
    }
}
