package io.regionstore.log;

import java.util.Collection;
import java.util.NavigableSet;
import java.util.TreeSet;

/** The names in a metadata directory, sorted by their role. */
final class FileNames {
    static final String LOCK = "LOCK";
    static final long FIRST_GENERATION = 1;
    private static final String LOG = "log-";
    private static final String IMAGE = "image-";
    private static final String TEMPORARY = ".tmp";
    /** The root of an ext file system has it: a directory may be a mount point. */
    private static final String LOST_AND_FOUND = "lost+found";

    final NavigableSet<Long> logs = new TreeSet<>();
    final NavigableSet<Long> images = new TreeSet<>();
    final NavigableSet<String> temporary = new TreeSet<>();
    final NavigableSet<String> foreign = new TreeSet<>();

    FileNames(Collection<String> names) {
        for (String name : names) {
            boolean unfinished = name.endsWith(TEMPORARY);
            String stem = unfinished ? name.substring(0, name.length() - TEMPORARY.length()) : name;
            long log = generation(LOG, stem);
            long image = generation(IMAGE, stem);
            if (unfinished && (log > 0 || image > 0)) {
                temporary.add(name);
            } else if (log > 0) {
                logs.add(log);
            } else if (image > 0) {
                images.add(image);
            } else if (!name.equals(LOCK) && !name.equals(LOST_AND_FOUND)) {
                foreign.add(name);
            }
        }
    }

    static String log(long generation) {
        return String.format("%s%016x", LOG, generation);
    }

    static String image(long generation) {
        return String.format("%s%016x", IMAGE, generation);
    }

    static String temporary(String name) {
        return name + TEMPORARY;
    }

    /**
     * @return whether there is no store: {@code create} makes the first log last, under its temporary name until it is
     *         whole, so that name beside no log says that it did not return. A store whose logs were deleted has none.
     */
    boolean noStore() {
        return logs.isEmpty() && (images.isEmpty() || temporary.contains(temporary(log(FIRST_GENERATION))));
    }

    private static long generation(String prefix, String stem) {
        if (!stem.startsWith(prefix) || stem.length() != prefix.length() + 16) {
            return 0;
        }
        String digits = stem.substring(prefix.length());
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return 0;
            }
        }
        return Math.max(0, Long.parseUnsignedLong(digits, 16));
    }
}
