package dev.tandem.cli.board;

/** Measures texts of a page against what is behind them, as WCAG 2 does. */
final class Contrast {
    /** Returns every text with a contrast below 4.5 : 1, and that contrast. */
    static final String SCRIPT = """
            const parse = (c) => { const m = c.match(/[\\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
            const over = (f, b) => [0, 1, 2].map((i) => f[i] * f[3] + b[i] * (1 - f[3]));
            const behind = (node) => {
              const stack = [];
              for (let n = node; n; n = n.parentElement) stack.push(parse(getComputedStyle(n).backgroundColor));
              return stack.reverse().reduce((b, f) => over(f, b), [255, 255, 255]);
            };
            const light = (c) => {
              const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
              return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const bad = [];
            for (const node of document.querySelectorAll('body *')) {
              const own = [...node.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
              const style = getComputedStyle(node);
              if (!own || !node.getClientRects().length || style.visibility === 'hidden' || node.closest('button:disabled')) continue;
              const back = behind(node);
              const [a, b] = [light(over(parse(style.color), back)), light(back)].sort((x, y) => y - x);
              const ratio = (a + 0.05) / (b + 0.05);
              if (ratio < 4.5) bad.push(`${ratio.toFixed(2)} ${node.className} ${node.textContent.slice(0, 30)}`);
            }
            return bad;
            """;

    private Contrast() {}
}
