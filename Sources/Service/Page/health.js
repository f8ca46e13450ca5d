// What `pcnlab doctor` finds.

import { get } from './api.js';
import { fill, h } from './dom.js';
import { time } from './format.js';

export class HealthScreen {
  title = 'Health';

  constructor(root) {
    this.list = h('div', { role: 'status' }, 'Examining…');
    fill(root, h('h1', null, 'Health'), h('p', { class: 'tools' }, h('button', { type: 'button', onclick: () => this.load() }, 'Examine again')), this.list);
    this.load();
  }

  async load() {
    try {
      const findings = await get('/health'), wrong = findings.filter((finding) => !finding.is_fine);
      fill(this.list, h('p', null, wrong.length ? `${wrong.length} of ${findings.length} findings need something.` : 'Everything is fine.', ` ${time(Date.now())}`),
        h('ul', { class: 'findings' }, [...wrong, ...findings.filter((finding) => finding.is_fine)].map((finding) =>
          h('li', { class: finding.is_fine ? 'fine' : 'wrong' },
            h('b', null, finding.is_fine ? '✓ ' : '✗ ', h('span', { class: 'unseen' }, finding.is_fine ? 'fine: ' : 'wrong: '), finding.subject),
            h('p', null, finding.detail), finding.remedy ? h('p', { class: 'remedy' }, finding.remedy) : null))));
    } catch (problem) {
      fill(this.list, h('p', { class: 'error' }, problem.message));
    }
  }

  catchUp() { return this.load(); }
}
