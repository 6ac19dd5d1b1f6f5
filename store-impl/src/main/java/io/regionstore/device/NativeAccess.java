package io.regionstore.device;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;

/** Whether the JVM allows native calls. Asked before the first one, so that the JDK never prints its warning. */
final class NativeAccess {
    private NativeAccess() {
    }

    static boolean enabled() {
        return NativeAccess.class.getModule().isNativeAccessEnabled();
    }

    /** @throws RegionStoreException NATIVE_ACCESS_DISABLED */
    static void require() {
        if (!enabled()) {
            throw refusal(null);
        }
    }

    static RegionStoreException refusal(Throwable cause) {
        return new RegionStoreException(ErrorCode.NATIVE_ACCESS_DISABLED, "mapping and locking a medium are native"
                + " calls, and this JVM was started without permission for them; start it with --enable-native-access="
                + module(), cause);
    }

    /** @return what JVM flags call the module of this class */
    static String module() {
        Module module = NativeAccess.class.getModule();
        return module.isNamed() ? module.getName() : "ALL-UNNAMED";
    }
}
