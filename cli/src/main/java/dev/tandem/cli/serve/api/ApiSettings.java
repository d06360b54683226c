package dev.tandem.cli.serve.api;

import dev.tandem.cli.http.ListenAddress;
import dev.tandem.inference.GenerationSettings;
import java.util.Optional;

/**
 * The settings of a served model.
 * @param name the model's name for clients
 * @param fingerprint changes when answers may change
 * @param defaults defaults for parameters that a request omits
 * @param template template of conversations, {@code {}} stands for the user's message; absent: the model's chat
 *     template
 * @param host name or address to listen on
 * @param port 0 for any that is free
 * @param key key that clients must present; absent: none is required
 */
public record ApiSettings(
        String name,
        String fingerprint,
        GenerationSettings defaults,
        Optional<String> template,
        String host,
        int port,
        Optional<String> key) {
    /** @throws dev.tandem.UserException if there is no such port */
    public ApiSettings {
        ListenAddress.port(port);
    }
}
