// The demo store's own switches under /_demo, for tests: only from this machine.
import { setImmediate as breathe } from 'node:timers/promises';
import { apply, ChangeError } from './changes.mjs';
import { FAULTS } from './faults.mjs';
import { stateKinds } from './state-dump.mjs';

export class Control {
  constructor({ shop, faults, calls, counts, journal, tokens }) {
    Object.assign(this, { shop, faults, calls, counts, journal, tokens });
  }

  /** Answers [status, object], or undefined when it has streamed the answer itself. */
  async answer(method, url, readBody, response) {
    const path = url.pathname.slice('/_demo/'.length);
    const route = `${method} ${path}`;
    if (method === 'GET' && path.startsWith('state/')) return this.#state(path.slice('state/'.length), response);
    try {
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
        case 'POST edit': case 'POST edit-many': case 'POST create': case 'POST delete': case 'POST shrink': case 'POST clock':
          return [200, this.change({ ...await readBody(), type: path })];
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

  /** Applies a change and writes it down. What fails is not written. */
  change(change) {
    const dated = { ...change, at: this.shop.nowInSeconds() };
    const result = apply(this.shop, dated);
    this.journal.append(dated);
    return result;
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
