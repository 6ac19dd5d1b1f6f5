package io.regionstore.bench.report;

import java.awt.Color;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Colours of subjects, the same in every plot: those of Okabe and Ito, which people with a colour vision deficiency tell
 * apart, as far as they go. A subject measured in a second way has a paler shade of the first; the store's is darker.
 */
final class Palette {
    private static final Map<String, Color> SUBJECTS = Map.ofEntries(
            Map.entry("regionstore", new Color(0x0072B2)), Map.entry("regionstore/platform", new Color(0x003552)),
            Map.entry("limit", Color.BLACK), Map.entry("limit+crc32c", new Color(0x777777)),
            Map.entry("limit+flush+fence", new Color(0xB4B4B4)),
            Map.entry("chronicle-map", new Color(0xD55E00)), Map.entry("chronicle-map-checksums", new Color(0xEDA66E)),
            Map.entry("pmemobj", new Color(0x7A3B10)), Map.entry("pmemobj-flush", new Color(0xBF9A82)),
            Map.entry("chronicle-queue", new Color(0xF0C800)), Map.entry("lmdb", new Color(0x009E73)),
            Map.entry("mapdb", new Color(0xCC79A7)), Map.entry("mvstore", new Color(0x56B4E9)),
            Map.entry("rocksdb", new Color(0x8A8F00)));
    /** Of what is no subject. */
    private static final Color[] OTHERS = {new Color(0x0072B2), new Color(0x009E73), new Color(0xD55E00),
        new Color(0xCC79A7)};

    private final Map<String, Color> others = new LinkedHashMap<>();

    /**
     * @param name of a subject, with or without what tells a run of it from others; or of something else
     * @return its colour
     */
    Color of(String name) {
        Color exact = SUBJECTS.get(name);
        Color known = exact != null ? exact : SUBJECTS.get(name.replaceFirst("/.*", ""));
        return known != null ? known : others.computeIfAbsent(name, n -> OTHERS[others.size() % OTHERS.length]);
    }
}
