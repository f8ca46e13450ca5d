// One run: figures, curves, settings, attempts, history, log, checkpoints, and what can be done to it.

import { get, link, patch } from './api.js';
import { act, buttons, possible } from './actions.js';
import { CurvePanel } from './curvepanel.js';
import { announce, fill, h, setText, svg, table, throttled } from './dom.js';
import * as format from './format.js';
import { experimentLink, patchRows, progress, stateMark } from './queue.js';

const mostLog = 200_000, mostEvents = 200;

export class RunScreen {
  #events = [];
  #log = '';
  #logOffset = 0;
  #following = Promise.resolve();

  constructor(root, route) {
    this.root = root;
    this.route = route;
    this.id = route.get('id') ?? '';
    this.title = format.short(this.id);
    const section = (title, ...content) => h('section', null, h('h2', null, title), content);
    this.head = h('div');
    this.actions = h('div');
    this.problem = h('p', { class: 'error', role: 'alert' });
    this.facts = h('dl', { class: 'facts' });
    this.panel = new CurvePanel(route, `run-${format.short(this.id)}`);
    this.other = h('input', { id: 'compare', list: 'compare-runs', placeholder: 'the paper', spellcheck: 'false', value: route.get('with') ?? '', onchange: () => {
      route.keep({ with: this.other.value.trim() });
      this.#showSettings();
    } });
    this.others = h('datalist', { id: 'compare-runs' });
    this.settings = h('div');
    this.compression = h('section', { hidden: true });
    this.attempts = h('div');
    this.history = h('div');
    this.log = h('pre', { tabindex: 0, role: 'region', 'aria-label': 'Log' });
    this.checkpoints = h('div');
    this.changes = h('form', { class: 'changes edit' });
    fill(root, this.head, this.problem, this.actions, this.facts, section('Curves', this.panel.element),
      section('Settings', h('p', { class: 'tools' }, h('label', { for: 'compare' }, 'Differences to '), this.other, this.others), this.settings),
      this.compression, section('Attempts', this.attempts), section('Checkpoints and files', this.checkpoints), this.changes,
      section('History', this.history), section('Log', this.log));
    this.refresh = throttled(500, () => this.load());
    this.refreshRates = throttled(2_000, () => this.load());
    this.load();
  }

  follows(parameters) { return parameters.get('id') === this.id; }
  changed() { this.other.value = this.route.get('with') ?? ''; this.#showSettings(); }

  async load() {
    try {
      const record = await get(`/runs/${encodeURIComponent(this.id)}`);
      if (this.isEnded) return;
      this.record = record;
      this.id = record.run.id;
      const isFirst = !this.isShown;
      this.isShown = true;
      setText(this.problem, '');
      this.#show(record);
      if (isFirst) { this.#showForm(record.run); this.#offer(record.run); }
      // One after the other: two at once would read the log from the same place.
      this.#following = this.#following.catch(() => {}).then(() => this.#follow());
      await Promise.all([this.panel.show([record.run]), this.#showSettings(), this.#following]);
    } catch (problem) {
      if (problem.status === 401 || this.isEnded) return;
      setText(this.problem, problem.message);
      if (problem.status !== 404) return;
      // It was removed: what was known of it is history.
      fill(this.head, h('h1', null, `Run ${format.short(this.id)}`));
      fill(this.actions);
      this.changes.hidden = true;
    }
  }

  #show({ run, attempts, checkpoints, wishes, spectra, paper, deviations }) {
    this.#showCompression(spectra);
    this.root.dataset.run = run.id;
    fill(this.head, h('h1', null, `${run.model} ${run.dataset}, seed ${run.seed} `, stateMark(run)), h('p', null, h('code', null, run.id),
      run.experiments.length ? ' in ' : '', run.experiments.map((name, index) => [index ? ', ' : '', experimentLink(name)]),
      run.tags.map((tag) => [' ', h('span', { class: 'tag' }, h('bdi', null, tag))])), run.note ? h('p', { class: 'note' }, run.note) : null,
    run.error ? h('p', { class: 'error' }, run.error) : null, run.abandoned ? h('p', { class: 'error' }, run.abandoned) : null);
    fill(this.actions, buttons(possible(run), async (action) => {
      if (!await act(action, { ids: [run.id] })) return;
      if (action.name === 'remove') location.hash = '#/queue'; else await this.load();
    }));
    const fact = (name, value, className) => h('div', null, h('dt', null, name), h('dd', { class: className }, value));
    const final = run.weights_sha256 !== null;
    const beside = (name) => (paper && deviations.length === 0 ? h('span', { class: 'paper' }, ` paper ${format.percent(paper[name])}`) : null);
    fill(this.facts, fact('epochs', progress(run)), fact('loss', format.loss(run.loss), 'loss'),
      fact(final ? 'final training accuracy %' : 'training accuracy %', [h('span', { class: final ? null : 'train' }, format.percent(run.final_train_accuracy ?? run.train_accuracy)), beside('train_accuracy')]),
      run.validation_accuracy === null ? null : fact(run.final_validation_accuracy === null ? 'validation accuracy %' : 'final validation accuracy %',
        h('span', { class: run.final_validation_accuracy === null ? 'validation' : null }, format.percent(run.final_validation_accuracy ?? run.validation_accuracy))),
      run.is_trial ? null : fact(final ? 'final test accuracy %' : 'test accuracy %', [h('span', { class: final ? null : 'test' }, format.percent(run.final_test_accuracy ?? run.test_accuracy)), beside('test_accuracy')]),
      fact('seconds an epoch', run.seconds_per_epoch === null ? '–' : Number(run.seconds_per_epoch.toPrecision(3))), fact('time left', format.duration(run.seconds_left ?? NaN)),
      run.remote ? fact('cluster', format.place(run.remote)) : null,
      fact('parameters of linear parts', format.whole(run.linear_parameters)), fact('priority', run.priority),
      wishes.length ? fact('wished lengths', wishes.map((wish, index) => [index ? ', ' : '', h('bdi', null, wish.experiment), ` ${format.whole(wish.epochs)}`])) : null,
      run.completions.length ? fact('completed before', run.completions.map((one) => `${format.count(one.epochs, 'epoch')}: ${format.percent(one.train_accuracy)} / ${format.percent(one.test_accuracy)}`).join('; ')) : null,
      run.weights_sha256 ? fact('weights, SHA-256', h('code', null, run.weights_sha256)) : null);
    fill(this.attempts, timeline(attempts), table('Attempts', [
      { title: 'attempt', cell: (one) => one.number },
      { title: 'began', cell: (one) => format.time(one.started_at) },
      { title: 'took', cell: (one) => format.duration(((one.ended_at ?? Date.now()) - one.started_at) / 1000) },
      { title: 'outcome', cell: (one) => one.outcome ?? 'under way' },
      format.placeColumn(attempts),
      { title: 'threads', class: 'number', cell: (one) => one.threads },
      { title: 'arithmetic', class: 'text', cell: (one) => one.arithmetic },
    ].filter(Boolean), attempts.slice(-50).reverse(), { empty: 'No worker has taken the run yet.', hideCaption: true }));
    const weights = (kind, more = {}) => h('a', { href: link(`/runs/${run.id}/export`, { format: kind, ...more }), download: true }, more.expand ? `${kind}, expanded` : kind);
    fill(this.checkpoints, table('Checkpoints', [
      { title: 'epoch', cell: (one) => (one.batch ? `${one.epoch}, batch ${one.batch}` : one.epoch) },
      { title: 'size', class: 'number', cell: (one) => format.bytes(one.bytes) },
      { title: 'kept', cell: (one) => (one.kept ? 'yes' : 'until the next') },
      { title: 'file', class: 'text', cell: (one) => h('code', null, one.file) },
      { title: 'SHA-256', class: 'wide', cell: (one) => h('code', { title: one.sha256 }, one.sha256.slice(0, 16)) },
    ], checkpoints.slice(0, 50), { hideCaption: true }), checkpoints.length
      ? h('p', { class: 'tools' }, 'Weights: ', weights('safetensors'), weights('safetensors', { expand: true }), weights('npz'), weights('onnx', { expand: true })) : null);
  }

  // Compression

  #showCompression(spectra) {
    this.compression.hidden = spectra.length === 0;
    fill(this.compression, h('h2', null, 'Compression'), h('p', null, 'Of what each layer read: the variances of its principal components, the largest first, on a logarithmic scale.'),
      table('Compression', [
        { title: 'layer', cell: (one) => h('code', null, one.layer) },
        { title: 'inputs', class: 'number', cell: (one) => format.whole(one.inputs) },
        { title: 'components kept', class: 'number', cell: (one) => (one.kept ? format.whole(one.kept) : 'as it is') },
        { title: '99 % of the variance in', class: 'number', cell: (one) => format.whole(one.dimension_of_99_percent) },
        { title: 'effective dimension', class: 'number', cell: (one) => one.effective_dimension.toFixed(1) },
        { title: 'variances', cell: spectrum },
      ], spectra, { hideCaption: true }));
  }

  // Settings

  async #offer(run) {
    if (!run.experiment) return;
    const page = await get('/runs', { experiment: run.experiment, limit: 100 }).catch(() => ({ runs: [] }));
    fill(this.others, page.runs.filter((one) => one.id !== run.id).map((one) => h('option', { value: one.id }, `${one.model} ${one.dataset}, seed ${one.seed}`)));
  }

  async #showSettings() {
    if (!this.record) return;
    const { run, deviations } = this.record, name = this.route.get('with') ?? '';
    const all = h('details', { open: this.settings.querySelector('details')?.open }, h('summary', null, 'All settings'), table('All settings', [
      { title: 'setting', cell: ([key]) => key }, { title: 'value', cell: ([, value]) => format.setting(value) },
    ], Object.entries(run.effective_settings), { hideCaption: true }));
    if (!name) {
      fill(this.settings, deviations.length ? h('ul', null, deviations.map((text) => h('li', null, text))) : h('p', null, 'As in the paper.'), all);
      return;
    }
    try {
      const { run: other } = await get(`/runs/${encodeURIComponent(name)}`);
      const keys = [...new Set([...Object.keys(run.effective_settings), ...Object.keys(other.effective_settings)])].filter((key) => format.setting(run.effective_settings[key]) !== format.setting(other.effective_settings[key]));
      fill(this.settings, table(`Settings that differ from ${format.short(other.id)}`, [
        { title: 'setting', cell: (key) => key }, { title: 'this run', cell: (key) => format.setting(run.effective_settings[key]) },
        { title: `${format.short(other.id)}, ${other.model} ${other.dataset}, seed ${other.seed}`, cell: (key) => format.setting(other.effective_settings[key]) },
      ], keys, { empty: 'None: the settings are the same.' }), all);
    } catch (problem) {
      fill(this.settings, h('p', { class: 'error' }, problem.message), all);
    }
  }

  // Priority, tags, note

  #showForm(run) {
    const priority = h('input', { id: 'priority', type: 'number', step: 1, value: run.priority });
    const tags = h('input', { id: 'tags', value: run.tags.join(' '), spellcheck: 'false' }), note = h('textarea', { id: 'note', rows: 2, value: run.note ?? '' });
    const answer = h('span', { role: 'status' });
    // What the form began with. Only what was changed here is sent: another process may have changed the rest meanwhile.
    let begun = { priority: run.priority, tags: run.tags, note: run.note ?? '' };
    this.changes.addEventListener('submit', async (event) => {
      event.preventDefault();
      const wished = { priority: Number(priority.value), tags: tags.value.split(/\s+/).filter(Boolean), note: note.value };
      if (JSON.stringify(wished) === JSON.stringify(begun)) { setText(answer, 'Nothing was changed.'); return; }
      try {
        await patch(`/runs/${this.id}`, { priority: wished.priority === begun.priority ? undefined : wished.priority,
          add_tags: wished.tags.filter((tag) => !begun.tags.includes(tag)), remove_tags: begun.tags.filter((tag) => !wished.tags.includes(tag)),
          note: wished.note === begun.note ? undefined : wished.note });
        begun = wished;
        setText(answer, 'Saved.');
        await this.load();
      } catch (problem) {
        setText(answer, problem.message);
      }
    });
    fill(this.changes, h('h2', null, 'Priority, tags, note'), h('p', null, h('label', { for: 'priority' }, 'Priority (higher ones start first)'), priority),
      h('p', null, h('label', { for: 'tags' }, 'Tags, with blanks between'), tags), h('p', null, h('label', { for: 'note' }, 'Note'), note),
      h('p', { class: 'tools' }, h('button', { type: 'submit' }, 'Save'), answer));
  }

  // History and log

  async #follow() {
    const [events, log] = await Promise.all([get(`/runs/${this.id}/events`), get(`/runs/${this.id}/log`, { offset: this.#logOffset })
      .catch((problem) => { if (problem.status === 404) return null; throw problem; })]);
    if (this.isEnded) return;
    this.#events = events;
    const shown = events.slice(-mostEvents).reverse();
    fill(this.history, table('History, the latest first', [
      { title: 'time', cell: (event) => format.time(event.at) }, { title: 'attempt', class: 'number', cell: (event) => event.attempt ?? '–' },
      { title: 'event', cell: (event) => event.kind }, { title: 'detail', class: 'text', cell: (event) => event.detail ?? '' },
    ], shown, { hideCaption: true }), events.length > shown.length ? h('p', { class: 'faint' }, `The last ${mostEvents} of ${events.length}.`) : null);
    await this.#appendLog(log);
  }

  async #appendLog(first) {
    const isAtEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 30;
    for (let part = first; part; part = part.offset < part.size && part.text ? await get(`/runs/${this.id}/log`, { offset: part.offset }) : null) {
      if (part.size < this.#logOffset) this.#log = '';
      this.#log = (this.#log + part.text).slice(-mostLog);
      this.#logOffset = part.offset;
    }
    setText(this.log, this.#log || 'Nothing is written yet.');
    if (isAtEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  // News

  epochs(rows) {
    if (rows.run !== this.id) return null;
    patchRows(document, rows);
    this.refreshRates();
    return this.panel.take(rows);
  }

  // The news of a removed run has no id of it.
  runs({ runs, list }) { if (list || runs.includes(this.id)) this.refresh(); }

  async catchUp() {
    await this.load();
    await this.panel.catchUp();
  }

  end() {
    this.isEnded = true;
    this.refresh.cancel();
    this.refreshRates.cancel();
    this.panel.end();
  }
}

/** Attempts over time, as bars. The table below says the same in words. */
function timeline(attempts) {
  if (!attempts.length) return null;
  const from = attempts[0].started_at, to = Math.max(...attempts.map((one) => one.ended_at ?? Date.now()), from + 1);
  return svg('svg', { class: 'timeline', viewBox: '0 0 1000 20', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    attempts.slice(-200).map((one) => svg('rect', { x: ((one.started_at - from) / (to - from) * 1000).toFixed(1), y: 3, height: 14,
      width: Math.max(2, ((one.ended_at ?? Date.now()) - one.started_at) / (to - from) * 1000 - 1).toFixed(1), class: one.ended_at === null ? 'running' : /^[a-z]*/.exec(one.outcome)[0] })));
}

/** The variances of a layer's components, and where those that are kept end. */
function spectrum({ inputs, kept, variances }) {
  const width = 180, height = 36, least = variances[0] * 1e-12;
  const powers = variances.map((one) => Math.log10(Math.max(one, least, 1e-30)));
  const high = Math.max(...powers), low = Math.min(...powers), x = (index) => (index / Math.max(1, variances.length - 1)) * width;
  const y = (power) => 2 + (high === low ? 0.5 : (high - power) / (high - low)) * (height - 4), text = (power) => Number((10 ** power).toPrecision(1)).toExponential();
  const end = kept ? (kept / inputs) * width : 0;
  return svg('svg', { class: 'spectrum', width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `from ${text(high)} to ${text(low)}` },
    kept ? svg('rect', { class: 'kept', width: end, height }) : null,
    svg('polyline', { points: powers.map((power, index) => `${x(index).toFixed(1)},${y(power).toFixed(1)}`).join(' ') }),
    svg('title', null, `from ${text(high)} to ${text(low)}${kept ? `; the shaded ${format.whole(kept)} are kept` : ''}`));
}
