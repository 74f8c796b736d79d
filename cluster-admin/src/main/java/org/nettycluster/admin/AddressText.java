package org.nettycluster.admin;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** How an address is written for people and scripts, here and by the command. Stateless. */
public final class AddressText {
    private AddressText() {}

    /** {@code 127.0.0.1:80}, {@code [::1]:80}, or {@code unix:} and the path; the name of a host that was not looked up. */
    public static String of(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            return "unix:" + address;
        }
        String host = inet.getAddress() == null
                ? inet.getHostString()
                : inet.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + inet.getPort();
    }
}
