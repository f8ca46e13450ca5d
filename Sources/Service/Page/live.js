// News from the service: one event stream for all tabs of the browser, which allows six connections to a host. Where the browser has
// locks (a page from this machine, or over TLS), the tab that holds the lock has the stream and passes its messages on; elsewhere each
// tab that is seen has its own.

const silenceLimit = 40_000;

/** Dispatches `hello`, `epochs`, `runs` (detail: the message) and `connection` (detail: {isConnected, since}). */
export class Live extends EventTarget {
  #channel = 'BroadcastChannel' in window ? new BroadcastChannel('pcnlab') : null;
  #source = null;
  #isLeader = false;
  #heard = 0;
  #watch = 0;
  #retry = 0;
  #release = null;
  /** Ends the wait for the lock. */
  #waiting = new AbortController();
  /** The last state that this tab knows of. */
  state = { isConnected: false, since: Date.now(), server: null };

  start() {
    if (this.#channel) this.#channel.onmessage = ({ data }) => this.#receive(data);
    if (navigator.locks && this.#channel) {
      this.#channel.postMessage({ kind: 'ask' });
      this.#queueForLock();
    } else {
      const look = () => (document.hidden ? this.#close() : this.#open());
      document.addEventListener('visibilitychange', look);
      look();
    }
    window.addEventListener('pagehide', () => this.#close());
    window.addEventListener('pageshow', (event) => { if (event.persisted && this.#isLeader) this.#open(); });
  }

  #queueForLock() {
    navigator.locks.request('pcnlab-stream', { signal: this.#waiting.signal }, () => new Promise((release) => {
      this.#isLeader = true;
      this.#release = release;
      this.#open();
    })).catch((problem) => { if (problem.name !== 'AbortError') throw problem; });
  }

  /** Whether this tab has the stream. */
  get isLeader() { return this.#source !== null; }

  /** Ends the stream: nobody is signed in. `start` does not come back by itself; the page is loaded anew. */
  stop() {
    this.#close();
    this.#release?.();
    this.#waiting.abort();
    this.#channel?.close();
    this.#channel = null;
  }

  #open() {
    if (this.#source) return;
    const source = new EventSource('api/v1/stream');
    this.#source = source;
    this.#heard = Date.now();
    for (const name of ['hello', 'epochs', 'runs', 'ping']) {
      source.addEventListener(name, ({ data }) => {
        this.#heard = Date.now();
        if (name === 'ping') return;
        const message = { kind: name, data: JSON.parse(data) };
        if (name === 'hello') this.#setState({ isConnected: true, since: Date.now(), server: message.data.server });
        this.#pass(message);
      });
    }
    source.onerror = () => {
      if (source !== this.#source) return;
      this.#setState({ ...this.state, isConnected: false, since: this.state.isConnected ? Date.now() : this.state.since });
      // The browser tries again by itself unless the service answered something that is no stream.
      if (source.readyState === EventSource.CLOSED) this.#reopen();
    };
    clearInterval(this.#watch);
    // A machine that slept does not see that its connection is gone; the service says something every 15 seconds.
    this.#watch = setInterval(() => { if (Date.now() - this.#heard > silenceLimit) this.#reopen(0); }, 5_000);
  }

  #reopen(wait = 2_000) {
    this.#close();
    this.#setState({ ...this.state, isConnected: false });
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => { this.#open(); this.dispatchEvent(new Event('retry')); }, wait);
  }

  #close() {
    clearInterval(this.#watch);
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = null;
  }

  #setState(state) {
    this.#apply(state);
    this.#channel?.postMessage({ kind: 'state', data: state });
  }

  #apply(state) {
    const isNew = state.isConnected !== this.state.isConnected || state.server !== this.state.server;
    this.state = state;
    if (isNew) this.#say('connection', state);
  }

  #pass(message) {
    this.#channel?.postMessage(message);
    this.#say(message.kind, message.data);
  }

  #receive({ kind, data }) {
    if (kind === 'ask') {
      if (this.#isLeader) this.#channel.postMessage({ kind: 'state', data: this.state });
    } else if (kind === 'state') {
      this.#apply(data);
    } else {
      this.#say(kind, data);
    }
  }

  #say(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }
}
