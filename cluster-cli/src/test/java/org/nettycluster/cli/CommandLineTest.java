package org.nettycluster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class CommandLineTest {
    @TempDir
    private Path temp;

    @Test
    void whatStandsBehindTheJarIsTheProgramsEvenIfItBeginsWithADash() throws Exception {
        String jar = Files.createFile(temp.resolve("shop.jar")).toString();

        RunCommand command = run("run", "-w", "3", jar, "-w", "5", "--name", "x", "--", "@file", "", "--help");

        assertThat(command.fleet().workers()).isEqualTo(3);
        assertThat(command.program())
                .isEqualTo(new Program(
                        "shop", List.of("-jar", jar, "-w", "5", "--name", "x", "--", "@file", "", "--help")));
    }

    @Test
    void aClassPathIsFollowedByAMainClass() {
        String path = temp + ":" + temp + "/*:";

        RunCommand command = run("run", "-cp", path, "com.example.Shop$Server", "-v");

        assertThat(command.program())
                .isEqualTo(new Program("Server", List.of("-cp", path, "com.example.Shop$Server", "-v")));
        assertThat(command.fleet().verbose()).isFalse();
    }

    @Test
    void autoIsOneWorkerForEachProcessor() {
        int processors = Runtime.getRuntime().availableProcessors();

        assertThat(run("run", "x").fleet().workers()).isEqualTo(processors);
        assertThat(run("run", "-w", "auto", "x").fleet().workers()).isEqualTo(processors);
    }

    @Test
    void aNameIsMadeOfWhatNamesMayContain() throws Exception {
        Path jar = Files.createFile(temp.resolve("_my shop (2).jar"));

        assertThat(Program.ofJar(jar.toString(), List.of()).name()).isEqualTo("my-shop--2-");
        assertThat(run("run", "--name", "till", jar.toString()).fleet().nameOr("other"))
                .isEqualTo("till");
    }

    @Test
    void aProgramIsFoundFromAnyWorkingDirectory() {
        Path here = Path.of("").toAbsolutePath();

        assertThat(new Program("x", List.of("-cp", "a.jar:/b/*", "Main", "a.jar")).launchFromAnywhere())
                .containsExactly("-cp", here.resolve("a.jar") + ":/b/*", "Main", "a.jar");
    }

    @Test
    void theDemoListensWhereItIsTold() throws Exception {
        Path target = Files.createDirectories(temp.resolve("examples/http/target"));
        Path jar = Files.createFile(target.resolve("http-example.jar"));
        String before = System.setProperty(DemoCommand.HOME, temp.toString());
        try {
            DemoCommand demo = (DemoCommand) parse("demo", "--host", "::1", "--port", "0");

            assertThat(demo.program())
                    .isEqualTo(new Program(
                            "http-example", List.of("-jar", jar.toString(), "--host", "::1", "--port", "0")));
        } finally {
            if (before == null) {
                System.clearProperty(DemoCommand.HOME);
            } else {
                System.setProperty(DemoCommand.HOME, before);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                                               | ncluster: say what to do: run, demo, or one of ls
                    frob                       | ncluster: no such command: frob
                    run                        | ncluster run: name the program: APP.jar, or -cp PATH MAIN
                    run nope.jar               | ncluster run: no such jar: nope.jar
                    run com.example.Main       | a main class needs its class path before it, -cp PATH com.example.Main
                    run /                      | / is not a file that we can read
                    run -cp /nope:. Main       | no such file or directory on the class path: /nope
                    run -w x app.jar           | 'x' is neither a number from 1 to 512 nor auto
                    run -w 0 app.jar           | '0' is neither a number from 1 to 512 nor auto
                    run -w 513 app.jar         | '513' is neither a number from 1 to 512 nor auto
                    run --env X app.jar        | 'X' is not NAME=VALUE
                    run --env =X app.jar       | '=X' is not NAME=VALUE
                    run --env NCLUSTER_X=1 a   | NCLUSTER_X is the master's to set
                    run --name .x -cp . Main   | name '.x' must be 1 to 64 letters
                    run --ready now a          | 'now' is neither bind nor explicit
                    run --bake 5 a             | '5' is no time: write 500ms, 5s, 2m or 1h
                    run --breaker 10 a         | '10' is neither CRASHES/TIME, as in 10/60s, nor off
                    run --breaker 0/60s a      | '0/60s' is neither CRASHES/TIME, as in 10/60s, nor off
                    run --max-connections 0 a  | '0' is neither a number from 1 nor none
                    run --max-total x a        | 'x' is neither a number from 1 nor none
                    run --overload drop a      | 'drop' is neither wait nor reset
                    run --scheduler fair -cp . M | no scheduler is called 'fair': take round-robin, least-connections,
                    run --weights 1,x a        | '1,x' are no weights: write 1,2,3
                    run --weights 1 -cp . M    | --weights is for --scheduler weighted, not round-robin
                    run --scheduler none --weights 1 -cp . M | --weights is for --scheduler weighted, not none
                    run --scheduler weighted --weights 1,0 -cp . M | weight 0 must be 1 to 1000
                    run --scheduler two-choices --slow-start 5s -cp . M | --slow-start is for --scheduler weighted or least-connections, not two-choices
                    run --source-prefix 24 a   | '24' is not IPV4-BITS/IPV6-BITS, as in 24/64
                    run --scheduler source-hash --source-prefix 33/64 -cp . M | prefix 33 of IPv4 must be 1 to 32 bits
                    run --scheduler-path . -cp . M | --scheduler-path is for a class, and --scheduler round-robin is none
                    run --on-master-lost die a | 'die' is neither exit nor drain
                    run --cwd /nope -cp . Main | no such directory: --cwd /nope
                    run --max-surge 0 -cp . M  | maxSurge 0 must be >= 1
                    scale                      | missing required parameter
                    scale many                 | 'many' is neither a number nor +N nor -N
                    restart x                  | invalid value for positional parameter
                    status --frob              | unknown option
                    run --frob app.jar         | unknown option: '--frob'
                    demo --port 65536          | --port 65536 is no port from 0 to 65535
                    demo --port http           | invalid value for option '--port'
                    demo 8080                  | unmatched argument
                    """)
    void aMistakeIsOneLineAndCodeTwo(String line, String reason) {
        StringWriter err = new StringWriter();
        CommandLine command = Main.commandLine().setErr(new PrintWriter(err, true));

        int code = command.execute(line == null ? new String[0] : line.split(" "));

        assertThat(code).isEqualTo(2);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .contains(reason)
                .endsWith("--help)");
    }

    @Test
    void helpShowsExamplesAndVersionNamesNettyAndJava() {
        assertThat(printed("--help")).contains("ncluster demo -w 4", "Exit code:");
        assertThat(printed("run", "--help")).contains("ncluster run [OPTIONS] APP.jar [ARGUMENTS...]");
        assertThat(printed("demo", "--help"))
                .contains("curl http://127.0.0.1:8080/")
                .doesNotContain("rehearse");
        assertThat(printed("--version")).contains("ncluster ", "Netty 4.", "Java ");
    }

    private static String printed(String... args) {
        StringWriter out = new StringWriter();
        int code = Main.commandLine().setOut(new PrintWriter(out, true)).execute(args);
        assertThat(code).isZero();
        return out.toString();
    }

    private static RunCommand run(String... args) {
        return (RunCommand) parse(args);
    }

    private static Object parse(String... args) {
        return Main.commandLine().parseArgs(args).subcommand().commandSpec().userObject();
    }
}
