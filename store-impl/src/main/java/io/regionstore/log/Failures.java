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
     * @param resource directory or file
     * @param action   what was being done to it
     * @param cause    how it failed
     * @return the exception to throw
     */
    static RegionStoreException of(String resource, String action, IOException cause) {
        if (noSpace(cause)) {
            return new RegionStoreException(ErrorCode.IO_ERROR, resource + ": " + action + " found no space left on the"
                    + " file system (" + cause.getMessage() + "); free some and open the store again, all that was"
                    + " acknowledged is there", cause);
        }
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
        return new RegionStoreException(ErrorCode.IO_ERROR, resource + ": " + action + " failed: " + cause, cause);
    }

    private static boolean noSpace(IOException cause) {
        String message = cause.getMessage();
        return message != null && (message.contains("No space left") || message.contains("quota"));
    }

    /**
     * @param resource directory
     * @param action   what was being done to its log
     * @param cause    how it failed
     * @return the exception to throw: IO_ERROR in any case
     */
    static RegionStoreException fatal(String resource, String action, Throwable cause) {
        if (cause instanceof IOException e && (noSpace(e) || !(e instanceof FileSystemException))) {
            return of(resource, action, e);
        }
        return new RegionStoreException(ErrorCode.IO_ERROR, resource + ": " + action + " failed: " + cause, cause);
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
