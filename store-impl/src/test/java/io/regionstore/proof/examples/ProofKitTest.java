package io.regionstore.proof.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.FailureDomain;
import io.regionstore.proof.CrashEnumerator;
import io.regionstore.proof.FileState;
import io.regionstore.proof.History;
import io.regionstore.proof.Image;
import io.regionstore.proof.Machine;
import org.junit.jupiter.api.Test;

/** The proof kit proves what others build, and catches what they get wrong; docs/proof-kit.md tells how. */
class ProofKitTest {
    private static CrashEnumerator prove(TwoCopies protocol) {
        Machine machine = new Machine(Image.blank(4096, 0), 1);
        History<Long> history = new History<>(machine, protocol, FailureDomain.PLATFORM, 0L);
        try (TwoCopies.Opened pair = protocol.open(machine, FailureDomain.PLATFORM)) {
            for (long value : new long[] {7, 42, 99}) {
                history.step("set " + value, () -> {
                    pair.set(value);
                    return value;
                });
            }
        }
        CrashEnumerator enumerator = new CrashEnumerator(1, 100, 10);
        enumerator.lines(history, 0);
        enumerator.programOrder(history, 0);
        return enumerator;
    }

    private static CrashEnumerator prove(Journal protocol, Machine machine, FailureDomain domain) {
        History<Long> history = new History<>(machine, protocol, domain, 0L);
        try (Journal.Opened journal = protocol.open(machine, domain)) {
            for (long count = 1; count <= 8; count++) {
                long after = count;
                history.step("append " + count, () -> {
                    journal.append();
                    return after;
                });
            }
        }
        CrashEnumerator enumerator = new CrashEnumerator(1, 20, 4).nestingEvery(8);
        enumerator.lines(history, 0);
        enumerator.programOrder(history, 0);
        return enumerator;
    }

    private static Machine inPlace() {
        return new Machine(Image.blank(4096, 64 << 10), 1);
    }

    private static Machine withFiles() {
        return new Machine(Image.blank(4096, 0).with(new FileState()), 1);
    }

    @Test
    void shouldProveProtocolOnBareMemory() {
        assertTrue(prove(new TwoCopies(true)).images() >= 20);
    }

    @Test
    void shouldCatchMissingFence() {
        AssertionError caught = assertThrows(AssertionError.class, () -> prove(new TwoCopies(false)));
        assertTrue(caught.getMessage().contains("torn pair") || caught.getMessage().contains("expected"),
                caught.getMessage());
    }

    @Test
    void shouldProveRecordsOfOthers() {
        assertTrue(prove(new Journal(true), inPlace(), FailureDomain.PLATFORM).images() > 100);
        assertTrue(prove(new Journal(true), withFiles(), FailureDomain.KERNEL).images() > 100);
    }

    @Test
    void shouldCatchRecordsPutInTheWrongOrder() {
        for (Machine machine : new Machine[] {inPlace(), withFiles()}) {
            AssertionError caught = assertThrows(AssertionError.class,
                    () -> prove(new Journal(false), machine, FailureDomain.KERNEL));
            assertTrue(caught.getMessage().contains("entry 1 of 1 holds -1"), caught.getMessage());
        }
    }

    @Test
    void shouldKnowWhichStatesACrashMayLeave() {
        Machine machine = inPlace();
        History<Long> history = new History<>(machine, new Journal(true), FailureDomain.KERNEL, 0L);
        try (Journal.Opened journal = new Journal(true).open(machine, FailureDomain.KERNEL)) {
            history.step("append", () -> {
                journal.append();
                return 1L;
            });
        }
        History.Step<Long> step = history.steps().getFirst();
        assertEquals(java.util.List.of(0L), history.allowed(step.begin()));
        assertEquals(java.util.List.of(0L, 1L), history.allowed(step.begin() + 1));
        assertEquals(java.util.List.of(1L), history.allowed(step.end()));
    }
}
