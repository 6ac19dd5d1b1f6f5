package io.regionstore.bench.run;

import io.regionstore.Medium;
import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.bench.subject.Keys;
import io.regionstore.bench.subject.Operation;
import io.regionstore.bench.subject.Session;
import io.regionstore.bench.subject.Setup;
import io.regionstore.bench.subject.Subject;
import io.regionstore.bench.subject.Sums;
import io.regionstore.device.MappedMedium;
import io.regionstore.table.HeaderDescriptor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The store, through its public interface. */
final class StoreSubject implements Subject {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private static final Pattern STORE_FILES = Pattern.compile("(image|log)-.*|LOCK");

    private RegionStore store;
    private StoreMedia media;
    private int valueSize;

    @Override
    public void open(Setup setup) throws IOException {
        media = StoreMedia.of(setup);
        valueSize = setup.valueSize();
        erase(media.metadata());
        store = RegionStore.builder().region(media.region()).metadata(media.metadata())
                .failureDomain(media.domain()).overwriteRegion().create();
    }

    /**
     * Forgets the store that a run before this one left. What is in the working folder is gone already; of other media
     * the user said that they may be erased.
     */
    private static void erase(Medium metadata) throws IOException {
        boolean there = switch (metadata) {
            case Medium.File file -> Files.exists(file.path());
            case Medium.Directory directory -> Files.exists(directory.path());
            default -> true;
        };
        if (!there) {
            return;
        }
        if (metadata instanceof Medium.Directory directory) {
            try (Stream<Path> files = Files.list(directory.path())) {
                Optional<Path> other = files.filter(f -> !STORE_FILES.matcher(f.getFileName().toString()).matches())
                        .findFirst();
                if (other.isPresent()) {
                    throw new IOException(other.get() + " is none of a store's files: name another directory");
                }
            }
            WorkFiles.clear(directory.path());
            return;
        }
        try (MappedMedium medium = MappedMedium.open(metadata, false)) {
            medium.segment().asSlice(0, HeaderDescriptor.TABLE).fill((byte) 0);
        }
    }

    @Override
    public String configuration() {
        return media.describe() + ", checksums on";
    }

    /** Devices and files outside of the working folder. */
    List<String> mediumPaths() {
        return Stream.of(media.region(), media.metadata()).map(medium -> switch (medium) {
            case Medium.Device device -> device.path().toString();
            case Medium.File file -> file.path().toString();
            default -> "";
        }).toList();
    }

    @Override
    public Set<Operation> operations() {
        return EnumSet.allOf(Operation.class);
    }

    @Override
    public Session session(int thread) {
        return media.longKeys() ? new LongSession() : new BytesSession();
    }

    @Override
    public void close() {
        if (store != null) {
            store.close();
        }
    }

    private abstract class StoreSession implements Session {
        final Arena arena = Arena.ofShared();
        final MemorySegment value = arena.allocate(valueSize, 64).fill((byte) 0x5A);
        final MemorySegment destination = arena.allocate(valueSize, 64);
        final RecordView view = store.newView();

        final long sum(boolean present) {
            if (!present) {
                return -1;
            }
            long sum = Sums.of(view.region(), view.offset(), view.length());
            view.release();
            return sum;
        }

        final long verified(boolean present) {
            if (!present) {
                return -1;
            }
            view.verify();
            long sum = view.checksum() & 0xFFFF_FFFFL;
            view.release();
            return sum;
        }

        final long stamp(long length) {
            return length < 0 ? -1 : destination.get(LONG, 0);
        }

        @Override
        public void close() {
            view.close();
            arena.close();
        }
    }

    private final class BytesSession extends StoreSession {
        private final MemorySegment key = arena.allocate(Keys.LENGTH, 8);

        private MemorySegment key(long number) {
            key.set(LONG, 0, Keys.first(number));
            key.set(LONG, 8, Keys.second(number));
            return key;
        }

        @Override
        public void put(long number, long stamp) {
            value.set(LONG, 0, stamp);
            store.put(key(number), value);
        }

        @Override
        public long getCopy(long number) {
            return stamp(store.get(key(number), destination, 0));
        }

        @Override
        public long getView(long number) {
            return sum(store.get(key(number), view));
        }

        @Override
        public long getVerified(long number) {
            return verified(store.get(key(number), view));
        }

        @Override
        public boolean delete(long number) {
            return store.delete(key(number));
        }
    }

    private final class LongSession extends StoreSession {
        @Override
        public void put(long number, long stamp) {
            value.set(LONG, 0, stamp);
            store.put(Keys.first(number), value);
        }

        @Override
        public long getCopy(long number) {
            return stamp(store.get(Keys.first(number), destination, 0));
        }

        @Override
        public long getView(long number) {
            return sum(store.get(Keys.first(number), view));
        }

        @Override
        public long getVerified(long number) {
            return verified(store.get(Keys.first(number), view));
        }

        @Override
        public boolean delete(long number) {
            return store.delete(Keys.first(number));
        }
    }
}
