package io.regionstore.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class JdkFilesTest {
    @Test
    void shouldTakeEveryFileWhenTheRegionIsComfortable() throws IOException {
        JdkFiles jdk = JdkFiles.find(JdkFiles.comfortableRegion(), 1);
        assertEquals(jdk.found(), jdk.files().size());
        assertTrue(jdk.files().stream().anyMatch(file -> file.path().endsWith("lib/modules")));
        assertTrue(jdk.files().stream().allMatch(file -> file.key().length <= 1024));
    }

    @Test
    void shouldLeaveASmallRegionRoom() throws IOException {
        JdkFiles jdk = JdkFiles.find(64 << 20, 1);
        assertTrue(jdk.files().size() > 10);
        assertTrue(jdk.bytes() <= (64 << 20) / 5 * 2);
        assertTrue(jdk.largest().length() <= (64 << 20) / 6);
        assertTrue(jdk.found() > jdk.files().size());
    }

    @Test
    void shouldOrderByTheSeed() throws IOException {
        assertEquals(paths(1), paths(1));
        assertNotEquals(paths(1), paths(2));
    }

    private static List<Path> paths(long seed) throws IOException {
        return JdkFiles.find(1L << 40, seed).files().stream().map(JdkFiles.JdkFile::path).toList();
    }
}
