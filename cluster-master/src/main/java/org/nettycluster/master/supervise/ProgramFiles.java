package org.nettycluster.master.supervise;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Which files make up a program: its jars, and what their manifests name. Reads the disk; keeps nothing. */
final class ProgramFiles {
    private ProgramFiles() {}

    /** What tells that a file was replaced, or rewritten in place. */
    record Print(@Nullable Object inode, long size, FileTime modified) {
        static Print of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Print(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
        }
    }

    /**
     * All of them, the given ones and those that they lead to.
     *
     * @throws IOException if one of the given jars cannot be read
     */
    static Map<Path, Print> of(List<Path> jars, Path workingDirectory) throws IOException {
        Map<Path, Print> files = new LinkedHashMap<>();
        Deque<Path> open = new ArrayDeque<>();
        jars.forEach(jar -> open.add(workingDirectory.resolve(jar).normalize()));
        while (!open.isEmpty()) {
            Path file = open.removeFirst();
            if (files.containsKey(file)) {
                continue;
            }
            if (Files.isDirectory(file)) {
                try (Stream<Path> tree = Files.walk(file)) {
                    for (Path each : tree.filter(Files::isRegularFile).toList()) {
                        files.put(each, Print.of(each));
                    }
                }
                continue;
            }
            files.put(file, Print.of(file));
            for (String name : classPath(file)) {
                Path named = resolve(file, name);
                if (named != null && Files.exists(named)) {
                    open.add(named);
                }
            }
        }
        return files;
    }

    private static List<String> classPath(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile(), false)) {
            Manifest manifest = file.getManifest();
            String value =
                    manifest == null ? null : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
            return value == null || value.isBlank()
                    ? List.of()
                    : List.of(value.strip().split("\\s+"));
        } catch (ZipException e) {
            // Not a jar, whatever its name says: the JVM will tell.
            return List.of();
        }
    }

    /** Null for what is named by a whole URL: it is found without us, and is not copied. */
    private static @Nullable Path resolve(Path jar, String name) {
        try {
            URI uri = URI.create(name);
            if (uri.isAbsolute() || uri.getPath() == null || uri.getPath().startsWith("/")) {
                return null;
            }
            return jar.resolveSibling(uri.getPath()).normalize();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
