// The first screen: what is queued, what is in training, what went wrong, and all runs with filters.

import { get } from './api.js';
import { act, actions, buttons } from './actions.js';
import { CurvePanel, mostCurves } from './curvepanel.js';
import { fill, h, setText, table, throttled } from './dom.js';
import * as format from './format.js';
import { filterForm, filtersOf } from './filters.js';

const states = ['queued', 'running', 'paused', 'completed', 'failed', 'diverged', 'cancelled', 'waiting', 'pruned'];

export const runLink = (run) => h('a', { href: `#/run?id=${run.id}`, 'data-key': `run ${run.id}` }, h('code', null, format.short(run.id)));
export const experimentLink = (name) => (name === null || name === undefined ? '–'
  : h('a', { class: 'name', title: name, href: `#/experiment?${new URLSearchParams({ name })}` }, h('bdi', null, name)));

/** A run's state with its colour; the word says it, too. */
export const stateMark = (run) => h('span', { class: `state ${run.request ? 'stopping' : run.state}` }, format.stateText(run));

/** A bar for the epochs that are done, with their number. Elements that live data changes have a class of their own. */
export function progress(run) {
  return h('span', { class: 'progress' },
    h('progress', { max: run.epochs, value: Math.min(run.epoch, run.epochs), 'aria-label': `${run.epoch} of ${run.epochs} epochs` }),
    h('span', { class: 'epochs-done' }, `${format.whole(run.epoch)}/${format.whole(run.epochs)}`));
}

/** Columns for test and validation accuracies, where any of the runs has one: trials of a search have no test accuracy. */
export function accuracies(runs, { isFinal = true } = {}) {
  const column = (title, name) => ({ title, class: 'number', cell: (run) => h('span', { class: name },
    format.percent((isFinal ? run[`final_${name}_accuracy`] : null) ?? run[`${name}_accuracy`])) });
  return [runs.some((run) => run.validation_accuracy !== null) ? column('validation %', 'validation') : null,
    runs.length && runs.every((run) => run.is_trial) ? null : column('test %', 'test')].filter(Boolean);
}

/** Writes a new epoch into the cells of a run, wherever it is shown. */
export function patchRows(root, { run, epoch, loss, train_accuracy: train, test_accuracy: test, validation_accuracy: validation }) {
  const last = epoch.length - 1;
  for (const row of root.querySelectorAll(`[data-run="${run}"]`)) {
    const bar = row.querySelector('progress');
    if (bar && epoch[last] > bar.value) bar.value = epoch[last];
    const done = row.querySelector('.epochs-done');
    if (done) setText(done, `${format.whole(epoch[last])}/${done.textContent.split('/')[1]}`);
    setText(row.querySelector('.loss'), format.loss(loss[last]));
    setText(row.querySelector('.train'), format.percent(train[last]));
    setText(row.querySelector('.test'), format.percent(test?.[last]));
    setText(row.querySelector('.validation'), format.percent(validation?.[last]));
  }
}

const marked = (run, cells) => { cells.dataset.run = run.id; return cells; };

export class QueueScreen {
  title = 'Queue';
  #ticked = new Set();
  #filters = '';
  /** What went wrong, by what was loaded. */
  #problems = new Map();
  #running = [];
  #page = { runs: [], next: null, counts: {}, total: 0 };

  constructor(root, route) {
    this.root = root;
    this.route = route;
    this.#ticked = this.#tickedInAddress();
    this.#filters = JSON.stringify(filtersOf(route));
    this.counts = h('ul', { class: 'counts', 'aria-label': 'Runs by state' });
    this.training = h('section', { 'aria-labelledby': 'training' });
    this.side = h('div', { class: 'side' });
    this.curves = h('section', { hidden: true, 'aria-labelledby': 'curves' });
    this.curvesTitle = h('h2', { id: 'curves' });
    this.form = filterForm(route, () => { this.#ticked.clear(); this.#keepTicks(); route.go({ after: null }); });
    this.bulk = h('div', { class: 'bulk' });
    this.list = h('div');
    this.problem = h('p', { class: 'error', role: 'alert', hidden: true });
    fill(root, h('h1', { class: 'unseen' }, 'Queue'), this.problem, this.counts, h('div', { class: 'columns' }, h('div', null, this.training, this.curves), this.side),
      h('section', { 'aria-labelledby': 'runs' }, h('h2', { id: 'runs' }, 'Runs'), this.form.element, this.bulk, this.list));
    this.refreshSummary = throttled(1_000, () => this.#quietly(this.loadSummary(), 'summary'));
    this.refreshRuns = throttled(1_000, () => this.#quietly(this.loadRuns(), 'runs'));
    this.refreshRates = throttled(3_000, () => { this.refreshSummary(); this.refreshRuns(); });
    this.#quietly(this.loadSummary(), 'summary');
    this.#quietly(this.loadRuns(), 'runs');
  }

  follows() { return true; }

  changed() {
    this.form.update();
    // Of another selection, none is ticked but those that the address names.
    const filters = JSON.stringify(filtersOf(this.route));
    if (filters !== this.#filters) this.#ticked = this.#tickedInAddress();
    this.#filters = filters;
    this.#quietly(this.loadRuns(), 'runs');
  }

  #tickedInAddress() { return new Set((this.route.get('ids') ?? '').split(',').filter(Boolean)); }

  end() {
    for (const one of [this.refreshSummary, this.refreshRuns, this.refreshRates]) one.cancel();
    this.panel?.end();
    this.isEnded = true;
  }

  #quietly(work, what) {
    const show = () => {
      this.problem.hidden = this.#problems.size === 0;
      setText(this.problem, [...new Set(this.#problems.values())].join(' '));
    };
    work.then(() => { this.#problems.delete(what); show(); }, (problem) => {
      if (problem.status === 401 || problem.status === 0) return;
      this.#problems.set(what, problem.message);
      show();
    });
  }

  // News

  epochs(rows) {
    patchRows(this.root, rows);
    this.refreshRates();
    return this.panel?.take(rows);
  }

  runs() {
    this.refreshSummary();
    this.refreshRuns();
  }

  async catchUp() {
    await Promise.all([this.loadSummary(), this.loadRuns(), this.panel?.catchUp()]);
  }

  // Summary

  async loadSummary() {
    const summary = await get('/summary');
    if (this.isEnded) return;
    const total = summary.runs;
    const chip = (state, number) => h('li', { class: `state ${state}` }, h('a', { 'data-key': `count ${state}`,
      href: `#/queue?${new URLSearchParams({ state })}` }, h('span', null, state), ' ', h('b', null, format.whole(number))));
    fill(this.counts, h('li', null, h('a', { href: '#/queue', 'data-key': 'count all' }, h('span', null, 'all'), ' ', h('b', null, format.whole(total)))),
      states.filter((state) => summary.counts[state]).map((state) => chip(state, summary.counts[state])));
    const running = summary.running;
    const isNew = running.map((run) => run.id).join() !== this.#running.map((run) => run.id).join();
    this.#running = running;
    if (isNew && !this.#ticked.size) this.#quietly(this.#showCurves(), 'curves');
    const list = table('Runs in training', [
      { title: 'run', cell: runLink },
      { title: 'model', cell: (run) => h('span', null, h('b', null, run.model), ` ${run.dataset}, seed ${run.seed}`) },
      { title: 'experiment', class: 'wider', cell: (run) => experimentLink(run.experiment) },
      { title: 'epochs', cell: progress },
      { title: 'loss', class: 'number', cell: (run) => h('span', { class: 'loss' }, format.loss(run.loss)) },
      { title: 'train %', class: 'number wide', cell: (run) => h('span', { class: 'train' }, format.percent(run.train_accuracy)) },
      ...accuracies(running, { isFinal: false }),
      { title: 's/epoch', class: 'number wide', cell: (run) => (run.seconds_per_epoch === null ? '–' : Number(run.seconds_per_epoch.toPrecision(3))) },
      { title: 'left', class: 'number', cell: (run) => (run.request ? stateMark(run) : run.abandoned ? h('span', { class: 'error' }, run.abandoned) : format.duration(run.seconds_left)) },
      // The list of workers says it too.
      format.placeColumn(running, 'wider'),
    ].filter(Boolean), running, { empty: summary.counts.queued ? 'Nothing is in training.' : 'Nothing is in training, and nothing is queued.', hideCaption: true });
    list.querySelectorAll('tbody tr').forEach((row, index) => running[index] && marked(running[index], row));
    fill(this.training, h('h2', { id: 'training' }, 'In training'), list);
    const waiting = summary.waiting;
    fill(this.side,
      h('section', null, h('h2', null, 'Workers'), summary.workers.length ? h('ul', { class: 'plain' }, summary.workers.map((worker) => h('li', null,
        h('span', { class: worker.gone ? 'beat gone' : worker.silence > 10 ? 'beat late' : 'beat', 'aria-hidden': 'true' }, worker.gone ? '○ ' : '● '),
        `${worker.remote ? format.place(worker.remote) : `process ${worker.process}`}, ${format.count(worker.threads, 'thread')}: `, h('a', { href: `#/run?id=${worker.run}`, 'data-key': `worker ${worker.run}` }, h('code', null, format.short(worker.run))),
        worker.gone ? '; it is gone' : worker.silence === null ? '' : `; heartbeat ${format.duration(worker.silence)} ago`)))
        : h('p', { class: 'faint' }, 'No worker trains now.')),
      waiting ? h('section', null, h('h2', null, 'Next in the queue'), h('p', null, runLink(waiting.run), ` ${waiting.run.model} ${waiting.run.dataset}, seed ${waiting.run.seed}`),
        h('p', { class: 'faint' }, `It waits: ${waiting.reason}`)) : null,
      summary.failures.length ? h('section', null, h('h2', null, 'Failures'), h('ul', { class: 'plain' }, summary.failures.map((run) => h('li', null, runLink(run), ' ',
        stateMark(run), ` ${run.model}: `, h('span', { class: 'error' }, run.error ?? ''))))) : null,
      h('p', { class: 'faint' }, `Disk: checkpoints ${format.bytes(summary.disk.checkpoints)}, database ${format.bytes(summary.disk.database)}, logs ${format.bytes(summary.disk.logs)}. `,
        h('span', { class: 'path' }, `${summary.lab}, pcnlab ${summary.version}`)));
  }

  // Runs

  async loadRuns() {
    const route = this.route, after = route.get('after'), order = after ? 'number' : route.get('order') ?? 'interest';
    const asked = this.#asked = {};
    let missing = null;
    const page = await get('/runs', { ...filtersOf(route), order, after, limit: 100 }).catch((problem) => {
      // There is no such experiment, or its last run was removed; or the filter cannot be read. It selects nothing to act on.
      if (problem.status !== 404 && problem.status !== 400) throw problem;
      missing = problem;
      return { runs: [], next: null, counts: {}, total: 0 };
    });
    if (this.isEnded || asked !== this.#asked) return;
    this.#page = page;
    this.#showRuns(order);
    if (missing) throw missing;
    await this.#showCurves();
  }

  #asked = null;

  #showRuns(order) {
    const { runs, total } = this.#page, route = this.route, names = format.varying(runs), after = route.get('after');
    const all = h('input', { type: 'checkbox', 'aria-label': 'All runs of this page', 'data-key': 'tick all', checked: runs.length > 0 && runs.every((run) => this.#ticked.has(run.id)),
      onchange: () => { for (const run of runs) if (all.checked) this.#ticked.add(run.id); else this.#ticked.delete(run.id); this.#ticksChanged(); } });
    const view = table('Runs', [
      { title: all, class: 'tick', cell: (run) => {
        const box = h('input', { type: 'checkbox', 'aria-label': `Run ${format.short(run.id)}`, 'data-key': `tick ${run.id}`, checked: this.#ticked.has(run.id),
          onchange: () => { if (box.checked) this.#ticked.add(run.id); else this.#ticked.delete(run.id); this.#ticksChanged(); } });
        return box;
      } },
      { title: 'run', cell: runLink },
      { title: 'state', cell: stateMark },
      format.placeColumn(runs),
      { title: 'model', cell: (run) => run.model },
      { title: 'data set', cell: (run) => run.dataset },
      { title: 'seed', class: 'number wide', cell: (run) => run.seed },
      names.length ? { title: 'settings that differ', class: 'wide differ', cell: (run) => format.differences(run, names) } : null,
      { title: 'experiment', class: 'wide', cell: (run) => experimentLink(run.experiment) },
      { title: 'epochs', cell: progress },
      { title: 'loss', class: 'number', cell: (run) => h('span', { class: 'loss' }, format.loss(run.loss)) },
      { title: 'train %', class: 'number wide', cell: (run) => h('span', { class: 'train' }, format.percent(run.final_train_accuracy ?? run.train_accuracy)) },
      ...accuracies(runs),
      runs.some((run) => run.tags.length) ? { title: 'tags', class: 'wide', cell: (run) => run.tags.map((tag) => h('span', { class: 'tag' }, h('bdi', null, tag))) } : null,
    ].filter(Boolean), runs, { lead: 1, empty: 'No run matches.', hideCaption: true });
    view.querySelectorAll('tbody tr').forEach((row, index) => runs[index] && marked(runs[index], row));
    const scroll = this.list.querySelector('.scroll')?.scrollLeft ?? 0;
    fill(this.list, view, h('p', { class: 'tools' },
      h('span', null, `${format.count(runs.length, 'run')} of ${format.whole(total)}`, order === 'interest' ? ', running and failed ones first' : ', as submitted'),
      after ? h('button', { type: 'button', 'data-key': 'first', onclick: () => route.go({ after: null }) }, 'First page') : null,
      order === 'interest' && total > runs.length ? h('button', { type: 'button', 'data-key': 'pages', onclick: () => route.go({ order: 'number', after: null }) }, 'All, page by page') : null,
      order !== 'interest' && !after ? h('button', { type: 'button', 'data-key': 'interest', onclick: () => route.go({ order: null, after: null }) }, 'Running ones first') : null,
      this.#page.next ? h('button', { type: 'button', 'data-key': 'next', onclick: () => route.go({ after: this.#page.next }) }, 'Next page') : null));
    this.list.querySelector('.scroll').scrollLeft = scroll;
    this.#showBulk();
  }

  #showBulk() {
    const ticked = this.#ticked.size, { total } = this.#page, filters = filtersOf(this.route);
    // With a state beside the ids, those that refuse are left out; ids alone are all or none.
    const selection = ticked ? { ids: [...this.#ticked], state: states } : Object.keys(filters).length ? selectionOf(filters) : { all: true };
    const text = ticked ? `${format.count(ticked, 'run')} ticked: ` : `All ${format.count(total, 'run')} that match: `;
    fill(this.bulk, h('span', null, text), buttons(actions, async (action) => {
      if (!await act(action, selection)) return;
      if (action.name === 'remove') this.#ticked.clear();
      this.#ticksChanged();
      this.#quietly(this.catchUp(), 'runs');
    }, total === 0 && ticked === 0),
    ticked ? h('button', { type: 'button', 'data-key': 'untick', onclick: () => { this.#ticked.clear(); this.#ticksChanged(); } }, 'Untick all') : h('span', { class: 'faint' }, 'Tick runs to see their curves, or to act on them only.'));
  }

  #keepTicks() {
    this.route.keep({ ids: [...this.#ticked].slice(0, mostCurves).join(',') });
  }

  #ticksChanged() {
    this.#keepTicks();
    for (const box of this.list.querySelectorAll('tbody input[type=checkbox]')) box.checked = this.#ticked.has(box.dataset.key.slice(5));
    const all = this.list.querySelector('thead input');
    if (all) all.checked = this.#page.runs.length > 0 && this.#page.runs.every((run) => this.#ticked.has(run.id));
    this.#showBulk();
    this.#quietly(this.#showCurves(), 'curves');
  }

  /** The curves of the ticked runs, also of those on another page; where none is ticked, of those in training. */
  async #showCurves() {
    const isTicked = this.#ticked.size > 0;
    let runs = this.#running.slice(0, 20);
    if (isTicked) {
      const here = new Map(this.#page.runs.map((run) => [run.id, run]));
      const ids = [...this.#ticked].slice(0, mostCurves), elsewhere = ids.filter((id) => !here.has(id));
      if (elsewhere.length) {
        const page = await get('/runs', { ids: elsewhere.join(','), limit: mostCurves }).catch(async (problem) => {
          if (problem.status !== 404) throw problem;
          // Some of them were removed.
          const answers = await Promise.all(elsewhere.map((id) => get('/runs', { ids: id }).catch((one) => {
            if (one.status !== 404) throw one;
            this.#ticked.delete(id);
            return { runs: [] };
          })));
          this.#keepTicks();
          this.#showBulk();
          return { runs: answers.flatMap((answer) => answer.runs) };
        });
        for (const run of page.runs) here.set(run.id, run);
      }
      runs = ids.map((id) => here.get(id)).filter(Boolean);
    }
    if (this.isEnded) return;
    this.curves.hidden = runs.length === 0;
    if (runs.length === 0) return;
    if (!this.panel) {
      this.panel = new CurvePanel(this.route, 'curves');
      fill(this.curves, this.curvesTitle, this.panel.element);
    }
    setText(this.curvesTitle, isTicked ? `Curves of ${runs.length === 1 ? 'the ticked run' : `the ${runs.length} ticked runs`}` : 'Curves of the runs in training');
    await this.panel.show(runs);
  }
}

/** The filters as fields of a request to act. */
function selectionOf(filters) {
  const lists = ['state', 'tag', 'dataset', 'model', 'where'];
  return Object.fromEntries(Object.entries(filters).map(([name, value]) => [name, lists.includes(name) && !Array.isArray(value) ? [value] : value]));
}
