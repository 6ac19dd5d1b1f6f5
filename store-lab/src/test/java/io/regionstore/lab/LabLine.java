package io.regionstore.lab;

import java.util.HashMap;
import java.util.Map;

/**
 * A line that the guest prints for the host: {@code LAB kind name=value … }.
 *
 * @param kind   the first word
 * @param values the named values
 * @param text   the whole line
 */
record LabLine(String kind, Map<String, String> values, String text) {
    /**
     * @param text a line that starts with LAB
     * @return its parts
     */
    static LabLine parse(String text) {
        String[] words = text.strip().split(" ");
        Map<String, String> values = new HashMap<>();
        for (int i = 2; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            if (equals > 0) {
                values.put(words[i].substring(0, equals), words[i].substring(equals + 1));
            }
        }
        return new LabLine(words.length > 1 ? words[1] : "", Map.copyOf(values), text.strip());
    }

    /**
     * @param name of a value
     * @return the value
     */
    String value(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new AssertionError("no " + name + "= in the line: " + text);
        }
        return value;
    }

    /**
     * @param name of a number
     * @return the number
     */
    long number(String name) {
        return Long.parseLong(value(name));
    }

    @Override
    public String toString() {
        return text;
    }
}
