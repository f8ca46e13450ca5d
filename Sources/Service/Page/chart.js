// Loss and accuracies of runs, side by side over the same epochs. The curves are on one canvas a plot; the crosshair is on a layer of its
// own, so that moving it draws no curve.

import { h, svg, fill, setText, table, announce } from './dom.js';
import { metrics } from './curves.js';
import * as format from './format.js';
import { Scale, drawPlot, rangeOf } from './plot.js';
import { Raster } from './raster.js';
import { saveCSV, saveSVG } from './plotfile.js';

const hint = 'Drag to zoom into epochs, Shift and drag to move, Ctrl and wheel to zoom, double click to see all. '
  + 'Keys: ← → move the crosshair, + − zoom, Page Up and Down move, 0 shows all.';

export class Chart {
  series = [];
  lines = [];
  hidden = new Set();
  /** How long drawing took, in ms: the first time, and the last 200 times. */
  timing = { first: null, frames: [] };
  #dirty = false;
  #isSeen = false;
  #cursor = null;
  #drag = null;
  #pointers = new Map();
  #rows = [];

  /** `view`: {from, to, isLog} or nulls; `onView` is called with the new one, to be kept in the address. */
  constructor({ view = {}, onView = () => {}, name = 'curves' } = {}) {
    this.view = { from: view.from ?? null, to: view.to ?? null, isLog: view.isLog ?? false };
    this.onView = onView;
    this.name = name;
    this.plots = metrics.map((metric) => {
      const base = h('canvas', { role: 'img' }), layer = h('canvas', { 'aria-hidden': 'true' });
      const box = h('div', { class: 'plot' }, base, layer);
      return { metric, base, layer, box, element: h('div', null, h('h4', null, metric.title), box), scale: null };
    });
    this.stage = h('div', { class: 'plots', tabindex: 0, role: 'group', 'aria-label': `Curves. ${hint}` }, this.plots.map((plot) => plot.element));
    this.log = h('input', { type: 'checkbox', checked: this.view.isLog, onchange: () => { this.view.isLog = this.log.checked; this.#changed(); } });
    this.extra = h('span', { class: 'tools' });
    this.legend = h('div', { class: 'legend' });
    this.values = h('div');
    this.alternative = h('details', { ontoggle: () => this.#fillTable() }, h('summary', null, 'Values as a table'), this.values);
    this.element = h('figure', { class: 'chart' },
      h('div', { class: 'tools' },
        this.extra,
        h('label', null, this.log, ' logarithmic loss'),
        h('button', { type: 'button', onclick: () => this.zoom(0.5) }, 'Zoom in'),
        h('button', { type: 'button', onclick: () => this.zoom(2) }, 'Zoom out'),
        h('button', { type: 'button', onclick: () => this.reset() }, 'All epochs'),
        h('button', { type: 'button', onclick: () => saveSVG(this) }, 'SVG'),
        h('button', { type: 'button', onclick: () => saveCSV(this) }, 'CSV')),
      this.stage, h('p', { class: 'hint' }, hint), this.legend, this.alternative);
    this.element.chart = this;
    this.#listen();
    this.theme = matchMedia('(prefers-color-scheme: dark)');
    this.redraw = () => { this.#look = null; this.touch(); this.#fillLegend(); };
    this.theme.addEventListener('change', this.redraw);
    this.sizes = new ResizeObserver(() => this.touch());
    this.sizes.observe(this.stage);
    this.sight = new IntersectionObserver(([entry]) => { this.#isSeen = entry.isIntersecting; if (this.#dirty) this.touch(); });
    this.sight.observe(this.stage);
  }

  /** Frees what the browser would otherwise call. */
  end() {
    this.theme.removeEventListener('change', this.redraw);
    this.sizes.disconnect();
    this.sight.disconnect();
  }

  /** `series`: [{id, label, href, colour, dark, dash, curve, hasBand, isTrial}]; `lines`: [{metric, value, label, colour, dark}]. */
  show(series, lines = []) {
    this.series = series;
    this.lines = lines;
    this.#fillLegend();
    this.touch();
  }

  /** Draws before the next frame. */
  touch() {
    if (this.#dirty && this.frame) return;
    this.#dirty = true;
    if (!this.#isSeen || this.frame) return;
    this.frame = requestAnimationFrame(() => { this.frame = 0; if (this.element.isConnected) this.draw(); });
  }

  /** The metrics that any of the curves has, or will have: trials of a search have validation accuracies in place of the test's. */
  get metrics() {
    const begun = this.series.filter(({ curve }) => curve.n);
    if (begun.length) return metrics.filter(({ name }) => begun.some(({ curve }) => curve.has(name)));
    const areTrials = this.series.length > 0 && this.series.every(({ isTrial }) => isTrial);
    return metrics.filter(({ name }) => name !== (areTrials ? 'test_accuracy' : 'validation_accuracy'));
  }

  get shown() { return this.series.filter((one) => !this.hidden.has(one.id)); }

  /** The epochs that are seen. */
  get range() {
    let last = 1;
    for (const { curve } of this.series) last = Math.max(last, curve.last);
    return { from: this.view.from ?? 1, to: this.view.to ?? Math.max(2, last), last: Math.max(2, last) };
  }

  #look = null;
  get look() {
    if (!this.#look) {
      const style = getComputedStyle(this.element);
      const colour = (name) => style.getPropertyValue(name).trim();
      this.#look = { ink: colour('--ink'), faint: colour('--faint'), grid: colour('--rule'), isDark: this.theme.matches };
    }
    return this.#look;
  }

  draw() {
    this.#dirty = false;
    const began = performance.now(), view = this.range, shown = this.shown, ratio = devicePixelRatio || 1;
    const told = this.metrics;
    if (told.length !== this.#told.length || told.some((metric, index) => metric !== this.#told[index])) this.#fillLegend();
    const sizes = this.plots.map((plot) => [plot.box.clientWidth, plot.box.clientHeight]);
    this.plots.forEach((plot, index) => {
      const [width, height] = sizes[index], { metric } = plot;
      if (plot.element.hidden) plot.scale = null;
      if (plot.element.hidden || width < 80 || height < 60) return;
      for (const canvas of [plot.base, plot.layer]) {
        const [w, t] = [Math.round(width * ratio), Math.round(height * ratio)];
        if (canvas.width !== w || canvas.height !== t) { canvas.width = w; canvas.height = t; }
        if (plot.raster?.width !== w || plot.raster.height !== t) plot.raster = new Raster(w, t);
      }
      const isLog = this.view.isLog && !metric.isFraction;
      const lines = this.lines.filter((line) => line.metric === metric.name);
      const range = rangeOf(shown, metric.name, view, isLog, this.view.from === null ? lines : []);
      plot.scale = new Scale(width, height, view, range, isLog);
      const context = plot.base.getContext('2d');
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      drawPlot(context, plot.scale, metric, shown, lines, this.look, ratio, plot.raster);
      plot.base.setAttribute('aria-label', `${metric.title} of ${format.count(shown.length, 'curve')}, epochs ${Math.ceil(view.from)} to ${Math.floor(view.to)}`);
    });
    this.#drawCursor();
    const took = performance.now() - began;
    this.timing.first ??= took;
    this.timing.frames.push(took);
    if (this.timing.frames.length > 200) this.timing.frames.shift();
    if (this.alternative.open) this.#fillTable();
  }

  // Zoom and crosshair

  /** Shows these epochs, within what there is. */
  see(from, to) {
    const { last } = this.range, span = Math.min(last - 1, Math.max(2, to - from));
    from = Math.max(1, Math.min(from, last - span));
    const isAll = span >= last - 1;
    this.view.from = isAll ? null : from;
    this.view.to = isAll ? null : from + span;
    this.#changed();
  }

  /** Makes the span `factor` times as long, around an epoch. */
  zoom(factor, around = null) {
    const { from, to } = this.range, centre = around ?? this.#cursor ?? (from + to) / 2;
    this.see(centre - (centre - from) * factor, centre + (to - centre) * factor);
  }

  move(share) {
    const { from, to } = this.range, by = (to - from) * share;
    this.see(from + by, to + by);
  }

  reset() {
    this.view.from = this.view.to = null;
    this.#changed();
  }

  #changed() {
    this.onView(this.view);
    this.touch();
  }

  setCursor(epoch, isSaid = false) {
    this.#cursor = epoch === null ? null : Math.max(1, Math.min(this.range.last, Math.round(epoch)));
    if (!this.cursorFrame) this.cursorFrame = requestAnimationFrame(() => { this.cursorFrame = 0; this.#drawCursor(); });
    if (isSaid && this.#cursor !== null) {
      const first = this.shown[0], row = first ? this.#rowAt(first.curve) : -1;
      announce(`Epoch ${this.#cursor}` + (row < 0 ? '' : `, ${first.label}: loss ${format.loss(first.curve.loss[row])}, `
        + this.metrics.filter((metric) => metric.isFraction && first.curve.has(metric.name))
          .map(({ name, title }) => `${title.toLowerCase().replace(' accuracy', '')} ${format.percent(first.curve[name][row])}`).join(', ') + ' per cent'));
    }
  }

  #rowAt(curve) {
    if (this.#cursor === null) return curve.n - 1;
    const row = curve.row(this.#cursor);
    return row < curve.n && curve.epoch[row] === this.#cursor ? row : -1;
  }

  #drawCursor() {
    const ratio = devicePixelRatio || 1, drag = this.#drag?.kind === 'zoom' ? this.#drag : null;
    for (const { layer, scale, metric } of this.plots) {
      if (!scale) continue;
      const context = layer.getContext('2d');
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, scale.width, scale.height);
      if (drag) {
        const from = scale.x(Math.min(drag.from, drag.to)), to = scale.x(Math.max(drag.from, drag.to));
        context.fillStyle = this.look.faint;
        context.globalAlpha = 0.2;
        context.fillRect(from, scale.top, to - from, scale.bottom - scale.top);
        context.globalAlpha = 1;
      }
      if (this.#cursor === null) continue;
      const x = Math.round(scale.x(this.#cursor)) + 0.5;
      if (x < scale.left - 1 || x > scale.right + 1) continue;
      context.strokeStyle = this.look.faint;
      context.beginPath();
      context.moveTo(x, scale.top);
      context.lineTo(x, scale.bottom);
      context.stroke();
      for (const one of this.shown) {
        const row = this.#rowAt(one.curve);
        const y = row < 0 ? NaN : scale.y(one.curve[metric.name][row]);
        if (!(y >= scale.top - 3 && y <= scale.bottom + 3)) continue;
        context.fillStyle = this.look.isDark ? one.dark : one.colour;
        context.beginPath();
        context.arc(x, y, 3, 0, 7);
        context.fill();
      }
    }
    this.#fillValues();
  }

  #listen() {
    const place = (event) => {
      const plot = this.plots.find(({ box }) => box.contains(event.target)) ?? this.plots[0];
      if (!plot.scale) return null;
      return plot.scale.epoch(event.clientX - plot.box.getBoundingClientRect().left);
    };
    this.stage.addEventListener('wheel', (event) => {
      if (!event.ctrlKey && document.activeElement !== this.stage) return;
      event.preventDefault();
      this.zoom(Math.exp(Math.max(-1, Math.min(1, event.deltaY / 300))), place(event));
    }, { passive: false });
    this.stage.addEventListener('pointerdown', (event) => {
      if (event.button !== 0 || !event.target.closest('.plot')) return;
      const at = place(event);
      if (at === null) return;
      this.#pointers.set(event.pointerId, at);
      event.target.setPointerCapture(event.pointerId);
      const isMove = event.shiftKey || event.pointerType === 'touch';
      this.#drag = { kind: isMove ? 'move' : 'zoom', from: at, to: at, x: event.clientX };
    });
    this.stage.addEventListener('pointermove', (event) => {
      const at = place(event);
      if (at === null) return;
      if (this.#pointers.has(event.pointerId)) {
        if (this.#pointers.size === 2) {
          const [one, two] = [...this.#pointers.values()], before = Math.abs(one - two);
          this.#pointers.set(event.pointerId, at);
          const [first, second] = [...this.#pointers.values()], after = Math.abs(first - second);
          this.#drag = null;
          if (before > 0 && after > 0) this.zoom(before / after, (first + second) / 2);
          return;
        }
        if (this.#drag?.kind === 'move' && this.view.from !== null) {
          const by = this.#drag.from - at;
          if (by) this.see(this.view.from + by, this.view.to + by);
        } else if (this.#drag) {
          this.#drag.to = at;
        }
      }
      this.setCursor(at);
    });
    const end = (event) => {
      this.#pointers.delete(event.pointerId);
      const drag = this.#drag;
      this.#drag = null;
      if (drag?.kind === 'zoom' && event.type === 'pointerup' && Math.abs(event.clientX - drag.x) > 5) {
        this.see(Math.min(drag.from, drag.to), Math.max(drag.from, drag.to));
      }
    };
    this.stage.addEventListener('pointerup', end);
    this.stage.addEventListener('pointercancel', end);
    this.stage.addEventListener('pointerleave', () => { if (document.activeElement !== this.stage) this.setCursor(null); });
    this.stage.addEventListener('dblclick', () => this.reset());
    this.stage.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const { from, to } = this.range, step = event.shiftKey ? Math.max(1, Math.round((to - from) / 20)) : 1;
      const at = this.#cursor ?? Math.round(to);
      const keys = {
        ArrowLeft: () => this.#keyCursor(at - step), ArrowRight: () => this.#keyCursor(at + step),
        Home: () => this.#keyCursor(from), End: () => this.#keyCursor(to),
        '+': () => this.zoom(0.5), '=': () => this.zoom(0.5), '-': () => this.zoom(2),
        PageUp: () => this.move(-0.5), PageDown: () => this.move(0.5), 0: () => this.reset(), Escape: () => this.setCursor(null),
      };
      if (!keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    });
  }

  #keyCursor(epoch) {
    const { from, to } = this.range;
    this.setCursor(epoch, true);
    if (epoch < from) this.see(epoch, epoch + to - from);
    if (epoch > to) this.see(epoch - (to - from), epoch);
  }

  // Legend, and the text in place of the picture

  #told = metrics.slice(0, 3);

  #fillLegend() {
    const told = this.#told = this.metrics;
    // Also where the chart is not seen, and therefore not drawn.
    for (const plot of this.plots) plot.element.hidden = !told.includes(plot.metric);
    this.stage.classList.toggle('four', told.length > 3);
    this.#rows = this.series.map((one) => {
      const sample = svg('svg', { width: 30, height: 8, 'aria-hidden': 'true' }, svg('line', {
        x1: 0, y1: 4, x2: 30, y2: 4, 'stroke-width': 2, stroke: this.theme.matches ? one.dark : one.colour,
        'stroke-dasharray': one.dash.join(' ') || null }));
      const button = h('button', { type: 'button', class: 'series', 'aria-pressed': String(!this.hidden.has(one.id)), 'data-key': one.id,
        title: 'Shows or hides the curve', onclick: () => {
          if (!this.hidden.delete(one.id)) this.hidden.add(one.id);
          button.setAttribute('aria-pressed', String(!this.hidden.has(one.id)));
          this.touch();
        } }, sample, h('bdi', null, one.label));
      const cells = ['epoch', ...told].map(() => h('td', { class: 'number' }));
      return { one, cells, element: h('tr', null, h('th', { scope: 'row' }, button, one.href ? h('a', { href: one.href, title: 'Opens the run' }, 'open') : null), cells) };
    });
    fill(this.legend, h('div', { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': 'Legend' }, h('table', { class: 'compact' },
      h('caption', { class: 'unseen' }, 'Curves and their values at the crosshair, else at the last epoch'),
      h('thead', null, h('tr', null, ['curve', 'epoch', ...told.map(({ short }) => short)].map((title, index) =>
        h('th', { scope: 'col', class: index ? 'number' : null }, title)))),
      h('tbody', null, this.#rows.map((row) => row.element)))));
    this.#fillValues();
  }

  #fillValues() {
    for (const { one, cells } of this.#rows) {
      const { curve } = one, row = this.#rowAt(curve);
      const spread = (name, text) => (one.hasBand && row >= 0 ? ` ± ${text(curve.deviation[name][row])}` : '');
      setText(cells[0], row < 0 ? '–' : format.whole(curve.epoch[row]));
      this.#told.forEach(({ name, isFraction }, index) => {
        const text = isFraction ? format.percent : format.loss;
        setText(cells[index + 1], row < 0 || !curve.has(name) ? '–' : text(curve[name][row]) + spread(name, text));
      });
    }
  }

  #fillTable() {
    if (!this.alternative.open) return;
    const { from, to } = this.range, step = Math.max(1, Math.ceil((to - from) / 40)), rows = [];
    for (let epoch = Math.ceil(from); epoch <= to && rows.length < 45; epoch += step) rows.push(epoch);
    const shown = this.shown.slice(0, 20);
    const columns = [{ title: 'epoch', class: 'number', cell: (epoch) => epoch }].concat(shown.flatMap(({ label, curve }) => this.metrics.map((metric) => ({
      title: `${label}: ${metric.title.toLowerCase()}`, class: 'number', cell: (epoch) => {
        const row = curve.row(epoch);
        if (row >= curve.n || curve.epoch[row] !== epoch) return '–';
        return metric.isFraction ? format.percent(curve[metric.name][row]) : format.loss(curve[metric.name][row]);
      } }))));
    fill(this.values, table(`Values of ${format.count(shown.length, 'curve')}, every ${step === 1 ? '' : `${step}th `}epoch that is seen; the CSV file has all.`, columns, rows));
  }
}
