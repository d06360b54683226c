package dev.tandem.hub;

import dev.tandem.UserException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Models and data by name. Files go into the Hugging Face cache, where other tools can read them too, and are fetched
 * once:
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
     * @param settings the hub's address, its cache, and the user's token
     * @param listener notified of downloads
     */
    public Hub(HubSettings settings, HubListener listener) {
        this.settings = settings;
        this.listener = listener;
    }

    /**
     * The local path for a path: an {@code hf://} address is fetched, any other path is returned unchanged.
     *
     * @param path a local path, or an address
     * @return a local path
     * @throws UserException as {@link #fetch}
     */
    public Path local(Path path) {
        return HubAddress.of(path).map(address -> fetch(address).path()).orElse(path);
    }

    /**
     * A model or file in the cache.
     *
     * @param address the requested address, at the commit that its revision resolves to
     * @param path folder of the model, or the file; it is in a folder named after the commit, and never changes
     */
    public record Fetched(HubAddress address, Path path) {}

    /**
     * Fetches the files that are not in the cache. The hub is asked to resolve the revision, unless it is a commit
     * whose files are all there. Without a network, or if {@code HF_HUB_OFFLINE} is set, the cache's answer is used.
     *
     * @param address the model or file to fetch
     * @return where it is now
     * @throws UserException if it does not exist, may not be read, is not a model that Tandem reads, or the network,
     *     the checksum or the disk is at fault
     */
    public Fetched fetch(HubAddress address) {
        var cache = new HubCache(settings.cache(), address);
        var cached = cached(cache, address);
        if (cached.isPresent() && (settings.offline() || HubNames.isCommit(address.revision()))) {
            return cached.get();
        }
        if (settings.offline()) {
            throw new UserException(address + " is not in the cache (" + cache.root() + "), or not all of it, and"
                    + " HF_HUB_OFFLINE forbids fetching it. Unset it, or run 'tandem download " + address
                    + "' where there is a network.");
        }
        return new RepositoryDownload(settings, cache, address, listener).fetch(cached);
    }

    /** The cached files, if the cache has all of them. */
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
                return Optional.of(snapshot.resolve(FileSelection.data(address, names)));
            }
            FileSelection.of(address, names);
            if (FileSelection.sharded(names)) {
                FileSelection.shards(address, snapshot.resolve(FileSelection.INDEX), names);
            }
            return Optional.of(snapshot);
        } catch (UserException e) {
            // something is missing here that the hub may have
            return Optional.empty();
        }
    }
}
