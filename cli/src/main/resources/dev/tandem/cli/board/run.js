// One run, or several side by side.

import { badge, begin, bytes, duration, el, isNumber, mark, methodOf, number, objective, whole } from './dom.js';
import { COLOURS, chart, curve, curveTips, dots, objectiveColour, share, way, wayTips } from './charts.js';

const OVER = { step: 'step', seconds: 'seconds of training' };
const EMPTY = { curves: {}, log: [], recipe: '' };

/** Two buttons: over steps, over seconds. */
function overSwitch(change) {
  const buttons = ['step', 'seconds'].map((over) => el('button', { type: 'button', 'aria-pressed': String(over === 'step'),
    text: over === 'step' ? 'Steps' : 'Seconds', click: () => {
      buttons.forEach((b, i) => b.setAttribute('aria-pressed', String(['step', 'seconds'][i] === over)));
      change(over);
    } }));
  return el('div', { class: 'group', role: 'group', 'aria-label': 'Curves over' }, el('span', { class: 'muted', text: 'Over' }), ...buttons);
}

export class RunView {
  constructor(feed, id, root) {
    Object.assign(this, { feed, id, over: 'step' });
    this.head = el('div');
    this.facts = el('dl', { class: 'facts' });
    this.charts = this.makeCharts();
    this.log = el('ol', { class: 'log', tabindex: 0, 'aria-label': 'Messages of the run' });
    this.logBox = el('section', {}, el('h2', { text: 'Messages' }), this.log);
    this.recipe = el('pre', { tabindex: 0 });
    this.recipeBox = el('section', {}, el('details', {}, el('summary', { text: 'Recipe' }), this.recipe));
    root.replaceChildren(el('a', { href: '#', text: '← All runs' }), this.head, this.facts,
      el('div', { class: 'bar' }, overSwitch((over) => { this.over = over; this.draw(); })),
      el('div', { class: 'charts' }, ...this.charts.map((c) => c.node)), this.logBox, this.recipeBox);
    this.draw();
  }

  get row() { return this.feed.rows.get(this.id); }

  get detail() { return this.feed.details.get(this.id) || EMPTY; }

  objectives() { return (this.row && this.row.objectives) || []; }

  makeCharts() {
    const x = () => OVER[this.over];
    const each = (make) => this.objectives().flatMap((name, i) => make(name, objectiveColour(i)));
    const keys = (what) => this.objectives().map((name, i) => [begin(`${objective(name)}${what}`), objectiveColour(i)]);
    const curves = () => this.detail.curves;
    const plain = (name, ink, format) => () => ({ datasets: curve(curves()[name], this.over, name, ink), x: x(),
      y: { title: '', format, beginAtZero: true }, more: { plugins: { tooltip: { filter: (item) => item.dataset.label !== '',
        callbacks: { label: (item) => format(item.raw.y) } } } } });
    return [
      chart('Losses', 'lines: training · dots: evaluation', () => ({
        datasets: each((name, ink) => [...curve(curves()[`loss/${name}`], this.over, `${objective(name)} training`, ink),
          ...dots(curves()[`eval/${name}`], this.over, `${objective(name)} evaluation`, ink)]),
        x: x(), y: 'loss', keys: keys(''), more: curveTips })),
      chart('Loss space', 'ring: begin · large dot: now', () => ({
        datasets: way(this.detail, this.objectives(), 'evaluation', COLOURS[0]), x: `${objective(this.objectives()[0] || '')} loss`,
        y: `${objective(this.objectives()[1] || '')} loss`, more: wayTips })),
      chart('Gaps to the optimum', 'on the evaluation sets', () => ({
        datasets: [...each((name, ink) => dots(curves()[`gap/${name}`], this.over, `${objective(name)} gap`, ink)),
          ...dots(curves().ideal, this.over, 'ideal distance', COLOURS[2])],
        x: x(), y: 'gap', keys: [...keys(' gap'), ['Ideal distance', COLOURS[2]]] })),
      chart('Which objective was trained', 'share of the recent steps', () => ({
        datasets: each((name, ink) => share(curves()[`share/${name}`], this.over, objective(name), ink)),
        x: x(), y: { title: 'share', min: 0, max: 1 }, keys: keys('') }), true),
      chart('What MAXRIGHT decided by', 'weighted gaps, the larger is trained', () => ({
        datasets: each((name, ink) => curve(curves()[`weighted-gap/${name}`], this.over, objective(name), ink, { plain: true })),
        x: x(), y: 'weighted gap', keys: keys('') }), true),
      chart('Tokens a second', '', plain('tokens', COLOURS[2], whole), true),
      chart('Memory', 'of the process', plain('memory', COLOURS[3], bytes), true),
    ];
  }

  draw() {
    this.drawHead();
    this.charts.forEach((c) => c.draw());
    this.drawLog();
    this.recipe.textContent = this.detail.recipe;
    this.recipeBox.hidden = !this.detail.recipe;
  }

  drawHead() {
    const { row } = this;
    // unchanged parts keep their nodes, and with them focus and selection
    const now = JSON.stringify(row ? [row.state, row.report, row.error] : [this.feed.searched]);
    if (now !== this.drawnHead) this.head.replaceChildren(...(row ? this.headOf(row) : [el('div', { class: 'title' },
      el('h1', { text: this.feed.searched ? 'There is no such run' : 'Looking for the run…' }))]));
    this.drawnHead = now;
    if (row) this.drawFacts(row);
  }

  headOf(row) {
    return [
      el('div', { class: 'title' }, el('h1', { text: row.name }), badge(row.state),
        row.report ? el('a', { href: `/report?id=${encodeURIComponent(row.report)}`, target: '_blank', rel: 'noopener', text: 'Report' }) : null),
      ...(row.error ? [el('p', { class: 'error', text: row.error })] : []),
      ...(row.state === 'dead' ? [el('p', { class: 'error', text: 'Its process is gone without a final state: the process was killed, or the machine failed.' })] : []),
    ];
  }

  drawFacts(row) {
    document.title = `${row.name} · Tandem board`;
    const losses = (values, what) => row.objectives.map((name) => [begin(`${objective(name)} ${what}`), number(values[name])]);
    const facts = [['Method', methodOf(row)], ['Seed', row.seed], ['Step', isNumber(row.step) ? `${whole(row.step)} / ${whole(row.steps)}` : ''],
      ...losses(row.eval_losses, 'evaluation'), ['Ideal distance', number(row.ideal_distance)],
      ['Tokens/s', whole(row.tokens_per_second)], ['Left', duration(row.seconds_left)], ['Memory', bytes(row.memory_bytes)],
      ['Started', row.started ? new Date(row.started).toLocaleString() : ''], ['Skipped lines', row.skipped_lines || '']];
    this.facts.replaceChildren(...facts.filter(([, value]) => value !== '' && value !== undefined)
      .map(([name, value]) => el('div', {}, el('dt', { text: name }), el('dd', { text: value }))));
  }

  drawLog() {
    const { log } = this.detail;
    this.logBox.hidden = log.length === 0;
    if (this.drawnLog === log) return;
    this.drawnLog = log;
    const atEnd = this.log.scrollTop + this.log.clientHeight >= this.log.scrollHeight - 8;
    this.log.replaceChildren(...log.map((line) => el('li', {},
      el('time', { datetime: line.time, text: new Date(line.time).toLocaleTimeString() }), el('span', { text: line.message }))));
    if (atEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  list() { this.draw(); }

  run() { this.draw(); }

  close() { this.charts.forEach((c) => c.close()); }
}

export class CompareView {
  constructor(feed, ids, root) {
    Object.assign(this, { feed, ids, over: 'step', off: new Set() });
    this.legend = el('ul', { class: 'legend', 'aria-label': 'Methods shown' });
    this.space = el('div', { class: 'charts' });
    root.replaceChildren(el('a', { href: '#', text: '← All runs' }), el('div', { class: 'title' }, el('h1', { text: 'Comparison' })),
      this.legend, el('div', { class: 'bar' }, overSwitch((over) => { this.over = over; this.draw(); })), this.space);
    document.title = 'Comparison · Tandem board';
    this.charts = [];
    this.made = '';
    this.draw();
  }

  rows() { return this.ids.map((id) => this.feed.rows.get(id)).filter(Boolean); }

  /** Runs of one method and weight are shown and hidden together. */
  groups() {
    const groups = new Map();
    this.rows().forEach((row) => {
      const label = methodOf(row) || row.name;
      groups.set(label, [...(groups.get(label) || []), row]);
    });
    return [...groups];
  }

  ink(row) { return COLOURS[this.groups().findIndex(([, rows]) => rows.includes(row)) % COLOURS.length]; }

  objectives() { return [...new Set(this.rows().flatMap((row) => row.objectives))].slice(0, 4); }

  each(make) {
    return this.groups().filter(([label]) => !this.off.has(label))
      .flatMap(([label, rows]) => rows.flatMap((row) => make(row, this.feed.details.get(row.id) || EMPTY,
        rows.length > 1 ? `${label}: ${row.name}` : label)));
  }

  makeCharts() {
    const [across, up] = this.objectives();
    const losses = (kind, title) => this.objectives().map((name) => chart(begin(`${objective(name)} ${title}`), '', () => ({
      datasets: this.each((row, detail, label) => (kind === 'eval' ? dots : curve)(detail.curves[`${kind}/${name}`], this.over, label,
        this.ink(row), { borderDash: [], plain: true })), x: OVER[this.over], y: 'loss' })));
    return [
      chart('Loss space', 'ring: begin · large dot: now', () => ({
        datasets: this.each((row, detail, label) => way(detail, [across, up], label, this.ink(row))),
        x: `${objective(across || '')} loss`, y: `${objective(up || '')} loss`, more: wayTips })),
      ...losses('eval', 'evaluation loss'),
      chart('Ideal distance', 'both gaps together', () => ({
        datasets: this.each((row, detail, label) => dots(detail.curves.ideal, this.over, label, this.ink(row), { borderDash: [] })),
        x: OVER[this.over], y: 'distance' })),
      ...losses('loss', 'training loss'),
    ];
  }

  draw() {
    if (this.made !== this.objectives().join()) {
      this.made = this.objectives().join();
      this.close();
      this.charts = this.makeCharts();
      this.space.replaceChildren(...this.charts.map((c) => c.node));
    }
    this.drawLegend();
    this.charts.forEach((c) => c.draw());
  }

  drawLegend() {
    const groups = this.groups();
    const now = JSON.stringify(groups.map(([label, rows]) => [label, rows.map((r) => [r.name, r.state])]));
    if (this.drawnLegend === now) return;
    this.drawnLegend = now;
    this.legend.replaceChildren(...groups.map(([label, rows]) => {
      const button = el('button', { type: 'button', 'aria-pressed': String(!this.off.has(label)), click: () => {
        if (this.off.has(label)) this.off.delete(label); else this.off.add(label);
        button.setAttribute('aria-pressed', String(!this.off.has(label)));
        this.charts.forEach((c) => c.draw());
      } }, mark(this.ink(rows[0])), el('span', { class: 'label', text: label }),
      rows[0].method ? el('span', { class: 'muted', text: rows.length > 1 ? `${rows.length} runs` : rows[0].name }) : null);
      return el('li', {}, button);
    }));
  }

  list() { this.draw(); }

  run() { this.draw(); }

  close() { this.charts.forEach((c) => c.close()); }
}
