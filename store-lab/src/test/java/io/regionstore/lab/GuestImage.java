package io.regionstore.lab;

import io.regionstore.lab.guest.Rehearsal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a machine of the lab boots from, made once a test run: a kernel, a small initramfs (busybox and modules), and a
 * disk with everything else: kexec, daxctl and their libraries, a Java runtime, the project's jars, the guest's script,
 * and the kernel and the initramfs once more, for kexec.
 */
final class GuestImage {
    private static final List<String> MODULES = List.of("virtio_pci", "virtio_blk", "dax_hmem", "device_dax", "ext4");
    private static final Pattern LIBRARY = Pattern.compile("(?:=> )?(/\\S+) \\(0x");
    /** Those that the cache depends on. */
    private static final List<String> JVM_OPTIONS = List.of("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED",
            "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED");
    private static final long TOOLS_MEBIBYTES = 256;

    private final Path directory;
    private final Path kernel;

    private GuestImage(Path directory, Path kernel) {
        this.directory = directory;
        this.kernel = kernel;
    }

    /**
     * @param directory      emptied first
     * @param classPathParts a class of each jar or class directory that the guest runs
     * @return the image
     */
    static GuestImage build(Path directory, List<Class<?>> classPathParts) {
        try {
            deleteTree(directory);
            Files.createDirectories(directory);
            GuestImage image = new GuestImage(directory, HostTools.kernel());
            image.buildInitramfs();
            image.buildTools(classPathParts);
            return image;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return the directory of the image */
    Path directory() {
        return directory;
    }

    /** @return the kernel that the emulator starts */
    Path kernel() {
        return kernel;
    }

    /** @return its initramfs */
    Path initramfs() {
        return directory.resolve("initramfs.gz");
    }

    /** @return the disk of tools */
    Path tools() {
        return directory.resolve("tools.img");
    }

    /**
     * @param disk      a file, replaced
     * @param mebibytes its size
     * @return an empty ext4 file system in it
     */
    static Path emptyFileSystem(Path disk, long mebibytes) {
        return fileSystem(disk, mebibytes, null);
    }

    private static Path fileSystem(Path disk, long mebibytes, Path content) {
        try {
            Files.deleteIfExists(disk);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> command = new ArrayList<>(List.of(HostTools.program("mkfs.ext4").toString(), "-q", "-F", "-E",
                "root_owner=0:0"));
        if (content != null) {
            command.addAll(List.of("-O", "^has_journal", "-d", content.toString()));
        }
        command.addAll(List.of(disk.toString(), mebibytes + "M"));
        HostTools.run(command.toArray(String[]::new));
        return disk;
    }

    private void buildInitramfs() throws IOException {
        Path root = directory.resolve("initramfs");
        copy(HostTools.program("busybox"), root.resolve("bin/busybox"));
        copyResource("init", root.resolve("init"));
        if (!root.resolve("init").toFile().setExecutable(true)) {
            throw new IOException(root.resolve("init") + " cannot be made executable");
        }
        List<String> order = new ArrayList<>();
        for (Path module : modules()) {
            order.add(module.getFileName().toString());
            copy(module, root.resolve("modules").resolve(module.getFileName()));
        }
        Files.write(root.resolve("modules/order"), order);
        HostTools.run(root, "sh", "-c", "find . | '" + HostTools.program("cpio") + "' -o --quiet -H newc -R 0:0 | gzip -1 >'"
                + initramfs() + "'");
    }

    private Set<Path> modules() {
        Set<Path> files = new LinkedHashSet<>();
        for (String module : MODULES) {
            String plan = HostTools.run(HostTools.program("modprobe").toString(), "-S", HostTools.release(kernel),
                    "--show-depends", module);
            plan.lines().filter(line -> line.startsWith("insmod "))
                    .forEach(line -> files.add(Path.of(line.split(" ")[1])));
        }
        return files;
    }

    private void buildTools(List<Class<?>> classPathParts) throws IOException {
        Path root = directory.resolve("tools");
        copy(kernel, root.resolve("boot/vmlinuz"));
        copy(initramfs(), root.resolve("boot/initramfs"));
        Path runtime = root.resolve("jre");
        HostTools.run(Path.of(System.getProperty("java.home"), "bin", "jlink").toString(), "--add-modules",
                String.join(",", platformModules(classPathParts)), "--strip-debug", "--no-header-files",
                "--no-man-pages", "--output", runtime.toString());
        copyProgram("kexec", root);
        copyProgram("daxctl", root);
        copyLibraries(runtime.resolve("bin/java"), root);
        copyLibraries(runtime.resolve("lib/server/libjvm.so"), root);
        copyResource("guest.sh", root.resolve("lab/guest.sh"));
        List<String> jars = new ArrayList<>();
        for (Class<?> part : classPathParts) {
            String jar = part.getSimpleName() + ".jar";
            copyJar(source(part), root.resolve("lab/lib").resolve(jar));
            jars.add(jar);
        }
        Files.writeString(root.resolve("lab/classpath"), classPath("/tools/lab/lib/", jars) + "\n");
        rehearse(root, jars);
        fileSystem(tools(), TOOLS_MEBIBYTES, root);
    }

    /**
     * Makes the cache that the guest's programs start from, see {@link Rehearsal}. It is valid for these very files: the
     * file system keeps the times of their last change, and their paths may differ in how they begin.
     */
    private void rehearse(Path root, List<String> jars) throws IOException {
        Path files = Files.createDirectory(directory.resolve("rehearsal"));
        List<String> command = new ArrayList<>(List.of(root.resolve("jre/bin/java").toString(),
                "-XX:AOTCacheOutput=" + root.resolve("lab/cache.aot")));
        command.addAll(JVM_OPTIONS);
        command.addAll(List.of("-cp", classPath(root.resolve("lab/lib") + "/", jars), Rehearsal.class.getName(),
                files.toString()));
        HostTools.run(command.toArray(String[]::new));
        Files.writeString(root.resolve("lab/options"), String.join(" ", JVM_OPTIONS) + "\n");
    }

    private static String classPath(String directory, List<String> jars) {
        return jars.stream().map(directory::concat).collect(Collectors.joining(":"));
    }

    private static void copyJar(Path source, Path jar) throws IOException {
        if (Files.isDirectory(source)) {
            Files.createDirectories(jar.getParent());
            HostTools.run(Path.of(System.getProperty("java.home"), "bin", "jar").toString(), "--create", "--file",
                    jar.toString(), "-C", source.toString(), ".");
        } else {
            copy(source, jar);
        }
    }

    /** The JDK's modules that the project's modules require. */
    private static Set<String> platformModules(List<Class<?>> classPathParts) {
        Set<String> names = new TreeSet<>(Set.of("java.base"));
        ModuleFinder.of(classPathParts.stream().map(GuestImage::source).toArray(Path[]::new)).findAll().stream()
                .flatMap(module -> module.descriptor().requires().stream())
                .map(ModuleDescriptor.Requires::name)
                .filter(name -> ModuleFinder.ofSystem().find(name).isPresent())
                .forEach(names::add);
        return names;
    }

    private static Path source(Class<?> part) {
        return Path.of(part.getProtectionDomain().getCodeSource().getLocation().getPath());
    }

    private static void copyProgram(String name, Path root) throws IOException {
        Path program = HostTools.program(name);
        copy(program, root.resolve("sbin").resolve(name));
        copyLibraries(program, root);
    }

    /** Libraries keep their paths, so that the loader finds them where it looks on the host. */
    private static void copyLibraries(Path program, Path root) throws IOException {
        Matcher libraries = LIBRARY.matcher(HostTools.run(HostTools.program("ldd").toString(), program.toString()));
        while (libraries.find()) {
            Path library = Path.of(libraries.group(1));
            if (!library.normalize().startsWith(root)) {
                copy(library, root.resolve(Path.of("/").relativize(library)));
            }
        }
    }

    private static void copyResource(String name, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        try (InputStream content = GuestImage.class.getResourceAsStream("/lab/" + name)) {
            Files.copy(content, to);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void deleteTree(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
