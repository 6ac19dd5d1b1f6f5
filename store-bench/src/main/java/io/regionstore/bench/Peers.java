package io.regionstore.bench;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What the store is compared with. Each peer is a Maven module of its own below {@code store-bench-peers}, in the
 * profile {@code peers}, so that nothing of the product depends on it. Built when it is asked for.
 */
final class Peers {
    /** Names of all there are. */
    static final List<String> ALL = List.of("chronicle-map", "chronicle-map-checksums", "chronicle-queue", "lmdb", "mapdb",
            "mvstore", "pmemobj", "pmemobj-flush", "rocksdb");
    /** Option of peers that can do without checksums. */
    static final String CHECKSUMS = "peer-checksums";

    /** Peers that are another one with an option, for peers that are measured in two ways. */
    private static final Map<String, Variant> VARIANTS = Map.of(
            "chronicle-map-checksums", new Variant("chronicle-map", Map.of(CHECKSUMS, "true")),
            "pmemobj-flush", new Variant("pmemobj", Map.of("peer-flush", "true")));

    private record Variant(String of, Map<String, String> options) {
    }

    /**
     * A peer that can be run.
     *
     * @param name      one of {@link #ALL}
     * @param className of its subject
     * @param classPath of its jar and its libraries
     * @param flags     that its documentation asks for
     * @param options   that tell it from others of the same module
     */
    record Peer(String name, String className, String classPath, List<String> flags, Map<String, String> options) {
        /** How a child is told. */
        String subject() {
            return name + "=" + className;
        }
    }

    private final Path root;
    private final Map<String, String> failures = new TreeMap<>();

    private Peers(Path root) {
        this.root = root;
    }

    /** @return the peers of the build that this class is in */
    static Peers find() {
        try {
            Path here = Path.of(Peers.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            for (Path at = here; at != null; at = at.getParent()) {
                if (Files.isRegularFile(at.resolve("store-bench-peers/pom.xml"))) {
                    return new Peers(at);
                }
            }
            return new Peers(null);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @return name to reason, for those that could not be had */
    Map<String, String> failures() {
        return failures;
    }

    /**
     * @param names peers
     * @param log   where Maven's output goes
     * @param say   told what is going on
     * @return those that can be run; the others are in {@link #failures}
     */
    List<Peer> prepare(List<String> names, Path log, Consumer<String> say) {
        List<Peer> ready = new ArrayList<>();
        if (root == null) {
            names.forEach(name -> failures.put(name, "no store-bench-peers beside this build"));
            return ready;
        }
        List<String> missing = names.stream().filter(name -> !isBuilt(name) && !failures.containsKey(name)).toList();
        if (!missing.isEmpty()) {
            say.accept("building " + String.join(", ", missing) + " (the first time this downloads them)");
            build(missing, log);
        }
        for (String name : names) {
            try {
                if (!isBuilt(name)) {
                    failures.putIfAbsent(name, "not built: " + reason(log, name));
                } else {
                    ready.add(read(name));
                }
            } catch (IOException e) {
                failures.put(name, e.toString());
            }
        }
        return ready;
    }

    private Path module(String name) {
        return root.resolve("store-bench-peers").resolve(moduleName(name));
    }

    private static String moduleName(String name) {
        return VARIANTS.containsKey(name) ? VARIANTS.get(name).of() : name;
    }

    private boolean isBuilt(String name) {
        Path classes = module(name).resolve("target/classes/peer.properties");
        Path libraries = module(name).resolve("target/lib");
        try {
            if (!Files.isRegularFile(classes) || !Files.isDirectory(libraries)) {
                return false;
            }
            try (Stream<Path> sources = Stream.concat(Files.walk(module(name).resolve("src")),
                    Stream.of(module(name).resolve("pom.xml")))) {
                long built = Files.getLastModifiedTime(libraries).toMillis();
                return sources.filter(Files::isRegularFile).allMatch(f -> f.toFile().lastModified() <= built);
            }
        } catch (IOException e) {
            return false;
        }
    }

    /** Without the modules in use by this JVM: their jars must not change under it. */
    private void build(List<String> names, Path log) {
        List<String> modules = names.stream().map(name -> ":bench-peer-" + moduleName(name)).distinct().toList();
        ProcessBuilder builder = new ProcessBuilder("mvn", "-B", "-q", "-fae", "-DskipTests", "-Ppeers", "package", "-pl",
                String.join(",", modules), "-am").directory(root.toFile()).redirectErrorStream(true)
                .redirectOutput(log.toFile()).redirectInput(new File("/dev/null"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        try {
            Process maven = builder.start();
            if (!maven.waitFor(20, TimeUnit.MINUTES)) {
                maven.destroyForcibly();
            }
            for (String name : names) {
                Path libraries = module(name).resolve("target/lib");
                if (Files.isDirectory(libraries)) {
                    Files.setLastModifiedTime(libraries,
                            java.nio.file.attribute.FileTime.fromMillis(System.currentTimeMillis()));
                }
            }
        } catch (IOException e) {
            names.forEach(name -> failures.put(name, "mvn could not be run: " + e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted");
        }
    }

    private static String reason(Path log, String name) {
        try {
            return Files.readAllLines(log).stream().filter(line -> line.startsWith("[ERROR]") && line.contains(name))
                    .findFirst().orElse("see " + log);
        } catch (IOException e) {
            return "see " + log;
        }
    }

    private Peer read(String name) throws IOException {
        Properties properties = new Properties();
        try (var in = Files.newBufferedReader(module(name).resolve("target/classes/peer.properties"))) {
            properties.load(in);
        }
        String flags = properties.getProperty("flags", "").strip();
        return new Peer(name, properties.getProperty("class"), module(name).resolve("target/classes") + File.pathSeparator
                + module(name).resolve("target/lib") + "/*",
                flags.isEmpty() ? List.of() : List.of(flags.split("\\s+")),
                VARIANTS.containsKey(name) ? VARIANTS.get(name).options() : Map.of());
    }
}
