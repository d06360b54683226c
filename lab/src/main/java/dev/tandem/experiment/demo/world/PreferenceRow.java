package dev.tandem.experiment.demo.world;

/** A row of format {@code preference}: a prompt (not rendered), the answer preferred and the one rejected. */
public record PreferenceRow(String prompt, String chosen, String rejected) {}
