package io.regionstore.log;

import static io.regionstore.log.FileFault.SeenBy.CREATE_TWICE;
import static io.regionstore.log.FileFault.SeenBy.FAILING_CALL;
import static io.regionstore.log.FileFault.SeenBy.KILL_THEN_POWER_LOSS;
import static io.regionstore.log.FileFault.SeenBy.LONG_BATCH;
import static io.regionstore.log.FileFault.SeenBy.POWER_LOSS;

/** Rules of the metadata directory broken on purpose, between it and its files: see {@link FaultyLogFiles}. */
enum FileFault {
    /** Frames are not synced. */
    COMMIT_NOT_SYNCED(POWER_LOSS, "promised"),
    /** Frames are synced when the next ones are written, after they were acknowledged. */
    ACKNOWLEDGED_BEFORE_SYNC(POWER_LOSS, "promised"),
    /** Of two batches of frames the later one is written first. */
    LATER_BATCH_WRITTEN_FIRST(POWER_LOSS, "promised"),
    /** A log is made longer, and frames rely on it before that is durable. */
    LONGER_LOG_NOT_SYNCED(LONG_BATCH, "METADATA_TRUNCATED"),
    /** A new log is not made long before its frames are written. */
    NEW_LOG_WITHOUT_ROOM(POWER_LOSS, "METADATA_TRUNCATED"),
    /** A new log gets its name before its contents are durable. What part of them survives decides how it is refused. */
    NEW_LOG_NOT_SYNCED(POWER_LOSS, "METADATA_"),
    /** A new log has its name from the beginning. */
    NEW_LOG_NAMED_WHEN_CREATED(POWER_LOSS, "METADATA_TRUNCATED"),
    /** The directory is not synced after a log got its name. */
    NAME_OF_LOG_NOT_SYNCED(POWER_LOSS, "the store vanished"),
    /** The file of the log before becomes the new log. */
    LOG_MADE_OF_THE_ONE_BEFORE(POWER_LOSS, "METADATA_TRUNCATED"),
    /** An image is not synced at all. What part of it survives decides how it is refused. */
    IMAGE_NOT_SYNCED(POWER_LOSS, "METADATA_"),
    /** An image is synced without its times, which are what tells it from a copy. */
    /** The directory is not synced after an image got its name. */
    NAME_OF_IMAGE_NOT_SYNCED(POWER_LOSS, "METADATA_TRUNCATED"),
    /** What an image replaces is deleted before a log names the image. */
    OLD_GENERATION_DELETED_EARLY(POWER_LOSS, "METADATA_TRUNCATED"),
    /** The mark of a create that has begun is not durable before there is an image. */
    MARK_OF_CREATE_NOT_SYNCED(CREATE_TWICE, "METADATA_TRUNCATED"),
    /** The mark is deleted before the deletion of the image that it excuses is durable. */
    LEFTOVER_IMAGE_NOT_GONE_BEFORE_MARK(CREATE_TWICE, "METADATA_TRUNCATED"),
    /** What was replayed from the cache of a process that was killed is not synced before one goes on from it. */
    REPLAYED_LOG_NOT_SYNCED(KILL_THEN_POWER_LOSS, "METADATA_CORRUPT"),
    /** Names that a killed process left are not synced before a log is named that needs them. */
    REPLAYED_NAMES_NOT_SYNCED(KILL_THEN_POWER_LOSS, "METADATA_TRUNCATED"),
    /** A sync that failed is tried again, and believed. */
    FAILED_SYNC_TRIED_AGAIN(FAILING_CALL, "METADATA_CORRUPT"),
    /** A write that failed is taken for done. */
    FAILED_WRITE_IGNORED(FAILING_CALL, "METADATA_CORRUPT"),
    /** A renaming that failed is taken for done. */
    FAILED_RENAME_IGNORED(FAILING_CALL, "METADATA_TRUNCATED"),
    /** A sync of the directory that failed is taken for done. */
    FAILED_SYNC_OF_DIRECTORY_IGNORED(FAILING_CALL, "promised");

    /** What happens to the store that shows the fault. */
    enum SeenBy { POWER_LOSS, LONG_BATCH, CREATE_TWICE, KILL_THEN_POWER_LOSS, FAILING_CALL }

    final SeenBy seenBy;
    /** What the check says that is to catch it: something promised is not there, or the code of a refusal. */
    final String finding;

    FileFault(SeenBy seenBy, String finding) {
        this.seenBy = seenBy;
        this.finding = finding;
    }
}
