package io.regionstore.bench.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Colours of subjects, the same in every plot: those of Okabe and Ito, which people with a colour vision deficiency tell
 * apart. A subject measured in a second way has the colour of the first, dashed as a line and paler as a bar.
 */
final class Palette {
    private static final Color[] REST = {new Color(0x0072B2), new Color(0x009E73), new Color(0xE69F00), new Color(0xCC79A7)};
    private static final Map<String, Color> KNOWN = Map.of("regionstore", new Color(0x0072B2), "limit", Color.BLACK,
            "chronicle-map", new Color(0xD55E00), "chronicle-queue", new Color(0xE69F00), "lmdb", new Color(0x009E73),
            "mapdb", new Color(0xCC79A7), "mvstore", new Color(0x56B4E9), "pmemobj", new Color(0x8B4513),
            "rocksdb", new Color(0x7F7F7F));
    private static final float THIN = 1.8f;
    private static final BasicStroke THICK = stroke(3.5f);
    private static final BasicStroke SOLID = stroke(THIN);
    private static final BasicStroke DASHED = stroke(THIN, 7, 5);
    private static final BasicStroke DOTTED = stroke(THIN, 2, 4);
    private static final Map<String, BasicStroke> SECOND = Map.of("limit+crc32c", DASHED, "limit+flush+fence", DOTTED,
            "chronicle-map-checksums", DASHED, "pmemobj-flush", DASHED, "regionstore/platform", DASHED);

    private final Map<String, Color> others = new LinkedHashMap<>();

    private static BasicStroke stroke(float width, float... dashes) {
        return new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, dashes.length == 0 ? null : dashes, 0);
    }

    private static String first(String subject) {
        String plain = subject.replaceFirst("/.*", "");
        return SECOND.containsKey(plain) ? plain.replaceFirst("(\\+.*|-checksums|-flush)$", "") : plain;
    }

    /**
     * @param subject name
     * @return of its line
     */
    Color line(String subject) {
        Color known = KNOWN.get(first(subject));
        return known != null ? known : others.computeIfAbsent(subject, s -> REST[others.size() % REST.length]);
    }

    /**
     * @param subject name
     * @return of its bar
     */
    Color bar(String subject) {
        Color line = line(subject);
        int paler = switch (SECOND.containsKey(subject) ? subject : "") {
            case "" -> 0;
            case "limit+flush+fence" -> 70;
            default -> 50;
        };
        return new Color(mix(line.getRed(), paler), mix(line.getGreen(), paler), mix(line.getBlue(), paler));
    }

    private static int mix(int component, int percentWhite) {
        return component + (255 - component) * percentWhite / 100;
    }

    /**
     * @param subject name
     * @return how its line is drawn
     */
    static BasicStroke stroke(String subject) {
        BasicStroke second = SECOND.getOrDefault(subject, SECOND.get(subject.replaceFirst("/.*", "")));
        return second != null ? second : subject.startsWith("regionstore") ? THICK : SOLID;
    }
}
