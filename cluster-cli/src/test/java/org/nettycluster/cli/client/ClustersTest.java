package org.nettycluster.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClustersTest {
    private static final Cluster SHOP = new Cluster("shop", Path.of("/a/shop/admin.sock"));
    private static final Cluster TILL = new Cluster("till", Path.of("/a/till/admin.sock"));

    @TempDir
    private Path base;

    private void directory(String name, String permissions) throws Exception {
        Path directory = Files.createDirectory(base.resolve(name));
        Files.createFile(directory.resolve("admin.sock"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void onlyDirectoriesThatNobodyElseMayEnterAreClusters() throws Exception {
        directory("till", "rwx------");
        directory("open", "rwxrwx---");
        directory("shop", "rwx------");
        Files.createDirectory(base.resolve("empty"));

        assertThat(Clusters.in(List.of(base, base.resolve("none"))))
                .extracting(Cluster::name)
                .containsExactly("shop", "till");
    }

    @Test
    void theOnlyOneNeedsNoName() throws Exception {
        assertThat(Clusters.choose(List.of(SHOP), null)).isEqualTo(SHOP);
        assertThat(Clusters.choose(List.of(SHOP, TILL), "till")).isEqualTo(TILL);
    }

    @Test
    void whoCannotBeMeantIsSaid() {
        refused(List.of(), null, "no cluster of this user runs: --run-dir names one elsewhere");
        refused(List.of(SHOP, TILL), null, "several clusters run, name one of shop, till");
        refused(List.of(SHOP, TILL), "x", "no cluster x of this user runs, but shop, till");
        refused(List.of(SHOP, SHOP), "shop", "several clusters shop run: choose one with --run-dir");
    }

    private static void refused(List<Cluster> running, String name, String message) {
        assertThatThrownBy(() -> Clusters.choose(running, name))
                .isInstanceOf(ClientException.class)
                .hasMessage(message);
    }

    @Test
    void aSocketThatAKilledMasterLeftIsNoCluster() throws Exception {
        directory("shop", "rwx------");

        assertThat(Clusters.in(List.of(base))).hasSize(1).noneMatch(Clusters::listens);
    }
}
