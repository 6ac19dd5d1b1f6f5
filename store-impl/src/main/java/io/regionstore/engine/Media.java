package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStoreException;
import io.regionstore.device.DaxDevices;
import io.regionstore.device.MediumIdentity;
import io.regionstore.device.MountedFileSystem;
import io.regionstore.device.Presence;
import io.regionstore.device.RegionOwner;
import io.regionstore.log.LogFiles;
import io.regionstore.log.MetadataDirectory;
import io.regionstore.log.Options;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
     * @param physicalStart address of the first byte
     * @param length        bytes
     * @return the slice of the dax device that holds the range now, if one does
     * @throws RegionStoreException PERMISSION_DENIED when the process may not read where a device lies
     */
    default Optional<Medium.Device> locate(long physicalStart, long length) {
        return DaxDevices.locate(physicalStart, length);
    }

    /**
     * @param directory of metadata
     * @return its files, which the caller closes; null if there is no such directory
     */
    default LogFiles files(Path directory) {
        return MetadataDirectory.files(directory);
    }

    /**
     * Findings in words since the last call: what is missing around the store, though it can be opened.
     *
     * @return notes for the report
     */
    default List<String> takeNotes() {
        return List.of();
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
        return MountedFileSystem.typeOf(existing);
    }

    /**
     * Makes a directory of metadata, if it is missing.
     *
     * @param directory of metadata
     */
    default void make(Path directory) {
        MetadataDirectory.make(directory);
    }

    /**
     * Removes a directory of metadata that was made a moment ago, if nothing is in it.
     *
     * @param directory that {@link #make} made
     */
    default void unmake(Path directory) {
        MetadataDirectory.unmake(directory);
    }

    /**
     * Locks a directory of metadata for one store.
     *
     * @param directory its files
     * @return the lock, held, to be closed before the files
     */
    default LogFiles.Lock lock(LogFiles directory) {
        return directory.lock(false);
    }

    /** @return sizes of a log and its buffers */
    default Options logOptions() {
        return Options.DEFAULT;
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

        /** @return whether the file was made, or got its length, when it was opened: it holds zeros, and has no blocks */
        default boolean isNew() {
            return false;
        }

        /**
         * @param from where to begin
         * @return the first offset, at or behind it, that may not be a hole of a file; -1 when there is none
         */
        default long nextData(long from) {
            return from < identity().length() ? from : -1;
        }

        /** Lets the page cache of a file go, so that what is read next is what its disk holds. */
        default void dropCache() {
        }

        /**
         * Takes the blocks of a file from its file system, as far as they are missing.
         *
         * @param length bytes from the start
         * @throws RegionStoreException NO_SPACE naming the file system
         */
        default void reserve(long length) {
        }

        /**
         * @param fault what the JVM made of a load or store that was not answered
         * @return what it means, for users
         */
        default RegionStoreException explain(InternalError fault) {
            return new RegionStoreException(ErrorCode.IO_ERROR, identity().path() + ": expected memory that answers, found"
                    + " a memory error; use another medium", fault);
        }

        /**
         * @return offset of the first byte that was found not to be zero, or -1: a region of that kind is blank, as far as
         *     that can be told; simulated media are always a new store's to take
         */
        default long firstData() {
            return -1;
        }

        /**
         * @return which store used the medium last, if that is known
         * @throws RegionStoreException whether there is a record cannot be told
         */
        default Optional<RegionOwner> owner() {
            return Optional.empty();
        }

        /**
         * Records, outside the medium, which store uses it from now on. A crash leaves the earlier record or this one.
         *
         * @param owner   the store
         * @param durably whether the record must survive the kernel
         * @throws RegionStoreException the earlier record stands
         */
        default void own(RegionOwner owner, boolean durably) {
            // simulated media belong to whoever opens them
        }

        /** @return whether the medium is still there */
        default Presence presence() {
            return Presence.ASSURED;
        }

        /** Removes the file if it was created: for an owner that gives up before it used it. */
        void removeIfCreated();

        @Override
        void close();
    }
}
