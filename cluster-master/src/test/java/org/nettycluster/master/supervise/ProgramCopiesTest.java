package org.nettycluster.master.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramCopiesTest {
    @TempDir
    private Path home;

    private final List<String> complaints = new ArrayList<>();

    private Path jar(String name, String classPath, String content) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        if (!classPath.isEmpty()) {
            manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath);
        }
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out, manifest)) {
            jar.putNextEntry(new ZipEntry(content));
            jar.closeEntry();
        }
        return file;
    }

    private ProgramCopies copies(String... arguments) {
        return new ProgramCopies(
                home.resolve("programs"),
                "ours",
                WorkerCommand.java(List.of(arguments)),
                (path, problem) -> complaints.add(path.getFileName() + ": " + problem));
    }

    private static List<String> tail(WorkerCommand command) {
        return command.command().subList(1, command.command().size());
    }

    private Path copied(int number, Path file) {
        return home.resolve("programs/ours/" + number).resolve(Path.of("/").relativize(file));
    }

    @Test
    void jarAndWhatItNamesAreCopiedWithTheirPlaces() throws Exception {
        Path library = jar("lib/a.jar", "b.jar", "a");
        Path second = jar("lib/b.jar", "", "b");
        Path main = jar("bin/app.jar", "../lib/a.jar ../conf/ ../lib/missing.jar file:/opt/x.jar", "main");
        Path conf =
                Files.writeString(Files.createDirectories(home.resolve("conf")).resolve("x.properties"), "x=1");
        ProgramCopies copies = copies("-Xmx64m", "-jar", main.toString(), "-jar", "x");
        assertThat(tail(copies.of(1)))
                .containsExactly("-Xmx64m", "-jar", copied(1, main).toString(), "-jar", "x");
        for (Path each : List.of(main, library, second, conf)) {
            assertThat(copied(1, each)).hasSameBinaryContentAs(each);
        }
        assertThat(complaints).isEmpty();
    }

    @Test
    void releaseKeepsItsCopyAndTheNextOneSeesTheReplacedJar() throws Exception {
        Path main = jar("app.jar", "", "first");
        byte[] first = Files.readAllBytes(main);
        ProgramCopies copies = copies("-jar", main.toString());
        WorkerCommand before = copies.of(1);
        assertThat(copies.of(2)).as("nothing was replaced").isEqualTo(before);
        jar("app.jar", "", "second, in place");
        assertThat(copies.of(1)).isEqualTo(before);
        assertThat(copied(1, main)).hasBinaryContent(first);
        WorkerCommand after = copies.of(3);
        assertThat(after).isNotEqualTo(before);
        assertThat(Path.of(after.command().get(2))).hasSameBinaryContentAs(main);
    }

    @Test
    void copyIsRemovedWithItsLastRelease() throws Exception {
        Path main = jar("app.jar", "", "first");
        ProgramCopies copies = copies("-jar", main.toString());
        Path one = Path.of(copies.of(1).command().get(2));
        copies.of(2);
        copies.keep(Set.of(2));
        assertThat(one).exists();
        jar("app.jar", "", "second");
        Path other = Path.of(copies.of(3).command().get(2));
        copies.keep(Set.of(3));
        assertThat(one).doesNotExist();
        assertThat(other).exists();
        copies.close();
        assertThat(home.resolve("programs")).doesNotExist();
    }

    @Test
    void copiesOfAMasterThatWasKilledAreRemovedWhenItsWorkersHaveEnded() throws Exception {
        Path main = jar("app.jar", "", "main");
        Path left = Files.createDirectories(home.resolve("programs/theirs/1"));
        ProgramCopies copies = copies("-jar", main.toString());
        Path ours = Path.of(copies.of(1).command().get(2));
        assertThat(copies.hasOthers()).isTrue();
        copies.removeOthers();
        assertThat(left).doesNotExist();
        assertThat(ours).exists();
        assertThat(copies.hasOthers()).isFalse();
    }

    @Test
    void jarsOfAClassPathAreCopiedAndDirectoriesAreNot() throws Exception {
        Path one = jar("one.jar", "", "one");
        Path two = jar("lib/two.jar", "", "two");
        Path classes = Files.createDirectories(home.resolve("classes"));
        String classPath = one + ":" + classes + ":" + home + "/lib/*:" + home + "/gone.jar:";
        ProgramCopies copies = copies("-cp", classPath, "Main", "-cp", "theirs");
        String copied = copied(1, home).toString();
        assertThat(tail(copies.of(1)))
                .containsExactly(
                        "-cp",
                        copied + "/one.jar:" + classes + ":" + copied + "/lib/*:" + home + "/gone.jar:",
                        "Main",
                        "-cp",
                        "theirs");
        assertThat(copied(1, two)).exists();
    }

    @Test
    void whatCannotBeCopiedRunsFromItsOriginal() {
        ProgramCopies copies = copies("-jar", home.resolve("gone.jar").toString());
        assertThat(tail(copies.of(1)))
                .containsExactly("-jar", home.resolve("gone.jar").toString());
        assertThat(complaints).hasSize(1);
    }

    @Test
    void whatIsNoJarIsCopiedAsItIs() throws Exception {
        Path odd = Files.writeString(home.resolve("odd.jar"), "no zip");
        ProgramCopies copies = copies("-jar", odd.toString());
        assertThat(Path.of(copies.of(1).command().get(2))).hasContent("no zip");
    }

    @Test
    void commandsThatNameNoJarAreLeftAlone() {
        for (List<String> each : List.of(
                List.of("sh", "-c", "java -jar x.jar"),
                List.of("java", "@options", "-jar", "x.jar"),
                List.of("java", "-XX:SharedArchiveFile=x.jsa", "-jar", "x.jar"),
                List.of("java", "-XX:ArchiveClassesAtExit=x.jsa", "-jar", "x.jar"),
                List.of("java", "-p", "mods", "-m", "app/app.Main", "-cp", "x.jar"),
                List.of("java", "-jar"))) {
            WorkerCommand command = WorkerCommand.of(each);
            ProgramCopies copies = new ProgramCopies(
                    home.resolve("programs"), "ours", command, (path, problem) -> complaints.add(path.toString()));
            assertThat(copies.of(1)).isSameAs(command);
        }
        assertThat(complaints).isEmpty();
        assertThat(home.resolve("programs")).doesNotExist();
    }

    @Test
    void optionsWithAValueHideNoClassPath() {
        assertThat(JavaLine.of(List.of("java", "--add-opens", "a/b=c", "-ea", "-classpath", "x", "Main")))
                .isEqualTo(new JavaLine(-1, 5));
        assertThat(JavaLine.of(List.of("/usr/bin/java", "-Dx=-jar", "-jar", "x")))
                .isEqualTo(new JavaLine(3, -1));
        assertThat(JavaLine.of(List.of("java", "Main", "-cp", "x"))).isEqualTo(new JavaLine(-1, -1));
    }
}
