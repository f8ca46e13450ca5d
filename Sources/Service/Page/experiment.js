// The list of experiments, and one of them: Table 1, curves, its runs.

import { get, link } from './api.js';
import { act, actions, buttons } from './actions.js';
import { CurvePanel, mostCurves } from './curvepanel.js';
import { fill, h, setText, table, throttled } from './dom.js';
import * as format from './format.js';
import { accuracies, experimentLink, patchRows, progress, runLink, stateMark } from './queue.js';
import { SearchPanel } from './search.js';
import { TableOne } from './table1.js';

export class ExperimentsScreen {
  title = 'Experiments';

  constructor(root) {
    this.list = h('div', null, 'Loading…');
    fill(root, h('h1', null, 'Experiments'), this.list);
    this.refresh = throttled(1_000, () => this.load());
    this.load();
  }

  async load() {
    try {
      const experiments = await get('/experiments');
      fill(this.list, table('Experiments, the latest first', [
        { title: 'experiment', cell: ({ name }) => experimentLink(name) },
        { title: 'description', class: 'text', cell: ({ description }) => h('bdi', null, description ?? '') },
        { title: 'submitted', cell: (one) => format.time(one.submitted_at) },
        { title: 'runs', class: 'number', cell: ({ counts }) => format.whole(Object.values(counts).reduce((a, b) => a + b, 0)) },
        { title: 'states', cell: ({ counts }) => Object.entries(counts).map(([state, number]) => h('span', { class: `state ${state}` }, `${number} ${state} `)) },
      ], experiments, { empty: 'Nothing was submitted yet.' }));
    } catch (problem) {
      fill(this.list, h('p', { class: 'error' }, problem.message));
    }
  }

  runs() { this.refresh(); }
  catchUp() { return this.load(); }
  end() { this.refresh.cancel(); }
}

export class ExperimentScreen {
  constructor(root, route) {
    this.root = root;
    this.route = route;
    this.name = route.get('name') ?? '';
    this.title = this.name;
    this.dataset = route.get('dataset');
    this.counts = h('p', { class: 'counts-line' });
    this.actions = h('div');
    this.problem = h('p', { class: 'error', role: 'alert' });
    this.table = new TableOne({ experiment: this.name });
    this.search = new SearchPanel(this.name);
    this.panel = new CurvePanel(route, 'curves');
    this.choice = h('select', { id: 'curve-dataset', onchange: () => { this.route.keep({ dataset: this.choice.value }); this.#showCurves(); } });
    this.list = h('div');
    const report = (name) => h('a', { href: link('/report', { format: name, experiment: this.name }), download: `report.${{ markdown: 'md', latex: 'tex' }[name] ?? name}` }, name);
    this.report = h('p', { class: 'tools' }, 'Report: ', ['markdown', 'csv', 'latex', 'html', 'json'].map(report));
    fill(root, h('h1', null, h('bdi', null, this.name)), this.problem, this.counts, this.actions, this.search.element, this.table.element, this.report,
      h('section', null, h('h2', null, 'Curves'), h('p', { class: 'tools' }, h('label', { for: 'curve-dataset' }, 'Data set '), this.choice), this.panel.element),
      h('section', null, h('h2', null, 'Runs'), this.list));
    this.refresh = throttled(1_000, () => this.load());
    this.refreshTable = throttled(2_000, () => this.#loadTable().catch(() => {}));
    this.all = [];
    this.load();
  }

  follows(parameters) { return parameters.get('name') === this.name; }
  changed() { this.#showCurves(); }

  async load() {
    try {
      const [page] = await Promise.all([get('/runs', { experiment: this.name, limit: 1000 }), this.#loadTable()]);
      if (this.isEnded) return;
      setText(this.problem, '');
      this.all = page.runs;
      setText(this.counts, `${format.count(page.total, 'run')}: ${Object.entries(page.counts).map(([state, number]) => `${number} ${state}`).join(', ')}`
        + (page.total > page.runs.length ? `. The first ${format.whole(page.runs.length)} are shown.` : ''));
      fill(this.actions, buttons(actions, async (action) => { if (await act(action, { experiment: this.name })) await this.load(); }, page.total === 0));
      this.#showList();
      await this.#showCurves();
    } catch (problem) {
      if (problem.status === 401 || this.isEnded) return;
      setText(this.problem, problem.message);
      if (problem.status !== 404) return;
      // Its last run was removed.
      this.all = [];
      setText(this.counts, '');
      fill(this.actions);
      fill(this.list);
    }
  }

  /** A search has a ranking of its trials in place of Table 1. */
  async #loadTable() {
    const isSearch = await this.search.load();
    this.table.element.hidden = this.report.hidden = isSearch;
    if (!isSearch) await this.table.load();
  }

  #showList() {
    const names = format.varying(this.all), shown = this.all.slice(0, 200);
    const view = table(`Runs of ${this.name}`, [
      { title: 'run', cell: runLink },
      { title: 'state', cell: stateMark },
      { title: 'model', cell: (run) => run.model },
      { title: 'data set', cell: (run) => run.dataset },
      { title: 'seed', class: 'number', cell: (run) => run.seed },
      names.length ? { title: 'settings that differ', class: 'wide differ', cell: (run) => format.differences(run, names) } : null,
      { title: 'epochs', cell: progress },
      { title: 'loss', class: 'number', cell: (run) => h('span', { class: 'loss' }, format.loss(run.loss)) },
      { title: 'train %', class: 'number', cell: (run) => h('span', { class: 'train' }, format.percent(run.final_train_accuracy ?? run.train_accuracy)) },
      ...accuracies(shown),
    ].filter(Boolean), shown, { hideCaption: true });
    view.querySelectorAll('tbody tr').forEach((row, index) => { if (shown[index]) row.dataset.run = shown[index].id; });
    fill(this.list, view, this.all.length > shown.length
      ? h('p', null, h('a', { href: `#/queue?${new URLSearchParams({ experiment: this.name, order: 'number' })}` }, 'All runs, page by page')) : null);
  }

  async #showCurves() {
    const datasets = [...new Set(this.all.map((run) => run.dataset))];
    const wished = this.route.get('dataset'), chosen = datasets.includes(wished) ? wished : datasets[0];
    fill(this.choice, datasets.map((name) => h('option', { value: name }, name)));
    if (chosen) this.choice.value = chosen;
    const runs = this.all.filter((run) => run.dataset === chosen), begun = runs.filter((run) => run.epoch > 0);
    await this.panel.show((begun.length ? begun : runs).slice(0, mostCurves + 1));
  }

  epochs(rows) {
    patchRows(this.root, rows);
    this.refreshTable();
    // A run that begins gets its curve with the list.
    const run = this.all.find((one) => one.id === rows.run);
    if (run && run.epoch === 0) { run.epoch = rows.epoch.at(-1); this.refresh(); }
    return this.panel.take(rows);
  }

  runs({ runs, list }) {
    if (list || runs.some((id) => this.all.some((run) => run.id === id))) this.refresh();
  }

  async catchUp() {
    await this.load();
    await this.panel.catchUp();
  }

  end() {
    this.isEnded = true;
    this.refresh.cancel();
    this.refreshTable.cancel();
    this.panel.end();
  }
}
