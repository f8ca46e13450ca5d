// Curves of runs that are shown, in typed arrays that grow.

import { get } from './api.js';

export const metrics = [
  { name: 'loss', title: 'Loss', short: 'loss', isFraction: false },
  { name: 'train_accuracy', title: 'Training accuracy', short: 'train %', isFraction: true },
  { name: 'test_accuracy', title: 'Test accuracy', short: 'test %', isFraction: true },
  { name: 'validation_accuracy', title: 'Validation accuracy', short: 'validation %', isFraction: true },
];

/** The columns of a curve. Those that a run does not have are NaN: a trial of a search has no test accuracy. */
const columns = ['epoch', ...metrics.map(({ name }) => name)];

/** The curve of a run: `n` rows in arrays that may be longer. */
export class Curve {
  n = 0;

  constructor() {
    for (const name of columns) this[name] = new Float64Array(64);
  }

  /** Whether it has a metric at all. */
  has(name) { return this.n > 0 && (name === 'loss' || !Number.isNaN(this[name][0])); }

  get last() { return this.n ? this.epoch[this.n - 1] : 0; }

  #grow(needed) {
    if (needed <= this.epoch.length) return;
    const length = Math.max(needed, this.epoch.length * 2);
    for (const name of columns) {
      const larger = new Float64Array(length);
      larger.set(this[name].subarray(0, this.n));
      this[name] = larger;
    }
  }

  /** Appends the rows that are newer than the last one. Returns false where rows between are missing. */
  append(rows) {
    let first = 0;
    while (first < rows.epoch.length && rows.epoch[first] <= this.last) first += 1;
    if (first === rows.epoch.length) return true;
    if (rows.epoch[first] > this.last + 1) return false;
    this.#grow(this.n + rows.epoch.length - first);
    for (let row = first; row < rows.epoch.length; row += 1) {
      for (const name of columns) this[name][this.n] = rows[name]?.[row] ?? NaN;
      this.n += 1;
    }
    return true;
  }

  clear() { this.n = 0; }

  /** The first row whose epoch is not below `epoch`. */
  row(epoch) {
    let low = 0, high = this.n;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.epoch[middle] < epoch) low = middle + 1; else high = middle;
    }
    return low;
  }
}

/** The curves of the runs of one view. */
export class CurveSet {
  curves = new Map();
  #pending = new Set();

  /** Loads the curves of these runs, and drops all others. */
  async show(ids) {
    for (const id of [...this.curves.keys()]) if (!ids.includes(id)) this.curves.delete(id);
    const missing = ids.filter((id) => !this.curves.has(id));
    await this.#load(missing, 0);
  }

  async #load(ids, since) {
    for (let start = 0; start < ids.length; start += 40) {
      const part = ids.slice(start, start + 40);
      for (const rows of await get('/curves', { runs: part.join(','), since })) {
        const curve = this.curves.get(rows.run) ?? new Curve();
        curve.append(rows);
        this.curves.set(rows.run, curve);
      }
    }
  }

  /** Appends new rows of a run. Returns whether the run is one of these. */
  async take(rows) {
    const curve = this.curves.get(rows.run);
    if (!curve) return false;
    if (!curve.append(rows)) await this.#follow([rows.run]);
    return true;
  }

  /** Asks for what came while the page had no connection. */
  async catchUp() { await this.#follow([...this.curves.keys()]); }

  /** A run that was removed and queued again begins anew. */
  async restart(id, epoch) {
    const curve = this.curves.get(id);
    if (!curve || epoch >= curve.last) return false;
    curve.clear();
    await this.#load([id], 0);
    return true;
  }

  async #follow(ids) {
    const waiting = ids.filter((id) => this.curves.has(id) && !this.#pending.has(id));
    waiting.forEach((id) => this.#pending.add(id));
    try {
      // Runs that are equally far are asked for together.
      const groups = Map.groupBy ? Map.groupBy(waiting, (id) => this.curves.get(id).last) : group(waiting, this.curves);
      for (const [since, part] of groups) await this.#load(part, since);
    } finally {
      waiting.forEach((id) => this.#pending.delete(id));
    }
  }
}

function group(ids, curves) {
  const groups = new Map();
  for (const id of ids) {
    const last = curves.get(id).last;
    groups.set(last, [...(groups.get(last) ?? []), id]);
  }
  return groups;
}

/** Mean and standard deviation (of a sample) of curves, over the epochs that all of them have. */
export function meanCurve(curves) {
  const n = Math.min(...curves.map((curve) => curve.n));
  const mean = { n, epoch: curves[0].epoch, deviation: {}, get last() { return n ? this.epoch[n - 1] : 0; }, row: Curve.prototype.row, has: Curve.prototype.has };
  for (const { name } of metrics) {
    const values = new Float64Array(n), deviations = new Float64Array(n);
    for (let row = 0; row < n; row += 1) {
      let sum = 0, squares = 0;
      for (const curve of curves) sum += curve[name][row];
      const average = sum / curves.length;
      for (const curve of curves) squares += (curve[name][row] - average) ** 2;
      values[row] = average;
      deviations[row] = curves.length > 1 ? Math.sqrt(squares / (curves.length - 1)) : 0;
    }
    mean[name] = values;
    mean.deviation[name] = deviations;
  }
  return mean;
}
