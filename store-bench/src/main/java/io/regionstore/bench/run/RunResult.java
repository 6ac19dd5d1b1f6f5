package io.regionstore.bench.run;

import java.util.List;
import java.util.Map;

/**
 * What a child JVM found.
 *
 * @param phases         one for each subject and workload
 * @param configurations of each subject, in words
 * @param timerNanos     what a call of {@code System.nanoTime} costs: contained in every latency once
 */
public record RunResult(List<PhaseResult> phases, Map<String, String> configurations, double timerNanos) {
}
