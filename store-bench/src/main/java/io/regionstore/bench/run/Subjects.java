package io.regionstore.bench.run;

import io.regionstore.bench.subject.Subject;
import java.util.function.Supplier;

/** Subjects by name. */
public final class Subjects {
    /** The store. */
    public static final String STORE = "regionstore";
    /** Copies into and out of the same mapping. */
    public static final String LIMIT = "limit";
    /** Copies, and CRC32C of the same bytes. */
    public static final String LIMIT_CRC = "limit+crc32c";
    /** Copies, write-back of their cache lines, and one fence. */
    public static final String LIMIT_FLUSH = "limit+flush+fence";

    private Subjects() {
    }

    /**
     * @param name a subject
     * @return whether it is the raw medium rather than something that keeps records
     */
    public static boolean isLimit(String name) {
        return name.startsWith(LIMIT);
    }

    /**
     * @param name one of the constants, or {@code name=class} for a peer
     * @return makes one, not yet open
     */
    static Supplier<Subject> of(String name) {
        return switch (name) {
            case STORE -> StoreSubject::new;
            case LIMIT -> () -> new LimitSubject(LimitSubject.Mode.COPY);
            case LIMIT_CRC -> () -> new LimitSubject(LimitSubject.Mode.CRC);
            case LIMIT_FLUSH -> () -> new LimitSubject(LimitSubject.Mode.FLUSH);
            default -> () -> byClass(name.substring(name.indexOf('=') + 1));
        };
    }

    /**
     * @param name as for {@link #of}
     * @return what it is called in results
     */
    static String shown(String name) {
        return name.contains("=") ? name.substring(0, name.indexOf('=')) : name;
    }

    private static Subject byClass(String className) {
        try {
            return (Subject) Class.forName(className).getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no subject " + className, e);
        }
    }
}
