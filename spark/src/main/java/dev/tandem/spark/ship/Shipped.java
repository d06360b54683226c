package dev.tandem.spark.ship;

import java.io.Serializable;

/**
 * A file or folder of the driver's machine that was shipped with the application.
 *
 * @param original its path on the driver's machine
 * @param archive name of the archive that holds it
 * @param digest digest of the archive: files keep their path on a machine as long as their content is the same
 * @param name its own name, in the archive
 */
public record Shipped(String original, String archive, String digest, String name) implements Serializable {}
