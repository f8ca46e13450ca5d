// Requests to the service.

/** An answer that is no success: a problem document. */
export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail ?? body?.title ?? `the service answered ${status}`);
    this.status = status;
    this.faults = body?.faults ?? [];
    this.count = body?.count;
  }
}

const base = 'api/v1';
let whenSignedOut = () => {};

/** Sets what is called when a request is refused because nobody is signed in. */
export function onSignedOut(body) { whenSignedOut = body; }

/** Parameters as a query; lists repeat their name, and empty values are left out. */
export function query(parameters) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== null && item !== undefined && item !== '') search.append(name, item);
    }
  }
  const text = search.toString();
  return text ? `?${text}` : '';
}

export const link = (path, parameters = {}) => `${base}${path}${query(parameters)}`;

/** The answer: JSON, or text where `options.isText`; null for an empty one. */
async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(base + path, { credentials: 'same-origin', ...options });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, { detail: 'The service does not answer.' });
  }
  if (response.ok) return response.status === 204 ? null : options.isText ? response.text() : response.json();
  const problem = new Problem(response.status, await response.json().catch(() => null));
  if (response.status === 401 && !options.open) whenSignedOut();
  throw problem;
}

const sending = (method, body, more = {}) => ({
  method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), ...more,
});

export const get = (path, parameters = {}, signal = undefined) => request(path + query(parameters), { signal });
export const text = (path, parameters = {}) => request(path + query(parameters), { isText: true });
export const post = (path, body, more) => request(path, sending('POST', body, more));
export const patch = (path, body) => request(path, sending('PATCH', body));

export const session = {
  begin: (token) => post('/session', { token }, { open: true }),
  end: () => request('/session', sending('DELETE', {}, { open: true })),
  /** {access}, or null where nobody is signed in. */
  async current() {
    try {
      return await request('/session', { open: true });
    } catch (problem) {
      if (problem.status === 401) return null;
      throw problem;
    }
  },
};
