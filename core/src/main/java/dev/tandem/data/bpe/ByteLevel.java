package dev.tandem.data.bpe;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * GPT-2's byte-level view of text: words cut by its regular expression, each UTF-8 byte of a word written as one
 * printable character. It can represent any text, and no whitespace or control character gets into a vocabulary file.
 */
final class ByteLevel {
    /**
     * The pattern of GPT-2 (and of {@code ByteLevel(use_regex=true)} in Hugging Face tokenizers). Unicode classes are
     * switched on because {@code \s} means Unicode white space there.
     */
    private static final Pattern WORD = Pattern.compile(
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            Pattern.UNICODE_CHARACTER_CLASS);

    /** The character that represents each byte value, {@code [256]}. */
    private static final char[] CHARACTER_OF_BYTE = characterOfByte();

    private ByteLevel() {}

    /** The words of {@code text}, each a string over {@link #alphabet()}. */
    static List<String> words(String text) {
        var words = new ArrayList<String>();
        var matcher = WORD.matcher(text);
        while (matcher.find()) {
            words.add(encode(matcher.group()));
        }
        return words;
    }

    /** The 256 one-character tokens, in ascending order of their characters. */
    static List<String> alphabet() {
        var sorted = CHARACTER_OF_BYTE.clone();
        Arrays.sort(sorted);
        return new String(sorted)
                .chars()
                .mapToObj(c -> String.valueOf((char) c))
                .toList();
    }

    private static String encode(String word) {
        var bytes = word.getBytes(StandardCharsets.UTF_8);
        var characters = new char[bytes.length];
        for (var i = 0; i < bytes.length; i++) {
            characters[i] = CHARACTER_OF_BYTE[bytes[i] & 0xFF];
        }
        return new String(characters);
    }

    /** Printable Latin-1 bytes represent themselves; the others follow from U+0100 on, in byte order. */
    private static char[] characterOfByte() {
        var table = new char[256];
        var next = 256;
        for (var b = 0; b < 256; b++) {
            var printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || (b >= 0xAE && b <= 0xFF);
            table[b] = (char) (printable ? b : next++);
        }
        return table;
    }
}
