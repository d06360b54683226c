'use strict';
// The data, the choices made in the page, and the small parts of every section. Text from the data reaches the page
// through textContent only.

const page = JSON.parse(document.getElementById('data').textContent);
const results = page.results;
const [across, up] = results.objectives;
const written = (name) => (name === 'sft' ? 'SFT' : name);
const lossOf = (name) => `${written(name)} loss`;
const gapOf = (name) => `${written(name)} gap`;
const begin = (text) => text.replace(/^[a-z]/, (letter) => letter.toUpperCase());
const look = (method) => page.looks[method] || { label: method, index: 5, colour: '#56b4e9', compared: true };
const list = (value) => (Array.isArray(value) ? value : []);
const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);
const optimum = (name) => (isNumber((results.optima || {})[name]) ? results.optima[name] : 0);
const curvesOf = (run) => page.runs[run.name] || { evaluations: [], training: {}, choices: [] };
const unique = (values) => [...new Set(values)];

const runs = list(results.runs);
const compared = runs.filter((run) => look(run.method).compared);
const methods = unique(compared.map((run) => run.method)).sort((a, b) => look(a).index - look(b).index);
const lambdas = unique(compared.map((run) => run.lambda).filter(isNumber)).sort((a, b) => a - b);
const seeds = unique(compared.map((run) => run.seed).filter(isNumber)).sort((a, b) => a - b);
const middle = isNumber(page.lambda) ? page.lambda : lambdas[0];

const state = {
  off: new Set(), lambda: middle, seed: seeds[0], axis: 'step', training: true, prompt: 0, choiceRun: null, view: 'whole',
};
const listeners = [];
const onChange = (listener) => { listeners.push(listener); listener(); };
const change = (update) => { Object.assign(state, update); listeners.forEach((listener) => listener()); };

const isShown = (method) => !state.off.has(method);
const hasLambda = (value) => state.lambda === 'all' || !isNumber(value) || value === state.lambda;
const shownRuns = () => compared.filter((run) => isShown(run.method) && hasLambda(run.lambda)
  && (state.seed === 'all' || run.seed === state.seed || !isNumber(run.seed)));
const oneLambda = () => (state.lambda === 'all' ? middle : state.lambda);

// ---- numbers ----

const fixed = (value, digits = 3) => (isNumber(value) ? value.toFixed(digits).replace('-', '−') : '–');
const percent = (value) => (isNumber(value) ? `${value > 0 ? '+' : ''}${fixed(100 * value, 1)}\u00a0%` : '–');
function duration(seconds) {
  if (!isNumber(seconds)) return '–';
  if (seconds < 120) return `${fixed(seconds, 1)} s`;
  return seconds < 7200 ? `${fixed(seconds / 60, 1)} min` : `${fixed(seconds / 3600, 1)} h`;
}
function bytes(value) {
  if (!isNumber(value)) return '–';
  return value < 2 ** 30 ? `${fixed(value / 2 ** 20, 0)} MiB` : `${fixed(value / 2 ** 30, 2)} GiB`;
}
const count = (value) => (isNumber(value) ? value.toLocaleString('en').replaceAll(',', ' ') : '–');
const named = (method, lambda) => look(method).label + (isNumber(lambda) ? `, λ ${lambda}` : '');

// ---- elements ----

function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  Object.entries(attributes || {}).forEach(([name, value]) => {
    if (name === 'text') element.textContent = String(value);
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== false) element.setAttribute(name, value);
  });
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const shapes = [
  'M8 1a7 7 0 1 0 0 14a7 7 0 1 0 0-14z', 'M2 2h12v12h-12z', 'M8 1l7 13h-14z', 'M8 0l8 8l-8 8l-8-8z', 'M8 15l7-13h-14z',
  'M8 0l7 4v8l-7 4l-7-4v-8z',
];
function mark(method) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'mark');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', shapes[look(method).index % shapes.length]);
  path.setAttribute('fill', look(method).compared ? look(method).colour : '#8a8f98');
  svg.append(path);
  return svg;
}

const contents = [];
function section(id, title, lead, ...children) {
  contents.push([id, title]);
  const made = el('section', { id, 'aria-labelledby': `${id}-title` }, el('h2', { id: `${id}-title`, text: title }),
    lead ? el('p', { class: 'lead', text: lead }) : null, ...children);
  document.getElementById('main').append(made);
  return made;
}

function figure(title, remark, canvas) {
  return el('figure', {}, el('figcaption', {}, begin(title), remark ? el('small', { text: remark }) : null), canvas.parentElement);
}

function scrollable(label, table, tall) {
  return el('div', { class: tall ? 'scroll tall' : 'scroll', tabindex: 0, role: 'region', 'aria-label': label }, table);
}

function plainTable(heads, rows) {
  return el('table', {}, el('thead', {}, el('tr', {}, ...heads.map((head) => el('th', { scope: 'col', text: begin(head) })))),
    el('tbody', {}, ...rows.map((row) => el('tr', {}, ...row.map((cell, i) => (i === 0
      ? el('th', { scope: 'row', text: cell }) : el('td', { text: cell })))))));
}

/** A table that is built when it is opened, and again when its content changes. */
function numbers(title, make) {
  const box = el('div');
  const details = el('details', {}, el('summary', { text: title }), box);
  const fill = () => { if (details.open) box.replaceChildren(scrollable(title, make(), true)); };
  details.addEventListener('toggle', fill);
  listeners.push(fill);
  return details;
}

// ---- controls ----

/** Buttons of which one is pressed. Entries are [value, text]; pick reads the value, and put stores it. */
function choice(name, entries, pick, put) {
  if (entries.length < 2) return null;
  const buttons = entries.map(([value, text]) => el('button', { type: 'button', text, onclick: () => put(value) }));
  onChange(() => entries.forEach(([value], i) => buttons[i].setAttribute('aria-pressed', String(pick() === value))));
  return el('div', { class: 'group', role: 'group', 'aria-label': name }, el('span', { class: 'name', text: name }), ...buttons);
}

function methodButtons() {
  const buttons = methods.map((method) => el('button', {
    type: 'button',
    'data-method': method,
    onclick: () => {
      const off = new Set(state.off);
      if (!off.delete(method)) off.add(method);
      change({ off });
    },
  }, mark(method), look(method).label));
  onChange(() => methods.forEach((method, i) => buttons[i].setAttribute('aria-pressed', String(isShown(method)))));
  return el('div', { class: 'group methods', role: 'group', 'aria-label': 'Methods shown' }, ...buttons);
}

const lambdaButtons = (withAll) => choice('λ', [...lambdas.map((value) => [value, String(value)]), ...(withAll ? [['all', 'all']] : [])],
  () => (withAll ? state.lambda : oneLambda()), (lambda) => change({ lambda }));
const seedButtons = () => choice('Seed', seeds.length < 2 ? [] : [...seeds.map((seed) => [seed, String(seed)]), ['all', 'all']],
  () => state.seed, (seed) => change({ seed }));
const controls = (...groups) => el('div', { class: 'controls' }, ...groups);

function select(label, entries, pick, put) {
  const box = el('select', { 'aria-label': label, onchange: () => put(box.value) },
    ...entries.map(([value, text]) => el('option', { value, text })));
  onChange(() => { box.value = String(pick()); });
  return el('label', { class: 'group' }, el('span', { class: 'name', text: label }), box);
}
