package org.nettycluster.master.supervise;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Private copies of the program's jars, one for each release: whoever replaces the originals disturbs no worker that runs,
 * and none of the same release that is started after a crash. On the supervisor's thread.
 *
 * <p>Each file lies in the copy under its whole path, so that what a manifest names by a relative path is found. Only jars
 * are copied, and what a jar's Class-Path names; directories on the class path stay where they are.
 */
public final class ProgramCopies implements AutoCloseable {
    private final Path programs;
    private final Path directory;
    private final WorkerCommand command;
    private final JavaLine line;
    private final BiConsumer<Path, IOException> complaints;
    private final Map<Integer, Copy> copies = new HashMap<>();
    private int last;

    /**
     * @param programs where they lie, each master's under a name of its own; made when it is needed
     * @param name of this master's, never used before
     * @param complaints told of what could not be copied, or removed; workers run from the original then
     */
    public ProgramCopies(Path programs, String name, WorkerCommand command, BiConsumer<Path, IOException> complaints) {
        this.programs = programs;
        this.directory = programs.resolve(name);
        this.command = command;
        this.line = JavaLine.of(command.command());
        this.complaints = complaints;
    }

    private record Copy(Path root, Map<Path, ProgramFiles.Print> prints, WorkerCommand command) {}

    /** What this release runs; taken from the disk now if it is not known. */
    public WorkerCommand of(int release) {
        if (line.jar() < 0 && line.classPath() < 0) {
            return command;
        }
        Copy copy = copies.get(release);
        if (copy == null) {
            copy = take();
            copies.put(release, copy);
        }
        return copy.command;
    }

    private Copy take() {
        Path root = directory.resolve(Integer.toString(++last));
        try {
            Map<Path, ProgramFiles.Print> prints = ProgramFiles.of(roots(), workingDirectory());
            for (Copy each : copies.values()) {
                if (each.prints.equals(prints)) {
                    // Nothing was replaced.
                    return each;
                }
            }
            for (Path file : prints.keySet()) {
                Path target = inCopy(root, file);
                Files.createDirectories(parent(target));
                Files.copy(file, target);
            }
            return new Copy(root, prints, moved(root));
        } catch (IOException | UncheckedIOException e) {
            complaints.accept(
                    root, e instanceof UncheckedIOException unchecked ? unchecked.getCause() : (IOException) e);
            remove(root);
            return new Copy(root, Map.of(), command);
        }
    }

    private Path workingDirectory() {
        Path own = command.directory();
        return (own == null ? Path.of("") : own).toAbsolutePath();
    }

    private List<Path> roots() throws IOException {
        if (line.jar() >= 0) {
            return List.of(workingDirectory().resolve(command.command().get(line.jar())));
        }
        List<Path> jars = new ArrayList<>();
        for (String entry : command.command().get(line.classPath()).split(File.pathSeparator, -1)) {
            Path path = workingDirectory().resolve(withoutStar(entry));
            if (isWildcard(entry) && Files.isDirectory(path)) {
                try (Stream<Path> all = Files.list(path)) {
                    all.filter(ProgramCopies::isJar).sorted().forEach(jars::add);
                }
            } else if (!entry.isEmpty() && Files.isRegularFile(path)) {
                jars.add(path);
            }
        }
        return jars;
    }

    private WorkerCommand moved(Path root) {
        List<String> words = new ArrayList<>(command.command());
        if (line.jar() >= 0) {
            words.set(line.jar(), moved(root, words.get(line.jar())));
        } else {
            words.set(
                    line.classPath(),
                    Stream.of(words.get(line.classPath()).split(File.pathSeparator, -1))
                            .map(entry -> moved(root, entry))
                            .collect(Collectors.joining(File.pathSeparator)));
        }
        return new WorkerCommand(words, command.environment(), command.directory());
    }

    private String moved(Path root, String entry) {
        Path original = workingDirectory().resolve(withoutStar(entry));
        Path copy = inCopy(root, original);
        if (isWildcard(entry)) {
            return Files.isDirectory(copy) ? copy + File.separator + "*" : entry;
        }
        return !entry.isEmpty() && Files.isRegularFile(copy) ? copy.toString() : entry;
    }

    private static boolean isWildcard(String entry) {
        return entry.equals("*") || entry.endsWith(File.separator + "*");
    }

    private static String withoutStar(String entry) {
        return isWildcard(entry) ? entry.substring(0, entry.length() - 1) : entry;
    }

    private static boolean isJar(Path file) {
        return Files.isRegularFile(file)
                && file.toString().toLowerCase(Locale.ROOT).endsWith(".jar");
    }

    private static Path inCopy(Path root, Path file) {
        return root.resolve(Path.of("/").relativize(file.toAbsolutePath().normalize()));
    }

    private static Path parent(Path file) {
        Path parent = file.getParent();
        return parent == null ? file : parent;
    }

    /** Removes the copies of all other releases: nobody runs them, or will. */
    public void keep(Set<Integer> releases) {
        Set<Path> before = roots(copies);
        copies.keySet().retainAll(releases);
        before.removeAll(roots(copies));
        before.forEach(this::remove);
    }

    private static Set<Path> roots(Map<Integer, Copy> copies) {
        return copies.values().stream().map(Copy::root).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Whether a master that was killed has left copies; its workers may still drain. */
    public boolean hasOthers() {
        return !others().isEmpty();
    }

    /** Removes what others have left. */
    public void removeOthers() {
        others().forEach(this::remove);
    }

    private List<Path> others() {
        if (!Files.isDirectory(programs)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(programs)) {
            return all.filter(each -> !each.equals(directory)).toList();
        } catch (IOException e) {
            complaints.accept(programs, e);
            return List.of();
        }
    }

    /** Removes all of them. */
    @Override
    public void close() {
        copies.clear();
        remove(programs);
    }

    private void remove(Path tree) {
        if (!Files.isDirectory(tree)) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            complaints.accept(tree, e);
        }
    }
}
