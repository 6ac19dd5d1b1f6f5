package io.regionstore.proof;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** A walk along a trace that makes the images which a crash at its position can leave. */
public final class CrashImages {
    private static final int FILE_VARIANTS = 6;

    private final Trace trace;
    private final Image visible;
    private final DirtyLines lines;
    private final Random random;
    private int position;

    /**
     * @param trace  of a machine
     * @param random where not all images are made
     */
    public CrashImages(Trace trace, Random random) {
        this.trace = trace;
        this.random = random;
        visible = trace.initial();
        lines = new DirtyLines(trace);
    }

    /** Goes on to a later position. */
    public void advanceTo(int target) {
        lines.advanceTo(target);
        for (; position < target; position++) {
            trace.apply(position, visible);
        }
    }

    /**
     * @param crash at this position
     * @param limit how many images at most, where there are more
     * @param to    given each image, its own
     */
    public void forEach(Crash crash, int limit, Consumer<Image> to) {
        if (crash == Crash.PROCESS) {
            to.accept(visible.copy()); // with what the kernel has not written yet
            return;
        }
        List<FileState> files = files(crash == Crash.KERNEL ? limit : FILE_VARIANTS);
        if (crash == Crash.KERNEL) {
            files.forEach(state -> to.accept(visible.with(null).copy().with(state)));
        } else if (files.size() == 1) {
            lines.images(limit, random, image -> to.accept(image.with(files.getFirst())));
        } else {
            // all files with the first images, in which whole media are lost or kept; then any with any
            int[] given = new int[1];
            lines.images(limit, random, image -> {
                boolean first = given[0]++ < 4 && limit >= 4;
                for (FileState state : first ? files : List.of(files.get(random.nextInt(files.size())))) {
                    to.accept(image.copy().with(state));
                }
            });
        }
    }

    /** All that a crash can leave of the files, if they are few; else everything, nothing, and random ones. */
    private List<FileState> files(int limit) {
        FileState state = visible.files();
        List<FileState> left = new ArrayList<>();
        int open = state == null ? 0 : state.open();
        if (state == null) {
            left.add(null);
        } else if (open < 20 && 1 << open <= limit) {
            for (int subset = 0; subset < 1 << open; subset++) {
                int chosen = subset;
                left.add(state.afterCrash(unit -> (chosen >> unit & 1) * FileState.SECTOR));
            }
        } else {
            left.add(state.afterCrash(unit -> 0));
            left.add(state.afterCrash(unit -> FileState.SECTOR));
            while (left.size() < limit) {
                left.add(random(state, open));
            }
        }
        return left;
    }

    /** Mostly one change differs from the rest; some sectors are torn. */
    private FileState random(FileState state, int open) {
        int special = random.nextInt(open);
        int rest = random.nextInt(3);
        return state.afterCrash(unit -> {
            int kept = rest == 2 || unit == special ? random.nextInt(3) : rest * 2;
            return kept == 2 ? FileState.SECTOR : kept == 0 ? 0 : 8 * random.nextInt(FileState.SECTOR / 8);
        });
    }
}
