package io.regionstore.engine;

import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.device.ExclusiveLock;
import io.regionstore.device.MediumIdentity;
import io.regionstore.log.LogFiles;
import io.regionstore.log.MetadataDirectory;
import io.regionstore.log.Options;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.UUID;

/**
 * What a store finds around it when it is opened: memory media and the boot. {@link MappedMedia} in production; a proof
 * opens stores on simulated ones.
 */
interface Media {
    /**
     * Opens and locks a medium.
     *
     * @param medium    any but a directory
     * @param mayCreate whether a missing file is created
     * @param beside    another medium of the same store, which must not share bytes with this one, or null
     * @return the medium; the caller closes it
     */
    OpenMedium open(Medium medium, boolean mayCreate, OpenMedium beside);

    /** @return the id of this boot */
    UUID boot();

    /**
     * @param directory of metadata
     * @return its files; null if there is no such directory
     */
    default LogFiles files(Path directory) {
        return MetadataDirectory.files(directory);
    }

    /**
     * @param directory of metadata, or where it is to be
     * @return the type of its file system
     * @throws IOException if it cannot be told
     */
    default String fileSystem(Path directory) throws IOException {
        Path existing = directory.toAbsolutePath();
        while (existing != null && !Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
            existing = existing.getParent();
        }
        return Files.getFileStore(existing).type();
    }

    /**
     * Makes a directory of metadata if it is missing, and locks it.
     *
     * @param directory of metadata
     * @param make      false: it must exist
     * @return the lock, held
     */
    default Lock lock(Path directory, boolean make) {
        if (make) {
            MetadataDirectory.make(directory);
        }
        return ExclusiveLock.onFile(directory.resolve("LOCK"))::close;
    }

    /** @return sizes of a log and its buffers */
    default Options logOptions() {
        return Options.DEFAULT;
    }

    /** Exclusion of every other store from a directory. */
    interface Lock extends AutoCloseable {
        @Override
        void close();
    }

    /** One medium, open. */
    interface OpenMedium extends AutoCloseable {
        /** @return which bytes it is */
        MediumIdentity identity();

        /**
         * @param domain what the bytes are to survive
         * @return what flush does then
         * @throws io.regionstore.RegionStoreException DOMAIN_UNSUPPORTED
         */
        FlushMethod method(FailureDomain domain);

        /**
         * @param domain what the bytes are to survive
         * @param length as many of its first bytes as are used
         * @return its memory
         * @throws io.regionstore.RegionStoreException DOMAIN_UNSUPPORTED; WRITE_BACK_UNAVAILABLE
         */
        Memory memory(FailureDomain domain, long length);

        /** Removes the file if it was created: for an owner that gives up before it used it. */
        void removeIfCreated();

        @Override
        void close();
    }
}
