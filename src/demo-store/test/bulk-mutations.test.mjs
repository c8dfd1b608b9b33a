// Staged uploads and bulk mutations, over HTTP.
import assert from 'node:assert/strict';
import test from 'node:test';
import { partsOf } from '../staged-uploads.mjs';
import { shuffled } from '../bulk-mutations.mjs';
import { RunningStore } from './support.mjs';

const gid = (type, id) => `gid://shopify/${type}/${id}`;
const TITLE = 'mutation Title($p: ProductUpdateInput!) { productUpdate(product: $p) { product { id title } userErrors { field message } } }';

const lineOf = (product, title) => ({ p: { id: gid('Product', product.id), title } });
const start = (t, more = []) => RunningStore.start(t, ['--products', '120', ...more]);
const results = async operation => (await (await fetch(operation.url)).text()).trimEnd().split('\n').map(line => JSON.parse(line));

test('lines run in some order, each with its number; a refused, a wrong and a broken line do not end the others', async t => {
  const store = await start(t);
  const products = await store.state('products');
  const lines = products.slice(0, 60).map((p, n) => lineOf(p, `Title ${n}`));
  lines[7] = lineOf({ id: '1' }, 'x');
  lines[8] = { p: { id: gid('Product', products[8].id), colour: 'red' } };
  lines[9] = '{"p": ';
  const { status, path } = await store.upload(lines);
  assert.equal(status, 201);
  const before = (await store.gql('{ shop { name } }')).extensions.cost.throttleStatus.currentlyAvailable;
  const { bulkOperation, userErrors } = await store.runBulkMutation(TITLE, path);
  assert.deepEqual(userErrors, []);
  assert.deepEqual([bulkOperation.status, bulkOperation.type], ['CREATED', 'MUTATION']);
  const ended = await store.ended(bulkOperation.id);
  assert.deepEqual([ended.status, ended.objectCount, ended.rootObjectCount, ended.errorCode], ['COMPLETED', '60', '60', null]);
  const found = await results(ended);
  assert.deepEqual(found.map(l => l.__lineNumber).sort((a, b) => a - b), lines.map((_, n) => n));
  assert.notDeepEqual(found.map(l => l.__lineNumber), lines.map((_, n) => n), 'no order to count on');
  const byLine = n => found.find(l => l.__lineNumber === n);
  assert.deepEqual(byLine(3), { data: { productUpdate: { product: { id: gid('Product', products[3].id), title: 'Title 3' }, userErrors: [] } }, __lineNumber: 3 });
  assert.deepEqual(byLine(7).data.productUpdate, { product: null, userErrors: [{ field: ['id'], message: 'Product does not exist' }] });
  assert.match(byLine(8).errors[0].message, /colour/);
  assert.match(byLine(9).errors[0].message, /not a JSON object/);
  assert.equal((await store.state('products')).filter(p => p.title.startsWith('Title ')).length, 57);
  const { mutations } = await store.demo('GET', 'mutations');
  assert.deepEqual(mutations.productUpdate, { executed: 57, refused: 1, replayed: 0 });
  assert.ok((await store.gql('{ shop { name } }')).extensions.cost.throttleStatus.currentlyAvailable > before - 200, 'lines cost no points');
  const { nodes } = (await store.gql('{ bulkOperations(first: 5, query: "operation_type:mutation") { nodes { id type query } } }')).data.bulkOperations;
  assert.deepEqual(nodes, [{ id: bulkOperation.id, type: 'MUTATION', query: TITLE }]);
  assert.equal((await store.gql('{ bulkOperations(first: 5, query: "operation_type:query") { nodes { id } } }')).data.bulkOperations.nodes.length, 0);
});

test('what Shopify refuses before it starts', async t => {
  const store = await start(t, ['--token', 'demo-token', '--token', 'reader:read_products']);
  const { path } = await store.upload([{ p: {} }]);
  const code = async (mutation, where = path) => { const { bulkOperation, userErrors } = await store.runBulkMutation(mutation, where); assert.equal(bulkOperation, null); return userErrors[0].code; };
  assert.equal(await code('mutation { '), 'INVALID_MUTATION');
  assert.equal(await code('{ shop { name } }'), 'INVALID_MUTATION');
  assert.equal(await code('mutation($p: ProductUpdateInput!) { productUpdate(product: $p) { product { colour } } }'), 'INVALID_MUTATION');
  assert.equal(await code('mutation($id: ID!) { bulkOperationCancel(id: $id) { userErrors { message } } }'), 'INVALID_MUTATION');
  assert.equal(await code('mutation($p: ProductUpdateInput!) { a: productUpdate(product: $p) { product { id } } b: productUpdate(product: $p) { product { id } } }'), 'INVALID_MUTATION');
  assert.equal(await code('mutation($p: ProductUpdateInput!) { productUpdate(product: $p) { product { media(first: 1) { nodes { id } } variants(first: 1) { nodes { id } } } } }'), 'INVALID_MUTATION');
  assert.equal(await code(TITLE, path.replace(/[0-9a-f]{8}-/, '00000000-')), 'NO_SUCH_FILE');
  assert.equal(await code(TITLE, '../../journal.ndjson'), 'NO_SUCH_FILE');
  const blank = await store.upload(['', '']);
  assert.equal(await code(TITLE, blank.path), 'INVALID_STAGED_UPLOAD_FILE');

  await store.demo('POST', 'faults', { name: 'bulk-hold' });
  for (let n = 0; n < 5; n++) assert.ok((await store.runBulkMutation(TITLE, path)).bulkOperation);
  assert.equal(await code(TITLE), 'LIMIT_REACHED');
  assert.ok((await store.runBulk('{ products { edges { node { id } } } }')).bulkOperation, 'queries have places of their own');
  const calls = await store.demo('GET', 'calls');
  assert.deepEqual([calls.maxConcurrentBulk, calls.maxConcurrentBulkMutations], [1, 5]);
  const reader = await store.gql('mutation { bulkOperationRunMutation(mutation: "mutation($p: ProductUpdateInput!) { productUpdate(product: $p) { product { id } } }", stagedUploadPath: "x") { userErrors { code } } }', {}, { token: 'reader' });
  assert.ok(reader.data.bulkOperationRunMutation.userErrors.length || reader.errors);
});

test('an upload must be the form that was signed, with the file last', async t => {
  const store = await start(t);
  const changed = change => store.upload([{ p: {} }], form => {
    const parts = change([...form.entries()]);
    const other = new FormData();
    for (const [name, value] of parts) other.append(name, value);
    return other;
  });
  assert.equal((await changed(parts => parts)).status, 201);
  const early = await changed(parts => [parts.at(-1), ...parts.slice(0, -1)]);
  assert.deepEqual([early.status, early.text.includes('SignatureDoesNotMatch')], [403, true]);
  assert.equal((await changed(parts => parts.map(([name, value]) => [name, name === 'key' ? `${value}x` : value]))).status, 403);
  assert.equal((await changed(parts => parts.filter(([name]) => name !== 'policy'))).status, 403);
  assert.equal((await changed(parts => parts.slice(0, -1))).status, 400);
  const { userErrors } = (await store.gql('mutation { stagedUploadsCreate(input: [{ resource: BULK_MUTATION_VARIABLES, filename: "a.csv", mimeType: "text/csv", httpMethod: POST }]) { stagedTargets { url } userErrors { field message } } }')).data.stagedUploadsCreate;
  assert.deepEqual(userErrors[0].field, ['input', '0', 'mimeType']);
  const answer = await store.gql('mutation { stagedUploadsCreate(input: [{ resource: BULK_MUTATION_VARIABLES, filename: "a.jsonl", mimeType: "text/jsonl", httpMethod: POST }]) { userErrors { field } } }');
  assert.equal(answer.extensions.cost.actualQueryCost, 11);
});

test('killed in the middle, it goes on: every line once, every line answered', async t => {
  const store = await start(t, ['--bulk-line-ms', '5']);
  const free = p => p.tags.length < 200; // one product has as many tags as Shopify takes
  const products = (await store.state('products')).filter(free);
  const add = 'mutation($id: ID!, $tags: [String!]!) { tagsAdd(id: $id, tags: $tags) { userErrors { message } } }';
  const { path } = await store.upload(products.map((p, n) => ({ id: gid('Product', p.id), tags: [`added ${n}`] })));
  const { id } = (await store.runBulkMutation(add, path)).bulkOperation;
  while (Number((await store.bulk(id)).objectCount) < 20) await new Promise(resolve => setTimeout(resolve, 10));
  await store.end('SIGKILL');
  const journal = (await import('node:fs')).readFileSync(`${store.folder}/journal.ndjson`, 'utf8').split('\n').filter(line => line.includes('"tagsAdd"')).length;
  assert.ok(journal >= 20 && journal < products.length, `${journal} lines were executed`);
  await store.spawn();
  const ended = await store.ended(id);
  assert.deepEqual([ended.status, ended.objectCount], ['COMPLETED', String(products.length)]);
  assert.deepEqual((await results(ended)).map(l => l.__lineNumber).sort((a, b) => a - b), products.map((_, n) => n));
  assert.equal((await store.demo('GET', 'mutations')).executed, products.length - journal);
  const now = (await store.state('products')).filter(free);
  assert.ok(products.every((p, n) => now[n].tags.includes(`added ${n}`) && now[n].tags.length === p.tags.length + 1));
});

test('cancelled and failed half-way: what was done stays done', async t => {
  const store = await start(t);
  const products = await store.state('products');
  const { path } = await store.upload(products.map((p, n) => lineOf(p, `Half ${n}`)));
  await store.demo('POST', 'faults', { name: 'bulk-stuck', afterRows: 10, times: 1 });
  const stuck = (await store.runBulkMutation(TITLE, path)).bulkOperation.id;
  while (Number((await store.bulk(stuck)).objectCount) < 10) await new Promise(resolve => setTimeout(resolve, 10));
  await store.gql('mutation($id: ID!) { bulkOperationCancel(id: $id) { userErrors { message } } }', { id: stuck });
  const cancelled = await store.ended(stuck);
  assert.deepEqual([cancelled.status, cancelled.url], ['CANCELED', null]);
  assert.equal((await store.state('products')).filter(p => p.title.startsWith('Half')).length, 10);

  await store.demo('POST', 'faults', { name: 'bulk-failed', partial: true, times: 1 });
  const failed = await store.ended((await store.runBulkMutation(TITLE, path)).bulkOperation.id);
  assert.equal(failed.status, 'FAILED');
  const partial = (await (await fetch(failed.partialDataUrl)).text()).trimEnd().split('\n').map(line => JSON.parse(line).__lineNumber);
  assert.equal(partial.length, 60);
});

test('the start of a bulk mutation may be lost, and is then found in the list', async t => {
  const store = await start(t);
  const { path } = await store.upload([lineOf((await store.state('products'))[0], 'Lost')]);
  await store.demo('POST', 'faults', { name: 'die-after-executing', times: 1 });
  await assert.rejects(store.runBulkMutation(TITLE, path));
  const { nodes } = (await store.gql('{ bulkOperations(first: 5) { nodes { id query } } }')).data.bulkOperations;
  assert.deepEqual(nodes.map(n => n.query), [TITLE]);
  await store.ended(nodes[0].id);
  assert.equal((await store.state('products'))[0].title, 'Lost');
});

test('a stock mutation in bulk needs a key on each line; productSet runs there and then', async t => {
  const store = await start(t);
  const levels = (await store.state('inventory-levels')).filter(l => l.isActive).slice(0, 3);
  const stock = key => 'mutation($i: InventorySetQuantitiesInput!' + (key ? ', $k: String!' : '') + ') { inventorySetQuantities(input: $i)' + (key ? ' @idempotent(key: $k)' : '') + ' { userErrors { code } } }';
  const input = (l, k) => ({ k, i: { name: 'available', reason: 'correction', quantities: [{ inventoryItemId: gid('InventoryItem', l.inventoryItemId), locationId: gid('Location', l.locationId), quantity: 5, changeFromQuantity: l.available }] } });
  const { path } = await store.upload(levels.map((l, n) => input(l, `key ${n}`)));
  const without = await results(await store.ended((await store.runBulkMutation(stock(false), path)).bulkOperation.id));
  assert.ok(without.every(l => l.errors[0].message.startsWith('The @idempotent directive is required')));
  const done = await results(await store.ended((await store.runBulkMutation(stock(true), path)).bulkOperation.id));
  assert.ok(done.every(l => l.data.inventorySetQuantities.userErrors.length === 0));
  const set = await store.upload([{ i: { title: 'In bulk' } }]);
  const [line] = await results(await store.ended((await store.runBulkMutation('mutation($i: ProductSetInput!) { productSet(input: $i, synchronous: false) { product { title } productSetOperation { id } userErrors { code } } }', set.path)).bulkOperation.id));
  assert.deepEqual(line.data.productSet, { product: { title: 'In bulk' }, productSetOperation: null, userErrors: [] });
});

test('forms are read part by part, and the order of lines is the same for the same seed', () => {
  const form = Buffer.from('--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nv\r\n--b\r\nContent-Disposition: form-data; name=file; filename="f"\r\nContent-Type: text/jsonl\r\n\r\na\r\nb\n\r\n--b--\r\n');
  assert.deepEqual(partsOf(form, 'b').map(p => [p.name, String(p.content)]), [['key', 'v'], ['file', 'a\r\nb\n']]);
  assert.equal(partsOf(Buffer.from('nothing'), 'b'), null);
  assert.equal(partsOf(Buffer.from('--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nv'), 'b'), null);
  const hash = n => (n * 7919) % 101;
  assert.deepEqual([...shuffled(20, hash)].sort((a, b) => a - b), Array.from({ length: 20 }, (_, n) => n));
  assert.deepEqual(shuffled(20, hash), shuffled(20, hash));
});
