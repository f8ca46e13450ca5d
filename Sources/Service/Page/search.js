// A search: how far its rungs are, its trials ranked by validation accuracy, and the plots that the reports have.

import { get, link, text } from './api.js';
import { fill, h, svg, table } from './dom.js';
import * as format from './format.js';
import { progress, runLink, stateMark } from './queue.js';

const mostTrials = 100;

export class SearchPanel {
  constructor(experiment) {
    this.experiment = experiment;
    this.element = h('section', { 'aria-labelledby': 'search', hidden: true });
  }

  /** Loads it; returns whether the experiment is a search. */
  async load() {
    const search = await get('/search', { experiment: this.experiment });
    this.element.hidden = search === null;
    if (search === null) return false;
    const picture = drawing(await text('/search/report', { experiment: this.experiment, format: 'svg' }));
    const trials = search.trials.filter((trial) => trial.run), shown = trials.slice(0, mostTrials);
    const names = format.varying(trials.map((trial) => trial.run)), { stages } = search;
    const list = table('Trials, best first', [
      { title: 'trial', class: 'number', cell: (trial) => trial.number },
      { title: 'run', cell: ({ run }) => [runLink(run), run.id === search.best ? h('span', { class: 'tag' }, search.is_decided ? 'best' : 'best so far') : null] },
      { title: 'state', cell: ({ run }) => stateMark(run) },
      { title: 'epochs', cell: ({ run }) => progress(run) },
      { title: 'model', cell: ({ run }) => run.model },
      ...names.map((name) => ({ title: format.spoken(name), class: 'number', cell: ({ run }) => (run.effective_settings[name] === undefined ? '' : format.setting(run.effective_settings[name])) })),
      { title: 'parameters', class: 'number', cell: ({ run }) => format.whole(run.linear_parameters) },
      ...stages.map((stage, index) => ({ title: `epoch ${format.whole(stage.epoch)}, validation %`, class: 'number',
        cell: ({ accuracies }) => (accuracies[index] === null ? '' : format.percent(accuracies[index])) })),
    ], shown, { lead: 1, hideCaption: true });
    fill(this.element, h('h2', { id: 'search' }, 'Search'), h('p', null, search.heading, '.'),
      h('ul', { class: 'rungs' }, stages.map((stage, index) => h('li', null,
        h('span', null, index === stages.length - 1 ? `the end, epoch ${format.whole(stage.epoch)}` : `epoch ${format.whole(stage.epoch)}`), ' ',
        h('progress', { max: stage.trials, value: stage.trained, 'aria-label': `${stage.trained} of ${stage.trials} trials` }), ` ${stage.trained} of ${stage.trials}`))),
      h('p', { class: 'tools' }, 'Report: ', ['markdown', 'csv', 'html', 'json', 'svg'].map((name) => h('a', {
        href: link('/search/report', { experiment: this.experiment, format: name }), download: `search.${{ markdown: 'md' }[name] ?? name}` }, name))),
      picture ? h('figure', { class: 'search-plots' }, picture) : null,
      h('h3', null, 'Trials, best first'), list, trials.length > shown.length ? h('p', { class: 'faint' }, `The best ${mostTrials} of ${format.whole(trials.length)}.`) : null,
      h('ul', { class: 'notes' }, search.notes.map((note) => h('li', null, note))));
    return true;
  }
}

/** The elements of an SVG text, made here one by one; null without one. Colours are set as styles: the policy of the page allows no others. */
function drawing(source) {
  if (!source) return null;
  const copy = (node) => {
    if (node.nodeType !== Node.ELEMENT_NODE) return node.textContent;
    const attributes = Object.fromEntries([...node.attributes].filter(({ name }) => !['xmlns', 'data-style', 'width', 'height'].includes(name) || node.tagName === 'rect')
      .map(({ name, value }) => [name, value]));
    const element = svg(node.tagName, attributes, [...node.childNodes].map(copy));
    for (const rule of (node.getAttribute('data-style') ?? '').split(';')) {
      const [name, value] = rule.split(':').map((part) => part.trim());
      if (name.startsWith('--')) element.style.setProperty(name, value);
    }
    return element;
  };
  // Even a document that is never shown must not have styles of its own. A quotation mark in a text is escaped.
  const root = new DOMParser().parseFromString(source.replaceAll(' style="', ' data-style="'), 'image/svg+xml').documentElement;
  return root.tagName === 'svg' ? copy(root) : null;
}
