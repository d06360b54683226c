package dev.tandem.model.family;

import dev.tandem.UserException;
import dev.tandem.model.config.ConfigJson;
import dev.tandem.model.config.ModelSpec;

/**
 * A family of models: how its Hugging Face config is read, and how its checkpoints name modules. A family is one file
 * and a line in {@link ModelFamilies}; the specs that it returns define what it computes.
 */
public interface ModelFamily {
    /** The config's {@code model_type}. */
    String modelType();

    /**
     * Reads a config. Defaults are those of the Hugging Face config class. A key that changes what is computed, and is not
     * supported, must be refused.
     *
     * @throws UserException if the config is malformed or describes a model that is not supported; the message names the key
     */
    ModelSpec read(ConfigJson json);
}
