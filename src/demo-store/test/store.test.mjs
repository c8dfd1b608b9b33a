// The started program over HTTP.
import assert from 'node:assert/strict';
import test from 'node:test';
import { RunningStore } from './support.mjs';

const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

test('answers carry the version, the shop’s date, the cost and the throttle status', async t => {
  const store = await RunningStore.start(t, ['--products', '60', '--plan', 'advanced']);
  const response = await store.raw('{ products(first: 10) { nodes { id } } }', {}, { headers: { 'Shopify-GraphQL-Cost-Debug': '1' } });
  const { extensions } = await response.json();
  assert.equal(response.headers.get('x-shopify-api-version'), '2026-10');
  assert.deepEqual({ ...extensions.cost, fields: extensions.cost.fields.length, throttleStatus: 0 }, { requestedQueryCost: 6, actualQueryCost: 6, fields: 2, throttleStatus: 0 });
  assert.equal(extensions.cost.throttleStatus.maximumAvailable, 4000);

  await store.demo('POST', 'clock', { offsetMs: 86_400_000 });
  const later = await store.raw('{ shop { name } }');
  assert.ok(Date.parse(later.headers.get('date')) > Date.now() + 86_000_000);
});

test('a retired version falls forward, an unknown one is not found', async t => {
  const store = await RunningStore.start(t, ['--products', '20']);
  const version = async asked => { const r = await store.raw('{ shop { name } }', {}, { version: asked }); return [r.status, r.headers.get('x-shopify-api-version')]; };
  assert.deepEqual(await version('2024-01'), [200, '2026-01']);
  assert.deepEqual(await version('2026-07'), [200, '2026-07']);
  assert.deepEqual(await version('2031-01'), [404, null]);
  const titles = async asked => (await store.gql('{ collections(first: 50) { nodes { title } } }', {}, { version: asked })).data.collections.nodes.map(c => c.title);
  assert.ok((await titles('2026-10')).includes('For pets'));
  assert.ok(!(await titles('2026-04')).includes('For pets'), 'an old version does not show collections of collections');
  assert.ok((await titles('2026-04')).includes('T-Shirts'));
  await store.demo('POST', 'faults', { name: 'api-version', served: '2027-01' });
  assert.deepEqual(await version('2026-10'), [200, '2027-01']);
});

test('the four channels: a wrong token, a missing query, a query that Shopify refuses, a field that is not served', async t => {
  const store = await RunningStore.start(t, ['--products', '20']);
  assert.equal((await store.raw('{ shop { name } }', {}, { token: 'wrong' })).status, 401);
  assert.equal((await store.raw(undefined)).status, 400);
  assert.match((await store.gql('{ shop { colour } }')).errors[0].message, /Cannot query field "colour"/);
  assert.match((await store.gql('{ products { nodes { id } } }')).errors[0].message, /you must provide one of first or last/);
  assert.match((await store.gql('{ product(id: "12") { id } }')).errors[0].message, /Invalid global id '12'/);
  const { data, errors } = await store.gql('{ shop { alerts { description } } }');
  assert.equal(data, null);
  assert.equal(errors[0].message, 'The demo store does not serve Shop.alerts.');
  const money = await store.gql('mutation($v: [ProductVariantsBulkInput!]!) { productVariantsBulkUpdate(productId: "gid://shopify/Product/1", variants: $v) { userErrors { message } } }', { v: [{ id: 'gid://shopify/ProductVariant/1', price: 'not money' }] });
  assert.match(money.errors[0].message, /invalid Money 'not money'/);
  const deprecated = await store.gql('query Old { products(first: 1) { nodes { bodyHtml } } }');
  assert.match(deprecated.extensions.deprecations[0], /Product\.bodyHtml is deprecated/);
  assert.equal(Object.keys(await store.demo('GET', 'deprecations')).length, 1);
});

test('an empty bucket throttles with Shopify’s shape and a dear query is refused', async t => {
  const store = await RunningStore.start(t, ['--products', '300']);
  const dear = '{ products(first: 250) { nodes { id variants(first: 250) { nodes { id metafields(first: 250) { nodes { id } } } } } } }';
  const refused = await store.gql(dear);
  assert.equal(refused.errors[0].extensions.code, 'MAX_COST_EXCEEDED');
  assert.match(refused.errors[0].message, /^Query cost is \d+, which exceeds the single query max cost limit \(1000\)\.$/);
  assert.equal(refused.data, undefined);

  const big = '{ products(first: 250) { nodes { id variants(first: 100) { nodes { id product { id } inventoryItem { id } } } media(first: 25) { nodes { id } } } } }';
  let throttled, requested = 0;
  for (let n = 0; n < 40 && !throttled; n++) { const answer = await store.gql(big); if (answer.errors) throttled = answer; else requested = answer.extensions.cost.requestedQueryCost; }
  assert.equal(throttled.errors[0].message, 'Throttled');
  assert.equal(throttled.errors[0].extensions.code, 'THROTTLED');
  const { requestedQueryCost, actualQueryCost, throttleStatus } = throttled.extensions.cost;
  assert.equal(actualQueryCost, null);
  assert.equal(requestedQueryCost, requested);
  await sleep((requestedQueryCost - throttleStatus.currentlyAvailable) / throttleStatus.restoreRate * 1000);
  assert.equal((await store.gql(big)).errors, undefined);
  const calls = await store.demo('GET', 'calls');
  assert.ok(calls.throttled >= 1 && calls.points > 0 && calls.total > calls.throttled);
});

test('tokens of one app share a bucket; they end after a day and when the fault says so', async t => {
  const store = await RunningStore.start(t, ['--products', '60', '--token', 'demo-token', '--token', 'narrow:read_products']);
  const grant = async secret => fetch(`${store.url}/admin/oauth/access_token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'demo-client', client_secret: secret }) });
  assert.equal((await grant('wrong')).status, 401);
  const first = await (await grant('demo-secret')).json(), second = await (await grant('demo-secret')).json();
  assert.equal(first.expires_in, 86_399);
  assert.ok(first.scope.includes('read_inventory'));
  const query = '{ products(first: 250) { nodes { id variants(first: 100) { nodes { id } } media(first: 50) { nodes { id } } } } }';
  await store.gql(query, {}, { token: first.access_token });
  const left = (await store.gql('{ shop { name } }', {}, { token: second.access_token })).extensions.cost.throttleStatus.currentlyAvailable;
  assert.ok(left < 1999, `the second token sees the first one's spending: ${left}`);
  assert.ok((await store.gql('{ shop { name } }')).extensions.cost.throttleStatus.currentlyAvailable > left);

  await store.demo('POST', 'faults', { name: 'token-expired' });
  assert.equal((await store.raw('{ shop { name } }', {}, { token: first.access_token })).status, 401);
  await sleep(5);
  const third = await (await grant('demo-secret')).json();
  assert.equal((await store.raw('{ shop { name } }', {}, { token: third.access_token })).status, 200);
  await store.demo('DELETE', 'faults');
  await store.demo('POST', 'clock', { offsetMs: 86_400_000 });
  assert.equal((await store.raw('{ shop { name } }', {}, { token: third.access_token })).status, 401);
  assert.equal((await store.raw('{ shop { name } }')).status, 200);
});

test('a scope that is missing or taken away denies its fields, in requests and in bulk queries', async t => {
  const store = await RunningStore.start(t, ['--products', '60', '--token', 'demo-token', '--token', 'narrow:read_products']);
  const levels = '{ inventoryItems(first: 1) { nodes { id inventoryLevels(first: 1) { nodes { id } } } } }';
  const denied = await store.gql(levels, {}, { token: 'narrow' });
  assert.equal(denied.errors[0].message, 'Access denied for inventoryLevels field. Required access: `read_inventory` access scope.');
  assert.equal(denied.errors[0].extensions.code, 'ACCESS_DENIED');
  assert.equal((await store.gql(levels)).errors, undefined);
  assert.equal((await store.gql('{ products(first: 1) { nodes { id variants(first: 1) { nodes { inventoryItem { id sku } } } } } }', {}, { token: 'narrow' })).errors, undefined);
  assert.match((await store.gql('{ publications(first: 1) { nodes { id } } }', {}, { token: 'narrow' })).errors[0].message, /Access denied for publications field/);

  await store.demo('POST', 'faults', { name: 'scope-removed', scopes: ['read_inventory'] });
  const { data } = await store.gql('{ currentAppInstallation { accessScopes { handle } } }');
  assert.ok(!data.currentAppInstallation.accessScopes.some(s => s.handle === 'read_inventory'));
  const { bulkOperation } = await store.runBulk('{ inventoryItems { edges { node { id inventoryLevels { edges { node { id } } } } } } }');
  const ended = await store.ended(bulkOperation.id);
  assert.deepEqual([ended.status, ended.errorCode, ended.url], ['FAILED', 'ACCESS_DENIED', null]);
});

test('five bulk queries at once, the sixth is told so; cancelling makes room', async t => {
  const store = await RunningStore.start(t, ['--products', '60']);
  await store.demo('POST', 'faults', { name: 'bulk-hold' });
  const ids = [];
  for (let n = 0; n < 5; n++) ids.push((await store.runBulk('{ products { edges { node { id } } } }')).bulkOperation.id);
  const sixth = await store.runBulk('{ products { edges { node { id } } } }');
  assert.equal(sixth.bulkOperation, null);
  assert.equal(sixth.userErrors[0].code, 'OPERATION_IN_PROGRESS');
  assert.equal((await store.gql('{ bulkOperations(first: 10, query: "status:running operation_type:query") { nodes { id objectCount } } }')).data.bulkOperations.nodes.length, 5);

  const cancel = async id => (await store.gql('mutation($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { status } userErrors { field message } } }', { id })).data.bulkOperationCancel;
  assert.equal((await cancel(ids[0])).bulkOperation.status, 'CANCELING');
  assert.equal((await store.ended(ids[0])).status, 'CANCELED');
  assert.equal((await cancel(ids[0])).userErrors[0].message, 'A bulk operation cannot be canceled when it is canceled');
  assert.equal((await cancel('gid://shopify/BulkOperation/1')).userErrors[0].message, 'Bulk operation does not exist');

  const title = `Changed while held`;
  const { id } = (await store.gql('{ products(first: 1) { nodes { id } } }')).data.products.nodes[0];
  await store.demo('POST', 'edit', { kind: 'product', id, set: { title }, touch: false });
  const late = await store.runBulk('{ products { edges { node { id title } } } }');
  assert.ok(late.bulkOperation);
  await store.demo('DELETE', 'faults');
  for (const one of ids.slice(1)) assert.equal((await store.ended(one)).objectCount, '60');
  const text = await (await fetch((await store.ended(late.bulkOperation.id)).url)).text();
  assert.ok(text.includes(title), 'a held query reads when it goes on');
  assert.equal((await store.demo('GET', 'calls')).maxConcurrentBulk, 5);
});

test('the count grows while a bulk query runs, and an empty result has no address', async t => {
  const store = await RunningStore.start(t, ['--products', '600', '--bulk-ms', '900']);
  const { bulkOperation } = await store.runBulk('{ products { edges { node { id } } } }');
  const counts = new Set(), statuses = new Set([bulkOperation.status]);
  for (let n = 0; n < 30; n++) { const o = await store.bulk(bulkOperation.id); counts.add(o.objectCount); statuses.add(o.status); if (o.status === 'COMPLETED') break; await sleep(50); }
  assert.deepEqual([...statuses], ['CREATED', 'RUNNING', 'COMPLETED']);
  assert.ok(counts.size > 3, [...counts].join());
  const empty = await store.runBulk('{ products(query: "title:nothingofthekind") { edges { node { id } } } }');
  const ended = await store.ended(empty.bulkOperation.id);
  assert.deepEqual([ended.status, ended.objectCount, ended.url, ended.fileSize], ['COMPLETED', '0', null, null]);
});

test('faults of bulk queries: failed with and without data, stuck', async t => {
  const store = await RunningStore.start(t, ['--products', '200']);
  const run = async () => store.ended((await store.runBulk('{ products { edges { node { id } } } }')).bulkOperation.id);
  await store.demo('POST', 'faults', { name: 'bulk-failed', times: 1 });
  const plain = await run();
  assert.deepEqual([plain.status, plain.errorCode, plain.url, plain.partialDataUrl], ['FAILED', null, null, null]);
  await store.demo('POST', 'faults', { name: 'bulk-failed', code: 'TIMEOUT', partial: true, times: 1 });
  const partial = await run();
  assert.deepEqual([partial.status, partial.errorCode, partial.url], ['FAILED', 'TIMEOUT', null]);
  assert.equal((await (await fetch(partial.partialDataUrl)).text()).trimEnd().split('\n').length, 100);
  assert.equal((await run()).status, 'COMPLETED');

  await store.demo('POST', 'faults', { name: 'bulk-stuck', times: 1 });
  const { bulkOperation } = await store.runBulk('{ products { edges { node { id } } } }');
  await sleep(300);
  assert.deepEqual([(await store.bulk(bulkOperation.id)).status, (await store.bulk(bulkOperation.id)).objectCount], ['RUNNING', '0']);
  await store.gql('mutation($id: ID!) { bulkOperationCancel(id: $id) { userErrors { message } } }', { id: bulkOperation.id });
  assert.equal((await store.ended(bulkOperation.id)).status, 'CANCELED');
});

test('downloads: signed, in ranges, cut, expired', async t => {
  const store = await RunningStore.start(t, ['--products', '200']);
  const { url, fileSize } = await store.ended((await store.runBulk('{ products { edges { node { id title } } } }')).bulkOperation.id);
  const whole = await (await fetch(url)).text();
  assert.equal(Buffer.byteLength(whole), Number(fileSize));
  const rest = await fetch(url, { headers: { Range: 'bytes=1000-' } });
  assert.equal(rest.status, 206);
  assert.equal(rest.headers.get('content-range'), `bytes 1000-${fileSize - 1}/${fileSize}`);
  assert.equal(await rest.text(), Buffer.from(whole).subarray(1000).toString());
  assert.equal((await fetch(url.replace(/.$/, c => c === '0' ? '1' : '0'))).status, 403);

  await store.demo('POST', 'faults', { name: 'jsonl-cut', atByte: 500, times: 1 });
  const cut = await fetch(url);
  let received = 0;
  await assert.rejects(async () => { for await (const part of cut.body) received += part.length; });
  assert.equal(received, 500);
  await store.demo('POST', 'faults', { name: 'url-expired', times: 1 });
  assert.equal((await fetch(url)).status, 403);
  assert.equal((await fetch(url)).status, 200);
  await store.demo('POST', 'clock', { offsetMs: 8 * 86_400_000 });
  assert.equal((await fetch(url)).status, 400);
});

test('only the matching bulk queries are held', async t => {
  const store = await RunningStore.start(t, ['--products', '20']);
  await store.demo('POST', 'faults', { name: 'bulk-hold', match: 'productVariants' });
  const held = (await store.runBulk('{ productVariants { edges { node { id } } } }')).bulkOperation.id;
  assert.equal((await store.ended((await store.runBulk('{ products { edges { node { id } } } }')).bulkOperation.id)).status, 'COMPLETED');
  assert.deepEqual([(await store.bulk(held)).status, (await store.bulk(held)).objectCount], ['RUNNING', '0']);
  await store.demo('DELETE', 'faults?name=bulk-hold');
  assert.equal((await store.ended(held)).status, 'COMPLETED');
});

test('a bulk query that lingers has read what was there before', async t => {
  const store = await RunningStore.start(t, ['--products', '20']);
  await store.demo('POST', 'faults', { name: 'bulk-linger' });
  const lingering = (await store.runBulk('{ products { edges { node { id title } } } }')).bulkOperation.id;
  while ((await store.demo('GET', 'faults')).faults[0].used === 0) await new Promise(resolve => setTimeout(resolve, 10));
  const { id } = (await store.gql('{ products(first: 1) { nodes { id } } }')).data.products.nodes[0];
  await store.demo('POST', 'edit', { kind: 'product', id, set: { title: 'Too late' } });
  assert.deepEqual([(await store.bulk(lingering)).status, (await store.bulk(lingering)).objectCount], ['RUNNING', '20']);
  await store.demo('DELETE', 'faults');
  const text = await (await fetch((await store.ended(lingering)).url)).text();
  assert.ok(!text.includes('Too late'));
});

test('more faults of bulk queries: refused, nulls against the schema, a slow download, only for one kind', async t => {
  const store = await RunningStore.start(t, ['--products', '200']);
  const query = '{ products { edges { node { id tags } } } }';
  await store.demo('POST', 'faults', { name: 'bulk-limit', times: 1 });
  assert.equal((await store.runBulk(query)).userErrors[0].code, 'LIMIT_REACHED');
  await store.demo('POST', 'faults', { name: 'null-field', field: 'Product.tags', times: 1, match: 'products' });
  assert.ok((await store.bulkLines('{ collections { edges { node { id } } } }')).length > 10);
  assert.ok((await store.bulkLines(query)).every(line => line.tags === null));
  assert.ok((await store.bulkLines(query)).some(line => line.tags?.length));
  const { url, fileSize } = await store.ended((await store.runBulk(query)).bulkOperation.id);
  await store.demo('POST', 'faults', { name: 'slow-download', bytesPerSecond: Math.ceil(fileSize / 0.5), times: 1 });
  const began = performance.now();
  assert.equal((await (await fetch(url)).text()).length > 0, true);
  assert.ok(performance.now() - began > 400);
});

test('faults of requests: storm, status, dropped connection, slowness, each for its operation and so many times', async t => {
  const store = await RunningStore.start(t, ['--products', '20']);
  await store.demo('POST', 'faults', { name: 'throttle-storm', times: 2, operation: 'Storm' });
  assert.equal((await store.gql('query Calm { shop { name } }')).errors, undefined);
  for (let n = 0; n < 2; n++) assert.equal((await store.gql('query Storm { shop { name } }')).errors[0].extensions.code, 'THROTTLED');
  assert.equal((await store.gql('query Storm { shop { name } }')).errors, undefined);
  await store.demo('POST', 'faults', { name: 'throttle-storm', times: 1, status: 429 });
  assert.equal((await store.raw('{ shop { name } }')).status, 429);

  await store.demo('POST', 'faults', { name: 'http-status', status: 503, retryAfter: 2, times: 1 });
  const failed = await store.raw('{ shop { name } }');
  assert.deepEqual([failed.status, failed.headers.get('retry-after')], [503, '2']);
  await store.demo('POST', 'faults', { name: 'drop-connection', times: 1 });
  await assert.rejects(store.gql('{ shop { name } }'));
  await store.demo('POST', 'faults', { name: 'drop-connection', before: true, times: 1 });
  await assert.rejects(store.gql('{ shop { name } }'));
  await store.demo('POST', 'faults', { name: 'slow', ms: 300, times: 1 });
  const began = performance.now();
  await store.gql('{ shop { name } }');
  assert.ok(performance.now() - began >= 295);
  await store.demo('POST', 'faults', { name: 'hold', operation: 'Held' });
  let answered = false;
  const held = store.gql('query Held { shop { name } }').then(answer => { answered = true; return answer; });
  while ((await store.demo('GET', 'faults')).faults[0].used === 0) await new Promise(resolve => setTimeout(resolve, 10));
  assert.equal((await store.gql('query Other { shop { name } }')).errors, undefined);
  assert.equal(answered, false);
  await store.demo('DELETE', 'faults');
  assert.equal((await held).errors, undefined);
  await store.demo('POST', 'faults', { name: 'http-status', status: 500, operation: 'access_token', times: 1 });
  assert.equal((await store.raw('{ shop { name } }')).status, 200);
  const grant = async () => (await fetch(`${store.url}/admin/oauth/access_token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'demo-client', client_secret: 'demo-secret' }) })).status;
  assert.deepEqual([await grant(), await grant()], [500, 200]);
  assert.deepEqual((await store.demo('GET', 'faults')).faults, []);
  assert.match((await store.demo('POST', 'faults', { name: 'earthquake' })).error, /no fault is called 'earthquake'/);
});

test('everything survives kill -9: changes, deletions, tokens, bulk results; what was running runs again', async t => {
  const store = await RunningStore.start(t, ['--products', '120', '--bulk-ms', '400']);
  const { nodes } = (await store.gql('{ products(first: 3) { nodes { id } } }')).data.products;
  const token = (await (await fetch(`${store.url}/admin/oauth/access_token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'demo-client', client_secret: 'demo-secret' }) })).json()).access_token;
  const done = await store.ended((await store.runBulk('{ products { edges { node { id } } } }')).bulkOperation.id);
  await store.demo('POST', 'edit', { kind: 'product', id: nodes[0].id, set: { title: 'Kept' } });
  await store.demo('POST', 'edit-many', { kind: 'variant', count: 30, seed: 5, fields: ['price'] });
  await store.demo('POST', 'create', { products: 4 });
  await store.demo('POST', 'delete', { kind: 'product', ids: [nodes[1].id] });
  await store.demo('POST', 'tokens', { token: 'further', scopes: ['read_products'] });
  const before = JSON.stringify([await store.state('products'), await store.state('variants'), await store.state('collection-members')]);
  const running = (await store.runBulk('{ products { edges { node { id } } } }')).bulkOperation.id;
  await store.end('SIGKILL');

  await store.spawn();
  assert.equal(JSON.stringify([await store.state('products'), await store.state('variants'), await store.state('collection-members')]), before);
  assert.equal((await store.raw('{ shop { name } }', {}, { token })).status, 200);
  assert.equal((await store.raw('{ shop { name } }', {}, { token: 'further' })).status, 200);
  assert.equal((await store.ended(running)).objectCount, '123');
  const again = await fetch(done.url.replace(/^http:\/\/[^/]+/, store.url));
  assert.equal((await again.text()).split('\n').length, 121);
  const { events } = (await store.gql('{ events(first: 5, query: "subject_type:PRODUCT AND action:destroy") { nodes { ... on BasicEvent { subjectId action } } } }')).data;
  assert.deepEqual(events.nodes, [{ subjectId: nodes[1].id, action: 'destroy' }]);
  assert.equal(await store.end('SIGTERM'), 0);
});

test('a folder of another shop, a wrong setting and a taken port stop the start with a clear word', async t => {
  const store = await RunningStore.start(t, ['--products', '20']);
  const port = new URL(store.url).port;
  await assert.rejects(RunningStore.start(null, ['--products', '21'], store.folder), /holds a shop of 20 products, seed 1/);
  await assert.rejects(RunningStore.start(null, ['--plan', 'gold']), /--plan must be one of standard, advanced, plus, enterprise, not 'gold'/);
  await assert.rejects(RunningStore.start(null, ['--products', 'many']), /--products must be a whole number/);
  await assert.rejects(RunningStore.start(null, ['--port', port]), /port \d+ is taken/);
});

test('pictures are drawn, the same each time, as SVG and as PNG', async t => {
  const store = await RunningStore.start(t, ['--products', '300']);
  const { nodes } = (await store.gql('{ products(first: 250) { nodes { media(first: 6) { nodes { ... on MediaImage { status image { url } } } } } } }')).data.products;
  const images = nodes.flatMap(p => p.media.nodes).filter(m => m.status);
  assert.ok(images.some(m => m.status === 'PROCESSING' && m.image === null));
  const addresses = images.filter(m => m.image).map(m => m.image.url);
  const svg = await fetch(addresses.find(u => u.includes('.svg'))), png = await fetch(addresses.find(u => u.includes('.png')));
  assert.equal(svg.headers.get('content-type'), 'image/svg+xml');
  assert.match(await svg.text(), /^<svg xmlns/);
  assert.equal(png.headers.get('content-type'), 'image/png');
  const bytes = Buffer.from(await png.arrayBuffer());
  assert.deepEqual([...bytes.subarray(0, 4)], [137, 80, 78, 71]);
  assert.deepEqual(Buffer.from(await (await fetch(png.url)).arrayBuffer()), bytes);
});
