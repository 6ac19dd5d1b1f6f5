package io.regionstore.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Byte counts as operators write and read them. */
public final class Sizes {
    private static final Pattern SIZE = Pattern.compile("(0[xX][0-9a-fA-F]+|[0-9]+)([kKmMgGtT]?)(?:i?[bB])?");
    private static final String UNITS = "kmgt";

    private Sizes() {
    }

    /**
     * @param text digits, or 0x and hexadecimal digits; then K, M, G or T for powers of 1024
     * @return bytes
     * @throws IllegalArgumentException when it is neither or too large for a {@code long}
     */
    public static long parse(String text) {
        // hexadecimal digits include b, so a suffix is looked for only behind a unit
        Matcher matcher = SIZE.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a size: expected bytes such as 4096, 0x1000, 512M");
        }
        int power = matcher.group(2).isEmpty() ? 0 : UNITS.indexOf(matcher.group(2).toLowerCase(Locale.ROOT)) + 1;
        try {
            return Math.multiplyExact(Long.decode(decimal(matcher.group(1))), 1L << (10 * power));
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is too large for a size", e);
        }
    }

    /**
     * @param bytes a count
     * @return the count with a unit, at most one decimal
     */
    public static String format(long bytes) {
        String[] names = {"B", "KiB", "MiB", "GiB", "TiB"};
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < names.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 || value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f %s", value, names[unit])
                : String.format(Locale.ROOT, "%.1f %s", value, names[unit]);
    }

    /** {@code Long.decode} takes a leading zero for octal. */
    private static String decimal(String digits) {
        if (digits.startsWith("0x") || digits.startsWith("0X")) {
            return digits;
        }
        String stripped = digits.replaceFirst("^0+", "");
        return stripped.isEmpty() ? "0" : stripped;
    }
}
