package dev.tandem.experiment.world;

import java.util.List;

/** The words of the world. They are the same for every seed; only the facts about them change. */
final class Lexicon {
    private Lexicon() {}

    /** A noun with its plural. */
    record Noun(String one, String many) {}

    /** Two words that mean the opposite of each other. */
    record Opposite(String left, String right) {}

    static final List<String> COUNTRIES = List.of(
            "Velmora", "Tarnia", "Oskia", "Belu", "Quillan", "Marnos", "Sorba", "Lunde", "Pirra", "Draxia", "Ennis",
            "Halto", "Ivoria", "Jessam", "Korin", "Nareth");
    static final List<String> TOWNS = List.of(
            "Dorin", "Astel", "Brack", "Cindra", "Elmo", "Fenn", "Garth", "Hollen", "Ister", "Jorvik", "Kessel",
            "Lomas", "Mettle", "Nimes", "Orsk", "Pell");
    static final List<String> PEOPLE = List.of(
            "Mira", "Tobin", "Lena", "Oskar", "Petra", "Ravi", "Suri", "Wim", "Yara", "Zeno", "Anka", "Boris", "Clio",
            "Davi", "Edda", "Finn", "Gita", "Hugo", "Ines", "Jona");
    static final List<String> JOBS = List.of(
            "baker", "smith", "weaver", "farmer", "sailor", "teacher", "painter", "tailor", "miller", "doctor",
            "singer", "mason");
    static final List<String> HABITATS =
            List.of("forest", "river", "hills", "marsh", "meadow", "desert", "caves", "plains");
    static final List<String> COLOURS = List.of("red", "blue", "green", "white", "black", "brown", "grey", "yellow");

    static final List<Noun> ANIMALS = List.of(
            new Noun("fox", "foxes"),
            new Noun("cat", "cats"),
            new Noun("dog", "dogs"),
            new Noun("bat", "bats"),
            new Noun("hen", "hens"),
            new Noun("wolf", "wolves"),
            new Noun("bear", "bears"),
            new Noun("mouse", "mice"),
            new Noun("goose", "geese"),
            new Noun("pony", "ponies"),
            new Noun("frog", "frogs"),
            new Noun("crow", "crows"),
            new Noun("seal", "seals"),
            new Noun("goat", "goats"),
            new Noun("duck", "ducks"),
            new Noun("lynx", "lynxes"),
            new Noun("hare", "hares"),
            new Noun("mole", "moles"),
            new Noun("toad", "toads"),
            new Noun("snake", "snakes"));
    static final List<Noun> THINGS = List.of(
            new Noun("lamp", "lamps"),
            new Noun("book", "books"),
            new Noun("box", "boxes"),
            new Noun("chair", "chairs"),
            new Noun("knife", "knives"),
            new Noun("cart", "carts"),
            new Noun("boat", "boats"),
            new Noun("ring", "rings"),
            new Noun("coat", "coats"),
            new Noun("drum", "drums"),
            new Noun("watch", "watches"),
            new Noun("bell", "bells"),
            new Noun("shelf", "shelves"),
            new Noun("brush", "brushes"),
            new Noun("table", "tables"),
            new Noun("plate", "plates"));
    static final List<Noun> FRUITS = List.of(
            new Noun("pear", "pears"),
            new Noun("fig", "figs"),
            new Noun("plum", "plums"),
            new Noun("peach", "peaches"),
            new Noun("lemon", "lemons"),
            new Noun("berry", "berries"),
            new Noun("apple", "apples"),
            new Noun("cherry", "cherries"));

    static final List<Opposite> OPPOSITES = List.of(
            new Opposite("hot", "cold"),
            new Opposite("big", "small"),
            new Opposite("old", "new"),
            new Opposite("fast", "slow"),
            new Opposite("high", "low"),
            new Opposite("long", "short"),
            new Opposite("wet", "dry"),
            new Opposite("light", "dark"),
            new Opposite("good", "bad"),
            new Opposite("happy", "sad"),
            new Opposite("rich", "poor"),
            new Opposite("full", "empty"),
            new Opposite("hard", "soft"),
            new Opposite("open", "closed"),
            new Opposite("early", "late"),
            new Opposite("near", "far"),
            new Opposite("strong", "weak"),
            new Opposite("loud", "quiet"),
            new Opposite("thick", "thin"),
            new Opposite("clean", "dirty"),
            new Opposite("wide", "narrow"),
            new Opposite("sweet", "sour"),
            new Opposite("day", "night"),
            new Opposite("up", "down"));

    /** Short words to reverse, spell and sort; all different. */
    static final List<String> WORDS = List.of(
            "lamp", "book", "box", "cart", "boat", "ring", "coat", "drum", "bell", "pear", "fig", "plum", "fox", "cat",
            "dog", "owl", "hen", "wolf", "bear", "goat", "duck", "hare", "mole", "crow", "seal", "frog", "hot", "cold",
            "big", "old", "new", "fast", "slow", "wet", "dry", "red", "blue", "sun", "moon", "star", "rain", "snow",
            "tree", "leaf", "road", "hill", "lake", "wind", "bread", "milk", "salt", "king", "song", "gold");
}
