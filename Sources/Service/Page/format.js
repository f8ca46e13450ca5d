// Numbers and times as the command line writes them.

const grouped = new Intl.NumberFormat('en-GB');

export const count = (number, noun) => `${grouped.format(number)} ${noun}${number === 1 ? '' : 's'}`;
export const whole = (number) => (number === null || number === undefined ? '–' : grouped.format(number));

/** A fraction as per cent with one digit. */
export const percent = (fraction) => (Number.isFinite(fraction) ? (fraction * 100).toFixed(1) : '–');

/** Four significant digits. */
export function loss(value) {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '–';
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)) return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}

/** "4 d 3 h", "12 min", "0.8 s". */
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 10) return `${seconds.toFixed(seconds < 1 ? 2 : 1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  if (hours < 48) return `${hours} h`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export function bytes(number) {
  if (!Number.isFinite(number)) return '–';
  let unit = 0;
  while (number >= 1000 && unit < 4) { number /= 1000; unit += 1; }
  return `${unit ? number.toPrecision(3) : number} ${['B', 'kB', 'MB', 'GB', 'TB'][unit]}`;
}

const sameDay = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const otherDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** A time in ms since 1970, in the reader's own zone. */
export function time(at) {
  if (!Number.isFinite(at)) return '–';
  const date = new Date(at);
  return (new Date().toDateString() === date.toDateString() ? sameDay : otherDay).format(date);
}

export const short = (id) => id.slice(0, 8);

/** The value of a setting, as text. */
export const setting = (value) => (value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value));

/** What the page says of a run's state: a run that was asked to stop is stopping. */
export function stateText(run) {
  if (run.request) return run.request === 'pause' ? 'stopping to pause' : 'stopping to cancel';
  return run.state;
}

/** Where a cluster trains a run, or why it waits, as the command line says it: "slurm job 12_3 on n1". */
export function place({ engine, job, node, reason }) {
  const text = [engine, job && `job ${job}`, node && `on ${node}`].filter(Boolean).join(' ');
  return node || !reason ? text : `${text}: ${reason.replace(/^it /, '')}`;
}

/** A column for the places of runs or attempts; null where all are of this machine. */
export const placeColumn = (rows, more = '') => (rows.some((row) => row.remote)
  ? { title: 'where', class: `text where ${more}`, cell: (row) => (row.remote ? place(row.remote) : '') } : null);

/** Settings in which those runs differ to which they apply, beside model, data set, seed: [name]. */
export function varying(runs) {
  const told = new Set(['seed', 'dataset', 'architecture', 'linear', 'd', 'epochs']);
  const names = new Set(runs.flatMap((run) => Object.keys(run.effective_settings)));
  return [...names].filter((name) => !told.has(name)
    && new Set(runs.map((run) => run.effective_settings[name]).filter((value) => value !== undefined).map(setting)).size > 1).sort();
}

/** A setting's name as it is read: λ, ε, "batch size". */
export const spoken = (name) => ({ lambda: 'λ', epsilon: 'ε' }[name] ?? name.replaceAll('_', ' '));

/** The values of the varying settings: "λ 4.9, batch size 256". */
export const differences = (run, names) => names.filter((name) => run.effective_settings[name] !== undefined)
  .map((name) => `${spoken(name)} ${setting(run.effective_settings[name])}`).join(', ');
