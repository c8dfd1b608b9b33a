// Collections that are changed: sources, order, publications, deprecated mutations, webhooks, and jobs that take their time.
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gid } from '../ids.mjs';
import { stateKinds } from '../state-dump.mjs';
import { texts } from './collection-samples.mjs';
import { checkMembers, someConditions, someExclusions } from './collection-truth.mjs';
import { RunningStore } from './support.mjs';
import { aWritable, everything, random, replayed } from './writable.mjs';

const ERRORS = 'userErrors { field message }';
const CREATE = `mutation($c: CollectionCreateInput!) { collectionCreate(collection: $c) { collection { id handle } ${ERRORS} } }`;
const UPDATE = `mutation($c: CollectionUpdateInput!) { collectionUpdate(collection: $c) { collection { id handle title productsCount { count } } job { id done } ${ERRORS} } }`;
const REORDER = 'mutation($id: ID!, $m: [MoveInput!]!) { collectionReorderProducts(id: $id, moves: $m) { job { id done } userErrors { field code message } } }';
const SOURCES = `query($id: ID!) { collection(id: $id) { sources { id title ... on CollectionConditionsSource { inclusion { matchType conditions { id __typename } selections(first: 50) { nodes { product { id } variantIds } } }
  exclusion { conditions { id } selections(first: 9) { nodes { product { id } } } } } ... on CollectionSubCollectionsSource { collections { id } } } } }`;

/** Everything that a shop in this process needs to be asked and watched. */
function aShopToWrite(products) {
  const one = aWritable([], products), { shop, run } = one;
  const write = async (query, variables) => {
    const { data, errors } = await run(query, variables);
    assert.equal(errors, undefined, JSON.stringify(errors));
    return JSON.parse(JSON.stringify(Object.values(data)[0]));
  };
  const done = async job => {
    for (let n = 0; n < 3000; n++) {
      if ((await write('query($id: ID!) { job(id: $id) { done } }', { id: job.id })).done) return;
      await sleep(20);
    }
    assert.fail('the job does not end');
  };
  const ok = async (query, variables) => {
    const { userErrors, ...payload } = await write(query, variables);
    assert.deepEqual(userErrors, []);
    if (payload.job) await done(payload.job);
    return payload;
  };
  const members = id => [...stateKinds['collection-members'](shop)].filter(m => gid('Collection', m.collectionId) === id).map(m => gid('Product', m.productId));
  const products_ = Array.from({ length: products }, (_, k) => shop.productAt(k).gid);
  const pick = (...places) => places.map(k => ({ productId: products_[k] }));
  const collection = async (title, source, more = {}) => (await ok(CREATE, { c: { title, sources: [{ source: { title: 'One', ...source } }], ...more } })).collection.id;
  return { ...one, write, ok, done, members, ids: products_, pick, collection };
}

test('sources are made, changed and taken away, and members follow when the job is done', async () => {
  const { shop, run, write, ok, done, members, ids, pick, collection, entries } = aShopToWrite(40);
  const id = await collection('Changing', { inclusion: { matchType: 'ANY', conditions: [{ productType: texts('Nothing') }, { productVendor: texts('Nobody') }], selections: pick(1, 2, 3) }, exclusion: { selections: pick(2) } });
  assert.deepEqual(members(id).sort(), [ids[1], ids[3]].sort());
  const sources = async () => (await write(SOURCES, { id })).sources;
  const [{ id: source, inclusion: { conditions: [first, second] } }] = await sources();

  const { data } = await run(UPDATE, { c: { id, title: 'Changed', sourcesToUpdate: [{ condition: {
    id: source, title: 'Two',
    inclusion: { matchType: 'ALL', selectionsToAdd: pick(9), selectionsToRemove: pick(1), conditionsToUpdate: [{ id: first.id, condition: { productType: { values: [shop.productAt(20).productType] } } }], conditionsToDelete: [second.id], conditionsToCreate: [{ productStatus: texts('ACTIVE', 'DRAFT', 'ARCHIVED', 'UNLISTED') }] },
    exclusion: { selectionsToRemove: pick(2), selectionsToAdd: pick(3) },
  } }], sourcesToCreate: [{ subCollections: { title: 'Below', collectionIds: [shop.collections.list[0].gid] } }] } });
  const answer = JSON.parse(JSON.stringify(data.collectionUpdate));
  assert.deepEqual([answer.userErrors, answer.collection.title, answer.collection.productsCount.count, answer.job.done], [[], 'Changed', 2, false], 'the members wait');
  await done(answer.job);
  const now = await sources();
  assert.deepEqual(now.map(s => s.title), ['Two', 'Below']);
  assert.deepEqual(now[0].inclusion.conditions.map(c => c.__typename.slice('CollectionSourceInclusionCondition'.length)), ['ProductType', 'ProductStatus']);
  assert.equal(now[0].inclusion.conditions[0].id, first.id, 'a changed condition keeps its id');
  assert.deepEqual([now[0].inclusion.matchType, now[0].inclusion.selections.nodes.map(n => n.product.id), now[0].exclusion.selections.nodes.map(n => n.product.id)], ['ALL', [ids[2], ids[3], ids[9]], [ids[3]]]);
  const typed = ids.filter((_, k) => shop.productAt(k).productType === shop.productAt(20).productType), home = members(shop.collections.list[0].gid);
  assert.deepEqual(members(id).sort(), [...new Set([...typed.filter(p => p !== ids[3]), ids[2], ids[9], ...home])].sort());

  await ok(UPDATE, { c: { id, sourcesToDelete: [source] } });
  assert.deepEqual(members(id).sort(), home.sort());
  const refused = async c => (await write(UPDATE, { c: { id, ...c } })).userErrors.map(e => `${e.field.join('.')}: ${e.message}`);
  const before = everything(shop);
  assert.deepEqual(await refused({ sourcesToDelete: [source] }), ['sourcesToDelete.0: Source does not exist']);
  assert.deepEqual(await refused({ sourcesToUpdate: [{ subCollections: { id: now[1].id, collectionIds: [id] } }] }), ["sourcesToUpdate.0.subCollections.collectionIds.0: A collection can't reference itself"]);
  assert.deepEqual(await refused({ title: '' }), ["title: Title can't be blank"]);
  assert.deepEqual(await refused({ id: 'gid://shopify/Collection/1' }), ['id: Collection does not exist']);
  assert.deepEqual(everything(shop), before);

  const a = await collection('A', {}), b = await collection('B', { exclusion: { conditions: [{ collection: { values: [a] } }] } });
  const [{ id: ofA }] = (await write(SOURCES, { id: a })).sources;
  assert.match((await write(UPDATE, { c: { id: a, sourcesToUpdate: [{ condition: { id: ofA, exclusion: { conditionsToCreate: [{ collection: { values: [b] } }] } } }] } })).userErrors[0].message, /in a circle/);
  assert.match((await write(UPDATE, { c: { id: shop.collections.list[0].gid, sourcesToCreate: [{ subCollections: { title: 'x', collectionIds: [a] } }] } })).userErrors[0].message, /has none itself/);
  assert.deepEqual(everything(replayed(entries, 40)), everything(shop));
});

test('plain fields, handles with redirects, publications, copies, deleting, and the same after a restart', async () => {
  const { shop, write, ok, members, ids, pick, collection, entries } = aShopToWrite(30);
  const id = await collection('Plain', { inclusion: { selections: pick(4, 2, 7) } }, { sortOrder: 'MANUAL' });
  const { collection: now } = await ok(UPDATE, { c: { id, handle: 'Ganz Neu', redirectNewHandle: true, descriptionHtml: '<p onclick="go()">x</p><script>go()</script>', seo: { title: 'T', description: 'D' }, templateSuffix: 'wide', image: { src: 'https://example.com/b.png', altText: 'B' } } });
  assert.equal(now.handle, 'ganz-neu');
  await ok(UPDATE, { c: { id, image: { altText: 'Other' } } });
  const row = () => [...stateKinds.collections(shop)].find(c => gid('Collection', c.id) === id);
  assert.deepEqual([row().descriptionHtml, row().seoTitle, row().seoDescription, row().templateSuffix, row().imageAlt], ['<p>x</p>', 'T', 'D', 'wide', 'Other']);
  assert.match(row().imageUrl, /^http:\/\/[^/]+\/pictures\/\d+-\d+\.svg/, 'Shopify shows a copy of its own');
  assert.deepEqual([...stateKinds.redirects(shop)], [{ path: '/collections/plain', target: '/collections/ganz-neu' }]);

  const [online, pos] = shop.publications.map(p => p.gid);
  const publish = (name, input) => write(`mutation($id: ID!, $i: [PublicationInput!]!) { ${name}(id: $id, input: $i) { publishable { resourcePublicationsCount { count } availablePublicationsCount { count } publishedOnPublication(publicationId: "${online}") } ${ERRORS} } }`, { id, i: input });
  const later = new Date(shop.now() + 86_400_000).toISOString();
  assert.deepEqual((await publish('publishablePublish', [{ publicationId: pos }, { publicationId: online, publishDate: later }])).publishable, { resourcePublicationsCount: { count: 1 }, availablePublicationsCount: { count: 1 }, publishedOnPublication: false });
  assert.deepEqual((await publish('publishablePublish', [{ publicationId: online }])).publishable, { resourcePublicationsCount: { count: 2 }, availablePublicationsCount: { count: 2 }, publishedOnPublication: true });
  const listed = async query => (await write('query($q: String!) { collections(first: 250, query: $q) { nodes { id } } }', { q: query })).nodes.map(c => c.id);
  assert.ok((await listed('published_status:published')).includes(id));
  assert.deepEqual(await listed('handle:ganz-neu'), [id]);
  assert.ok((await listed(`product_id:${ids[4].split('/').at(-1)}`)).includes(id));
  assert.deepEqual((await publish('publishablePublish', [{ publicationId: gid('Publication', 1) }])).userErrors, [{ field: ['input', '0', 'publicationId'], message: 'Publication does not exist or is not publishable' }]);

  const COPY = 'mutation($i: CollectionDuplicateInput!) { collectionDuplicate(input: $i) { collection { id handle resourcePublicationsCount { count } } userErrors { field code message } } }';
  const { collection: copy } = await ok(COPY, { i: { collectionId: id, newTitle: 'Copy' } });
  assert.deepEqual([copy.handle, copy.resourcePublicationsCount.count, members(copy.id)], ['copy', 2, members(id)]);
  assert.equal((await ok(COPY, { i: { collectionId: id, newTitle: 'Copy', copyPublications: false } })).collection.resourcePublicationsCount.count, 0);
  assert.equal((await write(COPY, { i: { collectionId: gid('Collection', 1), newTitle: 'x' } })).userErrors[0].code, 'COLLECTION_NOT_FOUND');
  await publish('publishableUnpublish', [{ publicationId: online }, { publicationId: pos }]);
  assert.ok((await listed('published_status:unavailable')).includes(id));

  const JOIN = `mutation($p: ProductUpdateInput!) { productUpdate(product: $p) { product { updatedAt } ${ERRORS} } }`, { updatedAt } = row();
  await ok(JOIN, { p: { id: ids[11], collectionsToJoin: [id] } });
  assert.deepEqual(members(id), [ids[4], ids[2], ids[7], ids[11]], 'a new one comes last');
  await ok(JOIN, { p: { id: ids[2], collectionsToLeave: [id] } });
  assert.deepEqual([members(id), row().updatedAt], [[ids[4], ids[7], ids[11]], updatedAt]);

  const DELETE = `mutation($i: CollectionDeleteInput!) { collectionDelete(input: $i) { deletedCollectionId ${ERRORS} } }`;
  assert.equal((await ok(DELETE, { i: { id } })).deletedCollectionId, id);
  assert.deepEqual((await write(DELETE, { i: { id } })).userErrors, [{ field: ['id'], message: 'Collection does not exist' }]);
  assert.deepEqual(everything(replayed(entries, 30)), everything(shop));
});

test('moves are applied one after the other, and only to collections ordered by hand', async () => {
  const { shop, write, ok, members, ids, pick, collection, entries } = aShopToWrite(60);
  const r = random(11), id = await collection('Ordered', { inclusion: { selections: pick(...Array(30).keys()) } }, { sortOrder: 'MANUAL' });
  const wanted = members(id);
  for (let batch = 0; batch < 4; batch++) {
    const moves = Array.from({ length: 25 }, () => ({ id: r.of(wanted), newPosition: String(r.next(34)) }));
    for (const { id: one, newPosition } of moves) { wanted.splice(wanted.indexOf(one), 1); wanted.splice(Math.min(Number(newPosition), wanted.length), 0, one); }
    await ok(REORDER, { id, m: moves });
    assert.deepEqual(members(id), wanted);
  }
  const codes = async (of, m) => (await write(REORDER, { id: of, m })).userErrors.map(e => e.code);
  assert.deepEqual(await codes(id, [{ id: ids[50], newPosition: '0' }]), ['INVALID_MOVE']);
  assert.deepEqual(await codes(gid('Collection', 1), [{ id: ids[0], newPosition: '0' }]), ['COLLECTION_NOT_FOUND']);
  assert.deepEqual(await codes(shop.collections.list.find(c => c.sortOrder === 'ALPHA_ASC').gid, [{ id: ids[0], newPosition: '0' }]), ['MANUALLY_SORTED_COLLECTION']);
  await ok(UPDATE, { c: { id, sortOrder: 'ALPHA_ASC' } });
  await ok(UPDATE, { c: { id, sortOrder: 'MANUAL' } });
  assert.deepEqual(members(id), wanted, 'the order by hand is kept');
  assert.deepEqual(everything(replayed(entries, 60)), everything(shop));
});

test('in any order of mutations members are those of the sources, and the journal makes the same shop again', async () => {
  const { shop, write, done, ids, entries } = aShopToWrite(40), r = random(Number(process.env.SEED ?? 5));
  const calls = {
    create: () => [CREATE, { c: { title: `Any ${r.next(1e6)}`, sortOrder: r.of(['MANUAL', 'ALPHA_ASC']), sources: [{ source: { title: 'S', targetType: r.of(['PRODUCTS', 'VARIANTS']), inclusion: { matchType: r.of(['ANY', 'ALL']), conditions: someConditions(r, shop, r.next(3)), selections: r.some(ids).slice(0, 6).map(productId => ({ productId })) } } }] } }],
    update: c => {
      const source = c.sources.find(s => !s.subCollections), [condition] = source?.inclusion.conditions ?? [];
      const changes = source && { condition: { id: source.gid, inclusion: {
        matchType: r.of(['ANY', 'ALL']), conditionsToCreate: someConditions(r, shop, r.next(2)), selectionsToAdd: [{ productId: r.of(ids) }], selectionsToRemove: [{ productId: r.of(ids) }],
        ...(condition && r.next(2) ? { conditionsToDelete: [gid(`CollectionSourceInclusionCondition${condition.kind}`, condition.number)] } : {}),
      }, exclusion: { matchType: 'ANY', conditionsToCreate: someExclusions(r, shop, r.next(2)), selectionsToAdd: [{ productId: r.of(ids) }], selectionsToRemove: r.some(ids).slice(0, 20).map(productId => ({ productId })) } } };
      return [UPDATE, { c: { id: c.gid, title: `Now ${r.next(99)}`, sortOrder: 'MANUAL', ...(changes ? { sourcesToUpdate: [changes] } : {}), ...(r.next(4) ? {} : { sourcesToCreate: [{ subCollections: { title: 'B', collectionIds: [r.of(shop.collections.live).gid] } }] }), ...(r.next(9) || !source ? {} : { sourcesToUpdate: [], sourcesToDelete: [source.gid] }) } }];
    },
    reorder: c => [REORDER, { id: c.gid, m: shop.collections.members(c).slice(0, 9).map(index => ({ id: shop.productAt(index).gid, newPosition: String(r.next(9)) })) }],
    copy: c => [`mutation($i: CollectionDuplicateInput!) { collectionDuplicate(input: $i) { collection { id } userErrors { field message } } }`, { i: { collectionId: c.gid, newTitle: `Copy ${r.next(99)}` } }],
    remove: c => r.next(3) === 0 && [`mutation($i: CollectionDeleteInput!) { collectionDelete(input: $i) { ${ERRORS} } }`, { i: { id: c.gid } }],
    join: c => [`mutation($p: ProductUpdateInput!) { productUpdate(product: $p) { ${ERRORS} } }`, { p: { id: r.of(ids), [r.of(['collectionsToJoin', 'collectionsToLeave'])]: [c.gid] } }],
    tag: () => [`mutation($id: ID!, $t: [String!]!) { tagsAdd(id: $id, tags: $t) { ${ERRORS} } }`, { id: r.of(ids), t: [r.of(['sale', 'new', 'vegan'])] }],
  };
  let refused = 0, written = 0;
  for (let step = 0; step < 120; step++) {
    const call = calls[r.of(Object.keys(calls))](r.of(shop.collections.live));
    if (!call) continue;
    const before = JSON.stringify(everything(shop)), { userErrors, job } = await write(...call);
    if (job) await done(job);
    if (userErrors.length) { refused++; assert.equal(JSON.stringify(everything(shop)), before, JSON.stringify(call)); } else written++;
    if (step % 20 === 0) checkMembers(shop);
  }
  assert.ok(refused > 4 && written > 60, `${refused} refused, ${written} written`);
  checkMembers(shop);
  assert.deepEqual(everything(replayed(entries, 40)), everything(shop));
});

test('what is deprecated still works', async () => {
  const { write, ok, members, ids, collection, shop, entries } = aShopToWrite(40);
  const OLD = `mutation($i: CollectionInput!) { collectionCreate(input: $i) { collection { id } ${ERRORS} } }`;
  const { collection: { id } } = await ok(OLD, { i: { title: 'Old', products: [ids[3], ids[1]], sortOrder: 'MANUAL' } });
  assert.deepEqual(members(id), [ids[3], ids[1]]);
  await ok(`mutation($id: ID!, $p: [ID!]!) { collectionAddProducts(id: $id, productIds: $p) { collection { id } ${ERRORS} } }`, { id, p: [ids[8]] });
  const V2 = 'mutation($id: ID!, $p: [ID!]!) { collectionAddProductsV2(id: $id, productIds: $p) { job { id } userErrors { code } } }';
  await ok(V2, { id, p: [ids[9]] });
  await ok(`mutation($id: ID!, $p: [ID!]!) { collectionRemoveProducts(id: $id, productIds: $p) { job { id } ${ERRORS} } }`, { id, p: [ids[3]] });
  assert.deepEqual(members(id), [ids[1], ids[8], ids[9]]);
  const { productType } = shop.productAt(5);
  const smart = (await ok(OLD, { i: { title: 'Smart', ruleSet: { appliedDisjunctively: false, rules: [{ column: 'TYPE', relation: 'EQUALS', condition: productType }, { column: 'VARIANT_PRICE', relation: 'GREATER_THAN', condition: '0' }] } } })).collection.id;
  assert.deepEqual(members(smart).sort(), ids.filter((_, k) => shop.productAt(k).productType === productType && shop.productAt(k).prices[1] > 0).sort());
  assert.deepEqual((await write(V2, { id: smart, p: [ids[9]] })).userErrors, [{ code: 'CANT_ADD_TO_SMART_COLLECTION' }]);
  assert.deepEqual(await collection('x', {}) !== null && everything(replayed(entries, 40)), everything(shop));
});

test('over HTTP: jobs can be held and survive a restart, deprecations are named, webhooks fire for mutations and not for conditions', async t => {
  const store = await RunningStore.start(t, ['--products', '60']);
  const products = await store.state('products'), of = k => gid('Product', products[k].id);
  const created = (await store.gql(CREATE, { c: { title: 'Held', sortOrder: 'MANUAL', sources: [{ source: { title: 'One', inclusion: { matchType: 'ANY', conditions: [{ productTag: { ...texts('no such tag yet'), relation: 'TAGGED_WITH' } }], selections: [0, 1, 2].map(k => ({ productId: of(k) })) } } }] } })).data.collectionCreate;
  const { id } = created.collection, members = async () => (await store.state('collection-members')).filter(m => gid('Collection', m.collectionId) === id).map(m => gid('Product', m.productId));
  await store.demo('POST', 'faults', { name: 'slow-jobs' });
  const { data: { collectionReorderProducts: held } } = await store.gql(REORDER, { id, m: [{ id: of(2), newPosition: '0' }] });
  const { data: { collectionReorderProducts: second } } = await store.gql(REORDER, { id, m: [{ id: of(1), newPosition: '0' }] });
  assert.deepEqual([held.job.done, held.userErrors, second.job, second.userErrors[0].code], [false, [], null, 'TOO_MANY_ATTEMPTS_TO_REORDER_PRODUCTS']);
  const { data: { collectionUpdate: update } } = await store.gql(UPDATE, { c: { id, sourcesToCreate: [{ source: { title: 'Two', inclusion: { selections: [{ productId: of(9) }] } } }] } });
  assert.equal(update.job.done, false);
  assert.deepEqual(await members(), [of(0), of(1), of(2)]);
  await store.end('SIGKILL');
  await store.spawn();
  const isDone = async job => (await store.gql('query($id: ID!) { job(id: $id) { done } }', { id: job.id })).data.job.done;
  for (const job of [held.job, update.job]) while (!await isDone(job)) await sleep(20);
  assert.deepEqual(await members(), [of(2), of(0), of(1), of(9)]);

  const old = await store.gql(`mutation($id: ID!, $p: [ID!]!) { collectionRemoveProducts(id: $id, productIds: $p) { job { id } ${ERRORS} } }`, { id, p: [of(9)] });
  assert.match(old.extensions.deprecations[0], /collectionRemoveProducts is deprecated/);
  const input = await store.gql(`mutation { collectionCreate(input: { title: "Old" }) { collection { id } ${ERRORS} } }`);
  assert.match(input.extensions.deprecations[0], /input.*deprecated/);
  while (!await isDone(old.data.collectionRemoveProducts.job)) await sleep(20);

  await store.gql('mutation { c: webhookSubscriptionCreate(topic: COLLECTIONS_CREATE, webhookSubscription: { uri: "https://example.com/w" }) { userErrors { message } } u: webhookSubscriptionCreate(topic: COLLECTIONS_UPDATE, webhookSubscription: { uri: "https://example.com/w" }) { userErrors { message } } d: webhookSubscriptionCreate(topic: COLLECTIONS_DELETE, webhookSubscription: { uri: "https://example.com/w" }) { userErrors { message } } }');
  await store.demo('POST', 'webhooks', { hold: true });
  const topics = async () => Object.fromEntries(Object.entries(await store.demo('GET', 'webhooks/entities')).filter(([topic]) => topic.startsWith('collections/')).map(([topic, of]) => [topic, Object.values(of).reduce((sum, one) => sum + one.fired, 0)]));
  await store.gql('mutation($id: ID!) { tagsAdd(id: $id, tags: ["no such tag yet"]) { userErrors { message } } }', { id: of(30) });
  assert.ok((await members()).includes(of(30)), 'in by its condition');
  assert.deepEqual(await topics(), {});
  const quiet = (await store.state('collections')).find(c => gid('Collection', c.id) === id).updatedAt;
  await store.demo('POST', 'members', { id, add: [of(40)], order: [of(40), of(2)], from: 'product' });
  assert.deepEqual([(await members()).slice(0, 2), (await store.state('collections')).find(c => gid('Collection', c.id) === id).updatedAt, await topics()], [[of(40), of(2)], quiet, {}], 'silently');
  const { data: { collectionCreate: other } } = await store.gql(CREATE, { c: { title: 'Loud' } });
  await store.gql(UPDATE, { c: { id: other.collection.id, title: 'Louder' } });
  await store.gql(`mutation($id: ID!) { collectionDelete(input: { id: $id }) { ${ERRORS} } }`, { id: other.collection.id });
  assert.deepEqual(await topics(), { 'collections/create': 1, 'collections/update': 1, 'collections/delete': 1 });
  assert.deepEqual((await store.demo('GET', 'mutations')).collections[other.collection.id.split('/').at(-1)], { collectionCreate: 1, collectionUpdate: 1, collectionDelete: 1 });
  await store.demo('POST', 'faults', { name: 'poison', ids: [id], message: 'Not this one.' });
  const UNWANTED = 'mutation($id: ID!) { collectionUpdate(collection: { id: $id, title: "x" }) { userErrors { message } } collectionDuplicate(input: { collectionId: $id, newTitle: "x" }) { userErrors { message code } } }';
  assert.deepEqual((await store.gql(UNWANTED, { id })).data, { collectionUpdate: { userErrors: [{ message: 'Not this one.' }] }, collectionDuplicate: { userErrors: [{ message: 'Not this one.', code: 'COLLECTION_NOT_FOUND' }] } });

  await store.demo('POST', 'faults', { name: 'unknown-condition', kinds: ['ProductTag'] });
  const { data: { collection: { sources: [unknown] } } } = await store.gql('query($id: ID!) { collection(id: $id) { sources { ... on CollectionConditionsSource { inclusion { conditions { __typename ... on CollectionSourceInclusionConditionUnknown { relation matchType values } } } } } } }', { id });
  assert.deepEqual(unknown.inclusion.conditions, [{ __typename: 'CollectionSourceInclusionConditionUnknown', relation: 'TAGGED_WITH', matchType: 'ANY', values: ['no such tag yet'] }]);
});
