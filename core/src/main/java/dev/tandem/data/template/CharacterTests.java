package dev.tandem.data.template;

import java.util.function.IntPredicate;

/** Tests of all characters of a string. */
final class CharacterTests {
    private CharacterTests() {}

    static boolean test(String name, String text) {
        return switch (name) {
            case "isascii" -> text.chars().allMatch(c -> c < 0x80);
            case "isupper" ->
                text.codePoints().anyMatch(Character::isUpperCase)
                        && text.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
            case "islower" ->
                text.codePoints().anyMatch(Character::isLowerCase)
                        && text.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
            default -> !text.isEmpty() && text.codePoints().allMatch(each(name));
        };
    }

    private static IntPredicate each(String name) {
        return switch (name) {
            case "isalpha" -> Character::isLetter;
            case "isspace" -> Whitespace::is;
            case "isdecimal" -> Character::isDigit;
            case "isdigit" -> c -> Character.isDigit(c) || superscript(c);
            case "isnumeric" -> CharacterTests::numeric;
            default -> c -> Character.isLetter(c) || numeric(c);
        };
    }

    private static boolean numeric(int c) {
        int type = Character.getType(c);
        return type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
    }

    /** Digits that are not decimal: superscripts, subscripts and circled digits. */
    private static boolean superscript(int c) {
        return Character.getType(c) == Character.OTHER_NUMBER
                && Character.getNumericValue(c) >= 0
                && Character.getNumericValue(c) <= 9;
    }
}
