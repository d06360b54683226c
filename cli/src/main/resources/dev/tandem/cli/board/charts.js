// The charts. Each has a function that returns its current data; drawing again keeps the canvas and is cheap without
// animation.

import { el, isNumber, mark, number } from './dom.js';

// distinguishable with red-green colour blindness too (Okabe and Ito), dark enough for both themes
export const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#b35a8e', '#a57c00', '#3d94cc', '#7a68c9', '#8a8f98'];
export const objectiveColour = (index) => COLOURS[index % COLOURS.length];

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const { Chart } = window;
Chart.defaults.animation = false;
Chart.defaults.maintainAspectRatio = false;
Chart.defaults.plugins.legend.display = false;
Chart.defaults.font.size = 12.5;
Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;

/** A chart with a caption. `make()` gives {datasets, x, y, keys, more}. */
export function chart(title, note, make, low = false) {
  const canvas = el('canvas', { role: 'img', 'aria-label': note ? `${title}: ${note}` : title });
  const keys = el('div', { class: 'keys' });
  const node = el('figure', {},
    el('figcaption', {}, el('span', { text: title }), el('small', { text: note })),
    keys, el('div', { class: low ? 'canvas low' : 'canvas' }, canvas));
  let drawn;
  let shown = '';
  return {
    node,
    draw() {
      const { datasets, x, y, keys: names = [], more = {} } = make();
      node.hidden = datasets.every((set) => set.data.length === 0);
      if (node.hidden) return;
      if (JSON.stringify(names) !== shown) {
        shown = JSON.stringify(names);
        keys.replaceChildren(...names.map(([text, ink]) => el('span', {}, mark(ink), text)));
      }
      const options = { parsing: false, normalized: true, scales: { x: axis(x), y: axis(y) },
        interaction: { mode: 'nearest', axis: 'x', intersect: false }, ...more };
      if (drawn) {
        drawn.data.datasets = datasets;
        drawn.options = options;
        drawn.update('none');
      } else {
        drawn = new Chart(canvas, { type: 'line', data: { datasets }, options });
      }
    },
    close() { if (drawn) drawn.destroy(); drawn = undefined; },
  };
}

const axis = (given) => {
  const { title, format = number, ...more } = typeof given === 'string' ? { title: given } : given;
  return {
    type: 'linear', grid: { color: colour('grid') }, border: { color: colour('line') },
    title: { display: true, text: title, color: colour('muted') },
    ticks: { color: colour('muted'), maxRotation: 0, callback(value, i, ticks) {
      return format === number ? Chart.Ticks.formatters.numeric.call(this, value, i, ticks) : format(value);
    } }, ...more,
  };
};

const points = (curve, over, field) => curve[over].map((x, i) => ({ x, y: curve[field][i] }));

/** A curve: its mean as a line, from its smallest to its largest value as a band. */
export function curve(given, over, label, ink, more = {}) {
  if (!given) return [];
  const line = { label, data: points(given, over, 'mean'), borderColor: ink, backgroundColor: ink, borderWidth: 2,
    pointRadius: given.step.length === 1 ? 3 : 0, pointHitRadius: 8, ...more };
  const wide = given.min.some((low, i) => low !== given.max[i]);
  if (!wide || more.plain) return [line];
  const edge = { label: '', borderWidth: 0, pointRadius: 0, pointHitRadius: 0, backgroundColor: `${ink}2b`, hidden: more.hidden };
  return [line,
    { ...edge, data: points(given, over, 'max'), fill: false },
    { ...edge, data: points(given, over, 'min'), fill: '-1' }];
}

const LATELY = 20;

/** A value of 0 or 1 per step, shown as the mean of the newest points, because single steps would only oscillate. */
export function share(given, over, label, ink) {
  if (!given) return [];
  let sum = 0;
  const mean = given.mean.map((value, i) => {
    sum += value - (i >= LATELY ? given.mean[i - LATELY] : 0);
    return sum / Math.min(i + 1, LATELY);
  });
  return curve({ ...given, mean }, over, label, ink, { plain: true });
}

/** Values measured now and then: a line with dots. */
export function dots(given, over, label, ink, more = {}) {
  return given ? [{ label, data: points(given, over, 'last'), borderColor: ink, backgroundColor: ink, borderWidth: 1.5,
    borderDash: [5, 4], pointRadius: 3.5, pointHitRadius: 8, ...more }] : [];
}

/** A path through loss space: a ring where it begins, dots at evaluations, a larger one at its current end. */
export function way(detail, [across, up], label, ink, more = {}) {
  const first = detail.curves[`eval/${across}`];
  const second = detail.curves[`eval/${up}`];
  if (!first || !second) return [];
  const heights = new Map(second.step.map((step, i) => [step, second.last[i]]));
  const data = first.step.map((step, i) => ({ x: first.last[i], y: heights.get(step), step })).filter((p) => isNumber(p.y));
  const end = data.length - 1;
  return [{ label, data, borderColor: ink, borderWidth: 2, pointBorderColor: ink,
    pointBackgroundColor: data.map((_, i) => (i === 0 ? colour('page') : ink)),
    pointRadius: data.map((_, i) => (i === 0 ? 5 : i === end ? 6 : 2.5)),
    pointHitRadius: 8, ...more }];
}

/**
 * A path turns back, so Chart.js must not treat it as sorted by x, as it does without parsing; its tooltips show the
 * step.
 */
export const wayTips = {
  parsing: { xAxisKey: 'x', yAxisKey: 'y' },
  normalized: false,
  interaction: { mode: 'nearest', intersect: true },
  plugins: { tooltip: { callbacks: {
    title: ([item]) => `after step ${item.raw.step}`,
    label: (item) => `${item.dataset.label}: ${number(item.raw.x)}, ${number(item.raw.y)}`,
  } } },
};

/** Tooltips omit the edges of bands. */
export const curveTips = { plugins: { tooltip: { filter: (item) => item.dataset.label !== '' } } };
