// The charts. Each is a canvas with a function that makes its configuration; a change of what is shown or of the
// theme draws all of them again, which is cheap without animation.

const charts = [];
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function chart(id, label, size, make) {
  const canvas = el('canvas', { id, role: 'img', 'aria-label': label });
  const box = el('div', { class: `canvas ${size}` }, canvas);
  charts.push({ canvas, box, make });
  return { canvas, parentElement: box };
}

function draw({ canvas, box, make }) {
  const old = Chart.getChart(canvas);
  if (old) old.destroy();
  const made = make(box);
  if (made) new Chart(canvas, made);
}
const drawAll = () => charts.forEach(draw);

function defaults() {
  Object.assign(Chart.defaults, { animation: false, maintainAspectRatio: false, color: colour('muted'), borderColor: colour('grid') });
  Object.assign(Chart.defaults.font, { family: getComputedStyle(document.body).fontFamily, size: 13 });
  Chart.defaults.plugins.legend.display = false;
  Object.assign(Chart.defaults.plugins.tooltip, { padding: 10, boxPadding: 5, usePointStyle: true, cornerRadius: 6 });
}

const axis = (title, more = {}) => ({
  title: { display: true, text: title, color: colour('muted') }, grid: { color: colour('grid') },
  ticks: { maxRotation: 0, ...more.ticks }, ...more.scale,
});

/** A range around the ideal point and the values: all of them, or as far as the nearer ends. */
function range(values, ideal, near) {
  const all = [...values.filter(isNumber), ideal];
  const [low, high] = [Math.min(...all), state.view === 'near' ? Math.max(near, ideal + 1e-6) : Math.max(...all)];
  const margin = (high - low || 1) * 0.06;
  return { min: low - margin, max: high + margin };
}

/** The ends of a range are not round numbers. */
function tick(value, index, ticks) {
  return index === 0 || index === ticks.length - 1 ? '' : Chart.Ticks.formatters.numeric.call(this, value, index, ticks);
}

// ---- loss space ----

function star(ink) {
  const picture = document.createElement('canvas');
  picture.width = picture.height = 26;
  const pen = picture.getContext('2d');
  pen.beginPath();
  for (let i = 0; i < 10; i += 1) {
    const radius = i % 2 ? 5 : 12;
    pen.lineTo(13 + radius * Math.sin((i * Math.PI) / 5), 13 - radius * Math.cos((i * Math.PI) / 5));
  }
  pen.closePath();
  pen.fillStyle = ink;
  pen.fill();
  return picture;
}

const guides = {
  id: 'guides',
  beforeDatasetsDraw(drawn) {
    const { ctx, chartArea: area, scales: { x, y } } = drawn;
    ctx.save();
    ctx.strokeStyle = colour('muted');
    ctx.setLineDash([4, 5]);
    ctx.globalAlpha = 0.7;
    ctx.beginPath();
    ctx.moveTo(x.getPixelForValue(optimum(across)), area.top);
    ctx.lineTo(x.getPixelForValue(optimum(across)), area.bottom);
    ctx.moveTo(area.left, y.getPixelForValue(optimum(up)));
    ctx.lineTo(area.right, y.getPixelForValue(optimum(up)));
    ctx.stroke();
    ctx.restore();
  },
};

const styles = ['circle', 'rect', 'triangle', 'rectRot', 'triangle', 'circle'];
const pointLook = (method) => ({
  pointStyle: styles[look(method).index % styles.length], pointRotation: look(method).index === 4 ? 180 : 0,
  pointBackgroundColor: look(method).colour, pointBorderColor: colour('page'), pointBorderWidth: 1.5,
});

/** A circle looks larger than figures with corners of the same radius. */
const radius = (method, size) => (look(method).index === 0 ? 0.82 * size : size);

const special = (label, data, more) => ({ label, data, showLine: false, pointHitRadius: 8, order: -1, ...more });
const idealPoint = () => special('Ideal point', [{ x: optimum(across), y: optimum(up) }], { pointStyle: star(colour('ink')), order: -2 });

/** A little farther from the ideal point than the nearer runs end: three in five. */
function nearness(objective) {
  const nearest = compared.filter((run) => isNumber(run.ideal_distance)).sort((a, b) => a.ideal_distance - b.ideal_distance)
    .slice(0, Math.ceil(0.6 * compared.length));
  const gaps = nearest.map((run) => (run.losses || {})[objective] - optimum(objective)).filter(isNumber);
  return optimum(objective) + 1.25 * Math.max(0, ...gaps);
}

/** Whether the runs that went farthest hide the ends of the others. */
function isCrowded() {
  return [across, up].some((objective, i) => Math.max(...compared.flatMap((run) => curvesOf(run).evaluations.map((row) => row[2 + i] || 0)))
    - optimum(objective) > 4 * (nearness(objective) - optimum(objective)));
}

function lossSpace(datasets) {
  const points = datasets.flatMap((set) => set.data);
  return {
    type: 'scatter',
    data: { datasets: [...datasets, idealPoint()] },
    options: {
      scales: {
        x: { ...axis(`← better   ${lossOf(across)}`, { ticks: { callback: tick } }), ...range(points.map((p) => p.x), optimum(across), nearness(across)) },
        y: { ...axis(`← better   ${lossOf(up)}`, { ticks: { callback: tick } }), ...range(points.map((p) => p.y), optimum(up), nearness(up)) },
      },
      plugins: {
        tooltip: {
          callbacks: {
            title: (items) => items[0].dataset.label,
            label: ({ raw }) => [
              ...(isNumber(raw.step) ? [`step ${count(raw.step)}`] : []), ...(isNumber(raw.lambda) ? [`λ ${raw.lambda}`] : []),
              `${lossOf(across)} ${fixed(raw.x)}`, `${lossOf(up)} ${fixed(raw.y)}`,
            ],
          },
        },
      },
    },
    plugins: [guides],
  };
}

function trajectories() {
  const starts = new Map();
  const sets = shownRuns().map((run) => {
    const data = curvesOf(run).evaluations.filter(([, , x, y]) => isNumber(x) && isNumber(y))
      .map(([step, , x, y]) => ({ step, x, y, lambda: run.lambda }));
    if (data.length) starts.set(`${data[0].x} ${data[0].y}`, data[0]);
    return {
      label: named(run.method, run.lambda) + (seeds.length > 1 ? `, seed ${run.seed}` : ''), method: run.method, data,
      showLine: true, borderColor: look(run.method).colour, borderWidth: 2, pointHitRadius: 6, ...pointLook(run.method),
      pointRadius: data.map((_, i) => (i === data.length - 1 ? radius(run.method, 8) : 2)),
      pointBorderWidth: data.map((_, i) => (i === data.length - 1 ? 1.5 : 0)),
    };
  });
  const ring = special('Start', [...starts.values()], {
    pointRadius: 6, pointBackgroundColor: colour('page'), pointBorderColor: colour('ink'), pointBorderWidth: 2,
  });
  return lossSpace([...sets, ring]);
}

const groups = list(results.groups);
const mean = (group, measure) => ((group.values || {})[measure] || {}).mean;
const deviation = (group, measure) => ((group.values || {})[measure] || {}).deviation;

function fronts() {
  const sets = methods.filter(isShown).flatMap((method) => {
    const front = list((list(results.methods).find((entry) => entry.method === method) || {}).front);
    const on = front.map((point) => ({ x: point[across], y: point[up], lambda: point.lambda })).sort((a, b) => a.x - b.x);
    const ends = groups.filter((group) => group.method === method && !on.some((point) => point.lambda === group.lambda))
      .map((group) => ({ x: mean(group, across), y: mean(group, up), lambda: group.lambda }));
    const base = { method, borderColor: look(method).colour, pointHitRadius: 6, ...pointLook(method) };
    return [
      { ...base, label: `${look(method).label}, on its front`, data: on, showLine: true, borderWidth: 2, pointRadius: radius(method, 8) },
      {
        ...base, label: look(method).label, data: ends, pointRadius: radius(method, 6), pointBackgroundColor: colour('page'),
        pointBorderColor: look(method).colour, pointBorderWidth: 2,
      },
    ].filter((set) => set.data.length);
  });
  return lossSpace(sets);
}

// ---- bars ----

const values = {
  id: 'values',
  afterDatasetsDraw(drawn, _, { format }) {
    const { ctx, scales: { x } } = drawn;
    const set = drawn.data.datasets[0];
    ctx.save();
    ctx.font = `13px ${Chart.defaults.font.family}`;
    ctx.textBaseline = 'middle';
    drawn.getDatasetMeta(0).data.forEach((bar, i) => {
      const value = set.data[i];
      const spread = isNumber(set.deviation[i]) ? set.deviation[i] : 0;
      const [low, high] = [x.getPixelForValue((value || 0) - spread), x.getPixelForValue((value || 0) + spread)];
      ctx.strokeStyle = ctx.fillStyle = colour('ink');
      if (isNumber(value) && spread > 0) {
        ctx.beginPath();
        ctx.moveTo(low, bar.y);
        ctx.lineTo(high, bar.y);
        [low, high].forEach((end) => { ctx.moveTo(end, bar.y - 4); ctx.lineTo(end, bar.y + 4); });
        ctx.stroke();
      }
      if (!isNumber(value)) ctx.fillStyle = colour('muted');
      ctx.fillText(isNumber(value) ? format(value) : 'not measured', Math.max(high, x.getPixelForValue(0)) + 8, bar.y);
    });
    ctx.restore();
  },
};

/** Bars of one measure by method, for one λ. */
function bars(measure, format) {
  return (box) => {
    const shown = methods.filter(isShown)
      .map((method) => groups.find((group) => group.method === method && (!isNumber(group.lambda) || group.lambda === oneLambda())))
      .filter(Boolean);
    box.style.height = `${24 + 38 * Math.max(shown.length, 1)}px`;
    const numbersShown = shown.map((group) => mean(group, measure)).map((value) => (isNumber(value) ? value : null));
    const [low, high] = [Math.min(0, ...numbersShown), Math.max(0, ...numbersShown.map((value, i) => (value || 0) + (deviation(shown[i], measure) || 0)))];
    const extent = high - low || 1;
    return {
      type: 'bar',
      data: {
        labels: shown.map((group) => look(group.method).label.split(/(?<=,) /)),
        datasets: [{
          data: numbersShown, deviation: shown.map((group) => deviation(group, measure)), barThickness: 18, borderRadius: 3,
          backgroundColor: shown.map((group) => look(group.method).colour),
        }],
      },
      options: {
        indexAxis: 'y',
        layout: { padding: { right: 76 } },
        scales: {
          x: { display: false, min: low < 0 ? low - 0.05 * extent : 0, max: high || extent },
          y: { grid: { display: false }, border: { display: low >= 0, color: colour('line') }, ticks: { color: colour('ink') } },
        },
        plugins: { values: { format }, tooltip: { callbacks: { label: ({ raw }) => format(raw) } } },
      },
      plugins: [values],
    };
  };
}
