package org.nettycluster.cli;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.schedule.Scheduler;

/**
 * A scheduler of the user's, found by its name. It runs in the master: its class sees the master's classes first, then
 * those on the path that it was found on, and stays as it is until the master ends.
 */
final class SchedulerClass {
    private SchedulerClass() {}

    /**
     * Makes one by its public constructor without arguments.
     *
     * @param classPath files, directories, and directories with a star, as for {@code java -cp}
     * @throws IllegalArgumentException if that can't be done, with the reason for the user, in one line
     */
    static Scheduler instance(String name, String classPath) {
        try {
            // Not closed: classes are loaded when they are needed first.
            ClassLoader loader = new URLClassLoader(urls(classPath), SchedulerClass.class.getClassLoader());
            Class<?> found = Class.forName(name, true, loader);
            if (!Scheduler.class.isAssignableFrom(found)) {
                throw new IllegalArgumentException(
                        "class " + name + " is no scheduler: it does not implement " + Scheduler.class.getName());
            }
            return (Scheduler) found.getConstructor().newInstance();
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(
                    "no class " + name + " on the path " + classPath
                            + ": name the jar that has it with --scheduler-path",
                    e);
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException("scheduler " + name + " has no public constructor without arguments", e);
        } catch (InstantiationException | IllegalAccessException e) {
            throw new IllegalArgumentException("scheduler " + name + " is not a public class that can be made", e);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(
                    "scheduler " + name + " can't be made, its constructor threw " + firstLine(e.getCause()), e);
        } catch (ExceptionInInitializerError e) {
            throw new IllegalArgumentException(
                    "scheduler " + name + " can't be made, its static initializer threw " + firstLine(e.getCause()), e);
        } catch (LinkageError e) {
            throw new IllegalArgumentException("class " + name + " can't be loaded: " + firstLine(e), e);
        }
    }

    private static String firstLine(@Nullable Throwable failure) {
        return String.valueOf(failure).lines().findFirst().orElse("");
    }

    private static URL[] urls(String classPath) {
        List<URL> urls = new ArrayList<>();
        for (String part : classPath.split(File.pathSeparator, -1)) {
            if (part.endsWith("*")) {
                jars(Path.of(part.substring(0, part.length() - 1)), urls);
            } else {
                add(Path.of(part), urls);
            }
        }
        return urls.toArray(URL[]::new);
    }

    private static void jars(Path directory, List<URL> urls) {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(directory, "*.{jar,JAR}")) {
            jars.forEach(jar -> add(jar, urls));
        } catch (IOException e) {
            throw new IllegalArgumentException("can't read the directory " + directory + " of a class path: " + e, e);
        }
    }

    private static void add(Path file, List<URL> urls) {
        if (!Files.exists(file)) {
            throw new IllegalArgumentException("no such file or directory on the scheduler's class path: " + file);
        }
        try {
            urls.add(file.toUri().toURL());
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        }
    }
}
