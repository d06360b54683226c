package dev.tandem.cli.serve.wire;

import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An error in the format of OpenAI's API.
 * @param status the HTTP status
 * @param message for people
 * @param type OpenAI's kind of error
 * @param param the parameter that is wrong
 * @param code for programs
 */
public record ApiError(int status, String message, String type, Optional<String> param, Optional<String> code) {
    private static final String INVALID = "invalid_request_error";
    private static final String SERVER = "server_error";

    /** The request is wrong as a whole. */
    public static ApiError request(int status, String message) {
        return new ApiError(status, message, INVALID, Optional.empty(), Optional.empty());
    }

    /** A parameter is wrong. */
    public static ApiError parameter(String param, String code, String message) {
        return new ApiError(400, message, INVALID, Optional.of(param), Optional.of(code));
    }

    /** The key is missing or wrong. */
    public static ApiError key() {
        return new ApiError(
                401,
                "An API key is needed: send the header 'Authorization: Bearer KEY' with the key the server was started"
                        + " with.",
                INVALID,
                Optional.empty(),
                Optional.of("invalid_api_key"));
    }

    /** The server has another model. */
    public static ApiError model(String asked, String here) {
        return new ApiError(
                404,
                "There is no model '" + asked + "'; this server has '" + here + "'.",
                INVALID,
                Optional.of("model"),
                Optional.of("model_not_found"));
    }

    /** The queue is full. */
    public static ApiError full() {
        return new ApiError(
                429,
                "The queue is full. Try again after the time in Retry-After.",
                "rate_limit_error",
                Optional.empty(),
                Optional.of("queue_full"));
    }

    /** The server does not serve at the moment. */
    public static ApiError unavailable(String message) {
        return new ApiError(503, message, SERVER, Optional.empty(), Optional.of("unavailable"));
    }

    /** An internal error of the server. */
    public static ApiError failure(String id) {
        return new ApiError(
                500,
                "The server failed (id " + id
                        + " in its log): it ran out of memory, or has a fault. Other requests are still served.",
                SERVER,
                Optional.empty(),
                Optional.of("internal_error"));
    }

    ObjectNode json() {
        var json = JsonMapper.shared().createObjectNode();
        var error = json.putObject("error");
        error.put("message", message);
        error.put("type", type);
        error.put("param", param.orElse(null));
        error.put("code", code.orElse(null));
        return json;
    }

    /** The error as an exception. */
    public Refusal refusal() {
        return new Refusal(this);
    }

    /** A request that is refused. */
    public static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient ApiError error;

        private Refusal(ApiError error) {
            super(error.message(), null, false, false);
            this.error = error;
        }

        public ApiError error() {
            return error;
        }
    }
}
