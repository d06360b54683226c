package dev.tandem.spark.rank;

import java.io.File;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The class path of a child process: the jars that Spark fetched for the application come first, so that the
 * application's versions of libraries take precedence over Spark's.
 */
final class ClassPath {
    private ClassPath() {}

    static String here() {
        var entries = new ArrayList<String>();
        for (var loader = ClassPath.class.getClassLoader(); loader != null; loader = loader.getParent()) {
            if (loader instanceof URLClassLoader urls) {
                entries.addAll(files(urls.getURLs()));
            }
        }
        entries.add(System.getProperty("java.class.path"));
        return String.join(File.pathSeparator, entries);
    }

    private static List<String> files(URL[] urls) {
        var result = new ArrayList<String>();
        for (var url : urls) {
            if (url.getProtocol().equals("file")) {
                result.add(Path.of(uri(url)).toString());
            }
        }
        return result;
    }

    private static URI uri(URL url) {
        try {
            return url.toURI();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("class path entry " + url, e);
        }
    }
}
