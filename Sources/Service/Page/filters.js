// The filters of a list of runs: those of the command line.

import { get } from './api.js';
import { debounced, h } from './dom.js';

const states = ['queued', 'running', 'paused', 'completed', 'failed', 'diverged', 'cancelled', 'waiting', 'pruned'];
const fields = [
  { name: 'experiment', title: 'Experiment' },
  { name: 'state', title: 'State' },
  { name: 'tag', title: 'Tag' },
  { name: 'dataset', title: 'Data set' },
  { name: 'model', title: 'Model' },
  { name: 'where', title: 'Where', hint: 'd=16' },
];

/** The filters in the address: only those that are given. */
export function filtersOf(route) {
  const found = {};
  for (const { name } of fields) {
    const values = route.all(name).filter(Boolean);
    if (values.length) found[name] = name === 'experiment' ? values[0] : values;
  }
  return found;
}

/** A form; `changed` is called after it wrote into the address. */
export function filterForm(route, changed) {
  const inputs = new Map();
  const read = () => {
    const values = {};
    for (const [name, input] of inputs) {
      const text = input.value.trim();
      values[name] = name === 'experiment' || name === 'state' ? text : text.split(/\s+/).filter(Boolean);
    }
    route.keep(values);
    changed();
  };
  const later = debounced(400, read);
  const names = h('datalist', { id: 'experiment-names' });
  get('/experiments').then((list) => names.append(...list.slice(0, 500).map(({ name }) => h('option', { value: name })))).catch(() => {});
  const element = h('form', { class: 'filters', role: 'search', onsubmit: (event) => { event.preventDefault(); later.now(); } },
    fields.map(({ name, title, hint }) => {
      const input = name === 'state'
        ? h('select', { id: `filter-${name}`, onchange: read }, h('option', { value: '' }, 'all'), states.map((state) => h('option', { value: state }, state)))
        : h('input', { id: `filter-${name}`, placeholder: hint, spellcheck: 'false', autocomplete: 'off', list: name === 'experiment' ? 'experiment-names' : null, oninput: () => later() });
      inputs.set(name, input);
      return h('label', { for: `filter-${name}` }, h('span', null, title), input);
    }), names,
    h('button', { type: 'button', onclick: () => { for (const input of inputs.values()) input.value = ''; read(); } }, 'Clear'));
  const update = () => {
    for (const [name, input] of inputs) if (document.activeElement !== input) input.value = route.all(name).join(' ');
  };
  update();
  return { element, update };
}
