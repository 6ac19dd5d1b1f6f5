package io.regionstore.bench;

import io.regionstore.bench.report.Summary;
import io.regionstore.bench.report.Summary.Repetition;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one measurement found.
 *
 * @param summaries of all its subjects and workloads
 */
record Found(List<Summary> summaries) {
    /** @return the summary, or null when there are no figures */
    Summary of(String subject, String workload) {
        return summaries.stream().filter(s -> s.subject().equals(subject) && s.workload().equals(workload)
                && s.isMeasured()).findFirst().orElse(null);
    }

    Summary store(String workload) {
        return required("regionstore", workload);
    }

    Summary limit(String workload) {
        return required("limit", workload);
    }

    private Summary required(String subject, String workload) {
        Summary found = of(subject, workload);
        if (found == null) {
            throw new BenchFailure(workload + ": " + why(subject));
        }
        return found;
    }

    /** @return why there are no figures of a subject */
    String why(String subject) {
        return summaries.stream().filter(s -> s.subject().equals(subject) && !s.isMeasured()).map(Summary::failure)
                .findFirst().orElse(subject + " was not measured");
    }

    /**
     * What the machine does meanwhile meets both sides of a repetition, so it cancels here.
     *
     * @param above  numerator
     * @param below  denominator
     * @param figure of a repetition
     * @return the median of the ratios of the repetitions that both have
     */
    static double ratio(Summary above, Summary below, ToDoubleFunction<Repetition> figure) {
        return ratio(above, List.of(below), figure);
    }

    /** As {@link #ratio(Summary, Summary, ToDoubleFunction)}, to the highest figure of several. */
    static double ratio(Summary above, List<Summary> below, ToDoubleFunction<Repetition> figure) {
        List<Double> ratios = new ArrayList<>();
        for (Repetition one : above.each()) {
            below.stream().flatMap(s -> s.each().stream()).filter(r -> r.number() == one.number())
                    .mapToDouble(figure).max().ifPresent(most -> ratios.add(figure.applyAsDouble(one) / most));
        }
        if (ratios.isEmpty()) {
            throw new BenchFailure("no repetition of both " + above.subject() + " and "
                    + below.stream().map(Summary::subject).toList());
        }
        return Summary.median(ratios, Double::doubleValue);
    }
}
