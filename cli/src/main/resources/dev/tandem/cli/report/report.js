// The page, section by section.

function header() {
  const toggle = el('button', { type: 'button', id: 'theme', onclick: () => theme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark') });
  const facts = [
    ['Runs', count(runs.length)], ['Steps a run', count(results.steps)], ['λ, weight of ' + up, lambdas.join(', ')],
    ['Seeds', seeds.join(', ')], ['Reference model', results.reference],
  ].filter(([, value]) => value !== undefined && value !== '' && value !== '–');
  document.title = page.title;
  document.getElementById('top').append(
    el('div', { class: 'bar' }, el('span', { class: 'brand', text: 'Tandem · comparison' }), toggle),
    el('h1', { text: page.title }),
    page.finding ? el('p', { class: 'finding', id: 'finding', text: page.finding }) : '',
    el('dl', { class: 'facts' }, ...facts.map(([name, value]) => el('div', {}, el('dt', { text: name }), el('dd', { text: value })))),
    el('nav', { 'aria-label': 'Sections' }, el('ul', { id: 'contents' })),
  );
}

function theme(name) {
  document.documentElement.dataset.theme = name;
  document.getElementById('theme').textContent = name === 'dark' ? 'Light page' : 'Dark page';
  defaults();
  drawAll();
}

// ---- the table ----

const asGroup = (run) => ({
  method: run.method, lambda: run.lambda, seeds: 1, aside: !look(run.method).compared,
  values: Object.fromEntries(Object.entries({
    ...run.losses, ...Object.fromEntries(Object.entries(run.gaps || {}).map(([name, gap]) => [`${name}_gap`, gap])),
    ideal_distance: run.ideal_distance, accuracy: run.accuracy, seconds: run.seconds, time_increase: run.time_increase,
    peak_memory_bytes: run.peak_memory_bytes,
  }).filter(([, value]) => isNumber(value)).map(([name, value]) => [name, { mean: value }])),
});

function tableRows() {
  const grouped = new Set(groups.map((group) => group.method));
  const order = (group) => (group.aside ? 1000 : look(group.method).index);
  return [...groups.map((group) => ({ ...group, aside: !look(group.method).compared })), ...runs.filter((run) => !grouped.has(run.method)).map(asGroup)]
    .sort((a, b) => order(a) - order(b) || (a.lambda || 0) - (b.lambda || 0));
}

const measures = [
  [across, lossOf(across), fixed], [`${across}_gap`, gapOf(across), fixed], [up, lossOf(up), fixed], [`${up}_gap`, gapOf(up), fixed],
  ['ideal_distance', 'Ideal distance', fixed], ['accuracy', 'Accuracy', (v) => fixed(v, 2)], ['seconds', 'Time', duration],
  ['time_increase', 'Added time', percent], ['peak_memory_bytes', 'Peak memory', bytes],
];

function cell(row, [name, , format], best) {
  const spread = deviation(row, name);
  const text = format(mean(row, name));
  const made = el('td', best && mean(row, name) === best ? { class: 'best' } : {}, text);
  if (row.seeds > 1 && isNumber(spread) && isNumber(mean(row, name))) {
    made.append(el('span', { class: 'spread', text: `± ${format(spread).replace('+', '')}` }));
  }
  return made;
}

function resultTable() {
  const rows = tableRows();
  const used = measures.filter(([name]) => rows.some((row) => isNumber(mean(row, name))));
  const best = Math.min(...rows.filter((row) => !row.aside).map((row) => mean(row, 'ideal_distance')).filter(isNumber));
  const lines = rows.map((row) => ({ row, line: el('tr', row.aside ? { class: 'aside' } : {},
    el('th', { scope: 'row' }, el('span', { class: 'in' }, mark(row.method), look(row.method).label)),
    el('td', { text: isNumber(row.lambda) ? row.lambda : '–' }),
    ...used.map((measure) => cell(row, measure, measure[0] === 'ideal_distance' && !row.aside ? best : null))) }));
  const body = el('tbody', {}, ...lines.map(({ line }) => line));
  const keys = [(row) => look(row.method).label, (row) => row.lambda, ...used.map(([name]) => (row) => mean(row, name))];
  const heads = ['Method', 'λ', ...used.map(([, title]) => title)].map((title, i) => el('th', { scope: 'col' },
    el('button', { type: 'button', text: `${begin(title)} `, onclick: (event) => sort(event.currentTarget.parentElement, keys[i]) })));
  const sort = (head, key) => {
    const down = head.getAttribute('aria-sort') === 'ascending';
    heads.forEach((other) => other.removeAttribute('aria-sort'));
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const known = (value) => (typeof value === 'string' || isNumber(value) ? 0 : 1);
    const compare = (a, b) => (typeof a === 'string' ? a.localeCompare(b) : a - b);
    lines.sort((a, b) => known(key(a.row)) - known(key(b.row)) || (down ? -1 : 1) * (compare(key(a.row), key(b.row)) || 0));
    body.replaceChildren(...lines.map(({ line }) => line));
  };
  section('results', 'Results', `Losses on held-out data. Gap: loss above what the objective reaches alone (${lossOf(across)} ${fixed(optimum(across))}, `
    + `${lossOf(up)} ${fixed(optimum(up))}). Ideal distance: both gaps together. Less is better everywhere but in accuracy.`,
  scrollable('Results', el('table', { id: 'result-table' }, el('thead', {}, el('tr', {}, ...heads)), body)),
  el('p', { class: 'note', text: (seeds.length > 1 ? 'Mean ± standard deviation over seeds. ' : '')
    + (results.baseline ? `Added time: against ${results.baseline} of the same λ and seed. ` : '')
    + 'Grey rows are not compared; the others are measured by them.' }));
}

// ---- benchmarks ----

const modelNames = { base: 'Model before training', reference: 'Reference policy' };
const share = (value) => (isNumber(value) ? `${fixed(100 * value, 1)}\u00a0%` : '–');

function benchmarkCell(value, several, best) {
  if (!value || !isNumber(value.value)) return el('td', { text: '–' });
  const remarks = [several && isNumber(value.deviation) ? `± ${fixed(100 * value.deviation, 1)}` : '',
    isNumber(value.low) && isNumber(value.high) ? `${fixed(100 * value.low, 1)} to ${fixed(100 * value.high, 1)}` : ''];
  return el('td', value.value === best ? { class: 'best' } : {}, share(value.value),
    ...remarks.filter(Boolean).map((text) => el('span', { class: 'spread', text })));
}

function benchmarkSection() {
  const rows = list((results.benchmarks || {}).rows).filter((row) => row && typeof row.method === 'string' && row.values);
  const names = unique(rows.flatMap((row) => Object.keys(row.values)));
  if (!names.length) return;
  const settings = results.benchmarks.settings || {};
  const kinds = { 'multiple-choice': 'right answers', 'win-rate': 'win rate' };
  const aside = (row) => !isNumber(row.lambda);
  const best = names.map((name) => Math.max(...rows.filter((row) => !aside(row)).map((row) => (row.values[name] || {}).value).filter(isNumber)));
  const heads = ['Model', 'λ', ...names.map((name) => [name, kinds[(settings[name] || {}).kind]].filter(Boolean).join(', '))];
  const label = (row) => modelNames[row.method] || look(row.method).label;
  section('benchmarks', 'Benchmarks', 'What the models can do once they are trained, with 95 % intervals. More is better.',
    scrollable('Benchmarks', el('table', { id: 'benchmark-table' }, el('thead', {}, el('tr', {}, ...heads.map((head) => el('th', { scope: 'col', text: head })))),
      el('tbody', {}, ...rows.map((row) => el('tr', aside(row) ? { class: 'aside' } : {},
        el('th', { scope: 'row' }, el('span', { class: 'in' }, aside(row) ? null : mark(row.method), label(row))),
        el('td', { text: isNumber(row.lambda) ? row.lambda : '–' }),
        ...names.map((name, i) => benchmarkCell(row.values[name], row.seeds > 1, aside(row) ? null : best[i]))))))),
    el('p', { class: 'note', text: 'Bold: the best of the methods. Intervals that overlap may differ by chance.'
      + (seeds.length > 1 ? ' Mean ± standard deviation over seeds; the interval is the mean of the seeds’ intervals.' : '') }));
}

// ---- charts ----

/** Describes what the view near the star leaves out. */
function outside() {
  const note = el('p', { class: 'note', id: 'outside' });
  onChange(() => {
    const far = shownRuns().filter((run) => [across, up].some((name) => (run.losses || {})[name] > nearness(name)));
    note.textContent = state.view === 'near' && far.length
      ? `Beyond this view ended ${unique(far.map((run) => named(run.method, run.lambda))).join('; ')}. The whole view shows them.` : '';
  });
  return note;
}

function lossSpaceSection() {
  if (!compared.length) return;
  state.view = isCrowded() ? 'near' : 'whole';
  section('loss-space', 'Through loss space', 'Each line is a training run, from the ring to the large figure. Nearer to the star is better: '
    + 'there both objectives reach what each reaches alone.',
  controls(methodButtons(), lambdaButtons(true), seedButtons(),
    choice('View', [['whole', 'whole'], ['near', 'near the star']], () => state.view, (view) => change({ view }))),
  el('div', { class: 'pair' },
    figure('The way of each run', 'Every point is an evaluation on held-out data.', chart('trajectories',
      `Chart of the way of each run through the plane of ${lossOf(across)} and ${lossOf(up)}; its numbers are in the table below`, 'square', trajectories)),
    figure('What each method reaches', 'Its results for all λ; filled ones are on its Pareto front.', chart('fronts',
      'Chart of the Pareto front of each method; its numbers are in the table of results', 'square', fronts))),
  outside(),
  numbers('Evaluations of the runs shown, as a table', () => plainTable(['Run', 'Step', 'Seconds', lossOf(across), lossOf(up)],
    shownRuns().flatMap((run) => curvesOf(run).evaluations.map(([step, seconds, x, y]) => [run.name, count(step), fixed(seconds, 1), fixed(x), fixed(y)])))));
}

function measureSection() {
  const shown = [[`${across}_gap`, gapOf(across), fixed], [`${up}_gap`, gapOf(up), fixed], ['ideal_distance', 'Ideal distance', fixed],
    ['time_increase', 'Added time', percent], ['peak_memory_bytes', 'Peak memory', bytes]]
    .filter(([name]) => groups.some((group) => look(group.method).compared && isNumber(mean(group, name))));
  if (!shown.length) return;
  section('measures', 'What it gains, what it costs', 'Shorter is better in every panel.', controls(methodButtons(), lambdaButtons(false)),
    el('div', { class: 'panels' }, ...shown.map(([name, title, format]) => figure(title, null,
      chart(`bars-${name}`, `Bars of ${title} by method; the numbers are in the table of results`, '', bars(name, format))))));
}

function curveSection() {
  if (!compared.some((run) => curvesOf(run).evaluations.length)) return;
  section('curves', 'Loss curves', 'Thick with figures: on held-out data. Thin: on the training batches, smoothed.',
    controls(methodButtons(), lambdaButtons(true), seedButtons(),
      choice('Over', [['step', 'steps'], ['seconds', 'seconds']], () => state.axis, (value) => change({ axis: value })),
      choice('Training batches', [[true, 'shown'], [false, 'hidden']], () => state.training, (training) => change({ training }))),
    el('div', { class: 'pair' }, ...[across, up].map((name) => figure(lossOf(name), null,
      chart(`curve-${name === across ? 'first' : 'second'}`, `Curves of the ${lossOf(name)} of the runs shown; the numbers are in the table of evaluations`, 'wide', lossCurves(name))))));
}

function choiceSection() {
  const choosers = compared.filter((run) => curvesOf(run).choices.length);
  if (!choosers.length) return;
  state.choiceRun = (choosers.find((run) => run.lambda === middle) || choosers[0]).name;
  section('choices', 'What MAXRIGHT chose', 'At every step it trains the objective whose weighted gap is larger. The gap of the other is the last one known, '
    + 'until the next look at both.',
  controls(select('Run', choosers.map((run) => [run.name, run.name]), () => state.choiceRun, (choiceRun) => change({ choiceRun }))),
  el('div', { class: 'stack' },
    figure('Weighted gaps', `Solid: ${gapOf(across)}. Dashed: ${gapOf(up)}.`, chart('gaps', 'Curves of the weighted gaps of both objectives; the shares they led to are in the table below', 'wide', gapCurves)),
    figure(`Share of steps on ${up}`, `The rest went to ${written(across)}.`, chart('shares', `Bars of the share of steps on ${up}; the numbers are in the table below`, 'low', shareBars))),
  numbers('Shares as a table', () => plainTable(['Steps', `On ${up}`], shares(state.choiceRun)
    .map(([first, last, share]) => [`${Math.round(first)}–${Math.round(last)}`, `${fixed(100 * share, 0)} %`]))));
}

// ---- fronts and dominance ----

function frontSection() {
  const volumes = list(results.methods).filter((entry) => isNumber(entry.hypervolume));
  const beats = new Map();
  list(results.dominance).filter((pair) => pair.dominates && pair.dominated).forEach(({ dominates, dominated }) => {
    const name = named(dominates.method, dominates.lambda);
    beats.set(name, [...(beats.get(name) || []), named(dominated.method, dominated.lambda)]);
  });
  if (!volumes.length && !beats.size) return;
  const most = Math.max(...volumes.map((entry) => entry.hypervolume), 1e-12);
  const reference = results.hypervolume_reference || {};
  const meter = (entry) => {
    const bar = el('span', { class: 'meter' });
    bar.style.width = `${(100 * Math.max(entry.hypervolume, 0)) / most}%`;
    bar.style.background = look(entry.method).colour;
    return bar;
  };
  section('fronts', 'Fronts and dominance', 'Hypervolume: how much of the plane a method’s results leave behind, all its λ together; more is better.'
    + (isNumber(reference[across]) ? ` Measured to the corner at ${lossOf(across)} ${fixed(reference[across])} and ${lossOf(up)} ${fixed(reference[up])}.` : ''),
  el('div', { class: 'stack' },
    volumes.length ? scrollable('Hypervolume', el('table', {}, el('thead', {}, el('tr', {}, el('th', { scope: 'col', text: 'Method' }),
      el('th', { scope: 'col', text: 'λ on its front' }), el('th', { scope: 'col', text: 'Hypervolume' }), el('th', { scope: 'col', class: 'text', text: 'Compared' }))),
    el('tbody', {}, ...volumes.sort((a, b) => b.hypervolume - a.hypervolume).map((entry) => el('tr', {},
      el('th', { scope: 'row' }, el('span', { class: 'in' }, mark(entry.method), look(entry.method).label)),
      el('td', { text: list(entry.front).map((point) => point.lambda).join(', ') }), el('td', { text: fixed(entry.hypervolume) }),
      el('td', { class: 'meterbox' }, meter(entry))))))) : null,
    beats.size ? el('div', {}, el('h3', { text: 'Better in both losses' }), el('ul', { class: 'beats' }, ...[...beats].map(([name, others]) => el('li', {},
      el('strong', { text: name }), ` dominates ${others.join('; ')}.`)))) : el('p', { class: 'note', text: 'No result is better than another in both losses.' })));
}

function theorySection() {
  if (!page.theory || !list(page.theory.methods).length) return;
  section('theory', 'How fast the gap closes', 'On a convex problem with a known optimum, on logarithmic axes: a power law is a straight line, and its slope is the speed.',
    el('div', { class: 'stack' }, figure('Gap that theory bounds', 'f_Mix less its minimum; for MAXRIGHT, the largest weighted gap less its minimum', chart('theory-chart', 'Chart of the gap of each method over steps; the slopes are in the table below', 'wide', theoryCurves)),
    scrollable('Slopes', plainTable(['Method', 'Slope', 'Interval', 'Verdict'], page.theory.methods.map((entry) => [look(entry.method).label,
      fixed(entry.slope, 2), `${fixed(entry.slope_low, 2)} to ${fixed(entry.slope_high, 2)}`, entry.verdict || '–'])))));
}

// ---- answers ----

const samplesOf = (run) => list(curvesOf(run).samples).filter((sample) => sample && typeof sample.prompt === 'string');

function sampleSection() {
  const answering = runs.filter((run) => samplesOf(run).length);
  const prompts = unique(answering.flatMap((run) => samplesOf(run).map((sample) => sample.prompt)));
  if (!prompts.length) return;
  const prompt = el('p', { class: 'prompt', id: 'prompt' });
  const cards = el('div', { class: 'cards', id: 'answers', 'aria-live': 'polite' });
  const order = (run) => (run.method === 'reference' ? -1 : run.method.startsWith('optimum-') ? 1000 : look(run.method).index);
  onChange(() => {
    const shown = new Set(shownRuns());
    prompt.textContent = prompts[state.prompt];
    cards.replaceChildren(...answering.filter((run) => !look(run.method).compared || shown.has(run)).sort((a, b) => order(a) - order(b)).map((run) => {
      const sample = samplesOf(run).find((entry) => entry.prompt === prompts[state.prompt]);
      const answer = sample && typeof sample.answer === 'string' ? sample.answer : '';
      return el('article', { class: 'card' }, el('h3', {}, mark(run.method), el('span', {}, `${look(run.method).label} `, el('small', { text: [isNumber(run.lambda) ? `λ ${run.lambda}` : '', state.seed === 'all' && isNumber(run.seed) ? `seed ${run.seed}` : ''].filter(Boolean).join(', ') }))),
      el('p', answer.trim() ? { text: answer } : { class: 'empty', text: 'no answer' }));
    }));
  });
  const go = (by) => () => change({ prompt: (state.prompt + by + prompts.length) % prompts.length });
  const short = (text) => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
  section('samples', 'What they answer', 'Every model answers the same prompt.',
    controls(select('Prompt', prompts.map((text, i) => [i, `${i + 1}. ${short(text)}`]), () => state.prompt, (value) => change({ prompt: Number(value) })),
      el('div', { class: 'group' }, el('button', { type: 'button', text: 'Previous', onclick: go(-1) }), el('button', { type: 'button', text: 'Next', id: 'next', onclick: go(1) })),
      lambdaButtons(true), methodButtons()), prompt, cards);
}

// ---- data, recipes, environment ----

const reasons = (counts) => Object.entries(counts || {}).map(([name, many]) => `${count(many)} ${name.replaceAll('_', ' ')}`).join(', ');

function dataSection() {
  if (!page.data) return;
  const total = (counts) => Object.values(counts || {}).filter(isNumber).reduce((a, b) => a + b, 0);
  const rows = results.objectives.flatMap((name) => list((page.data[name] || {}).files).map((file) => [name, file]));
  const sums = results.objectives.map((name) => [name, page.data[name] || {}]);
  const heads = ['Objective', 'File', 'Rows', 'Kept', 'Cut', 'Dropped', 'Why'];
  section('data', 'Data', 'What the runs were trained and evaluated on, and what became of every file.',
    scrollable('Examples by objective', plainTable(['Objective', 'Training examples', 'Held-out examples', 'Tokens', 'Tokens trained', 'Longest, tokens'],
      sums.map(([name, data]) => [name, ...['training', 'evaluation', 'tokens', 'trained_tokens', 'longest'].map((key) => count(data[key]))]))), el('p', {}),
    scrollable('Files', el('table', {}, el('thead', {}, el('tr', {}, ...heads.map((head, i) => el('th', { scope: 'col', class: i === 1 || i === 6 ? 'text' : false, text: head })))),
      el('tbody', {}, ...rows.map(([name, file]) => el('tr', {}, el('th', { scope: 'row', text: name }), el('td', { class: 'text wrap', text: file.path }),
        el('td', { text: count(file.rows) }), el('td', { text: count(file.kept) }), el('td', { text: count((file.notes || {}).response_cut || 0) }),
        el('td', { text: count(total(file.dropped)) }), el('td', { class: 'text', text: [reasons(file.dropped), reasons(file.notes)].filter(Boolean).join('; ') || '–' })))))));
}

function recipeSection() {
  const environment = Object.entries(results.environment || {});
  const recipes = runs.filter((run) => curvesOf(run).recipe);
  section('repeat', 'How to repeat it', 'Recipes are complete: data, model, method and seed.',
    el('pre', { tabindex: 0, text: page.commands.map(({ command, remark }) => `${command}   # ${remark}`).join('\n') }),
    environment.length ? el('div', { class: 'after' }, el('h3', { text: 'Environment' }), el('dl', { class: 'terms' },
      ...environment.flatMap(([name, value]) => [el('dt', { text: name }), el('dd', { text: typeof value === 'object' ? JSON.stringify(value) : value })]))) : null,
    recipes.length ? el('details', { class: 'recipes' }, el('summary', { text: `Recipes of all ${recipes.length} runs` }),
      el('div', {}, ...recipes.map((run) => el('details', {}, el('summary', { text: run.name }), el('pre', { tabindex: 0, text: curvesOf(run).recipe }))))) : null);
}

function footer() {
  const foot = document.getElementById('foot');
  if (page.skipped > 0) foot.append(el('p', { id: 'skipped', text: `${count(page.skipped)} lines of metrics could not be read and are left out.` }));
  foot.append(el('p', { text: 'This page holds all it shows and loads nothing. Figures for papers are in the folder figures beside it. Charts: Chart.js, MIT licence.' }));
}

header();
[resultTable, benchmarkSection, lossSpaceSection, measureSection, curveSection, choiceSection, frontSection, theorySection, sampleSection, dataSection, recipeSection, footer]
  .forEach((part) => part());
document.getElementById('contents').append(...contents.map(([id, title]) => el('li', {}, el('a', { href: `#${id}`, text: title }))));
const dark = window.matchMedia('(prefers-color-scheme: dark)');
dark.addEventListener('change', () => theme(dark.matches ? 'dark' : 'light'));
theme(dark.matches ? 'dark' : 'light');
listeners.push(drawAll);
