// The list of runs: a table on a wide window, cards on a narrow one.

import { badge, bytes, duration, el, isNumber, methodOf, number, objective, whole } from './dom.js';

const MOST_SHOWN = 200;
const MOST_COMPARED = 12; // the server follows this many for one page

export class ListView {
  constructor(feed, picked, root) {
    Object.assign(this, { feed, picked, shown: MOST_SHOWN, lines: new Map() });
    this.filter = el('input', { type: 'search', id: 'filter', placeholder: 'Name, method or state', input: () => this.draw() });
    this.compare = el('button', { type: 'button', class: 'primary', id: 'compare', text: 'Compare',
      click: () => { location.hash = `compare=${[...picked].join()}`; } });
    this.count = el('span', { class: 'muted', role: 'status' });
    this.body = el('tbody');
    this.more = el('button', { type: 'button', text: 'Show more', click: () => { this.shown += MOST_SHOWN; this.draw(); } });
    const heads = [['Run', 'text'], ['State', 'text'], ['Method', 'text'], ['Progress', 'text'], ['Training loss'],
      ['Evaluation loss'], ['Ideal distance'], ['Tokens/s'], ['Left'], ['Memory']];
    this.table = el('div', { class: 'scroll' }, el('table', {},
      el('thead', {}, el('tr', {}, el('th', { class: 'pick', scope: 'col' }, el('span', { class: 'visually-hidden', text: 'Compare' })),
        ...heads.map(([text, style]) => el('th', { scope: 'col', class: style, text })))), this.body));
    this.nothing = el('div', { class: 'nothing' });
    this.reports = el('section', { class: 'reports' });
    this.bar = el('div', { class: 'bar' }, el('label', { for: 'filter', text: 'Filter' }), this.filter, this.compare, this.count);
    root.replaceChildren(el('div', { class: 'title' }, el('h1', { text: 'Runs' })), this.bar, this.table, this.nothing, this.more, this.reports);
    document.title = 'Runs · Tandem board';
    this.draw();
  }

  draw() {
    const words = this.filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const text = (row) => `${row.name} ${methodOf(row)} ${row.state}`.toLowerCase();
    const all = [...this.feed.rows.values()];
    const found = all.filter((row) => words.every((word) => text(row).includes(word))).sort(order);
    this.count.textContent = words.length ? `${found.length} of ${all.length} runs` : `${all.length} runs`;
    this.bar.hidden = all.length === 0;
    this.table.hidden = found.length === 0;
    this.nothing.hidden = found.length > 0;
    if (!found.length) this.nothing.replaceChildren(...this.emptyState(all.length));
    this.more.hidden = found.length <= this.shown;
    const rows = found.slice(0, this.shown).map((row) => this.line(row));
    // moving a node removes its focus, so only nodes that changed place are moved
    rows.forEach((row, i) => { if (this.body.children[i] !== row) this.body.insertBefore(row, this.body.children[i] || null); });
    while (this.body.children.length > rows.length) this.body.lastChild.remove();
    this.drawPicked();
    this.drawReports();
  }

  emptyState(any) {
    if (any) return [el('p', { text: 'No run matches the filter.' })];
    if (!this.feed.searched) return [el('p', { text: 'Looking for runs…' })];
    return [el('h2', { text: 'No runs yet' }),
      el('p', { class: 'muted', text: 'Runs below the board’s folder appear here as soon as they begin. Start one with' }),
      el('code', { text: 'tandem train RECIPE.yaml' })];
  }

  drawPicked() {
    for (const id of this.picked) if (!this.feed.rows.has(id)) this.picked.delete(id);
    this.compare.disabled = this.picked.size < 2 || this.picked.size > MOST_COMPARED;
    this.compare.textContent = this.picked.size ? `Compare (${this.picked.size})` : 'Compare';
    this.compare.title = this.compare.disabled ? `Check two to ${MOST_COMPARED} runs` : '';
  }

  drawReports() {
    const { reports } = this.feed;
    this.reports.hidden = reports.length === 0;
    this.reports.replaceChildren(el('h2', { text: 'Reports of comparisons' }), el('ul', {}, ...reports.map((report) =>
      el('li', {}, el('a', { href: `/report?id=${encodeURIComponent(report.id)}`, target: '_blank', rel: 'noopener', text: report.name })))));
  }

  /** A run's line: created once, filled again when the run changes. */
  line(row) {
    let line = this.lines.get(row.id);
    if (!line) {
      const node = el('tr');
      const box = el('input', { type: 'checkbox', 'aria-label': `Compare ${row.name}`, change: () => {
        if (box.checked) this.picked.add(row.id); else this.picked.delete(row.id);
        this.drawPicked();
      } });
      box.checked = this.picked.has(row.id);
      const link = el('a', { href: `#run=${row.id}`, text: row.name });
      node.append(el('td', { class: 'pick' }, box), el('td', { class: 'text runname' }, link));
      line = { node, row: undefined };
      this.lines.set(row.id, line);
    }
    if (line.row !== row) {
      line.row = row;
      while (line.node.children.length > 2) line.node.lastChild.remove();
      line.node.append(...cells(row));
    }
    return line.node;
  }

  run() {}

  close() {}
}

function order(a, b) {
  return (b.state === 'running') - (a.state === 'running')
    || (b.started || '').localeCompare(a.started || '') || a.name.localeCompare(b.name, 'en', { numeric: true });
}

function cells(row) {
  const detail = (label, text) => el('td', { class: 'detail', 'data-label': text ? label : undefined, text });
  const progress = el('div', {}, el('span', { text: isNumber(row.step) ? `${whole(row.step)}${row.steps ? ` / ${whole(row.steps)}` : ''}` : '–' }));
  if (row.steps) progress.append(el('progress', { max: row.steps, value: row.step || 0, 'aria-label': 'Progress' }));
  const skipped = row.skipped_lines ? el('div', { class: 'muted', text: `${whole(row.skipped_lines)} lines skipped` }) : null;
  return [
    el('td', { class: 'text' }, badge(row.state)),
    el('td', { class: row.method ? 'text wide' : 'text detail', 'data-label': row.method ? 'Method' : undefined }, ...(row.method ? [el('div', {}, methodOf(row),
      isNumber(row.seed) ? el('small', { class: 'muted', text: `seed ${row.seed}` }) : null)] : [])),
    el('td', { class: 'text wide', 'data-label': 'Progress' }, el('div', {}, ...progress.childNodes, skipped)),
    losses(row, row.losses, 'Training loss'),
    losses(row, row.eval_losses, 'Evaluation loss'),
    detail('Ideal distance', number(row.ideal_distance)),
    detail('Tokens/s', whole(row.tokens_per_second)),
    detail('Left', duration(row.seconds_left)),
    detail('Memory', bytes(row.memory_bytes)),
  ];
}

function losses(row, values, label) {
  const known = row.objectives.filter((name) => isNumber(values[name]));
  if (!known.length) return el('td', { class: 'detail' });
  return el('td', { class: 'detail', 'data-label': label }, el('span', { class: 'two' },
    ...known.flatMap((name) => [el('span', { text: objective(name) }), el('span', { text: number(values[name]) })])));
}
