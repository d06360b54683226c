package dev.tandem.cli.serve;

import dev.tandem.eval.GenerationSettings;
import java.util.Optional;

/**
 * How a model is served.
 *
 * @param name what clients call it
 * @param fingerprint changes when answers may
 * @param defaults for what a request does not say
 * @param template of conversations, {@code {}} stands for what the user says; absent: the model's chat template
 * @param host name or address to listen on
 * @param port 0 for any that is free
 * @param key that clients must know; asked for whenever it is given
 */
public record ApiSettings(
        String name,
        String fingerprint,
        GenerationSettings defaults,
        Optional<String> template,
        String host,
        int port,
        Optional<String> key) {}
