package io.regionstore.proof;

import io.regionstore.FailureDomain;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;

/**
 * What was done on a machine before it crashed: for each operation where in the trace it began, where it was
 * acknowledged, and the states before and after. Used by one thread at a time.
 *
 * @param <S> the state
 */
public final class History<S> {
    /**
     * One operation.
     *
     * @param name   of it, for people
     * @param begin  position in the trace before it
     * @param end    position when it was acknowledged
     * @param before the state it found
     * @param after  the state it left
     * @param from   what the session that it began in survives
     * @param to     what the session that it ended in survives
     * @param settled whether all before its end is durable then; else a crash may take it back, with all after it
     * @param <S>    the state
     */
    public record Step<S>(String name, int begin, int end, S before, S after, FailureDomain from, FailureDomain to,
                          boolean settled) {
        /** Whether a crash at a position must not lose what this relies on. */
        boolean survives(FailureDomain domain, int position) {
            return to.covers(domain) && (from.covers(domain) || position == end);
        }
    }

    private final Machine machine;
    private final Protocol<S> protocol;
    private final S initial;
    private final FailureDomain initialDomain;
    private final List<History<S>> parts;
    private final BinaryOperator<S> union;
    private final List<Step<S>> steps = new ArrayList<>();
    private FailureDomain domain;
    private S state;

    /**
     * @param machine  on which the state is initial
     * @param protocol under proof
     * @param domain   that the first session is to survive
     * @param initial  the state before the first operation
     */
    public History(Machine machine, Protocol<S> protocol, FailureDomain domain, S initial) {
        this(machine, protocol, domain, initial, List.of(), (one, other) -> one);
    }

    private History(Machine machine, Protocol<S> protocol, FailureDomain domain, S initial, List<History<S>> parts,
                    BinaryOperator<S> union) {
        this.parts = parts;
        this.union = union;
        this.machine = machine;
        this.protocol = protocol;
        this.domain = domain;
        initialDomain = domain;
        this.initial = initial;
        state = initial;
    }

    /**
     * What threads did at the same time on one machine, each to a part of the state that no other one touched. To be
     * crashed, not to be gone on with.
     *
     * @param parts one history for each thread
     * @param union makes one state of two parts
     * @param <S>   the state
     * @return the whole
     */
    public static <S> History<S> concurrent(List<History<S>> parts, BinaryOperator<S> union) {
        History<S> first = parts.getFirst();
        S initial = parts.stream().map(part -> part.initial).reduce(union).orElseThrow();
        History<S> whole = new History<>(first.machine, first.protocol, first.domain, initial, List.copyOf(parts), union);
        parts.forEach(part -> whole.steps.addAll(part.steps));
        whole.steps.sort(Comparator.comparingInt(Step::begin));
        whole.state = parts.stream().map(part -> part.state).reduce(union).orElseThrow();
        return whole;
    }

    /**
     * Does an operation that is durable when it returns.
     *
     * @param name      for people
     * @param operation on the machine; returns the state after it
     */
    public void step(String name, Supplier<S> operation) {
        step(name, domain, true, operation);
    }

    /**
     * Does an operation.
     *
     * @param name      for people
     * @param next      what the session that it ends in survives
     * @param settles   whether it, and all before it, is durable when it returns
     * @param operation on the machine; returns the state after it
     */
    public void step(String name, FailureDomain next, boolean settles, Supplier<S> operation) {
        int begin = machine.trace().size();
        S after = operation.get();
        steps.add(new Step<>(name, begin, machine.trace().size(), state, after, domain, next, settles));
        domain = next;
        state = after;
    }

    /** @return the machine */
    public Machine machine() {
        return machine;
    }

    /** @return what is under proof */
    public Protocol<S> protocol() {
        return protocol;
    }

    /** @return what was done, in order */
    public List<Step<S>> steps() {
        return Collections.unmodifiableList(steps);
    }

    /** @return the state now */
    public S state() {
        return state;
    }

    /** @return what the session now survives */
    public FailureDomain domain() {
        return domain;
    }

    /**
     * @param position in the trace
     * @return the states that may be found after a crash there: what was acknowledged, with or without the operation in
     *         flight; back to the last operation that settled all
     */
    public List<S> allowed(int position) {
        return parts.isEmpty() ? allowedOfOneThread(position) : parts.stream().map(part -> part.allowed(position))
                .reduce((some, others) -> some.stream()
                        .flatMap(one -> others.stream().map(other -> union.apply(one, other))).toList()).orElseThrow();
    }

    private List<S> allowedOfOneThread(int position) {
        Set<S> allowed = new LinkedHashSet<>();
        allowed.add(initial);
        for (Step<S> step : steps) {
            if (position <= step.begin()) {
                break;
            }
            if (position >= step.end() && step.settled()) {
                allowed.clear();
            }
            allowed.add(step.after());
        }
        return List.copyOf(allowed);
    }

    /**
     * @param crash    how the machine ends
     * @param position where in the trace
     * @return whether nothing may be lost
     */
    public boolean survives(Crash crash, int position) {
        FailureDomain idle = initialDomain; // between two operations, while something is done in the background
        boolean safe = true;
        boolean between = true;
        for (Step<S> step : steps) {
            if (position > step.end()) {
                idle = step.to();
            } else if (position >= step.begin()) {
                between = false;
                safe &= step.survives(crash.domain(), position);
            }
        }
        return between ? idle.covers(crash.domain()) : safe;
    }

    @Override
    public String toString() {
        return steps.stream().map(Step::name).toList().toString();
    }
}
