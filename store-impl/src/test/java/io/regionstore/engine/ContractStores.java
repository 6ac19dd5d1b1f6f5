package io.regionstore.engine;

import io.regionstore.DamagePolicy;
import io.regionstore.PayloadVerification;
import io.regionstore.RegionStore;
import io.regionstore.proof.FileState;
import io.regionstore.proof.Image;
import io.regionstore.proof.Machine;
import io.regionstore.spi.StoreProvider.Mode;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Where the contract of a store is tried: on every kind of real media, and on those of a simulated machine. */
interface ContractStores {
    /** Bytes of every region. */
    long REGION = 8 << 20;

    RegionStore create(Path home, long slots);

    /** Opens what was created. */
    RegionStore open(Path home);

    /** Whether nothing can be loaded from a view's segment after close. */
    boolean unmaps();

    static Stream<ContractStores> all() {
        return Stream.concat(Stream.of(StoreSetup.values()).map(OnRealMedia::new),
                Stream.of(StoreSetup.values()).map(OnSimulatedMedia::new));
    }

    /** Mapped files and directories. */
    record OnRealMedia(StoreSetup setup) implements ContractStores {
        @Override
        public RegionStore create(Path home, long slots) {
            return setup.builder(home, REGION, slots).create();
        }

        @Override
        public RegionStore open(Path home) {
            return setup.builder(home, REGION, 0).open();
        }

        @Override
        public boolean unmaps() {
            return true;
        }
    }

    /** A simulated machine. */
    final class OnSimulatedMedia implements ContractStores {
        private final StoreSetup setup;
        private Machine machine;

        OnSimulatedMedia(StoreSetup setup) {
            this.setup = setup;
        }

        @Override
        public RegionStore create(Path home, long slots) {
            machine = new Machine(Image.blank((int) REGION, setup.directory ? 0 : (int) (slots * 48 + 65536))
                    .with(setup.directory ? new FileState() : null), 1);
            return open(Mode.CREATE, slots);
        }

        @Override
        public RegionStore open(Path home) {
            return open(Mode.OPEN, 0);
        }

        private RegionStore open(Mode mode, long slots) {
            return SimulatedMedia.open(machine, setup.domain, mode, slots, setup.relaxed, PayloadVerification.FULL,
                    DamagePolicy.REFUSE);
        }

        @Override
        public boolean unmaps() {
            return false;
        }

        @Override
        public String toString() {
            return "simulated " + setup;
        }
    }
}
