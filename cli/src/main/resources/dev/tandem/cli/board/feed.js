// The updates from the server: the list of runs, and the curves of the followed runs. The connection is closed while
// the page is hidden, since a browser opens only a few to one server.

const FIELDS = ['step', 'seconds', 'min', 'max', 'mean', 'last'];
const RETRY_MILLIS = 2000;

export class Feed {
  constructor(listeners) {
    this.listeners = listeners; // list(), run(id), connection(state)
    this.rows = new Map();
    this.reports = [];
    this.searched = false;
    this.followed = [];
    this.details = new Map();
    this.version = 0;
    document.addEventListener('visibilitychange', () => (document.hidden ? this.stop() : this.start()));
  }

  /** Follows another set of runs. */
  follow(ids) {
    if (this.source && ids.join() === this.followed.join()) return;
    this.followed = ids;
    this.details = new Map(ids.map((id) => [id, { curves: {}, log: [], recipe: '' }]));
    this.start();
  }

  start() {
    this.stop();
    const query = new URLSearchParams({ since: String(this.version), follow: this.followed.join() });
    const source = new EventSource(`/api/events?${query}`);
    this.source = source;
    source.addEventListener('open', () => this.listeners.connection('live'));
    source.addEventListener('list', (event) => this.onList(JSON.parse(event.data)));
    source.addEventListener('run', (event) => this.onRun(JSON.parse(event.data)));
    source.addEventListener('error', () => {
      // a restarted server numbers its versions from the start, so everything is requested again
      this.stop();
      this.version = 0;
      this.listeners.connection('lost');
      this.retry = setTimeout(() => this.start(), RETRY_MILLIS);
    });
  }

  stop() {
    clearTimeout(this.retry);
    if (this.source) this.source.close();
    this.source = null;
  }

  onList(change) {
    if (this.version === 0) this.rows.clear();
    this.version = change.version;
    this.searched = change.searched;
    change.gone.forEach((id) => this.rows.delete(id));
    change.runs.forEach((row) => this.rows.set(row.id, row));
    if (change.reports) this.reports = change.reports;
    if (change.runs.length || change.gone.length || change.reports || !this.synced) this.listeners.list();
    this.synced = this.searched;
  }

  onRun(news) {
    if (news.reset || !this.details.has(news.id)) this.details.set(news.id, { curves: {}, log: [], recipe: '' });
    const detail = this.details.get(news.id);
    for (const [name, fresh] of Object.entries(news.curves || {})) {
      const curve = (detail.curves[name] ||= Object.fromEntries(FIELDS.map((field) => [field, []])));
      for (const field of FIELDS) curve[field].splice(fresh.from, Infinity, ...fresh[field]);
    }
    detail.log = [...detail.log, ...(news.log || [])].slice(-100);
    if (news.recipe !== undefined) detail.recipe = news.recipe;
    this.listeners.run(news.id);
  }
}
