// Builds elements. Text is always a text node: names of experiments, tags and errors may hold anything.

/** Characters that are not seen, or that change the direction of what follows; a tab and a line's end stay. */
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** The text with a visible sign for each unseen character. */
export function plain(text) {
  return String(text).replace(unseen, (character) => `⟨U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`);
}

/**
 * An element. `attributes`: names with a value are set, `onclick` and the like are listeners, null and false are left out,
 * true is an empty attribute. Children are elements, texts, lists of these, or null.
 */
export function h(name, attributes, ...children) {
  const element = document.createElement(name);
  set(element, attributes ?? {});
  add(element, children);
  return element;
}

/** An element of SVG. */
export function svg(name, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  set(element, attributes ?? {});
  add(element, children);
  return element;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value' || name === 'checked' || name === 'indeterminate') element[name] = value;
    else element.setAttribute(name, value === true ? '' : plain(value));
  }
}

function add(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : plain(child));
  }
}

/** Replaces an element's content. The focus stays on the element with the same `data-key`, where there is one again. */
export function fill(element, ...children) {
  const focused = element.contains(document.activeElement) ? document.activeElement.dataset?.key : undefined;
  element.replaceChildren();
  add(element, children);
  if (focused !== undefined) {
    for (const candidate of element.querySelectorAll('[data-key]')) {
      if (candidate.dataset.key === focused) { candidate.focus({ preventScroll: true }); break; }
    }
  }
}

/** Changes a text in place, only where it differs. */
export function setText(element, text) {
  const shown = plain(text);
  if (element && element.textContent !== shown) element.textContent = shown;
}

/** Says something to who hears the page, without moving the focus. */
export function announce(text) {
  setText(document.getElementById('announcement'), text);
}

/**
 * A table in a region that scrolls by itself, so that the page never does.
 * `columns`: {title, class?, cell(row) → content}; the first one is each row's header, unless `lead` names another.
 */
export function table(caption, columns, rows, { lead = 0, empty = 'None.', hideCaption = false } = {}) {
  const body = rows.map((row) => h('tr', null, columns.map((column, index) =>
    h(index === lead ? 'th' : 'td', { class: column.class, scope: index === lead ? 'row' : null }, column.cell(row)))));
  return h('div', { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': caption },
    h('table', null,
      h('caption', { class: hideCaption ? 'unseen' : null }, caption),
      h('thead', null, h('tr', null, columns.map((column) => h('th', { scope: 'col', class: column.class }, column.title)))),
      h('tbody', null, body.length ? body : h('tr', null, h('td', { colspan: columns.length, class: 'faint' }, empty)))));
}

/** Downloads a text as a file. */
export function save(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = h('a', { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Calls `body` once after `wait` ms without another call; `.now()` at once, `.cancel()` never. */
export function debounced(wait, body) {
  let timer = 0;
  const later = (...given) => { clearTimeout(timer); timer = setTimeout(() => body(...given), wait); };
  later.cancel = () => clearTimeout(timer);
  later.now = (...given) => { clearTimeout(timer); return body(...given); };
  return later;
}

/** Calls `body` at most once in `wait` ms, and at last once more where calls came in between. */
export function throttled(wait, body) {
  let timer = 0, last = -Infinity;
  const run = () => { timer = 0; last = performance.now(); body(); };
  const call = () => { if (!timer) timer = setTimeout(run, Math.max(0, last + wait - performance.now())); };
  call.cancel = () => { clearTimeout(timer); timer = 0; };
  return call;
}
