package org.nettycluster.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/2 through somebody else's stack, which knows nothing of us but a channel factory. */
class GrpcIT {
    private static final int CONNECTIONS = 64;
    private static final Pattern SHARE = Pattern.compile("\"[0-9.]+\":([0-9]+)");
    private static final String PASSWORD = "not-a-secret";

    @Test
    void sixtyFourGrpcConnectionsAreSpreadEvenlyAndEachCallSucceeds() throws Exception {
        everyCallSucceeds(List.of(), List.of());
    }

    @Test
    void sixtyFourGrpcConnectionsWithTlsAreSpreadEvenlyAndEachCallSucceeds(@TempDir Path directory) throws Exception {
        Path store = directory.resolve("server.p12");
        Proc.run(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1,dns:localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString());
        Path certificate = directory.resolve("server.crt");
        Path key = directory.resolve("server.key");
        writePem(store, certificate, key);
        everyCallSucceeds(
                List.of("--tls", certificate.toString(), key.toString()), List.of("--tls", certificate.toString()));
    }

    private static void everyCallSucceeds(List<String> server, List<String> client)
            throws IOException, InterruptedException {
        try (TestCluster cluster = TestCluster.of(4, Duration.ofSeconds(2), Programs.GRPC.worker(4, 1, server))) {
            List<String> arguments = new ArrayList<>(List.of(
                    "--port", String.valueOf(cluster.address().getPort()),
                    "--connections", String.valueOf(CONNECTIONS),
                    "--calls", String.valueOf(10 * CONNECTIONS)));
            arguments.addAll(client);
            Process load = new ProcessBuilder(Programs.GRPC.main("org.nettycluster.examples.grpc.GrpcLoad", arguments))
                    .redirectErrorStream(true)
                    .start();
            String said = new String(load.getInputStream().readAllBytes());
            System.out.print(said);

            assertThat(load.waitFor()).as(said + cluster.printed()).isZero();
            assertThat(said).contains("\"failures\":0");
            List<Integer> shares = SHARE.matcher(said.substring(said.indexOf("connectionsPerWorker")))
                    .results()
                    .map(share -> Integer.valueOf(share.group(1)))
                    .toList();
            assertThat(shares).hasSize(4).allSatisfy(share -> assertThat(share).isBetween(15, 17));
            assertThat(shares.stream().mapToInt(Integer::intValue).sum())
                    .as("no connection was made twice")
                    .isEqualTo(CONNECTIONS);
        }
    }

    private static void writePem(Path store, Path certificate, Path key) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        writePem(certificate, "CERTIFICATE", keys.getCertificate("server").getEncoded());
        writePem(
                key,
                "PRIVATE KEY",
                keys.getKey("server", PASSWORD.toCharArray()).getEncoded());
    }

    private static void writePem(Path file, String what, byte[] content) throws IOException {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(file, "-----BEGIN " + what + "-----\n" + base64 + "\n-----END " + what + "-----\n");
    }
}
