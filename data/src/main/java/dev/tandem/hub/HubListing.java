package dev.tandem.hub;

import dev.tandem.UserException;
import dev.tandem.io.InputJson;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The content of a revision of a repository.
 *
 * @param commit the revision's commit
 * @param files files by their names; names that could lead out of a folder are left out
 */
record HubListing(String commit, Map<String, HubFile> files) {
    private static final int MAX_BYTES = 50_000_000;

    HubListing {
        files = new LinkedHashMap<>(files);
    }

    /** Fetches the listing from the hub. */
    static HubListing ask(HubClient client, HubAddress address) throws IOException {
        try (var body = client.get(address, client.description(address), 0).body()) {
            var bytes = body.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new UserException(address + ": its list of files has more than " + MAX_BYTES + " bytes.");
            }
            return of(address, InputJson.mapper().readTree(bytes));
        } catch (JacksonException e) {
            throw new UserException(
                    address + ": the server does not answer as a hub does. Is HF_ENDPOINT"
                            + " right, or does a proxy ask to log in?",
                    e);
        }
    }

    private static HubListing of(HubAddress address, JsonNode json) {
        var commit = json.path("sha").asString("");
        if (!HubNames.isCommit(commit)) {
            throw new UserException(address + ": the server names no commit. Is HF_ENDPOINT a hub?");
        }
        var files = new LinkedHashMap<String, HubFile>();
        for (var sibling : json.path("siblings")) {
            var name = sibling.path("rfilename").asString("");
            if (HubNames.isFile(name)) {
                files.put(
                        name,
                        new HubFile(
                                name,
                                Optional.of(sibling.path("blobId").asString("")).filter(b -> !b.isEmpty())));
            }
        }
        return new HubListing(commit, files);
    }

    List<String> names() {
        return List.copyOf(files.keySet());
    }

    /** A file that must exist. */
    HubFile file(HubAddress address, String name) {
        return Optional.ofNullable(files.get(name))
                .orElseThrow(() -> new UserException(
                        address + ": there is no file '" + name + "'. There are: " + some(names()) + "."));
    }

    /** Up to 20 of the names. */
    static String some(List<String> names) {
        var shown = String.join(", ", names.subList(0, Math.min(20, names.size())));
        return names.size() <= 20 ? shown : shown + " and " + (names.size() - 20) + " more";
    }
}
