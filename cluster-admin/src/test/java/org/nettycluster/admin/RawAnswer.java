package org.nettycluster.admin;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An answer, taken apart by hand.
 *
 * @param lines of the body
 */
record RawAnswer(int status, List<String> headers, List<String> lines) {
    static RawAnswer to(Path socket, String method, String target, String body) throws IOException {
        try (RawClient client = RawClient.connect(socket)) {
            client.request(method, target, body);
            String all = client.rest();
            int blank = all.indexOf("\r\n\r\n");
            List<String> head = all.substring(0, blank).lines().toList();
            String content = all.substring(blank + 4);
            return new RawAnswer(
                    Integer.parseInt(head.get(0).split(" ")[1]),
                    head.subList(1, head.size()),
                    head.contains("transfer-encoding: chunked")
                            ? chunks(content)
                            : content.lines().toList());
        }
    }

    private static List<String> chunks(String content) {
        StringBuilder whole = new StringBuilder();
        int at = 0;
        while (true) {
            int end = content.indexOf("\r\n", at);
            int size = Integer.parseInt(content.substring(at, end), 16);
            if (size == 0) {
                return new ArrayList<>(whole.toString().lines().toList());
            }
            whole.append(content, end + 2, end + 2 + size);
            at = end + 2 + size + 2;
        }
    }
}
