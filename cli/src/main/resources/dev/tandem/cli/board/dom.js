// The small parts of the page. Text from a run reaches the page through text nodes and attributes only, never as HTML.

/** Makes an element: attributes by name, `text` for its text, functions as listeners. */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === 'text') node.textContent = value;
    else if (typeof value === 'function') node.addEventListener(key, value);
    else if (key === 'value') node.value = value;
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== undefined && child !== null));
  return node;
}

/** A sample of a colour, drawn as SVG because the policy forbids style attributes. */
export function mark(colour) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'mark');
  svg.setAttribute('viewBox', '0 0 10 10');
  svg.setAttribute('aria-hidden', 'true');
  const dot = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
  for (const [key, value] of Object.entries({ cx: 5, cy: 5, r: 4.5, fill: colour })) dot.setAttribute(key, value);
  svg.append(dot);
  return svg;
}

export const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);

/** A number with its significant digits. */
export function number(value) {
  if (!isNumber(value)) return '';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2);
  return value.toFixed(size < 1 ? 4 : size < 100 ? 3 : 1);
}

export const whole = (value) => (isNumber(value) ? Math.round(value).toLocaleString('en') : '');

export function bytes(value) {
  if (!isNumber(value)) return '';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [size, unit] = [value, 0];
  while (size >= 1000 && unit < units.length - 1) { size /= 1000; unit += 1; }
  return `${size < 10 && unit > 0 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`;
}

export function duration(seconds) {
  if (!isNumber(seconds)) return '';
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor((seconds % 86400) / 3600)} h`;
}

export const begin = (text) => text.replace(/^[a-z]/, (letter) => letter.toUpperCase());

export const objective = (name) => (name === 'sft' ? 'SFT' : name);

const WORDS = { early_stop: 'stopped early' };
export const badge = (state) => el('span', { class: `badge ${/^[a-z_]+$/.test(state) ? state : ''}`, text: WORDS[state] || state });

export function methodOf(row) {
  return isNumber(row.lambda) ? `${row.method} λ ${row.lambda}` : row.method || '';
}
