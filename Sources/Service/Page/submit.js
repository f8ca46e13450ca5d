// Submits a spec: its faults at their lines while it is typed, and what it costs before it is queued.

import { get, post } from './api.js';
import { announce, debounced, fill, h, setText, table } from './dom.js';
import * as format from './format.js';

const mostRuns = 200;

export class SubmitScreen {
  title = 'Submit';

  constructor(root) {
    this.lines = h('pre', { class: 'lines', 'aria-hidden': 'true' });
    this.text = h('textarea', { id: 'spec', rows: 18, wrap: 'off', spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off', 'aria-describedby': 'faults', oninput: () => this.#edited(), onscroll: () => this.#scroll() });
    this.faults = h('div', { id: 'faults', role: 'status' });
    this.cost = h('div', { role: 'status' });
    this.answer = h('div', { role: 'status' });
    this.file = h('input', { id: 'file', type: 'file', accept: '.json,application/json', onchange: () => this.#open(this.file.files[0]) });
    this.examples = h('select', { id: 'example', onchange: () => this.#choose() }, h('option', { value: '' }, 'choose…'));
    this.name = h('input', { id: 'name', value: 'spec.json', spellcheck: 'false', oninput: () => this.check() });
    this.priority = h('input', { id: 'submit-priority', type: 'number', step: 1, value: 0 });
    this.tags = h('input', { id: 'submit-tags', spellcheck: 'false' });
    this.button = h('button', { type: 'submit', class: 'main', disabled: true }, 'Queue');
    this.check = debounced(350, () => this.#dryRun());
    const field = (id, title, input) => h('label', { for: id }, h('span', null, title), input);
    fill(root, h('h1', null, 'Submit'), h('form', { class: 'submit', onsubmit: (event) => { event.preventDefault(); this.#submit(); } },
      h('div', { class: 'filters' }, field('example', 'Start from', this.examples), field('file', 'or open a file', this.file), field('name', 'File name', this.name)),
      h('label', { for: 'spec' }, 'Spec (JSON)'), h('div', { class: 'editor', ondragover: (event) => event.preventDefault(), ondrop: (event) => {
        event.preventDefault();
        this.#open(event.dataTransfer.files[0]);
      } }, this.lines, this.text), this.faults,
      h('div', { class: 'filters changes' }, field('submit-priority', 'Priority', this.priority), field('submit-tags', 'Tags', this.tags), this.button), this.answer, this.cost));
    get('/examples').then((list) => {
      this.list = list;
      this.examples.append(...list.map(({ name }) => h('option', { value: name }, name)));
    }).catch(() => {});
    this.#edited();
  }

  end() { this.check.cancel(); }

  #choose() {
    const example = this.list?.find(({ name }) => name === this.examples.value);
    if (example) this.#put(example.name, example.text);
  }

  #open(file) {
    if (!file) return;
    if (file.size > 1_500_000) { setText(this.answer, 'This file is too large for a spec.'); return; }
    file.text().then((text) => this.#put(file.name, text));
  }

  #put(name, text) {
    this.name.value = name;
    this.text.value = text;
    this.#edited();
  }

  #edited() {
    this.button.disabled = true;
    fill(this.answer);
    this.#mark([]);
    if (this.text.value.trim()) this.check(); else { this.check.cancel(); fill(this.faults, 'Paste or choose a spec.'); fill(this.cost); }
  }

  /** Writes the faults beside their lines. The layer has the text's own lines, unseen, so that a fault begins where its line ends. */
  #mark(faults) {
    const texts = this.text.value.split('\n');
    if (texts.length > 2_000) { fill(this.lines); return; }
    fill(this.lines, texts.map((text, index) => {
      const here = faults.filter((fault) => fault.line === index + 1);
      return h('div', { class: here.length ? 'faulty' : null }, h('span', { class: 'same' }, text),
        here.length ? h('span', { class: 'fault' }, `  ◂ ${here.map((fault) => `${fault.field ? `${fault.field}: ` : ''}${fault.message}`).join('; ')}`) : '\n');
    }));
    this.#scroll();
  }

  #scroll() {
    this.lines.scrollTop = this.text.scrollTop;
    this.lines.scrollLeft = this.text.scrollLeft;
  }

  get #body() {
    return { specs: [{ name: this.name.value.trim() || 'spec.json', text: this.text.value }] };
  }

  async #dryRun() {
    const text = this.text.value;
    if (!text.trim()) return;
    try {
      const estimate = await post('/specs', { ...this.#body, dry_run: true });
      if (text !== this.text.value) return;
      fill(this.faults, '✓ No faults.');
      this.#mark([]);
      this.#showCost(estimate);
    } catch (problem) {
      if (text !== this.text.value) return;
      this.button.disabled = true;
      fill(this.cost);
      this.#mark(problem.faults);
      this.#list(problem);
    }
  }

  #list(problem) {
    fill(this.faults, problem.faults.length ? [h('p', { class: 'error' }, format.count(problem.faults.length, 'fault')), h('ul', { class: 'plain' }, problem.faults.slice(0, 100).map((fault) => h('li', null,
      h('button', { type: 'button', class: 'place', onclick: () => this.#goTo(fault) }, `line ${fault.line}, column ${fault.column}`), ` ${fault.field ? `${fault.field}: ` : ''}${fault.message}`)))]
      : h('p', { class: 'error' }, problem.message));
  }

  #goTo({ line, column }) {
    const before = this.text.value.split('\n').slice(0, line - 1);
    const at = before.reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
    this.text.focus();
    this.text.setSelectionRange(at, at + 1);
  }

  #showCost({ runs, total_seconds: total }) {
    this.button.disabled = false;
    fill(this.button, `Queue ${format.count(runs.length, 'run')}`);
    fill(this.cost, h('h2', null, 'What it costs'), h('p', null, `${format.count(runs.length, 'run')}, about `, h('b', null, format.duration(total)), ' of one worker on this machine.'),
      table('Runs of the spec', [
        { title: 'model', cell: (run) => run.model },
        { title: 'data set', cell: (run) => run.dataset },
        { title: 'seed', class: 'number', cell: (run) => run.seed ?? run.settings.seed ?? 1 },
        { title: 'epochs', class: 'number', cell: (run) => format.whole(run.settings.epochs) },
        { title: 'linear parameters', class: 'number', cell: (run) => format.whole(run.linear_parameters) },
        { title: 'convolution parameters', class: 'number wide', cell: (run) => format.whole(run.convolution_parameters) },
        { title: 'multiply-adds/epoch', class: 'number wide', cell: (run) => run.multiply_adds_per_epoch.toPrecision(3) },
        { title: 's/epoch', class: 'number', cell: (run) => (run.seconds_per_epoch === null ? '–' : Number(run.seconds_per_epoch.toPrecision(3))) },
        { title: 'time', class: 'number', cell: (run) => format.duration(run.seconds ?? NaN) },
      ], runs.slice(0, mostRuns), { hideCaption: true }), runs.length > mostRuns ? h('p', { class: 'faint' }, `The first ${mostRuns}.`) : null);
  }

  async #submit() {
    this.button.disabled = true;
    try {
      const tags = this.tags.value.split(/\s+/).filter(Boolean);
      const { runs, notes } = await post('/specs', { ...this.#body, priority: Number(this.priority.value) || 0, tags, dry_run: false });
      const counts = new Map();
      for (const { outcome } of runs) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      const text = [...counts].map(([outcome, number]) => `${format.whole(number)} ${outcome === 'found' ? 'already there' : outcome}`).join(', ');
      const experiment = runs[0]?.experiment;
      fill(this.answer, h('p', { class: 'done' }, `${format.count(runs.length, 'run')}: ${text}. `,
        experiment ? h('a', { href: `#/experiment?${new URLSearchParams({ name: experiment })}` }, 'Open the experiment') : null), (notes ?? []).map((note) => h('p', { class: 'faint' }, note)));
      announce(`${format.count(runs.length, 'run')}: ${text}.`);
    } catch (problem) {
      fill(this.answer, h('p', { class: 'error' }, problem.message));
      if (problem.faults.length) { this.#mark(problem.faults); this.#list(problem); }
    } finally {
      this.button.disabled = false;
    }
  }
}
