package io.regionstore.proof.store;

import io.regionstore.DamagePolicy;
import io.regionstore.FailureDomain;
import io.regionstore.PayloadVerification;
import io.regionstore.RegionStore;
import io.regionstore.engine.SimulatedMedia;
import io.regionstore.proof.Machine;
import io.regionstore.proof.Protocol;
import io.regionstore.spi.StoreProvider.Mode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A region store: its state is what each key holds. After a crash every store is opened with one of the ways to treat
 * damage and to verify payloads, since none of them may make a difference.
 */
final class StoreProtocol implements Protocol<Map<String, Stored>> {
    private static final Duration NEVER = Duration.ofDays(1);

    private final boolean relaxed;
    private final Map<String, Long> highest = new ConcurrentHashMap<>();

    /** @param relaxed whether commits are durable only when something makes them so */
    StoreProtocol(boolean relaxed) {
        this.relaxed = relaxed;
    }

    /** Remembers a version that was given out: it is never given again. */
    void given(String key, long version) {
        highest.merge(key, version, Math::max);
    }

    RegionStore openStore(Machine machine, FailureDomain domain) {
        return open(machine, domain, PayloadVerification.FULL, DamagePolicy.REFUSE);
    }

    private RegionStore open(Machine machine, FailureDomain domain, PayloadVerification verification,
                             DamagePolicy policy) {
        return SimulatedMedia.open(machine, domain, Mode.OPEN, 0, relaxed ? NEVER : Duration.ZERO, verification, policy);
    }

    @Override
    public Session<Map<String, Stored>> open(Machine machine, FailureDomain domain) {
        long any = machine.trace().initial().fingerprint();
        PayloadVerification[] verifications = PayloadVerification.values();
        RegionStore store = open(machine, domain, verifications[Math.floorMod(any, verifications.length)],
                (any & 8) == 0 ? DamagePolicy.REFUSE : DamagePolicy.DROP);
        return new Opened(store);
    }

    private final class Opened implements Session<Map<String, Stored>> {
        private final RegionStore store;

        Opened(RegionStore store) {
            this.store = store;
        }

        @Override
        public Map<String, Stored> read() {
            return Records.read(store);
        }

        @Override
        public void use(Map<String, Stored> found, List<Map<String, Stored>> allowed) {
            highest.forEach((key, version) -> {
                boolean given = !relaxed && allowed.stream()
                        .anyMatch(state -> state.containsKey(key) && state.get(key).version() == version);
                boolean there = found.containsKey(key);
                long next = Records.put(store, key, new byte[0]);
                if (given && next <= version || there && next <= found.get(key).version()) {
                    throw new AssertionError(key + " was at version " + version + " and is given version " + next);
                }
            });
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
