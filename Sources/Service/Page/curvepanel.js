// The curves of some runs: loads them, keeps them up to date, and joins those that differ in the seed only where this is asked for.

import { get } from './api.js';
import { Chart } from './chart.js';
import { CurveSet, meanCurve } from './curves.js';
import { fill, h, throttled } from './dom.js';
import * as format from './format.js';

export const mostCurves = 100;

/** The key under which runs are one group: all settings but the seed. */
const groupKey = (run) => JSON.stringify([run.dataset, run.dataset_digest,
  Object.entries(run.settings).filter(([name]) => name !== 'seed').sort(([a], [b]) => (a < b ? -1 : 1))]);

export class CurvePanel {
  #set = new CurveSet();
  #runs = [];
  #styles = new Map();
  #papers = new Map();
  #ids = '';

  /** `route`: where zoom, log scale and mode are kept; `name`: of the files that are saved. */
  constructor(route, name) {
    this.route = route;
    const number = (key) => (route.get(key) === null ? null : Number(route.get(key)));
    this.chart = new Chart({
      name,
      view: { from: number('from'), to: number('to'), isLog: route.get('log') === '1' },
      onView: (view) => route.keep({ from: view.from?.toFixed(2), to: view.to?.toFixed(2), log: view.isLog ? '1' : null }),
    });
    this.mean = h('input', { type: 'checkbox', checked: route.get('mean') === '1', onchange: () => {
      route.keep({ mean: this.mean.checked ? '1' : null });
      this.#draw();
    } });
    this.meanLabel = h('label', { hidden: true }, this.mean, ' mean ± sd over seeds');
    this.chart.extra.append(this.meanLabel);
    this.message = h('p', { class: 'faint' });
    this.element = h('div', null, this.message, this.chart.element);
    this.appended = throttled(100, () => (this.mean.checked ? this.#draw() : this.chart.touch()));
  }

  /** Shows these runs. The zoom stays. */
  async show(runs) {
    const shown = runs.slice(0, mostCurves), ids = shown.map((run) => run.id).join(',');
    this.#runs = shown;
    if (ids === this.#ids) { await this.#reconcile(shown); return; }
    this.#ids = ids;
    if (!shown.length) { fill(this.message, 'No runs.'); this.chart.element.hidden = true; return; }
    fill(this.message, 'Loading curves…');
    try {
      const missing = shown.filter((run) => !this.#papers.has(run.id)).slice(0, 20);
      const [styles] = await Promise.all([
        get('/styles', { ids }),
        this.#set.show(shown.map((run) => run.id)),
        ...missing.map(async (run) => {
          const record = await get(`/runs/${run.id}`);
          this.#papers.set(run.id, record.deviations.length === 0 ? record.paper : null);
        }),
      ]);
      if (ids !== this.#ids) return;
      this.#styles = new Map(styles.map((style) => [style.id, style]));
    } catch (problem) {
      this.#ids = '';
      fill(this.message, `The curves cannot be shown: ${problem.message}`);
      return;
    }
    fill(this.message, runs.length > shown.length ? `The first ${mostCurves} of ${format.count(runs.length, 'run')}; choose fewer to see others.` : null);
    this.message.hidden = runs.length <= shown.length;
    this.chart.element.hidden = false;
    this.#draw();
  }

  async #reconcile(runs) {
    const changed = await Promise.all(runs.map((run) => this.#set.restart(run.id, run.epoch)));
    if (changed.some(Boolean)) this.chart.touch();
  }

  /** New rows of a run, from the event stream. */
  async take(rows) {
    if (await this.#set.take(rows)) this.appended();
  }

  async catchUp() {
    await this.#set.catchUp();
    this.appended();
  }

  end() {
    this.appended.cancel();
    this.chart.end();
  }

  #draw() {
    const groups = new Map();
    for (const run of this.#runs) {
      const key = groupKey(run);
      groups.set(key, [...(groups.get(key) ?? []), run]);
    }
    const hasSeeds = [...groups.values()].some((runs) => runs.length > 1);
    this.meanLabel.hidden = !hasSeeds;
    const datasets = new Set(this.#runs.map((run) => run.dataset));
    const label = (run, tail) => [this.#styles.get(run.id)?.label ?? run.model, datasets.size > 1 ? run.dataset : null, tail].filter(Boolean).join(', ');
    const series = [];
    if (this.mean.checked && hasSeeds) {
      for (const runs of groups.values()) {
        const curves = runs.map((run) => this.#set.curves.get(run.id)).filter((curve) => curve?.n);
        if (!curves.length) continue;
        series.push({ id: runs[0].id, label: label(runs[0], `mean of ${format.count(curves.length, 'seed')}`), ...this.#style(runs[0]),
          curve: meanCurve(curves), hasBand: curves.length > 1, isTrial: runs[0].is_trial });
      }
    } else {
      for (const run of this.#runs) {
        const curve = this.#set.curves.get(run.id);
        if (curve) series.push({ id: run.id, label: label(run, `seed ${run.seed}`), href: this.route.get('id') === run.id ? null : `#/run?id=${run.id}`, ...this.#style(run), curve,
          isTrial: run.is_trial });
      }
    }
    this.chart.show(series, this.#paperLines());
  }

  #style(run) {
    const style = this.#styles.get(run.id);
    return { colour: style?.colour ?? '#1f578e', dark: style?.dark ?? '#8ab4e8', dash: style?.dash ?? [] };
  }

  #paperLines() {
    const lines = new Map();
    for (const run of this.#runs) {
      const paper = this.#papers.get(run.id);
      if (!paper) continue;
      const add = (metric, value) => {
        if (Number.isFinite(value)) lines.set(`${metric} ${run.model} ${run.dataset}`, { metric, value, label: `paper: ${run.model}`, ...this.#style(run) });
      };
      add('loss', paper.loss);
      add('train_accuracy', paper.train_accuracy);
      add('test_accuracy', paper.test_accuracy);
    }
    return [...lines.values()];
  }
}
