// What changes runs: a question that says what would happen to how many, then the action with the number that was seen.

import { Problem, post } from './api.js';
import { announce, fill, h } from './dom.js';
import * as format from './format.js';

export const actions = [
  { name: 'pause', title: 'Pause', past: 'paused', effect: 'Running ones stop at the next batch, with a checkpoint.' },
  { name: 'resume', title: 'Resume', past: 'resumed', effect: 'They continue from their checkpoints.' },
  { name: 'cancel', title: 'Cancel', past: 'cancelled', effect: 'Running ones stop at the next batch, with a checkpoint.', isHard: true },
  { name: 'retry', title: 'Retry', past: 'queued again', effect: 'They are queued again and continue from their checkpoints.' },
  { name: 'remove', title: 'Remove', past: 'removed', effect: 'Their figures, checkpoints and logs are deleted. This cannot be undone.', isHard: true },
];

/** Which actions make sense for a run. */
export function possible(run) {
  const by = {
    queued: ['pause', 'cancel', 'remove'], running: run.request ? ['resume', 'cancel'] : ['pause', 'cancel'], paused: ['resume', 'cancel', 'remove'],
    completed: ['remove'], failed: ['retry', 'remove'], diverged: ['retry', 'remove'], cancelled: ['retry', 'remove'],
    waiting: ['pause', 'cancel', 'remove'], pruned: ['resume', 'remove'],
  };
  return actions.filter((action) => (by[run.state] ?? []).includes(action.name));
}

/** Buttons, in their order. `perform(action, button)`. */
export function buttons(list, perform, isDisabled = false) {
  return h('span', { class: 'tools changes' }, list.map((action) => {
    const button = h('button', { type: 'button', class: action.isHard ? 'hard' : null, disabled: isDisabled, 'data-key': `action ${action.name}`,
      onclick: () => perform(action, button) }, action.title);
    return button;
  }));
}

/** What an answer says of runs, counted by outcome: "3: paused; 1: will pause at the next batch". */
function outcomes(runs) {
  const counts = new Map();
  for (const { outcome } of runs) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].map(([outcome, number]) => `${format.whole(number)} ${outcome}`).join('; ');
}

/** Asks, acts, and says what became of it. `selection`: fields of the request. Returns the answer, or null if it was given up. */
export async function act(action, selection) {
  const dialog = h('dialog', { 'aria-labelledby': 'question' });
  document.body.append(dialog);
  try {
    return await new Promise((resolve) => {
      let expect = 0;
      const title = h('h2', { id: 'question' }, `${action.title}…`), text = h('div', { role: 'status' }, 'Counting…');
      const confirm = h('button', { type: 'button', class: action.isHard ? 'hard' : 'main', disabled: true }, action.title);
      const cancel = h('button', { type: 'button', onclick: () => dialog.close() }, 'Do nothing');
      const count = async (remark = null) => {
        const answer = await post('/actions', { action: action.name, ...selection, dry_run: true });
        expect = answer.runs.length;
        fill(title, `${action.title} ${format.count(expect, 'run')}?`);
        fill(text, remark && h('p', { class: 'error' }, remark),
          expect ? h('p', null, action.effect) : h('p', null, `No run can be ${action.past} now.`),
          answer.refused ? h('p', { class: 'faint' }, `${format.count(answer.refused, 'other run')} cannot be ${action.past} in ${answer.refused === 1 ? 'its' : 'their'} state.`) : null,
          expect ? h('ul', { class: 'ids' }, answer.runs.slice(0, 12).map(({ id }) => h('li', null, h('code', null, format.short(id)))),
            expect > 12 ? h('li', null, `and ${format.whole(expect - 12)} more`) : null) : null);
        confirm.disabled = expect === 0;
        fill(confirm, `${action.title} ${format.count(expect, 'run')}`);
        (expect ? confirm : cancel).focus();
      };
      const fail = (problem) => { fill(text, h('p', { class: 'error' }, problem.message)); confirm.disabled = true; cancel.focus(); };
      confirm.addEventListener('click', async () => {
        confirm.disabled = true;
        try {
          const answer = await post('/actions', { action: action.name, ...selection, expect });
          announce(`${action.title}: ${outcomes(answer.runs)}.`);
          dialog.close();
          resolve(answer);
        } catch (problem) {
          if (problem instanceof Problem && problem.status === 409 && problem.count !== undefined) {
            await count(`Meanwhile the number changed: it was ${format.whole(expect)}, now it is ${format.whole(problem.count)}. Nothing was done.`).catch(fail);
          } else {
            fail(problem);
          }
        }
      });
      dialog.addEventListener('close', () => resolve(null));
      fill(dialog, title, text, h('p', { class: 'tools' }, confirm, cancel));
      dialog.showModal();
      count().catch(fail);
    });
  } finally {
    dialog.remove();
  }
}
