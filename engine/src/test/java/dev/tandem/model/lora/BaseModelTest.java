package dev.tandem.model.lora;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class BaseModelTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @Test
    void aFolderOfAHubsCacheIsNamedAsOnTheHub() {
        var cache = "/home/me/.cache/huggingface/hub/models--tiny--llama/snapshots/" + COMMIT;
        assertThat(BaseModel.of(cache)).isEqualTo(new BaseModel("tiny/llama", Optional.of(COMMIT)));
        assertThat(BaseModel.of("hub/models--gpt2/snapshots/" + COMMIT))
                .isEqualTo(new BaseModel("gpt2", Optional.of(COMMIT)));
        assertThat(BaseModel.of("models/llama")).isEqualTo(new BaseModel("models/llama", Optional.empty()));
    }
}
