package dev.tandem.spark.tokens;

import dev.tandem.UserException;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.encoding.TokenRow;
import dev.tandem.data.tokenizer.TextTokenizer;
import dev.tandem.spark.ship.Parcel;
import dev.tandem.spark.ship.ShippedFiles;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.StreamSupport;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;

/** Turns a partition of rows into rows of tokens, with the encoder that training would use. */
final class TokenizePartition implements MapPartitionsFunction<Row, Row> {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 80;

    private final RowPlan plan;
    private final Broadcast<Parcel> tokenizer;
    private final RowCounters counters;

    TokenizePartition(RowPlan plan, Broadcast<Parcel> tokenizer, RowCounters counters) {
        this.plan = plan;
        this.tokenizer = tokenizer;
        this.counters = counters;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        if (!rows.hasNext()) {
            return rows;
        }
        var encoder = encoder();
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(rows, Spliterator.ORDERED), false)
                .flatMap(row -> text(row).stream().map(text -> encoded(encoder, row.getString(0), text)))
                .peek(counters::count)
                .filter(EncodedRow.Kept.class::isInstance)
                .map(row -> TokenSchema.row(TokenRow.of((EncodedRow.Kept) row)))
                .iterator();
    }

    private RowEncoder encoder() {
        var recipe = plan.recipe();
        if (!recipe.format().isText()) {
            return recipe.encoder(plan.columns(), Optional.empty(), plan.vocabSize());
        }
        var text = TextTokenizer.load(ShippedFiles.unpacked(tokenizer.value()));
        TaskCompletionListener close = context -> text.close();
        TaskContext.get().addTaskCompletionListener(close);
        return recipe.encoder(plan.columns(), Optional.of(text), plan.vocabSize());
    }

    /** The row's JSON; absent for a blank line. */
    private static Optional<String> text(Row row) {
        try {
            var text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(row.<byte[]>getAs(1)))
                    .toString();
            var plain = text.startsWith("\ufeff") ? text.substring(1) : text;
            return plain.isBlank() ? Optional.empty() : Optional.of(plain);
        } catch (CharacterCodingException e) {
            throw new UserException(
                    row.getString(0) + ": a row is not UTF-8. Convert the file, or correct the row.", e);
        }
    }

    private static EncodedRow encoded(RowEncoder encoder, String place, String text) {
        // partitions do not know their lines: the text finds the row
        var where = place + ", the row that begins with " + text.substring(0, Math.min(SHOWN, text.length()));
        return encoder.encode(dev.tandem.data.rows.Row.parse(where, text));
    }
}
