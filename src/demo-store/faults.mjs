// Switches that make the demo store misbehave on purpose. A fault stays on until its `times` are used up or it is
// deleted; `operation` limits it to one operation name, `match` to bulk queries with that text in them; `skip` lets that
// many calls pass first.

export const FAULTS = {
  'throttle-storm': 'THROTTLED answers, whatever the bucket holds; with `status`: 429 also as an HTTP status',
  'http-status': 'answers `status` (429, 500, 503 …) with Retry-After: `retryAfter`',
  'drop-connection': 'closes the connection in the middle of the answer',
  slow: 'waits `ms` before it answers',
  hold: 'requests wait until the fault is deleted; `used` says how many have come',
  'hold-answer': 'requests are done, and their answers wait until the fault is deleted; `used` says how many do',
  'jsonl-cut': 'cuts the download of a result after `atByte` bytes',
  'bulk-failed': 'bulk queries end FAILED with `code` (null by default); `partial`: true leaves half the data at partialDataUrl',
  'bulk-stuck': 'bulk queries stay RUNNING and their objectCount stands still',
  'bulk-hold': 'bulk queries started meanwhile stay RUNNING and unread until the fault is deleted',
  'bulk-linger': 'bulk queries that have read everything stay RUNNING until the fault is deleted; `used` says how many have',
  'bulk-limit': 'bulk queries are refused with `code` (LIMIT_REACHED), as if others held the slots',
  'null-field': 'bulk results hold null for `field`, such as Product.tags, though the schema says it never is',
  'slow-download': 'results come at `bytesPerSecond`',
  'url-expired': 'downloads are refused with `status` (403) as after seven days',
  'die-after-executing': 'a mutation is executed, then the connection is closed without a byte of the answer',
  poison: 'mutations that concern one of `ids` or `skus` are refused with `message`',
  'daily-variant-limit': 'after `limit` (0) more new variants, mutations that make one get HTTP 429',
  normalise: 'doubled spaces in titles are made one',
  'slow-jobs': 'jobs, asynchronous operations and uploads wait `ms`, or until the fault is deleted',
  'unknown-condition': 'conditions of these `kinds` (ProductTag, VariantPrice …) are shown as of a kind that this version does not know',
  'token-expired': 'tokens handed out before the fault are refused with 401',
  'scope-removed': 'takes `scopes` away from every token',
  'api-version': 'serves version `served`, whatever was asked for',
};

export class Faults {
  #list = [];
  #waiting = [];

  constructor(now) {
    this.now = now;
  }

  add({ name, times, ...params }) {
    if (!FAULTS[name]) throw new Error(`no fault is called '${name}'; there are ${Object.keys(FAULTS).join(', ')}`);
    if (times !== undefined && !(Number.isInteger(times) && times > 0)) throw new Error('times must be a whole number above 0');
    const fault = { name, times: times ?? null, skip: params.skip ?? 0, used: 0, since: this.now(), ...params };
    this.#list.push(fault);
    return fault;
  }

  remove(name) {
    const before = this.#list.length;
    this.#list = this.#list.filter(f => name && f.name !== name);
    this.#wake();
    return before - this.#list.length;
  }

  list() {
    return this.#list;
  }

  /** The fault when it is on; does not use it up. */
  on(name, operation, text) {
    return this.#list.find(f => f.name === name && (!f.operation || f.operation === operation) && (!f.match || text?.includes(f.match))) ?? null;
  }

  /** The fault when it hits now; uses it up by one. */
  hit(name, operation, text) {
    return this.#use(this.on(name, operation, text));
  }

  /** As `hit`, but only for a fault that names this operation: for what is no GraphQL request. */
  hitNamed(name, operation) {
    return this.#use(this.#list.find(f => f.name === name && f.operation === operation) ?? null);
  }

  #use(fault) {
    if (!fault) return null;
    if (fault.skip > 0) { fault.skip--; return null; }
    fault.used++;
    if (fault.times !== null && --fault.times <= 0) {
      this.#list = this.#list.filter(f => f !== fault);
      this.#wake();
    }
    return fault;
  }

  /** Resolves when the fault is gone. */
  async until(fault, isCancelled) {
    while (this.#list.includes(fault) && !isCancelled()) await new Promise(resolve => { this.#waiting.push(resolve); setTimeout(resolve, 100).unref(); });
  }

  #wake() {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
