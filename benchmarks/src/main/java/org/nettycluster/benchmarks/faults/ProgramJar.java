package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/** A deployed program whose jar can be replaced by that of another one: each is a class of one file beside the example. */
final class ProgramJar {
    private final Path directory;

    private ProgramJar(Path directory) {
        this.directory = directory;
    }

    /** Copies the example and its libraries into the scenario's directory. */
    static ProgramJar beside(Stage stage) throws IOException {
        Path example = stage.installation().example();
        Path directory = Files.createDirectory(stage.directory().resolve("app"));
        Files.copy(example, directory.resolve("example.jar"));
        Path libraries = Files.createDirectory(directory.resolve("lib"));
        try (Stream<Path> jars = Files.list(example.resolveSibling("lib"))) {
            for (Path jar : jars.toList()) {
                Files.copy(jar, libraries.resolve(jar.getFileName()));
            }
        }
        return new ProgramJar(directory);
    }

    /** Deploys it: the path is always the same. */
    Path of(Class<?> main) throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.MAIN_CLASS, main.getName());
        attributes.put(Attributes.Name.CLASS_PATH, "example.jar");
        Path fresh = directory.resolve("app.jar.new");
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(fresh), manifest)) {
            String name = main.getName().replace('.', '/') + ".class";
            jar.putNextEntry(new JarEntry(name));
            try (InputStream bytes = main.getResourceAsStream("/" + name)) {
                if (bytes == null) {
                    throw new IOException("there is no class file of " + main);
                }
                bytes.transferTo(jar);
            }
        }
        return Files.move(fresh, directory.resolve("app.jar"), StandardCopyOption.REPLACE_EXISTING);
    }
}
