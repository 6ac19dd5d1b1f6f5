package io.regionstore.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What this process has open on a path, and has mapped of it: other threads of the test JVM do not disturb the count. */
final class OpenDescriptors {
    private OpenDescriptors() {
    }

    static long of(Path path) throws IOException {
        String name = path.toAbsolutePath().toString();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(descriptor -> target(descriptor).startsWith(name)).count();
        }
    }

    static long mappingsOf(Path path) throws IOException {
        String name = path.toAbsolutePath().toString();
        List<String> maps = Files.readAllLines(Path.of("/proc/self/maps"));
        return maps.stream().filter(line -> line.contains(name)).count();
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
