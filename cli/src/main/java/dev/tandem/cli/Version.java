package dev.tandem.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest, and the JVM's. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        var version = Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("(development build)");
        return new String[] {"tandem " + version, "JVM " + Runtime.version()};
    }
}
