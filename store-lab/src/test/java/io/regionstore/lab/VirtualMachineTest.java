package io.regionstore.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VirtualMachineTest {
    private static List<String> lines(String word, int count) {
        return IntStream.range(0, count).mapToObj(i -> word + " " + i).toList();
    }

    @Test
    void shouldQuoteTheEndOfAConsole() {
        List<String> console = lines("kernel", 100);

        assertEquals(console.subList(40, 100), VirtualMachine.excerpt(console));
        assertEquals(lines("kernel", 3), VirtualMachine.excerpt(lines("kernel", 3)));
    }

    @Test
    void shouldQuoteTheStartOfTheReportOfAJvmThatDiedAndTheEnd() {
        List<String> console = new ArrayList<>(lines("kernel", 10));
        console.add("# A fatal error has been detected by the Java Runtime Environment:");
        console.add("#  SIGSEGV (0xb) at pc=0x00007f9b7f6557a0, pid=121, tid=122");
        console.addAll(lines("register", 1000));

        List<String> excerpt = VirtualMachine.excerpt(console);

        assertEquals(console.subList(10, 70), excerpt.subList(0, 60));
        assertEquals("[...]", excerpt.get(60));
        assertEquals(console.subList(952, 1012), excerpt.subList(61, excerpt.size()));
    }

    @Test
    void shouldQuoteNoLineTwice() {
        List<String> console = new ArrayList<>(lines("kernel", 50));
        console.add("# A fatal error has been detected by the Java Runtime Environment:");
        assertEquals(console, VirtualMachine.excerpt(console));

        console.addAll(lines("register", 80));

        List<String> excerpt = new ArrayList<>(console.subList(50, console.size()));
        excerpt.add(21, "[...]");
        assertEquals(excerpt, VirtualMachine.excerpt(console));
    }
}
