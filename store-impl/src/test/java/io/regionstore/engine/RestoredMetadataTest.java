package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreBuilder;
import io.regionstore.RegionStoreException;
import io.regionstore.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What may happen to the files of a directory on a real file system, and which of it makes them a copy. */
class RestoredMetadataTest {
    @TempDir
    Path home;

    private Path metadata;

    /** What happens to a file that stays the same file. */
    enum Harmless {
        CHOWN {
            @Override
            void to(Path file) throws IOException {
                Files.setOwner(file, Files.getOwner(file));
            }
        },
        CHMOD_BACK_AND_FORTH {
            @Override
            void to(Path file) throws IOException {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            }
        },
        TOUCH {
            @Override
            void to(Path file) throws IOException {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            }
        },
        HARD_LINK_AND_UNLINK {
            @Override
            void to(Path file) throws IOException {
                Path link = file.resolveSibling("link");
                Files.createLink(link, file);
                Files.delete(link);
            }
        },
        ACCESS_TIME_SET_BACK {
            @Override
            void to(Path file) throws IOException {
                Files.readAllBytes(file);
                Files.getFileAttributeView(file, BasicFileAttributeView.class)
                        .setTimes(null, FileTime.fromMillis(1_000_000), null);
            }
        },
        LABEL {
            @Override
            void to(Path file) throws IOException {
                var view = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
                assumeTrue(Files.getFileStore(file).supportsFileAttributeView("user"), "no extended attributes here");
                view.write("label", StandardCharsets.US_ASCII.encode("value"));
            }
        };

        abstract void to(Path file) throws IOException;
    }

    @BeforeEach
    void makeStore() {
        metadata = home.resolve("metadata");
        try (RegionStore store = builder().slotCapacity(512).create()) {
            put(store, 0, 20);
        }
    }

    private RegionStoreBuilder builder() {
        return RegionStore.builder().region(Medium.file(home.resolve("region"), 1 << 20))
                .metadata(Medium.directory(metadata)).failureDomain(FailureDomain.PROCESS);
    }

    private static void put(RegionStore store, int from, int to) {
        for (int key = from; key < to; key++) {
            store.put(key, StoreSetup.bytes("payload " + key));
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(metadata)) {
            return all.toList();
        }
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
    }

    private void assertOpens(int records) {
        try (RegionStore store = builder().open()) {
            assertEquals(Verdict.CLEAN, store.recovery().verdict());
            assertEquals(records, store.size());
        }
    }

    private void assertRefused() {
        RegionStoreException e = assertThrows(RegionStoreException.class, () -> builder().open());
        assertEquals(ErrorCode.METADATA_RESTORED, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains("acceptRestoredMetadata(true)"), e.getMessage());
        assertTrue(e.getMessage().contains("--accept-restored"), e.getMessage());
        try (RegionStore store = builder().acceptRestoredMetadata(true).open()) {
            assertTrue(store.recovery().notes().toString().contains("a copy of the directory was accepted"));
        }
        builder().open().close(); // it is the original from then on
    }

    @ParameterizedTest
    @EnumSource
    void shouldOpenFilesThatStayedTheSameFiles(Harmless change) throws IOException {
        for (int start = 0; start < 2; start++) { // a container does it at every start
            for (Path file : files()) {
                change.to(file);
            }
            assertOpens(20);
        }
    }

    @Test
    void shouldOpenADirectoryThatWasMoved() throws IOException {
        Path moved = home.resolve("moved");
        Files.move(metadata, moved);
        metadata = moved;
        assertOpens(20);
    }

    @Test
    void shouldRefuseACopy() throws Exception {
        run("cp", "-a", metadata.toString(), home.resolve("copy").toString());
        run("rm", "-r", metadata.toString());
        Files.move(home.resolve("copy"), metadata);
        assertRefused();
    }

    @Test
    void shouldRefuseWhatWasPackedAndUnpacked() throws Exception {
        run("tar", "-C", home.toString(), "-cpf", home.resolve("tar").toString(), "metadata");
        run("rm", "-r", metadata.toString());
        run("tar", "-C", home.toString(), "-xpf", home.resolve("tar").toString());
        assertRefused();
    }

    @Test
    void shouldRefuseAnOlderLogPutBack() throws Exception {
        run("cp", "-a", metadata.toString(), home.resolve("backup").toString());
        try (RegionStore store = builder().open()) {
            put(store, 20, 30);
        }
        for (Path file : files()) {
            if (file.getFileName().toString().startsWith("log-")) {
                Files.delete(file);
            }
        }
        run("sh", "-c", "cp -a " + home.resolve("backup") + "/log-* " + metadata);
        assertRefused();
    }

    /** The backup overwrites files with the bytes that they have; what came since stays. So nothing is lost. */
    @Test
    void shouldLoseNothingWhenABackupIsCopiedOverTheDirectoryInPlace() throws Exception {
        run("cp", "-a", metadata.toString(), home.resolve("backup").toString());
        try (RegionStore store = builder().open()) {
            put(store, 20, 30);
        }
        run("cp", "-a", home.resolve("backup") + "/.", metadata.toString());
        assertOpens(30);
    }

    /** The older state of a log that is not the newest: the next log says how far it went. */
    @Test
    void shouldRefuseABackupOfAnOpenStoreCopiedOverTheDirectoryInPlaceAfterAnotherSession() throws Exception {
        try (RegionStore store = builder().open()) {
            put(store, 20, 25);
            run("cp", "-a", metadata.toString(), home.resolve("backup").toString());
            put(store, 25, 30);
        }
        builder().open().close();
        run("cp", "-a", home.resolve("backup") + "/.", metadata.toString());
        RegionStoreException e = assertThrows(RegionStoreException.class, () -> builder().open());
        assertEquals(ErrorCode.METADATA_CORRUPT, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains("was durable, but the logs before this one can be read up to"), e.getMessage());
    }
}
