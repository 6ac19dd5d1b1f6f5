package io.regionstore.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Where an Error can come from, and one that comes from there: what the classes of {@link ErrorPointClasses} call before
 * each thing that may need heap, direct memory or stack. Such a place is a <em>point</em>, and has a number. Nothing
 * happens at a point until a {@link Plan} is {@linkplain #follow followed}. One plan at a time, whatever the number of
 * threads.
 */
public final class ErrorPoints {
    /** What there is none of. */
    public enum Lack {
        /** Stack: before every call of a method, of the product's or of the JDK's. */
        STACK {
            @Override
            Error error() {
                return new StackOverflowError("injected");
            }
        },
        /** Heap: before everything that makes an object, an array, a lambda or a string, and calls that return one. */
        HEAP {
            @Override
            Error error() {
                return new OutOfMemoryError("injected: Java heap space");
            }
        },
        /** Direct memory: before calls of channels and arenas, and of what makes direct buffers. */
        DIRECT {
            @Override
            Error error() {
                return new OutOfMemoryError("injected: Cannot reserve direct buffer memory");
            }
        };

        /** A new one each time: what is thrown twice would suppress itself. */
        abstract Error error();

        int bit() {
            return 1 << ordinal();
        }
    }

    /** How long the lack lasts. */
    public enum Lasting {
        /** One Error, and all is well: what another thread had taken for a moment. */
        ONCE,
        /** Each point that lies as deep in the stack as the first, or deeper, throws: what a stack that is full does. */
        AS_DEEP,
        /** Every point throws: a heap that stays full, or the rest of a stack that is too short for any call. */
        FROM_THEN_ON
    }

    /**
     * What is to happen.
     *
     * @param lack    of what
     * @param number  of the visit that is the first to throw, from 1, counted among visits to points of this lack by the
     *                threads meant
     * @param lasting for how long
     * @param threads which threads are meant
     */
    public record Plan(Lack lack, long number, Lasting lasting, Predicate<Thread> threads) {
        /** Nothing is thrown; visits are counted and noted. */
        public static Plan watching(Lack lack, Predicate<Thread> threads) {
            return new Plan(lack, Long.MAX_VALUE, Lasting.ONCE, threads);
        }

        @Override
        public String toString() {
            return lack + " at visit " + number + " " + lasting;
        }
    }

    private static final StackWalker WALKER = StackWalker.getInstance();
    private static final List<String> NAMES = new ArrayList<>();
    private static volatile int[] lacks = new int[1024];
    /** Bit of the lack that the plan wants, 0 when no plan is followed. */
    private static volatile int wanted;
    private static Plan plan;
    private static long visits;
    private static long depth;
    private static String first;
    private static List<Integer> noted;

    private ErrorPoints() {
    }

    /** Makes a point; called while a class is rewritten. */
    static synchronized int add(String name, int bits) {
        int point = NAMES.size();
        NAMES.add(name);
        if (point == lacks.length) {
            lacks = java.util.Arrays.copyOf(lacks, point * 2);
        }
        lacks[point] = bits;
        return point;
    }

    /** From now on; the visits are counted from 0. */
    public static synchronized void follow(Plan next) {
        plan = next;
        visits = 0;
        depth = -1;
        first = null;
        noted = next.number == Long.MAX_VALUE ? new ArrayList<>() : null;
        wanted = next.lack.bit();
    }

    /** From now on nothing is thrown. */
    public static synchronized void stop() {
        wanted = 0;
    }

    /** @return where the first Error of the last plan came from, or null when its number was not reached */
    public static synchronized String fired() {
        return first;
    }

    /** @return the points that were visited while the last plan watched, in this order */
    public static synchronized List<Integer> visited() {
        return List.copyOf(noted);
    }

    /** @return class, method and line of a point */
    public static synchronized String name(int point) {
        return NAMES.get(point);
    }

    /** Called by rewritten classes. */
    public static void at(int point) {
        if ((wanted & lacks[point]) != 0) {
            visit(point);
        }
    }

    private static void visit(int point) {
        Error error = null;
        synchronized (ErrorPoints.class) {
            if (wanted != 0 && plan.threads.test(Thread.currentThread())) {
                visits++;
                if (noted != null) {
                    noted.add(point);
                } else if (visits == plan.number || visits > plan.number && goesOn()) {
                    if (first == null) {
                        first = NAMES.get(point);
                        depth = plan.lasting == Lasting.AS_DEEP ? depthNow() : 0;
                    }
                    error = plan.lack.error();
                }
            }
        }
        if (error != null) {
            throw error;
        }
    }

    private static boolean goesOn() {
        return switch (plan.lasting) {
            case ONCE -> false;
            case AS_DEEP -> depthNow() >= depth;
            case FROM_THEN_ON -> true;
        };
    }

    private static long depthNow() {
        return WALKER.walk(frames -> frames.filter(frame -> !frame.getClassName().equals(ErrorPoints.class.getName()))
                .count());
    }
}
