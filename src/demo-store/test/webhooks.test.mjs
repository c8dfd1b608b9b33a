// Subscriptions and deliveries of the started program, as an address hears them.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { RunningStore } from './support.mjs';
import { CREATE, Ear, isSigned, quiet, sleep, subscribe } from './webhook-ear.mjs';

const LIST = 'query($f: Int!, $a: String, $t: [WebhookSubscriptionTopic!], $u: String) { webhookSubscriptions(first: $f, after: $a, topics: $t, uri: $u) { nodes { id topic uri } pageInfo { hasNextPage endCursor } } webhookSubscriptionsCount { count } }';

test('subscriptions: made, listed by page, topic and address, changed, deleted, and there after kill -9', async t => {
  const store = await RunningStore.start(t, ['--products', '20', '--token', 'demo-token', '--token', 'other']);
  const { data } = await store.gql(CREATE, { t: 'PRODUCTS_UPDATE', s: { uri: 'http://127.0.0.1:9/a', name: 'copy' } });
  const made = data.webhookSubscriptionCreate.webhookSubscription;
  assert.deepEqual({ ...made, id: 0, legacyResourceId: 0, createdAt: 0 }, { id: 0, legacyResourceId: 0, topic: 'PRODUCTS_UPDATE', uri: 'http://127.0.0.1:9/a', format: 'JSON', name: 'copy', includeFields: [], filter: null, createdAt: 0, apiVersion: { handle: '2026-10' } });
  await subscribe(store, 'https://example.com/b', ['PRODUCTS_DELETE', 'COLLECTIONS_UPDATE']);
  await subscribe(store, 'https://example.com/b', ['PRODUCTS_DELETE'], {}, { token: 'other' });

  const first = (await store.gql(LIST, { f: 2 })).data;
  assert.equal(first.webhookSubscriptions.nodes.length, 2);
  assert.equal(first.webhookSubscriptionsCount.count, 3, 'another app’s are not seen');
  const rest = (await store.gql(LIST, { f: 2, a: first.webhookSubscriptions.pageInfo.endCursor })).data.webhookSubscriptions;
  assert.deepEqual([rest.nodes.length, rest.pageInfo.hasNextPage], [1, false]);
  assert.equal((await store.gql(LIST, { f: 9, t: ['PRODUCTS_DELETE', 'PRODUCTS_UPDATE'] })).data.webhookSubscriptions.nodes.length, 2);
  assert.equal((await store.gql(LIST, { f: 9, u: 'https://example.com/b' })).data.webhookSubscriptions.nodes.length, 2);

  const one = 'query($id: ID!) { webhookSubscription(id: $id) { uri name } node(id: $id) { id } }';
  assert.equal((await store.gql(one, { id: made.id }, { token: 'other' })).data.webhookSubscription, null);
  const change = 'mutation($id: ID!, $s: WebhookSubscriptionInput!) { webhookSubscriptionUpdate(id: $id, webhookSubscription: $s) { webhookSubscription { uri includeFields } userErrors { field message } } }';
  assert.deepEqual((await store.gql(change, { id: made.id, s: { uri: 'https://example.com/c', includeFields: ['id', 'updated_at'] } })).data.webhookSubscriptionUpdate.webhookSubscription, { uri: 'https://example.com/c', includeFields: ['id', 'updated_at'] });

  await store.end('SIGKILL');
  await store.spawn();
  assert.deepEqual((await store.gql(one, { id: made.id })).data, { webhookSubscription: { uri: 'https://example.com/c', name: 'copy' }, node: { id: made.id } });
  const remove = 'mutation($id: ID!) { webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { field message } } }';
  assert.equal((await store.gql(remove, { id: made.id })).data.webhookSubscriptionDelete.deletedWebhookSubscriptionId, made.id);
  assert.deepEqual((await store.gql(remove, { id: made.id })).data.webhookSubscriptionDelete.userErrors, [{ field: ['id'], message: 'Webhook subscription does not exist' }]);
  assert.equal((await store.gql(LIST, { f: 9 })).data.webhookSubscriptionsCount.count, 2);
});

test('what is wrong with a subscription is said in Shopify’s way', async t => {
  const store = await RunningStore.start(t, ['--products', '20', '--token', 'demo-token', '--token', 'narrow:read_inventory']);
  const wrong = async (topic, input, options) => (await store.gql(CREATE, { t: topic, s: input }, options)).data.webhookSubscriptionCreate.userErrors;
  assert.deepEqual(await wrong('PRODUCTS_UPDATE', { uri: 'shop.example' }), [{ field: ['webhookSubscription', 'uri'], message: 'Address is invalid' }]);
  assert.deepEqual(await wrong('PRODUCTS_UPDATE', {}), [{ field: ['webhookSubscription', 'uri'], message: "Address can't be blank" }]);
  await subscribe(store, 'https://example.com/a', ['PRODUCTS_UPDATE']);
  assert.deepEqual(await wrong('PRODUCTS_UPDATE', { uri: 'https://example.com/a' }), [{ field: ['webhookSubscription', 'uri'], message: 'Address for this topic has already been taken' }]);
  assert.match((await wrong('PRODUCTS_UPDATE', { uri: 'https://example.com/a' }, { token: 'narrow' }))[0].message, /requires the read_products scope/);
  assert.deepEqual(await wrong('INVENTORY_ITEMS_UPDATE', { uri: 'https://example.com/a' }, { token: 'narrow' }), [], 'either of two scopes is enough');
  const compliance = await store.gql(CREATE.replace('$t: WebhookSubscriptionTopic!, ', '').replace('topic: $t', 'topic: CUSTOMERS_REDACT'), { s: { uri: 'https://example.com' } });
  assert.match(compliance.errors[0].message, /CUSTOMERS_REDACT/);
  assert.match((await store.gql(CREATE, { t: 'PRODUCTS_UPDATE', s: { uri: 'pubsub://project:topic' } })).errors[0].message, /over HTTP only/);
});

test('a change arrives signed, with every header, in the shape of the captured deliveries', async t => {
  const store = await RunningStore.start(t, ['--products', '120', '--time-zone', 'America/New_York']);
  const ear = await Ear.open(t);
  await subscribe(store, ear.url, ['PRODUCTS_UPDATE'], { name: 'first' });
  await subscribe(store, `${ear.url}?again`, ['PRODUCTS_UPDATE', 'INVENTORY_ITEMS_UPDATE']);
  const products = await store.state('products');
  const { id } = products.at(-1);
  assert.ok(BigInt(id) > 2n ** 53n);
  const { data } = await store.gql('mutation($p: ProductUpdateInput!) { productUpdate(product: $p) { product { id updatedAt } userErrors { message } } }', { p: { id: `gid://shopify/Product/${id}`, title: 'Neu: Ärmel "rot" 🧣 \u0000', tags: ['b', 'a'] } });
  assert.deepEqual(data.productUpdate.userErrors, []);
  await ear.until(e => e.heard.length >= 2);
  const [one, two] = ear.heard;
  for (const heard of ear.heard) {
    assert.ok(isSigned(heard));
    const { headers } = heard;
    assert.equal(headers['x-shopify-topic'], 'products/update');
    assert.equal(headers['x-shopify-shop-domain'], 'demo-store.myshopify.com');
    assert.equal(headers['x-shopify-api-version'], '2026-10');
    assert.equal(headers['x-shopify-test'], 'false');
    assert.equal(headers['user-agent'], 'Shopify-Captain-Hook');
    assert.match(headers['x-shopify-triggered-at'], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
  }
  assert.deepEqual(new Set(ear.heard.map(h => h.headers['x-shopify-name'])), new Set(['first', undefined]));
  assert.equal(one.headers['x-shopify-event-id'], two.headers['x-shopify-event-id']);
  assert.notEqual(one.headers['x-shopify-webhook-id'], two.headers['x-shopify-webhook-id']);
  assert.ok(one.text.includes(`"id":${id},`), 'the id is exact');
  const body = JSON.parse(one.text);
  assert.deepEqual([body.title, body.tags, body.admin_graphql_api_id], ['Neu: Ärmel "rot" 🧣 \u0000', 'a, b', `gid://shopify/Product/${id}`]);
  assert.equal(Date.parse(body.updated_at), Date.parse(data.productUpdate.product.updatedAt));
  assert.match(body.updated_at, /-0[45]:00$/);
  assert.match(body.status, /^[a-z]+$/);

  const captured = fileURLToPath(new URL('../../../../shared/data/webhooks-2026-07/products.update.json', import.meta.url));
  if (existsSync(captured)) {
    const real = JSON.parse(readFileSync(captured, 'utf8')).body;
    assert.deepEqual(Object.keys(body).sort(), Object.keys(real).sort());
    assert.deepEqual(Object.keys(body.variants[0]).sort(), Object.keys(real.variants[0]).sort());
    assert.deepEqual(Object.keys(body.variant_gids[0]).sort(), Object.keys(real.variant_gids[0]).sort());
  }
});

test('of a product with 2,048 variants a delivery holds a hundred in full and the ids of all', async t => {
  const store = await RunningStore.start(t, ['--products', '120']);
  const ear = await Ear.open(t);
  await subscribe(store, ear.url, ['PRODUCTS_UPDATE']);
  const huge = (await store.state('products')).find(p => p.variantsCount === 2048);
  await store.gql('mutation($p: ProductUpdateInput!) { productUpdate(product: $p) { product { id } } }', { p: { id: `gid://shopify/Product/${huge.id}`, vendor: 'New' } });
  await ear.until(e => e.heard.length === 1);
  const body = JSON.parse(ear.heard[0].text);
  assert.deepEqual([body.variants.length, body.variant_gids.length], [100, 2048]);
});

test('each change fires its own topics, and only these', async t => {
  const store = await RunningStore.start(t, ['--products', '120']);
  const ear = await Ear.open(t);
  await subscribe(store, ear.url, [
    'PRODUCTS_CREATE', 'PRODUCTS_UPDATE', 'PRODUCTS_DELETE', 'COLLECTIONS_UPDATE', 'COLLECTIONS_DELETE', 'INVENTORY_LEVELS_CONNECT', 'INVENTORY_LEVELS_UPDATE', 'INVENTORY_LEVELS_DISCONNECT', 'INVENTORY_ITEMS_CREATE', 'INVENTORY_ITEMS_UPDATE',
    'INVENTORY_ITEMS_DELETE', 'LOCATIONS_UPDATE', 'LOCATIONS_DEACTIVATE', 'BULK_OPERATIONS_FINISH',
  ]);
  const fired = async act => {
    ear.heard = [];
    const result = await act();
    assert.ok(!result?.errors, JSON.stringify(result?.errors));
    await quiet(store);
    return ear.heard.map(h => h.headers['x-shopify-topic']).sort();
  };
  const variants = await store.state('variants'), levels = await store.state('inventory-levels');
  const variant = variants.find(v => v.tracked && levels.filter(l => l.variantId === v.id && l.isActive).length > 1);
  const product = `gid://shopify/Product/${variant.productId}`;
  const picked = (await store.state('collections')).find(c => c.title === 'Home page');
  const update = p => store.gql('mutation($p: ProductUpdateInput!) { productUpdate(product: $p) { product { id updatedAt } userErrors { message } } }', { p: { id: product, ...p } });

  assert.deepEqual(await fired(() => update({ title: 'Other' })), ['products/update']);
  assert.deepEqual(await fired(() => update({ title: ' ' })), [], 'what is refused fires nothing');
  const before = (await store.state('products')).find(p => p.id === variant.productId).updatedAt;
  await sleep(1100);
  assert.deepEqual(await fired(() => update({ collectionsToJoin: [`gid://shopify/Collection/${picked.id}`] })), [], 'from the product’s page a member joins without a word');
  assert.equal((await store.state('products')).find(p => p.id === variant.productId).updatedAt, before);
  assert.ok((await store.state('collection-members')).some(m => m.collectionId === picked.id && m.productId === variant.productId));
  assert.deepEqual(await fired(() => store.demo('POST', 'members', { id: picked.id, remove: [variant.productId] })), ['collections/update']);
  assert.deepEqual(await fired(() => store.gql('mutation($p: ID!, $v: [ProductVariantsBulkInput!]!) { productVariantsBulkUpdate(productId: $p, variants: $v) { userErrors { message } } }', { p: product, v: [{ id: `gid://shopify/ProductVariant/${variant.id}`, price: '3.00' }] })), ['products/update']);
  assert.deepEqual(await fired(() => store.gql('mutation($p: ID!, $v: [ProductVariantsBulkInput!]!) { productVariantsBulkUpdate(productId: $p, variants: $v) { userErrors { message } } }', { p: product, v: [{ id: `gid://shopify/ProductVariant/${variant.id}`, inventoryItem: { sku: 'NEW' } }] })), ['inventory_items/update', 'products/update']);

  const level = levels.find(l => l.variantId === variant.id && l.isActive);
  const set = quantity => store.gql('mutation($i: InventorySetQuantitiesInput!, $k: String!) { inventorySetQuantities(input: $i) @idempotent(key: $k) { userErrors { message } } }', { k: `k${quantity}`, i: { name: 'available', reason: 'correction', quantities: [{ inventoryItemId: `gid://shopify/InventoryItem/${variant.inventoryItemId}`, locationId: `gid://shopify/Location/${level.locationId}`, quantity, changeFromQuantity: null }] } });
  assert.deepEqual(await fired(() => set(77)), ['inventory_levels/update'], 'stock alone is no products/update');
  assert.equal(ear.heard[0].text.replace(/"updated_at":"[^"]+"/, '"updated_at":"T"'), `{"inventory_item_id":${variant.inventoryItemId},"location_id":${level.locationId},"available":77,"updated_at":"T","admin_graphql_api_id":"gid://shopify/InventoryLevel/${level.id}"}`);
  await store.demo('POST', 'webhooks', { stockFiresProducts: true });
  assert.deepEqual(await fired(() => set(78)), ['inventory_levels/update', 'products/update']);
  await store.demo('DELETE', 'webhooks');

  const created = await fired(() => store.gql('mutation($p: ProductCreateInput!) { productCreate(product: $p) { product { id } } }', { p: { title: 'Made' } }));
  assert.deepEqual(created, ['inventory_items/create', 'inventory_levels/connect', 'products/create']);
  const madeId = JSON.parse(ear.of('products/create')[0].text).admin_graphql_api_id;
  assert.deepEqual(await fired(() => store.gql('mutation($id: ID!) { productDelete(input: { id: $id }) { deletedProductId } }', { id: madeId })), ['inventory_items/delete', 'products/delete']);
  assert.deepEqual(Object.keys(JSON.parse(ear.of('products/delete')[0].text)), ['id']);
  assert.deepEqual(await fired(() => store.gql('mutation($id: ID!, $t: [String!]!) { tagsAdd(id: $id, tags: $t) { userErrors { message } } }', { id: product, t: ['no rule asks for it'] })), ['products/update'], 'a rule that takes a product in says nothing');

  const edit = body => fired(() => store.demo('POST', 'edit', body));
  assert.deepEqual(await edit({ kind: 'product', id: product, set: { vendor: 'V' } }), ['products/update']);
  assert.deepEqual(await edit({ kind: 'product', id: product, set: { vendor: 'W' }, touch: false }), [], 'a silent edit is silent');
  assert.deepEqual(await edit({ kind: 'product', id: product, set: { vendor: 'X' }, touch: false, fire: true }), ['products/update']);
  assert.deepEqual(await edit({ kind: 'product', id: product, set: { vendor: 'Y' }, fire: false }), []);
  assert.deepEqual(await edit({ kind: 'inventory-level', id: level.id, set: { available: 5 } }), ['inventory_levels/update']);
  assert.deepEqual(await edit({ kind: 'collection', id: picked.id, set: { title: 'Front page' } }), ['collections/update']);
  const location = (await store.state('locations')).find(l => l.name === 'Lager Köln');
  assert.deepEqual(await edit({ kind: 'location', id: location.id, set: { isActive: false } }), ['locations/deactivate', 'locations/update']);
  assert.deepEqual(await fired(() => store.demo('POST', 'delete', { kind: 'collection', ids: [picked.id] })), ['collections/delete']);
  assert.deepEqual(await fired(() => store.demo('POST', 'edit-many', { kind: 'variant', count: 5 })), Array(5).fill('products/update'));

  assert.deepEqual(await fired(async () => { await store.bulkLines('{ products { edges { node { id } } } }'); }), ['bulk_operations/finish']);
  const finish = JSON.parse(ear.heard[0].text);
  assert.deepEqual({ ...finish, admin_graphql_api_id: 0, completed_at: 0, created_at: 0 }, { admin_graphql_api_id: 0, completed_at: 0, created_at: 0, error_code: null, status: 'completed', type: 'query' });
  const { path } = await store.upload([{ p: { id: product, title: 'By bulk' } }, { p: { id: 'gid://shopify/Product/1', title: 'Nothing' } }]);
  assert.deepEqual(await fired(async () => { await store.ended((await store.runBulkMutation('mutation($p: ProductUpdateInput!) { productUpdate(product: $p) { product { id } userErrors { message } } }', path)).bulkOperation.id); }), ['bulk_operations/finish', 'products/update']);
});

test('includeFields leaves only these in the body', async t => {
  const store = await RunningStore.start(t, ['--products', '20']);
  const ear = await Ear.open(t);
  await subscribe(store, ear.url, ['PRODUCTS_UPDATE'], { includeFields: ['id', 'updated_at'] });
  await store.demo('POST', 'edit-many', { kind: 'product', count: 1 });
  await ear.until(e => e.heard.length === 1);
  assert.deepEqual(Object.keys(JSON.parse(ear.heard[0].text)).sort(), ['id', 'updated_at']);
  assert.ok(isSigned(ear.heard[0]));
});

test('a failed delivery is tried again with the same id and the old body; a redirect and silence are failures', async t => {
  const store = await RunningStore.start(t, ['--products', '20']);
  const ear = await Ear.open(t, n => n > 4 ? 200 : [500, 301, null, 200][n - 1]);
  await subscribe(store, ear.url, ['PRODUCTS_UPDATE']);
  await store.demo('POST', 'webhooks', { retryScale: 600, totalMs: 5000 }); // a minute is 100 ms
  const { ids: [id] } = await store.demo('POST', 'edit-many', { kind: 'product', count: 1 });
  await ear.until(e => e.heard.length === 1);
  await store.demo('POST', 'edit', { kind: 'product', id, set: { title: 'Newer' }, fire: false });
  await ear.until(e => e.heard.length === 4, 'the retries');
  const report = await quiet(store);
  assert.equal(new Set(ear.heard.map(h => h.text)).size, 1, 'a retry carries the old payload');
  assert.equal(new Set(ear.heard.map(h => h.headers['x-shopify-webhook-id'])).size, 1);
  assert.equal(new Set(ear.heard.map(h => h.headers['x-shopify-triggered-at'])).size, 1);
  assert.notEqual(JSON.parse(ear.heard[3].text).title, 'Newer');
  assert.deepEqual([report.topics['products/update'].delivered, report.topics['products/update'].attemptsFailed, report.topics['products/update'].missed], [1, 3, 0]);
});

test('after eight retries without a word of acceptance the subscription is gone', async t => {
  const store = await RunningStore.start(t, ['--products', '20']);
  const ear = await Ear.open(t, () => 503);
  const good = await Ear.open(t);
  await store.demo('POST', 'webhooks', { retryScale: 240_000 }); // four hours are 60 ms
  await subscribe(store, ear.url, ['PRODUCTS_UPDATE']);
  await subscribe(store, good.url, ['PRODUCTS_UPDATE']);
  await store.demo('POST', 'edit-many', { kind: 'product', count: 1 });
  const report = await quiet(store);
  assert.equal(ear.heard.length, 9);
  assert.deepEqual(report.subscriptions.map(s => s.uri), [good.url]);
  assert.equal(report.topics['products/update'].failed, 1);
  assert.deepEqual((await store.gql(LIST, { f: 9 })).data.webhookSubscriptions.nodes.map(s => s.uri), [good.url]);
});

test('an address that does not answer is given up after its time', async t => {
  const store = await RunningStore.start(t, ['--products', '20']);
  await store.demo('POST', 'webhooks', { retryScale: 240_000 });
  await subscribe(store, 'http://127.0.0.1:9/closed', ['PRODUCTS_UPDATE']);
  await store.demo('POST', 'edit-many', { kind: 'product', count: 1 });
  await quiet(store);
  const { deliveries: [one] } = await store.demo('GET', 'webhooks/deliveries?outcome=failed');
  assert.deepEqual([one.attempts, one.error, one.status], [9, 'ECONNREFUSED', null]);
});

test('the switches drop, double, shuffle and hold by a seed, and the counters say what was missed', async t => {
  const store = await RunningStore.start(t, ['--products', '400']);
  const ear = await Ear.open(t);
  await subscribe(store, ear.url, ['PRODUCTS_UPDATE']);
  const run = async () => {
    ear.heard = [];
    await store.demo('DELETE', 'webhooks/counts');
    await store.demo('POST', 'webhooks', { seed: 7, drop: 10, double: 20, shuffle: 1000, shuffleWaitMs: 200 });
    const { ids } = await store.demo('POST', 'edit-many', { kind: 'product', count: 300, seed: 3 });
    const report = await quiet(store);
    return { ids, report, counts: report.topics['products/update'] };
  };
  const { ids, counts } = await run();
  assert.equal(counts.fired, 300);
  assert.ok(counts.dropped > 10 && counts.dropped < 60 && counts.doubled > 30 && counts.doubled < 100, JSON.stringify(counts));
  assert.equal(counts.delivered, 300 - counts.dropped);
  assert.equal(counts.missed, counts.dropped);
  const heardIds = ear.heard.map(h => h.headers['x-shopify-webhook-id']);
  assert.equal(new Set(heardIds).size, counts.delivered);
  assert.ok(heardIds.length > counts.delivered && heardIds.length <= counts.delivered + counts.doubled, 'a doubled delivery has one id');
  const order = ear.heard.map(h => JSON.parse(h.text).admin_graphql_api_id);
  assert.notDeepEqual(order.slice(0, 30), ids.filter(id => order.includes(id)).slice(0, 30));
  const missed = (await store.demo('GET', 'webhooks/missed'))['products/update'];
  assert.deepEqual(new Set(missed.map(id => `gid://shopify/Product/${id}`)), new Set(ids.filter(id => !order.includes(id))));
  assert.equal((await run()).counts.dropped, counts.dropped, 'the same seed drops the same');

  await store.demo('DELETE', 'webhooks');
  ear.heard = [];
  await store.demo('POST', 'webhooks', { topics: ['products/update'], hold: true });
  await store.demo('POST', 'edit-many', { kind: 'product', count: 20, seed: 4 });
  assert.equal((await store.demo('GET', 'webhooks')).open.held, 20);
  assert.equal(ear.heard.length, 0);
  await store.demo('POST', 'webhooks/release');
  await ear.until(e => e.heard.length === 20);

  const { removed } = await store.demo('POST', 'webhooks/remove-subscription', { topic: 'products/update' });
  assert.equal(removed.length, 1);
  await store.demo('POST', 'edit-many', { kind: 'product', count: 5, seed: 5 });
  assert.equal((await store.demo('GET', 'webhooks')).topics['products/update'].unheard, 5);
});

test('ten thousand events reach their address in seconds', async t => {
  const store = await RunningStore.start(t, ['--products', '2000']);
  const ear = await Ear.open(t);
  await subscribe(store, ear.url, ['PRODUCTS_UPDATE']);
  const began = performance.now();
  for (let seed = 1; seed <= 5; seed++) await store.demo('POST', 'edit-many', { kind: 'product', count: 2000, seed });
  const report = await quiet(store);
  t.diagnostic(`10,000 deliveries in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  assert.equal(report.topics['products/update'].delivered, 10_000);
  assert.equal(new Set(ear.heard.map(h => h.headers['x-shopify-webhook-id'])).size, 10_000);
  assert.equal(new Set(ear.heard.map(h => h.headers['x-shopify-triggered-at'])).size, 10_000);
});

test('a rotated secret: old and new sign in turn, then only the new one', async t => {
  const store = await RunningStore.start(t, ['--products', '60']);
  const ear = await Ear.open(t);
  await subscribe(store, ear.url, ['PRODUCTS_UPDATE']);
  await store.demo('POST', 'webhooks/secret', { secret: 'newer' });
  await store.demo('POST', 'edit-many', { kind: 'product', count: 10 });
  await ear.until(e => e.heard.length === 10);
  assert.ok(ear.heard.every(h => isSigned(h) !== isSigned(h, 'newer')));
  assert.ok(ear.heard.some(h => isSigned(h)) && ear.heard.some(h => isSigned(h, 'newer')));
  await store.demo('POST', 'webhooks/secret', { secret: 'newer', keepOld: false });
  await store.end('SIGKILL');
  await store.spawn();
  ear.heard = [];
  await store.demo('POST', 'edit-many', { kind: 'product', count: 10, seed: 2 });
  await ear.until(e => e.heard.length === 10);
  assert.ok(ear.heard.every(h => isSigned(h, 'newer')));
});

test('what only the app’s owner or Shopify does: compliance, scopes, uninstall, a test event', async t => {
  const store = await RunningStore.start(t, ['--products', '20']);
  const ear = await Ear.open(t);
  assert.deepEqual((await store.demo('POST', 'webhooks/compliance', { topic: 'shop/redact' })).sent, [], 'without a configuration nobody hears it');
  await store.demo('POST', 'webhooks/app-configuration', { uri: ear.url });
  for (const topic of ['customers/data_request', 'customers/redact', 'shop/redact']) await store.demo('POST', 'webhooks/compliance', { topic });
  await ear.until(e => e.heard.length === 3);
  assert.deepEqual(ear.of('shop/redact').map(h => h.text), ['{"shop_id":62189011234,"shop_domain":"demo-store.myshopify.com"}']);
  assert.deepEqual(Object.keys(JSON.parse(ear.of('customers/redact')[0].text)), ['shop_id', 'shop_domain', 'customer', 'orders_to_redact']);
  assert.equal((await store.gql(LIST, { f: 9 })).data.webhookSubscriptionsCount.count, 0, 'no query shows the app’s configuration');

  await store.demo('POST', 'webhooks/send', { topic: 'products/update', uri: ear.url, body: '{"id":1,"title":"\u0000 raw"}' });
  await ear.until(e => e.heard.length === 4);
  assert.deepEqual([ear.heard[3].text, ear.heard[3].headers['x-shopify-test']], ['{"id":1,"title":"\u0000 raw"}', 'true']);
  assert.ok(isSigned(ear.heard[3]));

  await subscribe(store, ear.url, ['APP_SCOPES_UPDATE', 'APP_UNINSTALLED', 'PRODUCTS_UPDATE']);
  await store.demo('POST', 'webhooks/scopes', { scopes: ['read_inventory'] });
  await ear.until(e => e.of('app/scopes_update').length === 1);
  assert.deepEqual(JSON.parse(ear.of('app/scopes_update')[0].text).current, ['read_inventory']);
  assert.match((await store.gql('{ products(first: 1) { nodes { id } } }')).errors[0].message, /Access denied/);
  await store.demo('POST', 'webhooks/uninstall', {});
  await ear.until(e => e.of('app/uninstalled').length === 1);
  assert.equal((await store.raw('{ shop { name } }')).status, 401);
  assert.deepEqual((await store.demo('GET', 'webhooks')).subscriptions, []);
  await store.demo('POST', 'tokens', { token: 'demo-token' });
  assert.equal((await store.raw('{ shop { name } }')).status, 200);
});
