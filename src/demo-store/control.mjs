// The demo store's own switches under /_demo, for tests: only from this machine.
import { setImmediate as breathe } from 'node:timers/promises';
import { apply, ChangeError } from './changes.mjs';
import { FAULTS } from './faults.mjs';
import { stateKinds } from './state-dump.mjs';

export class Control {
  constructor({ shop, faults, calls, counts, journal, tokens, webhooks, subscriptions, deliveries, secrets }) {
    Object.assign(this, { shop, faults, calls, counts, journal, tokens, webhooks, subscriptions, deliveries, secrets });
  }

  /** Answers [status, object], or undefined when it has streamed the answer itself. */
  async answer(method, url, readBody, response) {
    const path = url.pathname.slice('/_demo/'.length);
    const route = `${method} ${path}`;
    if (method === 'GET' && path.startsWith('state/')) return this.#state(path.slice('state/'.length), response);
    try {
      if (path === 'webhooks' || path.startsWith('webhooks/')) return await this.#webhooks(method, path.slice('webhooks/'.length), url.searchParams, readBody);
      switch (route) {
        case 'GET health': return [200, { ready: true, shop: this.shop.domain, products: this.shop.productCount, variants: this.shop.variantCount }];
        case 'GET faults': return [200, { faults: this.faults.list(), known: FAULTS }];
        case 'POST faults': return [201, this.faults.add(await readBody())];
        case 'DELETE faults': return [200, { removed: this.faults.remove(url.searchParams.get('name')) }];
        case 'GET calls': return [200, this.calls.report()];
        case 'DELETE calls': this.calls.clear(); return [200, {}];
        case 'GET mutations': return [200, this.counts.report()];
        case 'DELETE mutations': this.counts.clear(); return [200, {}];
        case 'GET deprecations': return [200, Object.fromEntries(this.calls.deprecations)];
        case 'POST edit': case 'POST edit-many': case 'POST create': case 'POST delete': case 'POST shrink': case 'POST members': case 'POST clock':
          return [200, this.change({ ...await readBody(), type: path })];
        case 'POST orders': {
          const { count = 1, ...order } = await readBody();
          const made = [];
          for (let n = 0; n < count; n++) {
            made.push(this.order(order));
            if (n % 50 === 49) await breathe(); // deliveries go out meanwhile
          }
          return [200, { count: made.length, ids: made.map(one => one.order.id), refundId: made[0]?.refund?.id ?? null }];
        }
        case 'POST tokens': {
          const { token, scopes } = await readBody();
          if (typeof token !== 'string' || token === '') return [400, { error: 'token must be text' }];
          this.tokens.addKept(token, scopes);
          return [201, { token }];
        }
        default: return [404, { error: `${route} is not one of the demo store's switches; see src/demo-store/README.md` }];
      }
    } catch (error) {
      if (error instanceof ChangeError || error.constructor === Error || error instanceof SyntaxError) return [400, { error: error.message }];
      throw error;
    }
  }

  /** Applies a change and writes it down. What fails is not written. What moves a time fires its webhooks, unless `fire` says otherwise. */
  change({ fire, ...change }, more) {
    const dated = { ...change, at: this.shop.nowInSeconds() };
    return this.webhooks.during(() => {
      const result = apply(this.shop, dated);
      this.journal.append(dated);
      return result;
    }, { silent: !(fire ?? change.touch ?? true), more });
  }

  /** Places, cancels, refunds or fulfils an order. */
  order(order) {
    return this.change({ ...order, type: 'order' }, result => this.webhooks.orderEvents(result));
  }

  async #webhooks(method, path, search, readBody) {
    const { webhooks, subscriptions, deliveries, tokens } = this;
    const found = () => ({ topic: search.get('topic') ?? undefined, outcome: search.get('outcome') ?? undefined });
    switch (`${method} ${path}`) {
      case 'GET ': return [200, {
        ...deliveries.report(), stockFiresProducts: webhooks.stockFiresProducts,
        subscriptions: subscriptions.all.map(({ gid: id, app, topicName: topic, uri, name, includeFields }) => ({ id, app, topic, uri, name, includeFields })),
      }];
      case 'POST ': {
        const { stockFiresProducts, ...switches } = await readBody();
        if (stockFiresProducts !== undefined) webhooks.stockFiresProducts = Boolean(stockFiresProducts);
        deliveries.set(switches);
        return [200, deliveries.report()];
      }
      case 'DELETE ': deliveries.reset(); webhooks.stockFiresProducts = false; return [200, {}];
      case 'DELETE counts': deliveries.clear(); return [200, {}];
      case 'POST release': deliveries.set({ hold: false }); return [200, deliveries.report()];
      case 'GET entities': return [200, deliveries.entities(found().topic)];
      case 'GET missed': return [200, deliveries.missed(found().topic)];
      case 'GET deliveries': return [200, { deliveries: deliveries.found(found()) }];
      case 'POST remove-subscription': {
        const { id, topic } = await readBody();
        const leaving = subscriptions.all.filter(s => s.gid === id || s.id === String(id) || (topic !== undefined && s.topicName === topic));
        if (!leaving.length) throw new Error('no subscription has that id or topic');
        for (const one of leaving) subscriptions.drop(one.id);
        return [200, { removed: leaving.map(s => s.gid) }];
      }
      case 'POST app-configuration': {
        const { token, uri, topics } = await readBody();
        subscriptions.configure(tokens.appOf(token), uri ?? null, topics);
        return [200, {}];
      }
      case 'POST compliance': {
        const { token, ...about } = await readBody();
        return [200, { sent: webhooks.compliance({ ...about, app: token && tokens.appOf(token) }).map(d => d.id) }];
      }
      case 'POST send': {
        const { token, uri, topic, body, test = true } = await readBody();
        if (typeof topic !== 'string' || body === undefined) throw new Error('topic and body are needed');
        return [200, { sent: webhooks.fire({ topic, uri, body: () => body, test, app: token && tokens.appOf(token) }).map(d => d.id) }];
      }
      case 'POST uninstall': {
        const app = tokens.appOf((await readBody()).token);
        const sent = webhooks.uninstalled(app);
        subscriptions.dropAll(app);
        tokens.setScopes(app, null);
        return [200, { sent: sent.map(d => d.id) }];
      }
      case 'POST scopes': {
        const { token, scopes } = await readBody();
        if (!Array.isArray(scopes)) throw new Error('scopes must be a list');
        const app = tokens.appOf(token), previous = tokens.scopesOf(app);
        tokens.setScopes(app, scopes);
        return [200, { previous, sent: webhooks.scopesChanged(app, previous, scopes).map(d => d.id) }];
      }
      case 'POST secret': {
        const { secret, keepOld = true } = await readBody();
        if (typeof secret !== 'string' || secret === '') throw new Error('secret must be text');
        this.secrets.rotate(secret, keepOld);
        return [200, {}];
      }
      default: return [404, { error: `${method} webhooks/${path} is not one of the demo store's switches; see src/demo-store/README.md` }];
    }
  }

  async #state(kind, response) {
    const rows = stateKinds[kind];
    if (!rows) return [404, { error: `no state is called '${kind}'; there are ${Object.keys(stateKinds).join(', ')}` }];
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    let text = '';
    for (const row of rows(this.shop)) {
      text += `${JSON.stringify(row)}\n`;
      if (text.length < 65_536) continue;
      if (!response.write(text)) await new Promise(resolve => { response.once('drain', resolve); response.once('close', resolve); });
      text = '';
      if (response.destroyed) return undefined;
      await breathe();
    }
    response.end(text);
    return undefined;
  }
}
