package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStore;
import io.regionstore.StoreHealth;
import io.regionstore.log.LogFile;
import io.regionstore.log.LogFiles;
import io.regionstore.log.Options;
import io.regionstore.proof.WrappedFiles;
import io.regionstore.spi.StoreProvider.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Images that cannot be written: the thread that writes them survives, tries again, says so, and slows writers in the end. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ImageFailureTest {
    private static final int IMAGE_BYTES = 16 << 10;

    @TempDir
    Path home;

    private volatile Failing failing = Failing.NOTHING;

    /** How the file of an image cannot be made. */
    enum Failing {
        NOTHING(ErrorCode.IO_ERROR) {
            @Override
            void fail() {
                // all is well
            }
        },
        FULL(ErrorCode.NO_SPACE) {
            @Override
            void fail() throws IOException {
                throw new IOException("No space left on device");
            }
        },
        BROKEN(ErrorCode.IO_ERROR) {
            @Override
            void fail() throws IOException {
                throw new IOException("Input/output error");
            }
        },
        NO_HEAP(ErrorCode.IO_ERROR) {
            @Override
            void fail() {
                throw new OutOfMemoryError("simulated: Java heap space");
            }
        },
        NO_STACK(ErrorCode.IO_ERROR) {
            @Override
            void fail() {
                throw new StackOverflowError("simulated");
            }
        },
        BUG(ErrorCode.IO_ERROR) {
            @Override
            void fail() {
                throw new IllegalStateException("simulated");
            }
        };

        final ErrorCode code;

        Failing(ErrorCode code) {
            this.code = code;
        }

        abstract void fail() throws IOException;
    }

    private final class Unsure extends WrappedFiles {
        Unsure(LogFiles files) {
            super(files);
        }

        @Override
        public LogFile create(String name) throws IOException {
            if (name.startsWith("image-")) {
                failing.fail();
            }
            return files.create(name);
        }
    }

    private RegionStore open(Mode mode) {
        Media media = new WrappedMedia() {
            @Override
            public LogFiles files(Path directory) {
                LogFiles files = super.files(directory);
                return files == null ? null : new Unsure(files);
            }

            @Override
            public Options logOptions() {
                return Options.DEFAULT.withSizes(4096, 4096).withImageBytes(IMAGE_BYTES);
            }
        };
        return StoreOpener.open(StoreSetup.DIRECTORY_PROCESS.config(home, 1 << 20, 4096), mode, media);
    }

    private String newestImage() throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.matches("image-[0-9a-f]+"))
                    .max(String::compareTo).orElseThrow();
        }
    }

    private static void writeUntil(RegionStore store, Predicate<List<StoreHealth.Problem>> enough) {
        for (int i = 0; !enough.test(store.health().problems()); i++) {
            store.put(i % 1000, StoreSetup.bytes("payload"));
        }
    }

    private static boolean says(List<StoreHealth.Problem> problems, ErrorCode code, String what) {
        return problems.stream().anyMatch(problem -> problem.code() == code && problem.message().contains(what));
    }

    @ParameterizedTest
    @EnumSource(names = "NOTHING", mode = EnumSource.Mode.EXCLUDE)
    void shouldTellAFailureAndWriteTheImageWhenItsCauseIsOver(Failing how) throws IOException {
        try (RegionStore store = open(Mode.CREATE)) {
            failing = how;
            writeUntil(store, problems -> says(problems, how.code, "an image of the slot table could not be written"));
            assertTrue(store.health().writable());
            String before = newestImage();
            failing = Failing.NOTHING;
            for (int i = 0; newestImage().equals(before); i++) {
                store.put(i % 1000, StoreSetup.bytes("payload"));
            }
            store.put(5000, StoreSetup.bytes("last"));
        }
        try (RegionStore store = open(Mode.OPEN)) {
            assertTrue(store.contains(5000));
        }
    }

    @Test
    void shouldTellThatTheLogIsOverdueAndSlowWriters() throws Exception {
        try (RegionStore store = open(Mode.CREATE)) {
            failing = Failing.FULL;
            writeUntil(store, problems -> says(problems, ErrorCode.NO_SPACE, "bytes behind the last image"));
            boolean[] over = new boolean[1];
            Thread writer = Thread.ofPlatform().daemon().start(() -> {
                for (int i = 0; !over[0]; i++) {
                    if (i % 2 == 0) {
                        store.put(1, StoreSetup.bytes("payload"));
                    } else {
                        store.delete(1);
                    }
                }
            });
            while (!(LockSupport.getBlocker(writer) instanceof LoggedCommit)) {
                assertTrue(writer.isAlive());
                Thread.onSpinWait();
            }
            failing = Failing.NOTHING; // and the log is cut, and writers are not slowed any more
            String before = newestImage();
            while (newestImage().equals(before)) {
                Thread.onSpinWait();
            }
            over[0] = true;
            writer.join();
        }
        try (RegionStore store = open(Mode.OPEN)) {
            assertTrue(store.size() > 0);
        }
    }
}
