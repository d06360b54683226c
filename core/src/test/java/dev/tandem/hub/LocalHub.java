package dev.tandem.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** A hub like huggingface.co: an API, small files of its own, and large ones at a second host; and its faults. */
final class LocalHub implements AutoCloseable {
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    final Map<String, byte[]> files = new ConcurrentHashMap<>();
    final List<String> extraNames = new CopyOnWriteArrayList<>();
    final List<String> requests = new CopyOnWriteArrayList<>();
    final List<String> storageTokens = new CopyOnWriteArrayList<>();
    final AtomicInteger tooMany = new AtomicInteger();
    final AtomicInteger breaks = new AtomicInteger();
    /** Answers that stop in the middle and send nothing more. */
    final AtomicInteger stalls = new AtomicInteger();

    /** Large files are sent once this latch is open, as it is unless a test replaces it. */
    volatile CountDownLatch gate = new CountDownLatch(0);

    volatile String retryAfter = "0";
    volatile String token = "";
    volatile boolean corrupt;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final HttpServer hub = server();
    private final HttpServer storage = server();

    LocalHub() {
        hub.createContext("/", this::answer);
        storage.createContext("/", this::store);
        hub.start();
        storage.start();
    }

    private static HttpServer server() {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(Executors.newCachedThreadPool(task -> {
                var thread = new Thread(task);
                thread.setDaemon(true);
                return thread;
            }));
            return server;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    URI endpoint() {
        return URI.create("http://localhost:" + hub.getAddress().getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath();
        requests.add(exchange.getRequestMethod() + " " + path);
        var sent = exchange.getRequestHeaders().getFirst("Authorization");
        if (taken(tooMany)) {
            exchange.getResponseHeaders().add("Retry-After", retryAfter);
            reply(exchange, 429, new byte[0]);
        } else if (!token.isEmpty() && !("Bearer " + token).equals(sent)) {
            exchange.getResponseHeaders().add("X-Error-Code", "GatedRepo");
            reply(exchange, 401, new byte[0]);
        } else if (path.equals("/api/models/owner/name/revision/main")
                || path.equals("/api/datasets/owner/name/revision/main")) {
            reply(exchange, 200, listing().getBytes(StandardCharsets.UTF_8));
        } else if (path.contains("/owner/name/resolve/" + COMMIT + "/")) {
            resolve(exchange, path.substring(path.indexOf(COMMIT) + COMMIT.length() + 1));
        } else {
            reply(exchange, 404, new byte[0]);
        }
    }

    private String listing() {
        var names = new java.util.ArrayList<>(files.keySet());
        names.addAll(extraNames);
        return names.stream()
                .map(name -> "{\"rfilename\":\"" + name + "\"" + blobId(name) + "}")
                .collect(Collectors.joining(",", "{\"sha\":\"" + COMMIT + "\",\"siblings\":[", "]}"));
    }

    private String blobId(String name) {
        return files.containsKey(name) ? ",\"blobId\":\"" + gitName(files.get(name)) + "\"" : "";
    }

    private void resolve(HttpExchange exchange, String name) throws IOException {
        var bytes = files.get(name);
        var headers = exchange.getResponseHeaders();
        if (bytes == null) {
            headers.add("X-Error-Code", "EntryNotFound");
            reply(exchange, 404, new byte[0]);
        } else if (name.endsWith(".safetensors")) {
            headers.add("X-Linked-Etag", "\"" + sha256(bytes) + "\"");
            headers.add("X-Linked-Size", "" + bytes.length);
            headers.add("Location", "http://localhost:" + storage.getAddress().getPort() + "/" + name);
            reply(exchange, 302, new byte[0]);
        } else {
            headers.add("ETag", "W/\"" + gitName(bytes) + "\"");
            reply(exchange, 200, bytes);
        }
    }

    private void store(HttpExchange exchange) throws IOException {
        storageTokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        var range = exchange.getRequestHeaders().getFirst("Range");
        requests.add("STORE " + range);
        var bytes = files.get(exchange.getRequestURI().getPath().substring(1)).clone();
        if (corrupt) {
            bytes[bytes.length / 2] ^= 1;
        }
        var from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        if (from > 0) {
            exchange.getResponseHeaders()
                    .add("Content-Range", "bytes " + from + "-" + (bytes.length - 1) + "/" + bytes.length);
        }
        var part = Arrays.copyOfRange(bytes, from, bytes.length);
        await(gate);
        var stalls = taken(this.stalls);
        if (stalls || taken(breaks)) {
            exchange.sendResponseHeaders(from > 0 ? 206 : 200, part.length);
            exchange.getResponseBody().write(part, 0, part.length / 2);
            exchange.getResponseBody().flush();
            if (stalls) {
                await(closed);
            }
            exchange.close();
            return;
        }
        reply(exchange, from > 0 ? 206 : 200, part);
    }

    /** Whether there was one left. */
    private static boolean taken(AtomicInteger left) {
        return left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void reply(HttpExchange exchange, int status, byte[] body) throws IOException {
        try (exchange) {
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().add("Content-Length", "" + body.length);
                exchange.sendResponseHeaders(status, -1);
                return;
            }
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    static String sha256(byte[] bytes) {
        return hex("SHA-256", bytes);
    }

    private static String gitName(byte[] bytes) {
        var head = ("blob " + bytes.length + "\0").getBytes(StandardCharsets.US_ASCII);
        var all = Arrays.copyOf(head, head.length + bytes.length);
        System.arraycopy(bytes, 0, all, head.length, bytes.length);
        return hex("SHA-1", all);
    }

    private static String hex(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        gate.countDown();
        closed.countDown();
        hub.stop(0);
        storage.stop(0);
    }
}
