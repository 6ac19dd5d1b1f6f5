package io.regionstore.device;

import java.nio.file.Path;

/** Locks a file by its path. */
final class LockFile {
    private LockFile() {
    }

    static ExclusiveLock lock(Path file) {
        NativeAccess.require();
        String path = file.toAbsolutePath().toString();
        return ExclusiveLock.onFile(Native.AT_FDCWD, path, path, false);
    }
}
