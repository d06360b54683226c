package dev.tandem.hub;

import java.util.Optional;

/**
 * A file that a repository lists.
 *
 * @param name path in the repository
 * @param blobId git's name of the content, where the hub reports it
 */
record HubFile(String name, Optional<String> blobId) {}
