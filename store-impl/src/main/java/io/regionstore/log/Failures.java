package io.regionstore.log;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Turns failures of the file system into the family that users see. */
final class Failures {
    private Failures() {
    }

    /**
     * @param files  of the directory
     * @param action what was being done to it
     * @param cause  how it failed
     * @return the exception to throw
     */
    static RegionStoreException of(LogFiles files, String action, IOException cause) {
        return noSpace(cause) ? noSpace(files, action, cause, "all that was acknowledged is there")
                : of(files.resource(), action, cause);
    }

    private static RegionStoreException noSpace(LogFiles files, String action, IOException cause, String consequence) {
        return new RegionStoreException(ErrorCode.NO_SPACE, files.resource() + ": " + action + " found no space left on "
                + files.fileSystem() + " (" + cause.getMessage() + "); delete files there, or raise its size or the quota;"
                + " " + consequence, cause);
    }

    /**
     * @param resource directory or file
     * @param action   what was being done to it
     * @param cause    how it failed, but for lack of space
     * @return the exception to throw
     */
    static RegionStoreException of(String resource, String action, IOException cause) {
        if (cause instanceof AccessDeniedException) {
            return new RegionStoreException(ErrorCode.PERMISSION_DENIED, resource + ": " + action + " was denied ("
                    + cause.getMessage() + "); run as the owner of the store", cause);
        }
        if (cause instanceof ClosedByInterruptException) {
            return new RegionStoreException(ErrorCode.IO_ERROR, resource + ": " + action + " was cut short, since the"
                    + " thread was interrupted; clear its interrupt status, and open the store again", cause);
        }
        if (cause instanceof NoSuchFileException) {
            return new RegionStoreException(ErrorCode.NOT_FOUND, resource + ": " + action + " found no "
                    + cause.getMessage(), cause);
        }
        return failed(resource, action, cause);
    }

    private static RegionStoreException failed(String resource, String action, Throwable cause) {
        return new RegionStoreException(ErrorCode.IO_ERROR, resource + ": " + action + " failed: " + cause, cause);
    }

    static boolean noSpace(IOException cause) {
        String message = cause.getMessage();
        return message != null && (message.contains("No space left") || message.contains("quota"));
    }

    /**
     * @param files  of the directory
     * @param action what was being done to its log
     * @param cause  how it failed
     * @return the exception to throw: NO_SPACE or IO_ERROR
     */
    static RegionStoreException fatal(LogFiles files, String action, Throwable cause) {
        if (cause instanceof IOException e && noSpace(e)) {
            return noSpace(files, action, e, "then close the store and open it again: all that was acknowledged is there");
        }
        if (cause instanceof IOException e && !(e instanceof FileSystemException)) {
            return of(files.resource(), action, e);
        }
        if (cause instanceof Error) {
            return new RegionStoreException(ErrorCode.IO_ERROR, files.resource() + ": " + action + " failed: " + cause
                    + "; give the JVM more memory or stack, close the store and open it again", cause);
        }
        return failed(files.resource(), action, cause);
    }

    /**
     * @param resource directory
     * @param cause    how its log failed, some time ago
     * @return the exception to throw
     */
    static RegionStoreException afterFailure(String resource, Throwable cause) {
        return new RegionStoreException(ErrorCode.IO_ERROR, resource + ": the log failed before (" + cause
                + "), so nothing more is written; mend the cause, close the store and open it again", cause);
    }
}
