// The page: signs in, shows the screen that the address names, and passes news to it.

import { get, onSignedOut, session } from './api.js';
import { announce, fill, h, setText } from './dom.js';
import { time } from './format.js';
import { Live } from './live.js';
import { QueueScreen } from './queue.js';
import { ExperimentScreen, ExperimentsScreen } from './experiment.js';
import { RunScreen } from './run.js';
import { SubmitScreen } from './submit.js';
import { HealthScreen } from './health.js';

const screens = {
  queue: QueueScreen, experiments: ExperimentsScreen, experiment: ExperimentScreen, run: RunScreen, submit: SubmitScreen, health: HealthScreen,
};
const main = document.getElementById('main');
const live = new Live();
let screen = null, name = null, version = null, isSignedOut = false;

/** What the address says after the screen's name: filters, zoom, and what is chosen. It survives a reload and the way back. */
class Route {
  constructor(parameters) { this.parameters = parameters; }
  get(key) { return this.parameters.get(key); }
  all(key) { return this.parameters.getAll(key); }

  /** Changes parameters in place: no screen is shown anew, and the way back does not stop here. */
  keep(changes) {
    this.#set(changes);
    history.replaceState(null, '', this.#address);
  }

  /** Changes parameters as a step of its own on the way back. */
  go(changes) {
    this.#set(changes);
    history.pushState(null, '', this.#address);
    screen?.changed?.();
  }

  #set(changes) {
    for (const [key, value] of Object.entries(changes)) {
      this.parameters.delete(key);
      for (const item of Array.isArray(value) ? value : [value]) {
        if (item !== null && item !== undefined && item !== '') this.parameters.append(key, item);
      }
    }
  }

  get #address() {
    const text = this.parameters.toString();
    return `#/${name}${text ? `?${text}` : ''}`;
  }
}

function navigate() {
  const [path, search = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  if (path === 'main' || isSignedOut) return;
  const next = screens[path] ? path : 'queue', parameters = new URLSearchParams(search);
  if (screen && next === name && screen.follows?.(parameters)) {
    screen.route.parameters = parameters;
    screen.changed();
    return;
  }
  screen?.end?.();
  name = next;
  const route = new Route(parameters), shown = h('div', { class: `screen ${next}` });
  fill(main, shown);
  screen = new screens[next](shown, route, { live });
  screen.route = route;
  document.title = `${screen.title ?? next} · pcnlab`;
  const marked = { experiment: 'experiments', run: 'queue' }[next] ?? next;
  for (const link of document.querySelectorAll('nav a')) {
    if (link.dataset.screen === marked) link.setAttribute('aria-current', 'page'); else link.removeAttribute('aria-current');
  }
  scrollTo(0, 0);
}

/** Screens whose data comes late say so by rejecting; nothing else shows it. */
function toScreen(method, ...given) {
  Promise.resolve(screen?.[method]?.(...given)).catch((problem) => {
    if (problem.status !== 401 && problem.status !== 0) announce(problem.message);
  });
}

function showConnection({ isConnected, since }) {
  const line = document.getElementById('connection');
  line.className = isConnected ? 'live' : 'lost';
  setText(line, isConnected ? 'Live' : `No connection since ${time(since)}; trying again…`);
}

async function checkVersion() {
  const summary = await get('/summary');
  version ??= summary.version;
  document.body.classList.toggle('read-only', summary.access !== 'change');
  document.getElementById('access').hidden = summary.access === 'change';
  if (summary.version !== version) {
    const notice = document.getElementById('notice');
    fill(notice, `The service is version ${summary.version} now; this page is of ${version}. `, h('button', { type: 'button', onclick: () => location.reload() }, 'Load the page anew'));
    notice.hidden = false;
  }
}

async function begin() {
  const token = /^#token=(.+)$/.exec(location.hash)?.[1];
  if (token) {
    history.replaceState(null, '', location.pathname);
    await session.begin(decodeURIComponent(token)).catch((problem) => { if (problem.status !== 401) throw problem; });
  }
  const access = await session.current();
  if (!access) return signIn();
  document.getElementById('leave').hidden = false;
  document.body.classList.toggle('read-only', access.access !== 'change');
  document.getElementById('access').hidden = access.access === 'change';
  // Also in a tab that got its first news from another tab's stream.
  let wasLost = false;
  live.addEventListener('connection', ({ detail }) => {
    if (!detail.isConnected) wasLost = true;
    showConnection(detail);
  });
  live.addEventListener('hello', () => {
    checkVersion().catch(() => {});
    if (!wasLost) return;
    wasLost = false;
    announce('Connected again; the page is up to date.');
    toScreen('catchUp');
  });
  live.addEventListener('epochs', ({ detail }) => toScreen('epochs', detail));
  live.addEventListener('runs', ({ detail }) => toScreen('runs', detail));
  live.addEventListener('retry', () => { session.current().then((found) => { if (!found) signIn(); }).catch(() => {}); });
  addEventListener('hashchange', navigate);
  live.start();
  navigate();
}

/** Asks for a token. */
function signIn(remark = null) {
  if (isSignedOut && !remark) return;
  isSignedOut = true;
  live.stop();
  screen?.end?.();
  screen = null;
  setText(document.getElementById('connection'), 'Signed out');
  document.getElementById('leave').hidden = true;
  const field = h('input', { id: 'token', type: 'password', autocomplete: 'current-password', required: true, spellcheck: 'false' });
  const error = h('p', { role: 'alert', class: 'error' }, remark);
  fill(main, h('form', { class: 'sign-in', onsubmit: async (event) => {
    event.preventDefault();
    try {
      await session.begin(field.value.trim().replace(/^.*#token=/, ''));
      location.reload();
    } catch (problem) {
      setText(error, problem.status === 401 ? 'This is no token of the lab.' : problem.message);
      field.select();
    }
  } }, h('h1', null, 'Sign in'),
  h('p', null, 'pcnlab serve prints a URL with the token. Open that, or enter the token here.'),
  h('label', { for: 'token' }, 'Token'), field, h('button', { type: 'submit' }, 'Sign in'), error));
  field.focus();
}

onSignedOut(() => signIn());
// The address that `pcnlab serve` prints, pasted into this tab, changes only the fragment.
addEventListener('hashchange', () => { if (location.hash.startsWith('#token=')) location.reload(); });
document.getElementById('leave').addEventListener('click', async () => {
  await session.end().catch(() => {});
  signIn();
});
document.querySelector('.skip').addEventListener('click', (event) => { event.preventDefault(); main.focus(); });

begin().catch((problem) => {
  fill(main, h('h1', null, 'The service does not answer'), h('p', null, problem.message),
    h('button', { type: 'button', onclick: () => location.reload() }, 'Try again'));
});
