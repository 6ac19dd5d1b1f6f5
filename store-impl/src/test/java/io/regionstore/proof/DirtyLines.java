package io.regionstore.proof;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What may be durable when caches are lost: a walk along a trace that knows, for each 64-byte line, the stores that are
 * durable for sure (written back and then fenced by one thread) and the later ones, of which any prefix may be.
 */
final class DirtyLines {
    private static final int WORDS = 8;

    private static final class Line {
        final int medium;
        final List<Integer> stores = new ArrayList<>();
        int durable;

        Line(int medium) {
            this.medium = medium;
        }

        int open() {
            return stores.size() - durable;
        }
    }

    private final Trace trace;
    private final Image durable;
    private final Map<Long, Line> lines = new TreeMap<>();
    private final Map<Long, Map<Line, Integer>> flushed = new HashMap<>();
    private int position;

    DirtyLines(Trace trace) {
        this.trace = trace;
        durable = trace.initial();
    }

    void advanceTo(int target) {
        for (; position < target; position++) {
            step(position);
        }
    }

    private void step(int e) {
        switch (trace.kind(e)) {
            case STORE -> line(trace.medium(e), trace.place(e) / WORDS).stores.add(e);
            case FLUSH -> {
                Line line = lines.get(key(trace.medium(e), trace.place(e)));
                if (line != null) {
                    flushed.computeIfAbsent(trace.thread(e), t -> new HashMap<>()).put(line, line.stores.size());
                }
            }
            case FENCE -> {
                Map<Line, Integer> own = flushed.get(trace.thread(e));
                if (own != null) {
                    Map<Line, Integer> covered = new HashMap<>(own);
                    covered.keySet().removeIf(l -> trace.separateFences() && l.medium != trace.medium(e));
                    covered.forEach(this::settle);
                    own.keySet().removeAll(covered.keySet());
                    lines.values().removeIf(line -> line.open() == 0 && !awaited(line));
                }
            }
            case FILE -> {
                // files have no lines
            }
            case KILL -> flushed.clear();
        }
    }

    private boolean awaited(Line line) {
        return flushed.values().stream().anyMatch(m -> m.containsKey(line));
    }

    private void settle(Line line, int upTo) {
        for (; line.durable < upTo; line.durable++) {
            trace.apply(line.stores.get(line.durable), durable);
        }
    }

    private Line line(int medium, int number) {
        return lines.computeIfAbsent(key(medium, number), k -> new Line(medium));
    }

    private static long key(int medium, int number) {
        return (long) medium << 32 | number;
    }

    /** @return number of lines that are not durable as they are */
    int count() {
        return (int) lines.values().stream().filter(line -> line.open() > 0).count();
    }

    /**
     * Images of a power loss at this position: all of them if they are few; else each medium with all of its lines or
     * none, and random ones.
     *
     * @param limit  how many at most
     * @param random where all of them would be too many
     * @param to     given each image, its own
     */
    void images(int limit, Random random, Consumer<Image> to) {
        List<Line> open = lines.values().stream().filter(line -> line.open() > 0).toList();
        long product = 1;
        int[] sizes = new int[open.size()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = open.get(i).open();
            product = Math.min(Integer.MAX_VALUE, product * (sizes[i] + 1));
        }
        int[] chosen = new int[sizes.length];
        if (product <= limit) {
            for (long n = 0; n < product; n++) {
                long rest = n;
                for (int i = 0; i < sizes.length; i++) {
                    chosen[i] = (int) (rest % (sizes[i] + 1));
                    rest /= sizes[i] + 1;
                }
                to.accept(image(open, chosen));
            }
            return;
        }
        int given = 0;
        for (int extreme = 0; extreme < 4 && limit >= 4; extreme++) { // all or nothing of each medium
            for (int i = 0; i < sizes.length; i++) {
                chosen[i] = (extreme >> open.get(i).medium & 1) * sizes[i];
            }
            to.accept(image(open, chosen));
            given++;
        }
        while (given++ < limit) {
            boolean few = random.nextBoolean();
            int special = random.nextInt(sizes.length);
            boolean mostlyThere = random.nextBoolean();
            for (int i = 0; i < sizes.length; i++) {
                int any = switch (random.nextInt(3)) {
                    case 0 -> 0;
                    case 1 -> sizes[i];
                    default -> random.nextInt(sizes[i] + 1);
                };
                chosen[i] = few && i != special && random.nextInt(8) > 0 ? mostlyThere ? sizes[i] : 0 : any;
            }
            to.accept(image(open, chosen));
        }
    }

    private Image image(List<Line> open, int[] chosen) {
        Image image = durable.with(null).copy();
        for (int i = 0; i < chosen.length; i++) {
            Line line = open.get(i);
            for (int s = line.durable; s < line.durable + chosen[i]; s++) {
                trace.apply(line.stores.get(s), image);
            }
        }
        return image;
    }
}
