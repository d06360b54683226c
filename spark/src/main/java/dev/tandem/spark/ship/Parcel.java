package dev.tandem.spark.ship;

import java.io.Serializable;

/**
 * Small files in memory, to be broadcast, because jobs of a session do not see the files that were added to its
 * application.
 *
 * @param digest digest of the archive
 * @param name the file's or folder's own name, in the archive
 * @param archive its bytes
 */
public record Parcel(String digest, String name, byte[] archive) implements Serializable {}
