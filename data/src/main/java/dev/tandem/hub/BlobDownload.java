package dev.tandem.hub;

import dev.tandem.UserException;
import dev.tandem.http.Retries;
import dev.tandem.http.TransientFailure;
import dev.tandem.io.SharedLock;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.UUID;

/**
 * Downloads one file into the cache's blobs. A partial download is kept under a name that ends with {@code
 * .incomplete}, and a later attempt of this process or another resumes it; it becomes a blob when length and checksum
 * are right.
 */
final class BlobDownload {
    private final HubClient client;
    private final HubCache cache;
    private final Retries retries;
    private final Duration stall;
    private final Progress progress;

    BlobDownload(HubClient client, HubCache cache, Retries retries, Duration stall, Progress progress) {
        this.client = client;
        this.cache = cache;
        this.retries = retries;
        this.stall = stall;
        this.progress = progress;
    }

    /** A file to fetch, and what the hub reports about it. */
    record Wanted(HubAddress address, URI uri, HubFile file, HubClient.Head head) {
        String what() {
            return address + ": " + file.name();
        }
    }

    /**
     * Fetches a file that is not there yet.
     *
     * @throws UserException if that fails for good
     */
    void fetch(Wanted wanted) {
        var etag = wanted.head().etag();
        if (!Files.exists(cache.blob(etag))) {
            try (var lock = SharedLock.of(
                    cache.lock(etag),
                    () -> progress.message(wanted.what() + ": waiting for another process that fetches it"))) {
                Files.createDirectories(cache.blob(etag).resolveSibling(""));
                if (!Files.exists(cache.blob(etag))) {
                    // without locks another may write at the same time
                    var suffix = (lock.held() ? "" : "." + UUID.randomUUID()) + ".tandem.incomplete";
                    fetch(wanted, cache.blob(etag + suffix));
                }
            } catch (IOException e) {
                throw HubCache.unwritable(cache.blob(etag), e);
            }
        }
        progress.at(wanted.file().name(), wanted.head().size());
    }

    private void fetch(Wanted wanted, Path incomplete) throws IOException {
        var resumed = length(incomplete) > 0;
        receive(wanted, incomplete);
        if (!isRight(wanted, incomplete)) {
            Files.delete(incomplete);
            if (resumed) {
                progress.message(wanted.what()
                        + ": the partial download does not belong to this file; fetching all of it again");
                receive(wanted, incomplete);
            }
            if (!resumed || !isRight(wanted, incomplete)) {
                Files.deleteIfExists(incomplete);
                throw new UserException(
                        wanted.what() + ": the received file is not the one that the hub describes: the checksum"
                                + " differs. It was discarded. Run the command again; if this happens again, a proxy"
                                + " may be changing the content.");
            }
        }
        Files.move(incomplete, cache.blob(wanted.head().etag()), StandardCopyOption.ATOMIC_MOVE);
    }

    private static boolean isRight(Wanted wanted, Path file) throws IOException {
        return BlobDigest.matches(file, wanted.head().etag(), wanted.file().blobId());
    }

    private void receive(Wanted wanted, Path incomplete) {
        retries.run(wanted.what(), () -> length(incomplete), () -> {
            try (var channel = open(incomplete)) {
                if (channel.size() > wanted.head().size()) {
                    channel.truncate(0);
                }
                if (channel.size() < wanted.head().size()) {
                    receive(wanted, channel);
                }
                channel.force(true);
            }
            return incomplete;
        });
    }

    private static FileChannel open(Path file) {
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw HubCache.unwritable(file, e);
        }
    }

    private static long length(Path file) {
        return file.toFile().length();
    }

    private void receive(Wanted wanted, FileChannel channel) throws IOException {
        var answer = client.get(wanted.address(), wanted.uri(), channel.size());
        try (var body = answer.body();
                var guard = new StallGuard(body, stall)) {
            channel.position(start(answer, channel.size()));
            channel.truncate(channel.position());
            copy(wanted, body, channel, guard);
        }
        if (channel.size() < wanted.head().size()) {
            throw new TransientFailure(
                    "the connection broke after " + channel.size() + " of "
                            + wanted.head().size() + " bytes",
                    java.util.Optional.empty());
        }
    }

    /** First byte of the answer: servers may send all of a file when the rest was requested. */
    private static long start(HttpResponse<InputStream> answer, long asked) throws IOException {
        if (answer.statusCode() != 206) {
            return 0;
        }
        var range = answer.headers().firstValue("content-range").orElse("");
        if (!range.startsWith("bytes " + asked + "-")) {
            throw new TransientFailure(
                    "the server sent a part of the file that was not requested", java.util.Optional.empty());
        }
        return asked;
    }

    private void copy(Wanted wanted, InputStream body, FileChannel channel, StallGuard guard) throws IOException {
        var buffer = new byte[1 << 18];
        for (var n = body.read(buffer); n >= 0; n = body.read(buffer)) {
            guard.alive();
            if (channel.position() + n > wanted.head().size()) {
                channel.truncate(0);
                throw new TransientFailure(
                        "the server sent more than the " + wanted.head().size() + " bytes it announced",
                        java.util.Optional.empty());
            }
            write(ByteBuffer.wrap(buffer, 0, n), channel, wanted);
            progress.at(wanted.file().name(), channel.position());
        }
    }

    /** Writes bytes. A full disk is not a network failure, and is not retried. */
    private void write(ByteBuffer bytes, FileChannel channel, Wanted wanted) {
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw HubCache.unwritable(cache.blob(wanted.head().etag()), e);
        }
    }
}
