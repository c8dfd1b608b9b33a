// An address for webhooks, and what tests of them need around it.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';

const SECRET = 'demo-secret';
export const CREATE = 'mutation($t: WebhookSubscriptionTopic!, $s: WebhookSubscriptionInput!) { webhookSubscriptionCreate(topic: $t, webhookSubscription: $s) { webhookSubscription { id legacyResourceId topic uri format name includeFields filter createdAt apiVersion { handle } } userErrors { field message } } }';

/** An address that keeps what it hears; `answer(n, request)` says with which status. */
export class Ear {
  heard = [];

  static async open(t, answer = () => 200) {
    const ear = new Ear();
    ear.server = createServer((request, response) => {
      const parts = [];
      request.on('data', part => parts.push(part));
      request.on('end', async () => {
        const body = Buffer.concat(parts), entry = { headers: request.headers, body, text: body.toString('utf8'), at: performance.now() };
        ear.heard.push(entry);
        const status = await answer(ear.heard.length, entry);
        if (status === null) return;
        response.writeHead(status, status === 301 ? { Location: '/elsewhere' } : {});
        response.end();
      });
    });
    await new Promise(resolve => ear.server.listen(0, '127.0.0.1', resolve));
    ear.url = `http://127.0.0.1:${ear.server.address().port}/webhooks/shopify`;
    t.after(() => { ear.server.closeAllConnections(); ear.server.close(); });
    return ear;
  }

  of(topic) { return this.heard.filter(one => one.headers['x-shopify-topic'] === topic); }

  async until(condition, what = 'the deliveries') {
    const end = performance.now() + 180_000;
    while (!condition(this)) {
      if (performance.now() > end) throw new Error(`${what} did not come; heard ${this.heard.map(h => h.headers['x-shopify-topic'])}`);
      await sleep(10);
    }
    return this.heard;
  }
}

export const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
export const isSigned = ({ body, headers }, secret = SECRET) => createHmac('sha256', secret).update(body).digest('base64') === headers['x-shopify-hmac-sha256'];

/** Subscribes, and lets a delivery take its time: a busy machine is not what these tests are about. */
export async function subscribe(store, uri, topics, more = {}, options) {
  await store.demo('POST', 'webhooks', { connectMs: 30_000, totalMs: 60_000 });
  const ids = [];
  for (const topic of topics) {
    const { data } = await store.gql(CREATE, { t: topic, s: { uri, ...more } }, options);
    assert.deepEqual(data.webhookSubscriptionCreate.userErrors, []);
    ids.push(data.webhookSubscriptionCreate.webhookSubscription.id);
  }
  return ids;
}

/** Waits until nothing is under way any more; for retries pass `retrying`. */
export async function quiet(store, { retrying = true } = {}) {
  const end = performance.now() + 180_000;
  for (;;) {
    const report = await store.demo('GET', 'webhooks');
    const { ready, delayed, inFlight, retrying: waiting } = report.open;
    if (ready + delayed + inFlight + (retrying ? waiting : 0) === 0) return report;
    if (performance.now() > end) throw new Error(`still open: ${JSON.stringify(report.open)}`);
    await sleep(10);
  }
}
