package io.regionstore.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One measurement: workloads, each for all subjects of the settings.
 *
 * @param how       settings
 * @param workloads labels
 * @param valueSize bytes
 * @param threads   at a time
 * @param ofPeers   workloads of those peers that do not do all of them
 * @param data      folder for the subjects' files; null for the one that all share
 * @param suffix    of the subjects' names in the results, to tell them from others of the same size
 */
record Plan(Settings how, List<String> workloads, long valueSize, int threads, Map<String, List<String>> ofPeers,
            Path data, String suffix) {
    Plan(Settings how, List<String> workloads, long valueSize, int threads) {
        this(how, workloads, valueSize, threads, Map.of(), null, "");
    }

    Plan peersDoing(Map<String, List<String>> workloadsOf) {
        return new Plan(how, workloads, valueSize, threads, workloadsOf, data, suffix);
    }

    Plan named(String newSuffix) {
        return new Plan(how, workloads, valueSize, threads, ofPeers, data, newSuffix);
    }

    Plan in(Path folder) {
        return new Plan(how, workloads, valueSize, threads, ofPeers, folder, suffix);
    }

    /** @return labels of what a peer does */
    List<String> of(String peer) {
        return ofPeers.getOrDefault(peer, workloads);
    }

    @Override
    public String toString() {
        return String.join(",", workloads) + ", " + valueSize + " bytes, " + threads + " thread(s)"
                + (how.rate() == 0 ? "" : ", " + how.rate() + "/s") + (suffix.isEmpty() ? "" : ", " + suffix.substring(1));
    }
}
