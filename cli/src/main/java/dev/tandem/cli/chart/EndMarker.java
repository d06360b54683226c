package dev.tandem.cli.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.util.List;
import org.knowm.xchart.style.markers.Marker;

/**
 * A regular figure with an outline, so that it stands out from the lines and from other markers under it.
 *
 * @see #forMethod(int)
 */
final class EndMarker extends Marker {
    private static final List<Figure> METHOD_FIGURES = List.of(
            new Figure(0, 1, 0, 1.0),
            new Figure(4, 1, 45, 1.2),
            new Figure(3, 1, -90, 1.35),
            new Figure(4, 1, 0, 1.25),
            new Figure(3, 1, 90, 1.35),
            new Figure(6, 1, 0, 1.15));

    /**
     * A figure around a point.
     *
     * @param corners number of corners; 0: a circle
     * @param waist radius between the corners, as a share of the radius; 1: a polygon instead of a star
     * @param turn where the first corner points to, degrees clockwise from the right
     * @param scale radius, relative to a circle's
     */
    private record Figure(int corners, double waist, double turn, double scale) {
        Shape at(double x, double y, double radius) {
            var r = radius * scale;
            if (corners == 0) {
                return new Ellipse2D.Double(x - r, y - r, 2 * r, 2 * r);
            }
            var path = new Path2D.Double();
            var points = waist < 1 ? 2 * corners : corners;
            for (var i = 0; i < points; i++) {
                var angle = Math.toRadians(turn + 360.0 * i / points);
                var reach = waist < 1 && i % 2 == 1 ? r * waist : r;
                var px = x + reach * Math.cos(angle);
                var py = y + reach * Math.sin(angle);
                if (i == 0) {
                    path.moveTo(px, py);
                } else {
                    path.lineTo(px, py);
                }
            }
            path.closePath();
            return path;
        }
    }

    private final Figure figure;
    private final double radius;
    private final boolean hollow;

    private EndMarker(Figure figure, double radius, boolean hollow) {
        this.figure = figure;
        this.radius = radius;
        this.hollow = hollow;
    }

    /** The marker of a method's end: each of the first six has a figure of its own. */
    static EndMarker forMethod(int index) {
        return new EndMarker(METHOD_FIGURES.get(index % METHOD_FIGURES.size()), 9, false);
    }

    /** The marker of the start of training: a ring. */
    static EndMarker start() {
        return new EndMarker(new Figure(0, 1, 0, 1), 8, true);
    }

    /** The ideal point: a star. */
    static EndMarker ideal() {
        return new EndMarker(new Figure(5, 0.42, -90, 1), 15, false);
    }

    /** An evaluation on the way: a dot. */
    static EndMarker dot() {
        return new EndMarker(new Figure(0, 1, 0, 1), 4, false);
    }

    @Override
    public void paint(Graphics2D graphics, double x, double y, int markerSize) {
        var colour = graphics.getColor();
        var shape = figure.at(x, y, radius);
        graphics.setStroke(new BasicStroke(hollow ? 3f : 1.5f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        graphics.setColor(hollow ? Color.WHITE : colour);
        graphics.fill(shape);
        graphics.setColor(hollow ? colour : Color.WHITE);
        graphics.draw(shape);
        graphics.setColor(colour);
    }
}
