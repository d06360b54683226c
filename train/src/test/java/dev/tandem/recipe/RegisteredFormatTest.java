package dev.tandem.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.format.EncodingContext;
import dev.tandem.data.format.RowFormat;
import dev.tandem.data.format.RowTexts;
import dev.tandem.data.format.SftFormat;
import dev.tandem.data.rows.Row;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A program's own row format is named in recipes like Tandem's. */
class RegisteredFormatTest {
    private static final String RECIPE = """
            model: base
            method: {name: single, objective: sft}
            objectives:
              sft: {data: a.jsonl, format: own, batch-size: 12}
            train: {steps: 20}
            output: runs/a
            """;

    /** Rows of {@code sft} under another name. */
    private record OwnFormat(String name) implements RowFormat {
        private static final RowFormat LIKE = new SftFormat();

        @Override
        public List<RowShape> shapes() {
            return LIKE.shapes();
        }

        @Override
        public List<String> columns(RowShape shape) {
            return LIKE.columns(shape);
        }

        @Override
        public List<String> required(RowShape shape) {
            return LIKE.required(shape);
        }

        @Override
        public boolean takesTemplate() {
            return LIKE.takesTemplate();
        }

        @Override
        public boolean matches(Collection<String> columns) {
            return LIKE.matches(columns);
        }

        @Override
        public RowEncoder encoder(RowShape shape, RowColumns columns, EncodingContext context) {
            return LIKE.encoder(shape, columns, context);
        }

        @Override
        public Optional<RowTexts> texts(RowShape shape, Row row, RowColumns columns) {
            return LIKE.texts(shape, row, columns);
        }
    }

    @Test
    void isReadWrittenBackAndReadAgain() {
        var registry = Registry.standard().with(new OwnFormat("own"));
        var recipe = RecipeReader.parse(RECIPE, List.of(), registry);
        assertThat(recipe.objectives().get("sft").data().format()).isEqualTo(new OwnFormat("own"));
        assertThat(RecipeReader.write(recipe)).contains("format: own");
        assertThat(RecipeReader.parse(RecipeReader.write(recipe), List.of(), registry))
                .isEqualTo(recipe);
    }

    @Test
    void isUnknownToOtherRegistries() {
        assertThatThrownBy(() -> RecipeReader.parse(RECIPE, List.of()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("recipe:4: objectives.sft.format: 'own' is not known");
        assertThat(Registry.standard().formats()).doesNotContain(new OwnFormat("own"));
    }

    @Test
    void aNameOccursOnce() {
        assertThatThrownBy(() -> Registry.standard().with(new OwnFormat("sft")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two row formats have the same name");
    }
}
