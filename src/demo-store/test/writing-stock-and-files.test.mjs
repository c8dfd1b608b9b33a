// Stock with idempotency keys, files, media; and the switches that make mutations misbehave.
import assert from 'node:assert/strict';
import test from 'node:test';
import { RunningStore } from './support.mjs';

const gid = (type, id) => `gid://shopify/${type}/${id}`;
const SET = 'mutation Stock($i: InventorySetQuantitiesInput!, $k: String!) { inventorySetQuantities(input: $i) @idempotent(key: $k) { inventoryAdjustmentGroup { id reason changes { name delta quantityAfterChange item { id } location { id } } } userErrors { field message code } } }';
const TITLE = 'mutation Title($p: ProductUpdateInput!) { productUpdate(product: $p) { product { id title } userErrors { field message } } }';
const FILES = 'mutation($f: [FileUpdateInput!]!) { fileUpdate(files: $f) { files { id alt fileStatus } userErrors { field message code } } }';

async function start(t, more = []) {
  const store = await RunningStore.start(t, ['--products', '120', '--plan', 'enterprise', ...more]);
  store.write = async (query, variables) => {
    const answer = await store.gql(query, variables);
    assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
    return Object.values(answer.data)[0];
  };
  return store;
}

/** Waits for what must come, however slow the machine. */
async function until(look) {
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    const found = await look();
    if (found) return found;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  throw new Error('waited in vain');
}

async function level(store, test = () => true) {
  return (await store.state('inventory-levels')).find(l => l.isActive && l.available > 5 && l.committed === 0 && test(l));
}

test('stock is set by compare and set, moves the level and its product, and counts on hand', async t => {
  const store = await start(t);
  const known = await level(store, l => l.safety_stock > 0), before = (await store.state('variants')).find(v => v.id === known.variantId);
  const product = (await store.state('products')).find(p => p.id === before.productId);
  const one = more => ({ inventoryItemId: gid('InventoryItem', known.inventoryItemId), locationId: gid('Location', known.locationId), ...more });
  const set = (key, quantities, more = {}) => store.write(SET, { k: key, i: { name: 'available', reason: 'correction', quantities, ...more } });
  const done = await set('k1', [one({ quantity: 77, changeFromQuantity: known.available })]);
  assert.deepEqual(done.userErrors, []);
  assert.deepEqual(done.inventoryAdjustmentGroup.changes.map(c => [c.name, c.delta, c.quantityAfterChange]), [['available', 77 - known.available, 77], ['on_hand', 77 - known.available, known.on_hand + 77 - known.available]]);
  const now = (await store.state('inventory-levels')).find(l => l.id === known.id);
  assert.deepEqual([now.available, now.on_hand, now.incoming], [77, known.on_hand + 77 - known.available, known.incoming]);
  assert.ok(now.updatedAt > known.updatedAt && (await store.state('products')).find(p => p.id === product.id).updatedAt > product.updatedAt);

  const code = async (key, quantities, more) => (await set(key, quantities, more)).userErrors[0].code;
  assert.equal(await code('k2', [one({ quantity: 1, changeFromQuantity: 5 })]), 'CHANGE_FROM_QUANTITY_STALE');
  assert.equal(await code('k3', [one({ quantity: -1, changeFromQuantity: null })]), 'INVALID_QUANTITY_NEGATIVE');
  assert.equal(await code('k4', [one({ quantity: 1, changeFromQuantity: null }), one({ quantity: 2, changeFromQuantity: null })]), 'NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR');
  assert.equal(await code('k5', [one({ quantity: 1, changeFromQuantity: null })], { reason: 'because' }), 'INVALID_REASON');
  assert.equal(await code('k6', [one({ quantity: 1, changeFromQuantity: null })], { name: 'incoming' }), 'INVALID_NAME');
  assert.equal(await code('k7', [{ ...one({ quantity: 1, changeFromQuantity: null }), inventoryItemId: gid('InventoryItem', '1') }]), 'INVALID_INVENTORY_ITEM');
  assert.deepEqual((await store.state('inventory-levels')).find(l => l.id === known.id), now);
  const silent = await store.gql(SET, { k: 'k8', i: { name: 'available', reason: 'correction', quantities: [one({ quantity: 1 })] } });
  assert.deepEqual([silent.errors[0].message, silent.errors[0].extensions.code], ['InventoryQuantityInput must include the following argument: changeFromQuantity.', 'INVALID_FIELD_ARGUMENTS']);
  const without = await store.gql(SET.replace(' @idempotent(key: $k)', '').replace(', $k: String!', ''), { i: { name: 'available', reason: 'correction', quantities: [one({ quantity: 1, changeFromQuantity: null })] } });
  assert.deepEqual([without.errors[0].message, without.errors[0].extensions.code], ['The @idempotent directive is required for this mutation but was not provided.', 'BAD_REQUEST']);
});

test('a key is answered again for a day, also after a restart, and never does it twice', async t => {
  const store = await start(t);
  const known = await level(store);
  const adjust = (key, delta) => store.write('mutation($i: InventoryAdjustQuantitiesInput!, $k: String!) { inventoryAdjustQuantities(input: $i) @idempotent(key: $k) { inventoryAdjustmentGroup { id } userErrors { message code } } }', { k: key, i: { name: 'available', reason: 'received', changes: [{ inventoryItemId: gid('InventoryItem', known.inventoryItemId), locationId: gid('Location', known.locationId), delta, changeFromQuantity: null }] } });
  const available = async () => (await store.state('inventory-levels')).find(l => l.id === known.id).available;
  const first = await adjust('key', 3);
  assert.deepEqual(await adjust('key', 3), first);
  assert.equal((await adjust('key', 4)).userErrors[0].code, 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH');
  await store.end('SIGKILL');
  await store.spawn();
  assert.deepEqual(await adjust('key', 3), first);
  assert.equal(await available(), known.available + 3);
  assert.deepEqual((await store.demo('GET', 'mutations')).mutations, { inventoryAdjustQuantities: { executed: 0, refused: 0, replayed: 1 } });
  await store.demo('POST', 'clock', { offsetMs: 86_400_000 });
  await adjust('key', 3);
  assert.equal(await available(), known.available + 6);
  const stale = { name: 'available', reason: 'correction', quantities: [{ inventoryItemId: gid('InventoryItem', known.inventoryItemId), locationId: gid('Location', known.locationId), quantity: 1, changeFromQuantity: -9 }] };
  assert.equal((await store.write(SET, { k: 'fails', i: stale })).userErrors[0].code, 'CHANGE_FROM_QUANTITY_STALE');
  assert.equal((await store.write(SET, { k: 'fails', i: stale })).userErrors[0].code, 'IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED');
});

test('an item is stocked at a further location, and again with what it had', async t => {
  const store = await start(t);
  const levels = await store.state('inventory-levels'), locations = await store.state('locations');
  const open = locations.filter(l => l.isActive);
  const itemId = levels.find(l => levels.filter(m => m.inventoryItemId === l.inventoryItemId).length < open.length).inventoryItemId, mine = levels.filter(l => l.inventoryItemId === itemId);
  const location = open.find(l => !mine.some(m => m.locationId === l.id));
  const activate = (key, more = {}) => store.write('mutation($item: ID!, $at: ID!, $n: Int, $k: String!) { inventoryActivate(inventoryItemId: $item, locationId: $at, available: $n) @idempotent(key: $k) { inventoryLevel { id isActive quantities(names: ["available", "on_hand"]) { quantity } } userErrors { field message } } }', { item: gid('InventoryItem', itemId), at: gid('Location', location.id), k: key, ...more });
  const made = await activate('a', { n: 8 });
  assert.deepEqual([made.inventoryLevel.isActive, made.inventoryLevel.quantities.map(q => q.quantity)], [true, [8, 8]]);
  await store.write('mutation($id: ID!) { inventoryDeactivate(inventoryLevelId: $id) { userErrors { message } } }', { id: made.inventoryLevel.id });
  const again = await activate('b');
  assert.deepEqual(again.inventoryLevel, made.inventoryLevel);
  assert.equal((await activate('c', { n: 1 })).userErrors.length, 1);
});

test('files: alt text, attached to several products, detached, and only when they are ready', async t => {
  const store = await start(t);
  const media = await store.state('media'), products = await store.state('products');
  const medium = media.find(m => m.type === 'MediaImage' && m.status === 'READY'), id = gid('MediaImage', medium.id);
  const other = products.find(p => p.id !== medium.productId);
  const done = await store.write(FILES, { f: [{ id, alt: ' Neu ', referencesToAdd: [gid('Product', other.id)] }] });
  assert.deepEqual(done, { files: [{ id, alt: 'Neu', fileStatus: 'READY' }], userErrors: [] });
  const shown = (await store.state('media')).filter(m => m.id === medium.id);
  assert.deepEqual(shown.map(m => [m.productId, m.alt]), [medium.productId, other.id].map(p => [p, 'Neu']));
  assert.ok((await store.state('products')).find(p => p.id === other.id).updatedAt > other.updatedAt);
  await store.write(FILES, { f: [{ id, referencesToRemove: [gid('Product', medium.productId), gid('Product', other.id)] }] });
  assert.ok(!(await store.state('media')).some(m => m.id === medium.id));
  assert.deepEqual((await store.state('files')).map(f => [f.id, f.productIds]), [[medium.id, []]]);
  assert.equal((await store.gql('query($id: ID!) { node(id: $id) { ... on MediaImage { alt image { url } } } }', { id })).data.node.alt, 'Neu');
  const { nodes } = (await store.gql('query($q: String!) { files(first: 5, query: $q) { nodes { id alt } } }', { q: `id:${medium.id}` })).data.files;
  assert.deepEqual(nodes, [{ id, alt: 'Neu' }]);
  const code = async f => (await store.write(FILES, { f: [f] })).userErrors[0].code;
  assert.equal(await code({ id: gid('MediaImage', '1'), alt: 'x' }), 'FILE_DOES_NOT_EXIST');
  assert.equal(await code({ id, alt: 'x'.repeat(513) }), 'ALT_VALUE_LIMIT_EXCEEDED');
  assert.equal(await code({ id, referencesToAdd: [gid('Product', '1')] }), 'REFERENCE_TARGET_DOES_NOT_EXIST');

  const known = (await store.state('files')).length;
  const unserved = await store.gql('mutation($f: [FileCreateInput!]!) { fileCreate(files: $f) { files { id } userErrors { code } } }', { f: [{ originalSource: 'https://example.com/a.jpg' }, { originalSource: 'https://example.com/a.pdf', contentType: 'FILE' }] });
  assert.match(unserved.errors[0].message, /does not write FileContentType.FILE/);
  assert.equal((await store.state('files')).length, known, 'nothing is half done');
  await store.demo('POST', 'faults', { name: 'slow-jobs' });
  const { files } = await store.write('mutation($f: [FileCreateInput!]!) { fileCreate(files: $f) { files { id fileStatus ... on MediaImage { image { url } } } userErrors { code } } }', { f: [{ originalSource: 'https://example.com/new.jpg', alt: 'New' }] });
  assert.deepEqual([files[0].fileStatus, files[0].image], ['UPLOADED', null]);
  assert.equal(await code({ id: files[0].id, alt: 'x' }), 'NON_READY_STATE');
  await store.demo('DELETE', 'faults?name=slow-jobs');
  await until(async () => (await store.state('files')).some(f => f.id === files[0].id.split('/').at(-1) && f.status === 'READY'));
  assert.deepEqual((await store.write(FILES, { f: [{ id: files[0].id, referencesToAdd: [gid('Product', other.id)] }] })).userErrors, []);
});

test('media are put in order by a job, which survives kill -9, and shown by variants', async t => {
  const store = await start(t);
  const media = await store.state('media'), variants = await store.state('variants');
  const owner = media.find(m => m.position === 3 && variants.filter(v => v.productId === m.productId).length > 1 && media.filter(x => x.productId === m.productId).every(x => x.status === 'READY' && x.type === 'MediaImage')).productId;
  const mine = media.filter(m => m.productId === owner), id = gid('Product', owner);
  await store.demo('POST', 'faults', { name: 'slow-jobs' });
  const { job } = await store.write('mutation($id: ID!, $m: [MoveInput!]!) { productReorderMedia(id: $id, moves: $m) { job { id done } mediaUserErrors { code } } }', { id, m: [{ id: gid('MediaImage', mine[2].id), newPosition: '0' }] });
  assert.equal(job.done, false);
  assert.deepEqual((await store.state('media')).filter(m => m.productId === owner).map(m => m.id), mine.map(m => m.id));
  await store.end('SIGKILL');
  await store.spawn();
  await until(async () => (await store.gql('query($id: ID!) { job(id: $id) { done } }', { id: job.id })).data.job.done);
  assert.deepEqual((await store.state('media')).filter(m => m.productId === owner).slice(0, 3).map(m => m.id), [mine[2], mine[0], mine[1]].map(m => m.id));
  const wrong = await store.write('mutation($id: ID!, $m: [MoveInput!]!) { productReorderMedia(id: $id, moves: $m) { job { id } mediaUserErrors { field code } } }', { id, m: [{ id: gid('MediaImage', '1'), newPosition: '0' }] });
  assert.deepEqual(wrong, { job: null, mediaUserErrors: [{ field: ['moves', '0', 'id'], code: 'MEDIA_DOES_NOT_EXIST_ON_PRODUCT' }] });

  const variant = variants.find(v => v.productId === owner), pair = { variantId: gid('ProductVariant', variant.id), mediaIds: [gid('MediaImage', mine[1].id)] };
  const change = (name, pairs) => store.write(`mutation($id: ID!, $m: [ProductVariant${name}MediaInput!]!) { productVariant${name}Media(productId: $id, variantMedia: $m) { productVariants { media(first: 2) { nodes { id } } } userErrors { code } } }`, { id, m: pairs });
  if (variant.mediaId) await change('Detach', [{ ...pair, mediaIds: [gid('MediaImage', variant.mediaId)] }]);
  assert.deepEqual((await change('Append', [pair])).productVariants, [{ media: { nodes: [{ id: pair.mediaIds[0] }] } }]);
  assert.equal((await change('Append', [{ ...pair, mediaIds: [gid('MediaImage', mine[0].id)] }])).userErrors[0].code, 'PRODUCT_VARIANT_ALREADY_HAS_MEDIA');
  assert.equal((await change('Detach', [{ ...pair, mediaIds: [gid('MediaImage', mine[0].id)] }])).userErrors[0].code, 'MEDIA_IS_NOT_ATTACHED_TO_VARIANT');
  assert.deepEqual((await change('Detach', [pair])).userErrors, []);
});

test('poison: one bundle among many is refused in Shopify’s words, the others are written', async t => {
  const store = await start(t);
  const products = (await store.state('products')).slice(0, 20), variants = await store.state('variants');
  const sku = variants.find(v => v.productId === products[9].id && v.sku)?.sku ?? null;
  await store.demo('POST', 'faults', sku ? { name: 'poison', skus: [sku] } : { name: 'poison', ids: [products[9].id] });
  const errors = [];
  for (const p of products) errors.push(...(await store.write(TITLE, { p: { id: gid('Product', p.id), title: 'T' } })).userErrors);
  assert.deepEqual(errors, [{ field: null, message: 'The product is a bundle and cannot be updated.' }]);
  assert.equal((await store.state('products')).filter(p => p.title === 'T').length, 19);

  const several = variants.filter(v => v.productId === variants.find(x => x.position === 3).productId);
  await store.demo('POST', 'faults', { name: 'poison', ids: [gid('ProductVariant', several[1].id)], message: 'Nope, it cannot be updated' });
  const prices = part => store.write('mutation($id: ID!, $v: [ProductVariantsBulkInput!]!, $part: Boolean) { productVariantsBulkUpdate(productId: $id, variants: $v, allowPartialUpdates: $part) { productVariants { id } userErrors { field message code } } }', { id: gid('Product', several[0].productId), v: several.map(v => ({ id: gid('ProductVariant', v.id), price: '9.99' })), part });
  assert.deepEqual([(await prices(false)).productVariants, (await prices(false)).userErrors[0].message], [null, 'Nope, it cannot be updated']);
  const part = await prices(true);
  assert.deepEqual([part.productVariants.length, part.userErrors], [several.length - 1, [{ field: ['variants', '1'], message: 'Nope, it cannot be updated', code: 'INVALID_INPUT' }]]);
  const before = await store.state('variants');
  await store.end('SIGKILL');
  await store.spawn();
  assert.deepEqual(await store.state('variants'), before, 'the refused variant stays refused when the journal is read');
});

test('an answer that never came: the mutation was executed once, and the count says so', async t => {
  const store = await start(t);
  const [one, two] = await store.state('products');
  await store.demo('POST', 'faults', { name: 'die-after-executing', skip: 1, times: 1 });
  await store.write(TITLE, { p: { id: gid('Product', one.id), title: 'First' } });
  await assert.rejects(store.gql(TITLE, { p: { id: gid('Product', two.id), title: 'Second' } }));
  assert.equal((await store.state('products'))[1].title, 'Second');
  const counts = await store.demo('GET', 'mutations');
  assert.deepEqual([counts.executed, counts.products], [2, { [one.id]: { productUpdate: 1 }, [two.id]: { productUpdate: 1 } }]);
  assert.equal((await store.gql('{ shop { name } }')).data.shop.name, 'Demo store');
  await store.demo('DELETE', 'mutations');
  assert.equal((await store.demo('GET', 'mutations')).executed, 0);
});

test('too many new variants in a day: HTTP 429 and nothing made', async t => {
  const store = await start(t);
  await store.demo('POST', 'faults', { name: 'daily-variant-limit', limit: 2 });
  const create = title => store.raw('mutation($p: ProductCreateInput!) { productCreate(product: $p) { product { id } userErrors { message } } }', { p: { title } });
  assert.deepEqual([(await create('A')).status, (await create('B')).status, (await create('C')).status], [200, 200, 429]);
  assert.equal((await store.state('products')).filter(p => ['A', 'B', 'C'].includes(p.title)).length, 2);
  assert.equal((await store.raw(TITLE, { p: { id: gid('Product', (await store.state('products'))[0].id), title: 'still' } })).status, 200);
});

test('a shop that normalises titles', async t => {
  const store = await start(t);
  const id = gid('Product', (await store.state('products'))[0].id);
  const title = async text => (await store.write(TITLE, { p: { id, title: text } })).product.title;
  assert.equal(await title('  a  b '), 'a  b');
  await store.demo('POST', 'faults', { name: 'normalise' });
  assert.equal(await title('  a  b '), 'a b');
});

test('mutations cost ten and what they write, and need their scope', async t => {
  const store = await start(t, ['--token', 'demo-token', '--token', 'reader:read_products']);
  const id = gid('Product', (await store.state('products'))[0].id);
  const set = await store.gql('mutation($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) { userErrors { message } } }', { m: [{ ownerId: id, namespace: 'mine', key: 'aa', type: 'json', value: '1' }] });
  assert.deepEqual([set.extensions.cost.requestedQueryCost, set.extensions.cost.actualQueryCost], [14, 14]);
  const denied = await store.gql(TITLE, { p: { id, title: 'x' } }, { token: 'reader' });
  assert.equal(denied.errors[0].extensions.code, 'ACCESS_DENIED');
  assert.equal((await store.demo('GET', 'mutations')).mutations.productUpdate, undefined);
});
