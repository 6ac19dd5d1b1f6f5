package io.regionstore.bench;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Byte counts on the command line. */
final class Sizes {
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,15})([KMGT]?)(I?B)?");

    private Sizes() {
    }

    /**
     * @param text digits, then nothing or K, M, G, T for powers of 1024
     * @return bytes
     */
    static long parse(String text) {
        Matcher matcher = SIZE.matcher(text.strip().toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new BenchFailure("'" + text + "' is not a size: expected bytes such as 4096 or 64K");
        }
        int power = matcher.group(2).isEmpty() ? 0 : "KMGT".indexOf(matcher.group(2)) + 1;
        return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << 10 * power);
    }
}
