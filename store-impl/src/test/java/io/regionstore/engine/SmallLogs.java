package io.regionstore.engine;

import io.regionstore.Medium;
import io.regionstore.log.LogFile;
import io.regionstore.log.LogFiles;
import io.regionstore.log.Options;
import io.regionstore.proof.WrappedFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** The media of this machine, with a log so short that an image is written all the time. Says when one is. */
final class SmallLogs implements Media {
    private static final Options OPTIONS = Options.DEFAULT.withSizes(16 << 10, 64 << 10).withImageBytes(64 << 10);

    private final Media media = new MappedMedia();
    private final Consumer<Boolean> writing;

    /** @param writing told true when an image is begun, and false when it is in use or was given up */
    SmallLogs(Consumer<Boolean> writing) {
        this.writing = writing;
    }

    @Override
    public OpenMedium open(Medium medium, boolean mayCreate, OpenMedium beside) {
        return media.open(medium, mayCreate, beside);
    }

    @Override
    public UUID boot() {
        return media.boot();
    }

    @Override
    public Options logOptions() {
        return OPTIONS;
    }

    @Override
    public LogFiles files(Path directory) {
        LogFiles files = media.files(directory);
        return files == null ? null : new Watched(files);
    }

    private static boolean byImageWriter() {
        return Thread.currentThread().getName().equals("regionstore-image");
    }

    /** The image writer first makes a log, and in the end lists the directory for what is not needed any more. */
    private final class Watched extends WrappedFiles {
        Watched(LogFiles files) {
            super(files);
        }

        @Override
        public List<String> list() throws IOException {
            try {
                return files.list();
            } finally {
                if (byImageWriter()) {
                    writing.accept(false);
                }
            }
        }

        @Override
        public LogFile create(String name) throws IOException {
            if (byImageWriter()) {
                writing.accept(true);
            }
            return files.create(name);
        }

    }
}
