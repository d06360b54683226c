// Light or dark: follows the system until the reader chooses.

const KEY = 'tandem-board-theme';
const system = window.matchMedia('(prefers-color-scheme: dark)');
const listeners = [];

function chosen() {
  try { return localStorage.getItem(KEY); } catch { return null; }
}

function apply() {
  const theme = chosen() || (system.matches ? 'dark' : 'light');
  document.documentElement.dataset.theme = theme;
  const button = document.getElementById('theme');
  button.textContent = theme === 'dark' ? 'Light' : 'Dark';
  button.setAttribute('aria-label', `Switch to ${theme === 'dark' ? 'light' : 'dark'} colours`);
  listeners.forEach((listener) => listener());
}

export const onTheme = (listener) => listeners.push(listener);

export function startTheme() {
  system.addEventListener('change', apply);
  document.getElementById('theme').addEventListener('click', () => {
    const next = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
    try { localStorage.setItem(KEY, next); } catch { /* private windows may refuse; then it lasts as long as the page */ }
    apply();
  });
  apply();
}
