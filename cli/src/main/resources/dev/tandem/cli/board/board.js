// The page: shows what the address names and draws the server's updates at most once a frame.

import { Feed } from './feed.js';
import { ListView } from './list.js';
import { CompareView, RunView } from './run.js';
import { onTheme, startTheme } from './theme.js';

const WORDS = { live: 'Live', lost: 'Connection lost, trying again…' };
const MOST_COMPARED = 12;
const root = document.getElementById('main');
const connection = document.getElementById('connection');
const picked = new Set();
let view;
let due = new Set();

function later(what) {
  if (due.size === 0) {
    requestAnimationFrame(() => {
      const all = due;
      due = new Set();
      if (!view) return;
      if (all.has('list')) view instanceof ListView ? view.draw() : view.list();
      else view.run();
    });
  }
  due.add(what);
}

const feed = new Feed({
  list: () => later('list'),
  run: () => later('run'),
  connection: (state) => {
    connection.textContent = WORDS[state];
    connection.className = `connection ${state}`;
  },
});

function show() {
  const [what, value = ''] = location.hash.slice(1).split('=');
  const ids = value.split(',').filter((id) => /^[0-9a-f]{16}$/.test(id)).slice(0, MOST_COMPARED);
  if (what === 'main') return; // the skip link
  if (view) view.close();
  const again = view !== undefined;
  const watched = (what === 'run' ? ids.slice(0, 1) : what === 'compare' ? ids : []);
  feed.follow(watched);
  if (what === 'run' && ids.length) view = new RunView(feed, ids[0], root);
  else if (what === 'compare' && ids.length) view = new CompareView(feed, ids, root);
  else view = new ListView(feed, picked, root);
  if (again) {
    root.focus();
    window.scrollTo(0, 0);
  }
}

startTheme();
onTheme(() => view && !(view instanceof ListView) && view.draw());
window.addEventListener('hashchange', show);
show();
