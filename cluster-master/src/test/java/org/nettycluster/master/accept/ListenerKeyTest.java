package org.nettycluster.master.accept;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.ServerOption;
import org.nettycluster.protocol.WorkerId;

class ListenerKeyTest {
    private static final WorkerId WORKER = new WorkerId(1, 1);

    private static ListenerKey key(String host, int port, int ordinal) {
        return ListenerKey.of(WORKER, new Listen(1, ordinal, new InetSocketAddress(host, port), Map.of()));
    }

    private static ListenerKey ipv6Only(String host, int port) {
        return ListenerKey.of(
                WORKER, new Listen(1, 0, new InetSocketAddress(host, port), Map.of(ServerOption.IPV6_ONLY, 1)));
    }

    @Test
    void spellingDoesNotMatter() {
        assertThat(key("::1", 80, 0)).isEqualTo(key("0:0:0:0:0:0:0:1", 80, 0));
        assertThat(key("127.0.0.1", 80, 0)).isEqualTo(key("::ffff:127.0.0.1", 80, 0));
    }

    @Test
    void mappedAddressIsTheIpv4AddressThatItHolds() throws UnknownHostException {
        byte[] mapped = new byte[16];
        mapped[10] = mapped[11] = (byte) 0xff;
        mapped[12] = 127;
        mapped[15] = 1;
        InetSocketAddress six = new InetSocketAddress(Inet6Address.getByAddress(null, mapped, -1), 80);
        assertThat(ListenerKey.of(WORKER, new Listen(1, 0, six, Map.of()))).isEqualTo(key("127.0.0.1", 80, 0));
    }

    @Test
    void exclusiveIsOfTheSeatAndNotOfTheProcess() {
        Listen listen = new Listen(1, 0, new InetSocketAddress("127.0.0.1", 80), Map.of(ServerOption.EXCLUSIVE, 1));
        ListenerKey key = ListenerKey.of(new WorkerId(3, 1), listen);
        assertThat(key).isEqualTo(ListenerKey.of(new WorkerId(3, 2), listen)).isNotEqualTo(key("127.0.0.1", 80, 0));
        assertThat(key).isNotEqualTo(ListenerKey.of(new WorkerId(3, 0), listen));
    }

    @Test
    void hostNameDoesNotMatter() throws UnknownHostException {
        InetAddress named = InetAddress.getByAddress("somewhere", new byte[] {127, 0, 0, 1});
        assertThat(ListenerKey.of(WORKER, new Listen(1, 0, new InetSocketAddress(named, 80), Map.of())))
                .isEqualTo(key("127.0.0.1", 80, 0));
    }

    @Test
    void wildcardsOfBothFamiliesAreOne() {
        assertThat(key("0.0.0.0", 80, 0)).isEqualTo(key("::", 80, 0)).isNotEqualTo(key("127.0.0.1", 80, 0));
    }

    @Test
    void wildcardOfIpv6OnlyIsAnother() {
        assertThat(ipv6Only("::", 80)).isNotEqualTo(key("::", 80, 0));
        assertThat(ipv6Only("::1", 80)).isEqualTo(key("::1", 80, 0));
    }

    @Test
    void ordinalCountsForPortZeroOnly() {
        assertThat(key("127.0.0.1", 0, 1)).isNotEqualTo(key("127.0.0.1", 0, 2));
        assertThat(key("127.0.0.1", 80, 1)).isEqualTo(key("127.0.0.1", 80, 2));
    }

    @Test
    void scopesAreDifferentAddresses() throws UnknownHostException {
        byte[] local = InetAddress.getByName("fe80::1").getAddress();
        InetSocketAddress one = new InetSocketAddress(Inet6Address.getByAddress(null, local, 1), 80);
        InetSocketAddress two = new InetSocketAddress(Inet6Address.getByAddress(null, local, 2), 80);
        assertThat(ListenerKey.of(WORKER, new Listen(1, 0, one, Map.of())))
                .isNotEqualTo(ListenerKey.of(WORKER, new Listen(1, 0, two, Map.of())));
    }
}
