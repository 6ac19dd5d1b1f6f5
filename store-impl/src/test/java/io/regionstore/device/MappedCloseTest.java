package io.regionstore.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.Medium;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedCloseTest {
    @TempDir
    private Path home;

    @Test
    void shouldStayMappedAndLockedWhileASystemCallUsesItAndBeClosedLater() throws Exception {
        Medium file = Medium.file(home.resolve("medium"), 1 << 20);
        MappedMedium medium = MappedMedium.open(file, true);
        Pipe pipe = Pipe.open();
        ByteBuffer buffer = medium.segment().asSlice(0, 8).asByteBuffer();
        Thread reader = Thread.ofPlatform().daemon().start(() -> {
            try {
                pipe.source().read(buffer);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        while (Arrays.stream(reader.getStackTrace()).noneMatch(frame -> frame.getMethodName().equals("read0"))) {
            Thread.onSpinWait();
        }
        RegionStoreException busy = assertThrows(RegionStoreException.class, () -> medium.close(0));
        assertEquals(ErrorCode.IO_ERROR, busy.code());
        assertTrue(busy.getMessage().contains("close again"), busy.getMessage());
        assertTrue(medium.segment().scope().isAlive());
        assertEquals(ErrorCode.LOCKED,
                assertThrows(RegionStoreException.class, () -> MappedMedium.open(file, false)).code());
        pipe.sink().write(ByteBuffer.wrap(new byte[8]));
        reader.join();
        medium.close();
        medium.close();
        MappedMedium.open(file, false).close();
    }
}
