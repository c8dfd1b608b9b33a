// How webhooks reach the address of their subscription: 32 requests at once, signed, tried again over four hours, and, by
// the switches, late, twice, in another order or never. Waiting deliveries live in memory: a restart loses them.
import { createHmac, randomUUID } from 'node:crypto';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

const AT_ONCE = 32;
/** After which a failed delivery is tried again: eight times over four hours. */
const RETRY_MINUTES = [1, 2, 4, 8, 15, 30, 60, 120];
const KEPT = 100_000;

const DEFAULTS = { drop: 0, double: 0, delayMs: null, shuffle: 0, hold: false };

export class Deliveries {
  connectMs = 1000;
  totalMs = 5000;
  shuffleWaitMs = 1000;
  #switches = new Map([['*', { ...DEFAULTS }]]);
  #random = generator(1);
  #ready = [];
  #pool = []; // those that are mixed with each other
  #pooledAt = 0;
  #held = [];
  #inFlight = 0;
  #pumpTimer = null;
  #made = 0;
  #lastNanos = 0n;
  #accepted = new Map(); // by subscription: when the address last took a delivery
  #agents = { 'http:': new HttpAgent({ keepAlive: true, maxSockets: AT_ONCE }), 'https:': new HttpsAgent({ keepAlive: true, maxSockets: AT_ONCE }) };
  waitingForRetry = 0;
  delayed = 0;

  constructor({ shop, subscriptions, secrets, version, retryScale = 1 }) {
    Object.assign(this, { shop, subscriptions, secrets, version, retryScale });
    this.clear();
  }

  /** Begins to count anew. */
  clear() {
    this.list = [];
    this.topics = new Map();
  }

  // --- switches --------------------------------------------------------------------------------------------------

  /** { topics, drop, double, delayMs, shuffle, hold } for some topics or all, and { seed, retryScale, connectMs, totalMs, shuffleWaitMs } for all. */
  set({ topics, seed, ...rest }) {
    for (const name of ['retryScale', 'connectMs', 'totalMs', 'shuffleWaitMs']) {
      if (rest[name] === undefined) continue;
      if (!(Number(rest[name]) > 0)) throw new Error(`${name} must be a number above 0`);
      this[name] = rest[name];
      delete rest[name];
    }
    for (const name of Object.keys(rest)) if (!(name in DEFAULTS)) throw new Error(`no switch is called '${name}'; there are topics, seed, ${Object.keys(DEFAULTS).join(', ')}, retryScale, connectMs, totalMs, shuffleWaitMs`);
    for (const name of ['drop', 'double']) if (rest[name] !== undefined && !(rest[name] >= 0 && rest[name] <= 100)) throw new Error(`${name} is a percentage`);
    if (rest.delayMs != null && !(Array.isArray(rest.delayMs) && rest.delayMs.length === 2 && rest.delayMs[0] <= rest.delayMs[1])) throw new Error('delayMs is [from, to]');
    if (seed !== undefined) this.#random = generator(seed);
    if (!topics) for (const topic of this.#switches.keys()) this.#switches.set(topic, { ...this.#switches.get(topic), ...rest });
    else for (const topic of topics) this.#switches.set(topic, { ...this.#switchOf(topic), ...rest });
    if (rest.hold === false) this.#release();
    this.#pump();
  }

  /** Every switch as it was at the start; what is held goes out. */
  reset() {
    this.#switches = new Map([['*', { ...DEFAULTS }]]);
    this.#release();
    this.#pump();
  }

  #switchOf(topic) {
    return this.#switches.get(topic) ?? this.#switches.get('*');
  }

  #release() {
    const held = this.#held;
    this.#held = [];
    for (const delivery of held) this.#offer(delivery);
  }

  // --- what is sent ----------------------------------------------------------------------------------------------

  /** A moment of the shop's clock with nanoseconds, never the same twice. */
  triggeredAt() {
    let nanos = BigInt(this.shop.now()) * 1_000_000n + process.hrtime.bigint() % 1_000_000n;
    if (nanos <= this.#lastNanos) nanos = this.#lastNanos + 1n;
    this.#lastNanos = nanos;
    return `${new Date(Number(nanos / 1_000_000n)).toISOString().slice(0, 19)}.${String(nanos % 1_000_000_000n).padStart(9, '0')}Z`;
  }

  /** Nobody had subscribed to it. */
  unheard(topic, entity) {
    this.#count(topic, entity, 'unheard');
  }

  /** Sends a body to a subscription, as the switches want it. */
  add({ subscription, topic, entity, body, eventId, triggeredAt, test = false, isLast = false }) {
    const delivery = {
      number: ++this.#made, id: randomUUID(), eventId, topic, entity, triggeredAt, test, isLast, subscriptionId: subscription.id, subscription, uri: subscription.uri, name: subscription.name, body,
      attempts: 0, outcome: 'waiting', doubled: false, status: null, error: null, firstTriedAt: null, endedAt: null,
    };
    this.list.push(delivery);
    if (this.list.length > KEPT) this.list = this.list.slice(KEPT / 10);
    this.#count(topic, entity, 'fired', delivery);
    const switches = this.#switchOf(topic);
    const dropped = this.#random() * 100 < switches.drop, doubled = this.#random() * 100 < switches.double; // always both, so that a seed gives the same whatever is on
    if (dropped) { this.#end(delivery, 'dropped'); return delivery; }
    const copies = doubled ? [delivery, { ...delivery, isCopy: true }] : [delivery];
    if (doubled) { delivery.doubled = true; this.#count(topic, entity, 'doubled'); }
    for (const one of copies) {
      if (!switches.delayMs) { this.#offer(one); continue; }
      const [from, to] = switches.delayMs;
      this.delayed++;
      setTimeout(() => { this.delayed--; this.#offer(one); this.#pump(); }, from + this.#random() * (to - from));
    }
    this.#pump();
    return delivery;
  }

  #offer(delivery) {
    const switches = this.#switchOf(delivery.topic);
    if (switches.hold) this.#held.push(delivery);
    else if (switches.shuffle > 0) { this.#pool.push(delivery); this.#pooledAt = performance.now(); }
    else this.#ready.push(delivery);
  }

  #next() {
    if (this.#ready.length > 512 && this.#readyAt > this.#ready.length / 2) { this.#ready = this.#ready.slice(this.#readyAt); this.#readyAt = 0; }
    if (this.#readyAt < this.#ready.length) return this.#ready[this.#readyAt++];
    this.#ready = [];
    this.#readyAt = 0;
    if (!this.#pool.length) return null;
    const { shuffle } = this.#switchOf(this.#pool[0].topic);
    const since = performance.now() - this.#pooledAt;
    if (this.#pool.length < shuffle && since < this.shuffleWaitMs) {
      this.#pumpTimer ??= setTimeout(() => { this.#pumpTimer = null; this.#pump(); }, this.shuffleWaitMs - since + 1);
      return null;
    }
    const k = Math.floor(this.#random() * this.#pool.length), taken = this.#pool[k], last = this.#pool.pop();
    if (k < this.#pool.length) this.#pool[k] = last;
    return taken;
  }

  #readyAt = 0;

  #pump() {
    while (this.#inFlight < AT_ONCE && !this.stopped) {
      const delivery = this.#next();
      if (!delivery) return;
      if (!delivery.isLast && !this.subscriptions.has(delivery.subscription)) { this.#end(delivery, 'gone'); continue; } // taken away meanwhile
      this.#inFlight++;
      void this.#send(delivery);
    }
  }

  async #send(delivery) {
    delivery.attempts++;
    delivery.firstTriedAt ??= performance.now();
    let failure = null;
    try {
      const status = await this.#post(delivery);
      delivery.status = status;
      if (status < 200 || status > 299) failure = `HTTP ${status}`; // a redirect is a failure too
    } catch (error) {
      delivery.status = null;
      failure = error.code ?? error.message;
    }
    this.#inFlight--;
    delivery.error = failure;
    if (failure === null) {
      this.#accepted.set(delivery.subscriptionId, performance.now());
      this.#end(delivery, 'delivered');
    } else this.#failed(delivery);
    this.#pump();
  }

  #failed(delivery) {
    this.#count(delivery.topic, null, 'attemptsFailed');
    if (delivery.isCopy) return;
    if (delivery.attempts <= RETRY_MINUTES.length) {
      this.waitingForRetry++;
      setTimeout(() => { this.waitingForRetry--; this.#offer(delivery); this.#pump(); }, RETRY_MINUTES[delivery.attempts - 1] * 60_000 / this.retryScale);
      return;
    }
    this.#end(delivery, 'failed');
    // Eight retries in a row failed, and in all that time the address took nothing: Shopify takes the subscription away.
    if ((this.#accepted.get(delivery.subscriptionId) ?? -1) < delivery.firstTriedAt && delivery.subscriptionId !== null) this.subscriptions.drop(delivery.subscriptionId);
  }

  #end(delivery, outcome) {
    if (delivery.isCopy) return;
    delivery.outcome = outcome;
    delivery.endedAt = this.shop.now();
    delivery.body = null;
    this.#count(delivery.topic, delivery.entity, outcome, delivery);
  }

  #headers({ id, eventId, topic, triggeredAt, name, test, body }) {
    return {
      'User-Agent': 'Shopify-Captain-Hook', Accept: 'application/json, text/plain, */*', 'Accept-Encoding': 'gzip', 'Content-Type': 'application/json', 'Content-Length': body.length,
      'X-Shopify-Topic': topic, 'X-Shopify-Hmac-Sha256': createHmac('sha256', this.secrets.take()).update(body).digest('base64'), 'X-Shopify-Shop-Domain': this.shop.domain, 'X-Shopify-API-Version': this.version(),
      'X-Shopify-Webhook-Id': id, 'X-Shopify-Event-Id': eventId, 'X-Shopify-Triggered-At': triggeredAt, 'X-Shopify-Test': String(test), ...(name === null ? {} : { 'X-Shopify-Name': name }),
    };
  }

  /** The status of one attempt; throws when the address is not there in time. */
  #post(delivery, isSecondTry = false) {
    return new Promise((resolve, reject) => {
      const url = new URL(delivery.uri);
      const body = delivery.body;
      const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, { method: 'POST', agent: this.#agents[url.protocol], headers: this.#headers(delivery) });
      let connecting = () => {};
      const whole = after(this.totalMs, () => request.destroy(new Error(`no answer within ${this.totalMs} ms`)));
      const done = act => value => { whole(); connecting(); act(value); };
      request.on('socket', socket => {
        if (!socket.connecting) return;
        connecting = after(this.connectMs, () => request.destroy(new Error(`no connection within ${this.connectMs} ms`)));
        socket.once('connect', connecting);
      });
      request.on('response', response => {
        response.resume();
        response.on('end', () => done(resolve)(response.statusCode));
        response.on('error', done(reject));
      });
      request.on('error', error => {
        // The other side had closed a connection that was waiting: that is no failure of the address.
        if (!isSecondTry && request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')) { done(() => {})(); this.#post(delivery, true).then(resolve, reject); } else done(reject)(error);
      });
      request.end(body);
    });
  }

  // --- counting --------------------------------------------------------------------------------------------------

  #count(topic, entity, what, delivery) {
    let one = this.topics.get(topic);
    if (!one) this.topics.set(topic, one = { counts: { fired: 0, delivered: 0, dropped: 0, doubled: 0, failed: 0, gone: 0, unheard: 0, attemptsFailed: 0 }, entities: new Map() });
    one.counts[what]++;
    if (entity === null || entity === undefined) return;
    let known = one.entities.get(entity);
    if (!known) one.entities.set(entity, known = { fired: 0, delivered: 0, dropped: 0, doubled: 0, failed: 0, gone: 0, unheard: 0, last: 0, lastOutcome: 'waiting' });
    known[what]++;
    if (what === 'fired') { known.last = delivery.number; known.lastOutcome = 'waiting'; }
    else if (what === 'unheard') { known.last = this.#made; known.lastOutcome = 'unheard'; }
    else if (delivery && delivery.number === known.last) known.lastOutcome = what;
  }

  /** Deliveries that have not ended. */
  get open() {
    return { ready: this.#ready.length - this.#readyAt + this.#pool.length, delayed: this.delayed, held: this.#held.length, inFlight: this.#inFlight, retrying: this.waitingForRetry };
  }

  report() {
    return {
      switches: Object.fromEntries(this.#switches), retryScale: this.retryScale, open: this.open,
      topics: Object.fromEntries([...this.topics].map(([topic, { counts, entities }]) => [topic, { ...counts, entities: entities.size, missed: [...entities.values()].filter(isMissed).length }])),
    };
  }

  /** { topic: { id: counts } }; `lastOutcome` is what became of the last event of the entity. */
  entities(topic) {
    return Object.fromEntries([...this.topics].filter(([name]) => !topic || name === topic).map(([name, { entities }]) => [name, Object.fromEntries(entities)]));
  }

  /** { topic: ids } of which the last event was never delivered and will not be. */
  missed(topic) {
    return Object.fromEntries([...this.topics].filter(([name]) => !topic || name === topic).map(([name, { entities }]) => [name, [...entities].filter(([, known]) => isMissed(known)).map(([id]) => id)]));
  }

  found({ topic, outcome }) {
    return this.list.filter(d => (!topic || d.topic === topic) && (!outcome || d.outcome === outcome)).map(({ body, subscription, isCopy, isLast, firstTriedAt, ...shown }) => shown);
  }
}

const isMissed = ({ lastOutcome }) => lastOutcome !== 'delivered' && lastOutcome !== 'waiting';

/** Acts after so many milliseconds, not counting those in which this program itself was too busy to listen. Gives what calls it off. */
function after(ms, act) {
  let timer, off = false;
  const wait = left => {
    const due = performance.now() + left;
    timer = setTimeout(() => {
      const late = performance.now() - due;
      if (late > 50) wait(Math.min(late, ms));
      else setImmediate(() => { if (!off) act(); }); // what has come in meanwhile is heard first
    }, left);
  };
  wait(ms);
  return () => { off = true; clearTimeout(timer); };
}

/** Numbers from 0 up to 1, the same for the same seed. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4_294_967_296;
  };
}
