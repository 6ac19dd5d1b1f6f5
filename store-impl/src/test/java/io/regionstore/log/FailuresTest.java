package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.proof.SimulatedFiles;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class FailuresTest {
    private static final SimulatedFiles FILES = new SimulatedFiles();

    private static void assertSays(RegionStoreException e, ErrorCode code, Throwable cause, String message) {
        assertEquals(code + ": " + message, e.getMessage());
        assertEquals(code, e.code());
        assertSame(cause, e.getCause());
    }

    @Test
    void shouldNameFullFileSystemsAndQuotas() {
        for (String reason : new String[] {"No space left on device", "Disk quota exceeded"}) {
            for (IOException cause : new IOException[] {new IOException(reason), new FileSystemException("x", null, reason)}) {
                String found = "simulated: writing found no space left on the file system (" + cause.getMessage()
                        + "); delete files there, or raise its size or the quota; ";
                assertSays(Failures.of(FILES, "writing", cause), ErrorCode.NO_SPACE, cause,
                        found + "all that was acknowledged is there");
                assertSays(Failures.fatal(FILES, "writing", cause), ErrorCode.NO_SPACE, cause,
                        found + "then close the store and open it again: all that was acknowledged is there");
            }
        }
    }

    @Test
    void shouldNameWhatIsDeniedOrMissing() {
        IOException denied = new AccessDeniedException("meta/log-1");
        assertSays(Failures.of("meta", "opening", denied), ErrorCode.PERMISSION_DENIED, denied,
                "meta: opening was denied (meta/log-1); run as the owner of the store");
        IOException missing = new NoSuchFileException("meta/log-1");
        assertSays(Failures.of("meta", "opening", missing), ErrorCode.NOT_FOUND, missing,
                "meta: opening found no meta/log-1");
    }

    @Test
    void shouldTellAnInterruptFromAMediumThatFails() {
        IOException interrupt = new ClosedByInterruptException();
        assertSays(Failures.of("meta", "opening", interrupt), ErrorCode.IO_ERROR, interrupt,
                "meta: opening was cut short, since the thread was interrupted; clear its interrupt status, and open the"
                        + " store again");
    }

    @Test
    void shouldPassOtherFailuresOn() {
        for (IOException cause : new IOException[] {new IOException("Input/output error"), new IOException()}) {
            assertSays(Failures.of("meta", "syncing", cause), ErrorCode.IO_ERROR, cause,
                    "meta: syncing failed: " + cause);
        }
    }

    @Test
    void shouldCallEveryFailureOfTheLogAnIoError() {
        for (Throwable cause : new Throwable[] {new AccessDeniedException("log"), new NoSuchFileException("log"),
            new IOException("Input/output error"), new IllegalStateException("?"), new OutOfMemoryError("!")}) {
            assertSays(Failures.fatal(FILES, "writing the log", cause), ErrorCode.IO_ERROR, cause,
                    "simulated: writing the log failed: " + cause + (cause instanceof Error
                            ? "; give the JVM more memory or stack, close the store and open it again" : ""));
        }
        IOException cause = new IOException("gone");
        assertSays(Failures.afterFailure("meta", cause), ErrorCode.IO_ERROR, cause, "meta: the log failed before ("
                + cause + "), so nothing more is written; mend the cause, close the store and open it again");
    }
}
