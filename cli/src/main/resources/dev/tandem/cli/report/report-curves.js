// Charts over steps: losses, what a method chose by, and the theory.

const timeAxis = () => axis(state.axis === 'step' ? 'step' : 'seconds of training', {
  scale: { type: 'linear', bounds: 'data' }, ticks: { callback: (value) => count(value) },
});

function lossCurves(objective) {
  return () => {
    const at = state.axis === 'step' ? 0 : 1;
    const points = (rows, column) => rows.filter((row) => isNumber(row[column])).map((row) => ({ x: row[at], y: row[column] }));
    const sets = shownRuns().flatMap((run) => {
      const curves = curvesOf(run);
      const name = named(run.method, run.lambda);
      const line = { method: run.method, borderColor: look(run.method).colour };
      return [
        { ...line, label: `${name}: held out`, data: points(curves.evaluations, objective === across ? 2 : 3), borderWidth: 2.2,
          pointRadius: radius(run.method, 4.5), pointHitRadius: 6, ...pointLook(run.method), pointBorderWidth: 1, order: 0 },
        ...(state.training ? [{ ...line, label: `${name}: training, smoothed`, data: points(curves.training[objective] || [], 2),
          borderWidth: 1, borderColor: `${look(run.method).colour}80`, pointRadius: 0, order: 1 }] : []),
      ].filter((set) => set.data.length);
    });
    return {
      type: 'line',
      data: { datasets: sets },
      options: {
        scales: { x: timeAxis(), y: axis(lossOf(objective)) },
        plugins: { tooltip: { callbacks: {
          title: (items) => `${state.axis === 'step' ? 'step' : 'second'} ${count(Math.round(items[0].parsed.x))}`,
          label: ({ dataset, parsed }) => `${dataset.label} ${fixed(parsed.y)}`,
        } } },
      },
    };
  };
}

// ---- what a method chose ----

const objectiveLine = (second) => ({ borderColor: colour(second ? 'accent' : 'ink'), borderDash: second ? [6, 4] : [], borderWidth: 1.6, pointRadius: 0 });

function gapCurves() {
  const { choices } = curvesOf({ name: state.choiceRun });
  return {
    type: 'line',
    data: { datasets: [across, up].map((name, i) => ({ label: gapOf(name), data: choices.map((row) => ({ x: row[0], y: row[2 + i] })), ...objectiveLine(i === 1) })) },
    options: {
      interaction: { mode: 'index', intersect: false },
      scales: { x: axis('', { scale: { type: 'linear', min: 0, bounds: 'data', title: { display: false } } }), y: { ...axis('weighted gap'), afterFit: (scale) => { scale.width = 64; } } },
      plugins: { tooltip: { callbacks: { title: (items) => `step ${count(Math.round(items[0].parsed.x))}`, label: ({ dataset, parsed }) => `${dataset.label} ${fixed(parsed.y)}` } } },
    },
  };
}

const windows = 48;
/** Shares of steps on the second objective, in windows of equal length: [first step, last step, share]. */
function shares(name) {
  const { choices } = curvesOf({ name });
  const many = Math.min(windows, choices.length);
  return Array.from({ length: many }, (_, i) => {
    const rows = choices.slice(Math.floor((i * choices.length) / many), Math.floor(((i + 1) * choices.length) / many));
    return [rows[0][0], rows[rows.length - 1][0], rows.reduce((sum, row) => sum + row[1], 0) / rows.length];
  });
}

function shareBars() {
  const shown = shares(state.choiceRun);
  const bar = { barPercentage: 1, categoryPercentage: 0.88, stack: 'all' };
  return {
    type: 'bar',
    data: {
      labels: shown.map(([first, last]) => `steps ${Math.round(first)}–${Math.round(last)}`),
      datasets: [
        { ...bar, label: `on ${up}`, data: shown.map(([, , share]) => share), backgroundColor: colour('accent') },
        { ...bar, label: `on ${across}`, data: shown.map(([, , share]) => 1 - share), backgroundColor: colour('line') },
      ],
    },
    options: {
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: { stacked: true, grid: { display: false }, ticks: { display: false }, title: { display: true, text: 'step →', color: colour('muted') } },
        y: { stacked: true, min: 0, max: 1, grid: { display: false }, ticks: { stepSize: 0.5, callback: (v) => `${100 * v} %` }, afterFit: (scale) => { scale.width = 64; } },
      },
      plugins: { tooltip: { callbacks: { label: ({ dataset, raw }) => `${dataset.label} ${fixed(100 * raw, 0)} %` } } },
    },
  };
}

// ---- theory ----

/** Keeps, of the many ticks of a logarithmic axis, those of 1, 2 and 5. */
const decades = (format) => (value) => (/^[125]\.00e/.test(value.toExponential(2)) ? format(value) : '');

/** The gap that theory bounds for a method. */
const boundedGap = (entry) => list((entry[entry.bounded === 'max' ? 'max_gap' : 'mix_gap'] || {}).mean);

const variantDashes = [[], [9, 5], [2, 4]];

function theoryCurves() {
  const theory = page.theory;
  // variants of a method share a colour and have different lines
  const variants = list(theory.methods).map((entry) => entry.method).filter((method) => !page.looks[method]);
  const dashes = (method) => variantDashes[Math.max(0, variants.indexOf(method)) % variantDashes.length];
  return {
    type: 'line',
    data: {
      datasets: list(theory.methods).map((entry) => ({
        label: look(entry.method).label, borderColor: look(entry.method).colour, borderWidth: 2, borderDash: dashes(entry.method), pointRadius: 5, ...pointLook(entry.method),
        data: list(theory.grid).map((x, i) => ({ x, y: boundedGap(entry)[i] })).filter((p) => p.x > 0 && p.y > 0),
      })),
    },
    options: {
      scales: { x: axis('steps T', { scale: { type: 'logarithmic' }, ticks: { callback: decades(count) } }),
        y: axis('gap that theory bounds', { scale: { type: 'logarithmic' }, ticks: { callback: decades((v) => String(Number(v.toPrecision(1)))) } }) },
      plugins: { legend: { display: true, labels: { usePointStyle: true } }, tooltip: { callbacks: { label: ({ dataset, parsed }) => `${dataset.label} ${parsed.y.toExponential(2)}` } } },
    },
  };
}
