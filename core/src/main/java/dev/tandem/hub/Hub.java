package dev.tandem.hub;

import dev.tandem.UserException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Models and data by name. Files come into the Hugging Face cache, whence other tools read them too, and are fetched once:
 *
 * <pre>{@code
 * var hub = new Hub(HubSettings.of(System.getenv()), HubListener.SILENT);
 * var model = hub.fetch(HubAddress.parse("hf://EleutherAI/pythia-70m"));
 * }</pre>
 */
public final class Hub {
    private final HubSettings settings;
    private final HubListener listener;

    /**
     * A hub.
     *
     * @param settings where it is, where its cache is, and who asks
     * @param listener hears of downloads
     */
    public Hub(HubSettings settings, HubListener listener) {
        this.settings = settings;
        this.listener = listener;
    }

    /**
     * The local path of what a path names: an {@code hf://} address is fetched, any other path is as it was.
     *
     * @param path of this machine, or an address
     * @return a path of this machine
     * @throws UserException as {@link #fetch}
     */
    public Path local(Path path) {
        return HubAddress.of(path).map(address -> fetch(address).path()).orElse(path);
    }

    /**
     * Something that is here.
     *
     * @param address what was asked for, at the commit its revision is
     * @param path folder of a model, or the file; it lies in a folder named like the commit, and stays what it is
     */
    public record Fetched(HubAddress address, Path path) {}

    /**
     * Fetches what is not in the cache. The hub is asked what the revision is, unless it is a commit whose files are there.
     * Where there is no network, or {@code HF_HUB_OFFLINE} is set, the cache's answer holds.
     *
     * @param address what is wanted
     * @return where it is now
     * @throws UserException if it does not exist, may not be read, is no model Tandem reads, or the network, the checksum
     *     or the disk are at fault
     */
    public Fetched fetch(HubAddress address) {
        var cache = new HubCache(settings.cache(), address);
        var cached = cached(cache, address);
        if (cached.isPresent() && (settings.offline() || HubNames.isCommit(address.revision()))) {
            return cached.get();
        }
        if (settings.offline()) {
            throw new UserException(address + " is not in the cache (" + cache.root() + "), or not all of it, and"
                    + " HF_HUB_OFFLINE forbids to fetch it. Unset it, or run 'tandem download " + address
                    + "' where there is a network.");
        }
        return new RepositoryDownload(settings, cache, address, listener).fetch(cached);
    }

    /** What the cache has, if it has all of it. */
    private static Optional<Fetched> cached(HubCache cache, HubAddress address) {
        return cache.commit(address.revision()).flatMap(commit -> {
            var names = cache.names(commit);
            var pinned = address.at(commit);
            var snapshot = cache.snapshot(commit);
            if (address.file().isPresent()) {
                return address.file().filter(names::contains).map(f -> new Fetched(pinned, snapshot.resolve(f)));
            }
            return whole(address, names, snapshot).map(path -> new Fetched(pinned, path));
        });
    }

    private static Optional<Path> whole(HubAddress address, List<String> names, Path snapshot) {
        try {
            if (address.kind() == HubAddress.Kind.DATASET) {
                return Optional.of(snapshot.resolve(WantedFiles.data(address, names)));
            }
            WantedFiles.of(address, names);
            if (WantedFiles.sharded(names)) {
                WantedFiles.shards(address, snapshot.resolve(WantedFiles.INDEX), names);
            }
            return Optional.of(snapshot);
        } catch (UserException e) {
            // something is missing here, which the hub may have
            return Optional.empty();
        }
    }
}
