package dev.tandem.hub;

import dev.tandem.UserException;
import dev.tandem.http.Retries;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;

/** Downloads the files of an address into the cache. */
final class RepositoryDownload {
    private static final int AT_ONCE = 4;
    private static final int ATTEMPTS = 5;
    private static final long MAX_SMALL_BYTES = 300_000_000;

    private final HubSettings settings;
    private final HubCache cache;
    private final HubAddress address;
    private final HubClient client;
    private final Progress progress;
    private final Retries retries;
    private final BlobDownload blobs;

    RepositoryDownload(HubSettings settings, HubCache cache, HubAddress address, HubListener listener) {
        this.settings = settings;
        this.cache = cache;
        this.address = address;
        this.client = new HubClient(settings);
        this.progress = new Progress(listener);
        this.retries = new Retries("fetch", ATTEMPTS, settings.backOff(), progress::message);
        this.blobs = new BlobDownload(client, cache, retries, settings.stall(), progress);
    }

    /**
     * Fetches the address.
     *
     * @param cached the cached files to use without a network
     */
    Hub.Fetched fetch(Optional<Hub.Fetched> cached) {
        var listing = retries.run(address.toString(), () -> 0, () -> list(cached));
        if (listing.isEmpty()) {
            return cached.orElseThrow();
        }
        return fetch(listing.get());
    }

    /** The hub's listing; empty if the hub cannot be reached but the cache has an answer. */
    private Optional<HubListing> list(Optional<Hub.Fetched> cached) throws IOException {
        try {
            return Optional.of(HubListing.ask(client, address));
        } catch (ConnectException | UnknownHostException e) {
            if (cached.isEmpty()) {
                throw e;
            }
            progress.message(settings.endpoint().getHost() + " cannot be reached; using "
                    + cached.get().address() + " from the cache, which may not be the newest");
            return Optional.empty();
        }
    }

    private Hub.Fetched fetch(HubListing listing) {
        var names = listing.names();
        var only = address.file()
                .or(() -> address.kind() == HubAddress.Kind.DATASET
                        ? Optional.of(FileSelection.data(address, names))
                        : Optional.empty());
        var wanted =
                new ArrayList<>(blobs(listing, only.map(List::of).orElseGet(() -> FileSelection.of(address, names))));
        if (only.isEmpty() && FileSelection.sharded(names)) {
            var etag = wanted.get(wanted.size() - 1).head().etag();
            // shards are linked before the index that refers to them
            wanted.addAll(0, blobs(listing, FileSelection.shards(address, cache.blob(etag), names)));
        }
        wanted.forEach(
                w -> cache.publish(listing.commit(), w.file().name(), w.head().etag()));
        cache.remember(address.revision(), listing.commit());
        var snapshot = cache.snapshot(listing.commit());
        return new Hub.Fetched(
                address.at(listing.commit()), only.map(snapshot::resolve).orElse(snapshot));
    }

    private List<BlobDownload.Wanted> blobs(HubListing listing, List<String> names) {
        var wanted = sideBySide(names.stream()
                .map(name -> listing.file(address, name))
                .map(file -> (Callable<BlobDownload.Wanted>) () -> wanted(listing.commit(), file))
                .toList());
        var missing = wanted.stream()
                .filter(w -> !Files.exists(cache.blob(w.head().etag())))
                .mapToLong(w -> w.head().size())
                .sum();
        checkSpace(missing);
        wanted.forEach(w -> progress.expect(w.head().size()));
        sideBySide(wanted.stream()
                .map(w -> (Callable<BlobDownload.Wanted>) () -> {
                    blobs.fetch(w);
                    return w;
                })
                .toList());
        return wanted;
    }

    private BlobDownload.Wanted wanted(String commit, HubFile file) {
        var uri = client.file(address, commit, file.name());
        var head = retries.run(address + ": " + file.name(), () -> 0, () -> client.head(address, uri));
        if (address.file().isEmpty()
                && address.kind() == HubAddress.Kind.MODEL
                && !file.name().endsWith(".safetensors")
                && head.size() > MAX_SMALL_BYTES) {
            throw new UserException(address + ": " + file.name() + " has " + head.size()
                    + " bytes, which no file of this" + " kind has.");
        }
        return new BlobDownload.Wanted(address, uri, file, head);
    }

    private void checkSpace(long bytes) {
        try {
            Files.createDirectories(cache.root());
            var free = Files.getFileStore(cache.root()).getUsableSpace();
            // a rough check, so as to fail before hours of waiting
            if (free > 0 && bytes - arrived() > free) {
                throw new UserException(address + " needs " + (bytes >> 20) + " MiB, but the disk of " + cache.root()
                        + " has " + (free >> 20) + " MiB left. Free space, or name another cache with HF_HUB_CACHE.");
            }
        } catch (IOException e) {
            throw HubCache.unwritable(cache.root(), e);
        }
    }

    private long arrived() throws IOException {
        var folder = cache.blob("x").resolveSibling("");
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (var files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".incomplete"))
                    .map(Path::toFile)
                    .mapToLong(java.io.File::length)
                    .sum();
        }
    }

    /** Results in the tasks' order; the first failure stops the others. */
    private static <T> List<T> sideBySide(List<Callable<T>> tasks) {
        var pool = Executors.newFixedThreadPool(AT_ONCE, task -> {
            var thread = new Thread(task, "hub-download");
            thread.setDaemon(true);
            return thread;
        });
        try {
            var service = new ExecutorCompletionService<T>(pool);
            var futures = tasks.stream().map(service::submit).toList();
            for (var i = 0; i < tasks.size(); i++) {
                service.take().get();
            }
            var results = new ArrayList<T>();
            for (var future : futures) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("The download was stopped; run the command again to continue.", e);
        } finally {
            pool.shutdownNow();
        }
    }
}
