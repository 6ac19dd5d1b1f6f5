package io.regionstore.bench.run;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** The folder that a benchmark works in. */
public final class WorkFiles {
    private WorkFiles() {
    }

    /**
     * Empties a folder, making it if it is missing. Does not follow symbolic links.
     *
     * @param directory a folder of the benchmark's own
     * @throws IOException if that fails
     */
    public static void clear(Path directory) throws IOException {
        remove(directory);
        Files.createDirectories(directory);
    }

    /**
     * Removes a folder and all that is in it.
     *
     * @param directory a folder of the benchmark's own, or nothing
     * @throws IOException if that fails
     */
    public static void remove(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
