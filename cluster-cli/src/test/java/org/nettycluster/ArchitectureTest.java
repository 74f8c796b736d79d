package org.nettycluster;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Keeps the doors between modules, and between the rooms of the master, shut. It lives here because only the command
 * sees protocol, master, worker and endpoint together.
 */
final class ArchitectureTest {

    private static final String PROTOCOL = "org.nettycluster.protocol";
    private static final String MASTER = "org.nettycluster.master";
    private static final String ADMIN = "org.nettycluster.admin";
    private static final String CLIENT = "org.nettycluster.cli.client";
    private static final String WORKER = "org.nettycluster.worker";

    private static final int LONGEST_FILE = 350;
    private static final Pattern UNFINISHED = Pattern.compile("\\b(TODO|FIXME)\\b");

    /** Each room of the master, and the rooms it may see. The root package, which puts them together, sees all. */
    private static final Map<String, Set<String>> DOORS = Map.of(
            "control", Set.of("accept", "handoff", "dispatch", "supervise"),
            "accept", Set.of("dispatch", "handoff"),
            "handoff", Set.of("dispatch", "schedule"),
            "dispatch", Set.of("schedule"),
            "schedule", Set.of(),
            "supervise", Set.of());

    static final List<String> ROOMS = DOORS.keySet().stream().sorted().toList();

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.nettycluster");

    @ParameterizedTest
    @FieldSource("ROOMS")
    void roomOfTheMasterSeesOnlyItsNeighbours(String room) {
        String[] shut = ROOMS.stream()
                .filter(other -> !other.equals(room) && !DOORS.get(room).contains(other))
                .map(ArchitectureTest::within)
                .toArray(String[]::new);
        check(noClasses()
                .that()
                .resideInAPackage(within(room))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(shut));
    }

    @ParameterizedTest
    @ValueSource(strings = {"schedule", "dispatch", "supervise"})
    void decisionsAreMadeWithoutNetty(String room) {
        check(noClasses()
                .that()
                .resideInAPackage(within(room))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty.."));
    }

    @Test
    void masterHasNoOtherRooms() {
        String[] known = Stream.concat(Stream.of(MASTER), ROOMS.stream().map(ArchitectureTest::within))
                .toArray(String[]::new);
        check(noClasses().that().resideOutsideOfPackages(known).should().resideInAPackage(MASTER + ".."));
    }

    @Test
    void masterNeverSeesWorker() {
        check(noClasses()
                .that()
                .resideInAPackage(MASTER + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(WORKER + ".."));
    }

    @Test
    void workerNeverSeesMaster() {
        check(noClasses()
                .that()
                .resideInAPackage(WORKER + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(MASTER + ".."));
    }

    @Test
    void protocolSeesNeitherSide() {
        check(noClasses()
                .that()
                .resideInAPackage(PROTOCOL + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(MASTER + "..", WORKER + ".."));
    }

    @Test
    void nobodySeesTheEndpointButTheCommand() {
        check(noClasses()
                .that()
                .resideInAnyPackage(PROTOCOL + "..", MASTER + "..", WORKER + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ADMIN + ".."));
    }

    @Test
    void theEndpointNeverSeesAWorkersCode() {
        check(noClasses()
                .that()
                .resideInAPackage(ADMIN + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(WORKER + ".."));
    }

    @Test
    void commandsToARunningClusterStartWithoutNetty() {
        check(noClasses()
                .that()
                .resideInAPackage(CLIENT + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty.."));
    }

    @Test
    void packagesFormNoCycle() {
        check(slices().matching("org.nettycluster.(**)").should().beFreeOfCycles());
    }

    /** The clock on the wall jumps; who must decide by time asks one that does not. */
    @Test
    void decisionsUseNoClockThatJumps() {
        check(noClasses()
                .that()
                .resideInAnyPackage(
                        within("accept"),
                        within("control"),
                        within("dispatch"),
                        within("handoff"),
                        within("schedule"),
                        within("supervise"),
                        "org.nettycluster.protocol..",
                        "org.nettycluster.worker..")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Date")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.time.Clock"));
    }

    @Test
    void namesSayWhatAThingIs() {
        check(noClasses().should().haveNameMatching(".*(Impl|Utils?|Manager)(\\$.*)?"));
    }

    @Test
    void mainCodeIsFinished() throws IOException {
        assertThat(mainSources())
                .allSatisfy(file -> assertThat(Files.readString(file)).doesNotContainPattern(UNFINISHED));
    }

    @Test
    void everyFileHasOneSubject() throws IOException {
        assertThat(mainSources())
                .allSatisfy(file -> assertThat(Files.readAllLines(file)).hasSizeLessThanOrEqualTo(LONGEST_FILE));
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(OURS);
    }

    private static String within(String room) {
        return MASTER + "." + room + "..";
    }

    private static List<Path> mainSources() throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path module : modules()) {
            try (Stream<Path> tree = Files.walk(module.resolve("src/main/java"))) {
                tree.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
            }
        }
        return files;
    }

    private static List<Path> modules() throws IOException {
        Path root = Path.of(System.getProperty("ncluster.root", ".."));
        try (Stream<Path> poms = Files.find(root, 3, (file, attributes) -> file.endsWith("pom.xml"))) {
            return poms.map(Path::getParent)
                    .filter(module -> Files.isDirectory(module.resolve("src/main/java")))
                    .toList();
        }
    }
}
