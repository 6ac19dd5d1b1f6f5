package io.regionstore.cli.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The files of the running JDK, in an order that follows from the seed: real input of every size, there on any machine.
 *
 * @param home  the JDK's folder
 * @param files those that are stored
 * @param found how many there are; more than {@code files} when the region is too small for all
 */
record JdkFiles(Path home, List<JdkFile> files, int found) {
    /** Number of the writer of files in the ledger. */
    static final int WRITER = 0;

    /** The largest file takes at most one part in this many of the region: it is there twice while it is replaced. */
    private static final long LARGEST_SHARE = 6;

    /**
     * One file.
     *
     * @param path   where it is
     * @param key    its path below the JDK's folder, in UTF-8: the record's key
     * @param length bytes
     */
    record JdkFile(Path path, byte[] key, long length) {
    }

    /**
     * Walks the running JDK. Links to files count as files; links to folders are not followed.
     *
     * @param regionBytes the files that are taken fill at most two fifths of this
     * @param seed        decides the order
     */
    static JdkFiles find(long regionBytes, long seed) throws IOException {
        Path home = Path.of(System.getProperty("java.home")).toRealPath();
        List<JdkFile> all = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(home)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                if (Files.isRegularFile(path) && Files.isReadable(path)) {
                    byte[] key = home.relativize(path).toString().getBytes(StandardCharsets.UTF_8);
                    all.add(new JdkFile(path, key, Files.size(path)));
                }
            }
        }
        all.sort(Comparator.comparing(JdkFile::path));
        Collections.shuffle(all, new Random(seed));
        List<JdkFile> taken = new ArrayList<>();
        long left = regionBytes / 5 * 2;
        for (JdkFile file : all) {
            if (file.length <= left && file.length <= regionBytes / LARGEST_SHARE) {
                taken.add(file);
                left -= file.length;
            }
        }
        return new JdkFiles(home, List.copyOf(taken), all.size());
    }

    /** A region that holds all of them: 1 GiB, or more for a large JDK. */
    static long comfortableRegion() throws IOException {
        List<JdkFile> all = find(Long.MAX_VALUE, 0).files;
        long total = all.stream().mapToLong(JdkFile::length).sum();
        long largest = all.stream().mapToLong(JdkFile::length).max().orElse(0);
        long megabytes = Math.max(total * 3, largest * (LARGEST_SHARE + 1)) >> 20;
        return Math.max(1024, megabytes + 1) << 20;
    }

    long bytes() {
        return files.stream().mapToLong(JdkFile::length).sum();
    }

    JdkFile largest() {
        return Collections.max(files, Comparator.comparingLong(JdkFile::length));
    }

    JdkFile smallest() {
        return Collections.min(files, Comparator.comparingLong(JdkFile::length));
    }
}
