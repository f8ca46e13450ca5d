// Table 1, as the reports have it: rows are models, columns are the figures for each data set.

import { get } from './api.js';
import { fill, h } from './dom.js';

const lines = (figure) => [
  figure?.mean ? h('b', null, figure.mean) : null,
  (figure?.unfinished ?? []).map((text) => h('span', { class: 'unfinished' }, text)),
  figure?.paper ? h('span', { class: 'paper', title: "The paper's figure, and the difference" }, figure.paper) : null,
].flat().filter(Boolean).map((line) => h('div', null, line));

export class TableOne {
  constructor(selection) {
    this.selection = selection;
    this.element = h('section', { 'aria-labelledby': 'table1' }, 'Loading the table…');
  }

  async load() {
    const answer = await get('/table', this.selection);
    const { datasets, rows } = answer;
    fill(this.element, h('h2', { id: 'table1' }, 'Table 1'),
      answer.heading ? h('p', null, answer.heading) : null,
      h('div', { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': 'Table 1', 'data-key': 'table1' }, h('table', { class: 'table1' },
        h('caption', { class: 'unseen' }, 'Final accuracies in per cent, mean and standard deviation over seeds; below, the figure of the paper and the difference'),
        h('thead', null,
          h('tr', null, h('th', { rowspan: 2, scope: 'col' }, 'model'), datasets.map((one) => h('th', { colspan: 3, scope: 'colgroup' }, h('bdi', null, one.display_name)))),
          h('tr', null, datasets.map(() => ['parameters, millions', 'train %', 'test %'].map((title) => h('th', { scope: 'col', class: 'number' }, title))))),
        h('tbody', null, rows.length ? rows.map((row) => h('tr', null, h('th', { scope: 'row' }, h('bdi', null, row.label)), datasets.map(({ name }) => {
          const cell = row.cells[name];
          if (!cell) return [h('td', null), h('td', null), h('td', null)];
          return [h('td', { class: 'number', title: cell.exact ? `exactly ${cell.exact}` : null }, cell.parameters),
            h('td', { class: 'number' }, lines(cell.train)), h('td', { class: 'number' }, lines(cell.test))];
        }))) : h('tr', null, h('td', { class: 'faint', colspan: 1 + 3 * datasets.length }, 'No runs.'))))),
      answer.notes?.length ? h('ul', { class: 'notes' }, answer.notes.map((note) => h('li', null, note))) : null);
  }
}
