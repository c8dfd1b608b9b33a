// Collections as mutations make them, and what their conditions hold.
import assert from 'node:assert/strict';
import test from 'node:test';
import { apply } from '../changes.mjs';
import { definitionId } from '../collection-conditions.mjs';
import { stateKinds } from '../state-dump.mjs';
import { collectionOfEveryKind, texts } from './collection-samples.mjs';
import { category, checkMembers, someConditions, someExclusions } from './collection-truth.mjs';
import { aWritable, everything, random, replayed } from './writable.mjs';

const CREATE = 'mutation($c: CollectionCreateInput!) { collectionCreate(collection: $c) { collection { id handle sortOrder updatedAt productsCount { count } resourcePublicationsCount { count } } userErrors { field message } } }';

async function write(run, query, variables) {
  const { data, errors } = await run(query, variables);
  assert.equal(errors, undefined, JSON.stringify(errors));
  return JSON.parse(JSON.stringify(Object.values(data)[0]));
}

test('collections by random conditions hold who fits them, also after products have changed and after a restart', async () => {
  const r = random(7), { shop, run, entries } = aWritable([], 300);
  for (let n = 0; n < 60; n++) {
    const variants = r.of([true, false]), picked = shop.productAt(r.next(300));
    const source = {
      title: 'One', targetType: variants ? 'VARIANTS' : 'PRODUCTS',
      inclusion: { matchType: r.of(['ANY', 'ALL']), conditions: someConditions(r, shop, 1 + r.next(3)), ...(n % 3 ? {} : { selections: [{ productId: picked.gid, ...(variants ? { variantIds: [picked.variants[0].gid] } : {}) }] }) },
      ...(n % 2 ? {} : { exclusion: { matchType: r.of(['ANY', 'ALL']), conditions: someExclusions(r, shop, r.next(3)), selections: [{ productId: shop.productAt(r.next(300)).gid }] } }),
    };
    const sub = n % 10 === 9 ? [{ subCollections: { title: 'Two', collectionIds: [r.of(shop.collections.live.slice(0, 10)).gid] } }] : [];
    const { userErrors } = await write(run, CREATE, { c: { title: `By conditions ${n}`, sources: [{ source }, ...sub] } });
    assert.deepEqual(userErrors, []);
  }
  const sizes = [...checkMembers(shop).values()].map(m => m.length);
  assert.ok(sizes.filter(n => n > 0 && n < 300).length > 30, `they tell products apart: ${sizes}`);

  const change = one => { apply(shop, one); entries.push(one); };
  const at = Date.UTC(2026, 1, 1);
  for (const [kind, fields] of [['product', ['title', 'tags', 'vendor', 'productType', 'status']], ['variant', ['price', 'compareAtPrice']], ['metafield', ['value']], ['inventory-level', ['available']]]) change({ type: 'edit-many', kind, fields, count: 40, seed: 3, touch: false, at });
  change({ type: 'create', products: 15, at });
  change({ type: 'delete', ids: [shop.productAt(5).gid, shop.productAt(17).gid], at });
  change({ type: 'edit', kind: 'location', id: shop.locations[0].gid, set: { isActive: false }, touch: false, at });
  checkMembers(shop);
  assert.deepEqual(everything(replayed(entries, 300)), everything(shop));
});

test('a collection is created unpublished, with a handle of its own; nothing of a refused one stays', async () => {
  const { shop, run, entries } = aWritable();
  const source = (more = {}, title = 'Source') => ({ source: { title, ...more } });
  const made = await write(run, CREATE, { c: { title: ' Sommer & Söhne ', sources: [source({ inclusion: { selections: [{ productId: shop.productAt(3).gid }, { productId: shop.productAt(1).gid }] } })], sortOrder: 'MANUAL', seo: { title: 'S' }, image: { src: 'https://example.com/a.png', altText: 'A' } } });
  assert.deepEqual(made.userErrors, []);
  assert.deepEqual([made.collection.handle, made.collection.sortOrder, made.collection.productsCount.count, made.collection.resourcePublicationsCount.count], ['sommer-sohne', 'MANUAL', 2, 0]);
  assert.deepEqual([...stateKinds['collection-members'](shop)].filter(m => m.collectionId === made.collection.id.split('/').at(-1)).map(m => m.productId), [shop.productAt(3).id, shop.productAt(1).id], 'in the order given');
  assert.equal((await write(run, CREATE, { c: { title: 'Sommer Söhne' } })).collection.handle, 'sommer-sohne-1');

  const before = everything(shop), written = entries.length;
  const wrong = async c => { const { collection, userErrors } = await write(run, CREATE, { c: { title: 'Wrong', ...c } }); assert.equal(collection, null); return userErrors.map(e => `${e.field.join('.')}: ${e.message}`); };
  const condition = one => wrong({ sources: [source({ inclusion: { conditions: [one] } })] });
  const chain = shop.collections.list.find(c => c.title === 'For pets').gid;
  assert.deepEqual(await wrong({ title: ' ' }), ["title: Title can't be blank"]);
  assert.deepEqual(await wrong({ handle: 'sommer-sohne' }), ['handle: Handle has already been taken']);
  assert.deepEqual(await wrong({ sources: [source({}, '')] }), ["sources.0.source.title: Title can't be blank"]);
  const both = async c => (await run(CREATE, { c: { title: 'Wrong', ...c } })).errors[0].message;
  assert.match(await both({ sources: [{ ...source(), subCollections: { title: 'x', collectionIds: [] } }] }), /Exactly one key must be specified/);
  assert.match(await both({ sources: [source({ inclusion: { conditions: [{ productTag: { ...texts('a'), relation: 'TAGGED_WITH' }, productType: texts('b') }] } })] }), /Exactly one key must be specified/);
  assert.deepEqual(await wrong({ sources: [{ subCollections: { title: 'x', collectionIds: [] } }] }), ['sources.0.subCollections.collectionIds: Collection ids must contain at least one collection']);
  assert.deepEqual(await wrong({ sources: [{ subCollections: { title: 'x', collectionIds: ['gid://shopify/Collection/1'] } }] }), ['sources.0.subCollections.collectionIds.0: Collection does not exist']);
  assert.match((await wrong({ sources: [{ subCollections: { title: 'x', collectionIds: [chain] } }] }))[0], /^sources.0.subCollections.collectionIds.0: A collection that has sub-collections/);
  assert.deepEqual(await condition({ productType: texts() }), ['sources.0.source.inclusion.conditions.0.productType.values: Values must contain at least one value']);
  assert.deepEqual(await condition({ variantPrice: { relation: 'EQUALS', value: { amount: '1', currencyCode: 'EUR' } } }), ['sources.0.source.inclusion.conditions.0.variantPrice.value.currencyCode: Currency must be USD']);
  assert.deepEqual(await condition({ variantCompareAtPrice: { relation: 'LESS_THAN' } }), ['sources.0.source.inclusion.conditions.0.variantCompareAtPrice.value: Value is required for LESS_THAN']);
  assert.deepEqual(await condition({ productCategory: texts({ categoryId: category('zz'), includeDescendants: true }) }), ['sources.0.source.inclusion.conditions.0.productCategory.values.0.categoryId: Product category does not exist']);
  assert.deepEqual(await condition({ metafieldBoolean: { definitionId: definitionId('PRODUCT', 0), relation: 'EQUALS', value: true } }), ['sources.0.source.inclusion.conditions.0.metafieldBoolean.definitionId: Metafield definition cannot be used for this type of condition']);
  assert.deepEqual(await wrong({ sources: [source({ inclusion: { selections: [{ productId: 'gid://shopify/Product/1' }] } })] }), ['sources.0.source.inclusion.selections.0.productId: Product does not exist']);
  assert.deepEqual(await wrong({ sources: [source({ inclusion: { conditions: [{ productType: texts('a') }, { productType: texts('b') }] } })] }), ['sources.0.source.inclusion.matchType: Match type is required when there are several conditions']);
  assert.deepEqual(await wrong({ sources: [source({ inclusion: { matchType: 'ANY', conditions: Array.from({ length: 61 }, () => ({ productType: texts('a') })) } })] }), ['sources: A collection can have at most 60 conditions']);
  assert.deepEqual(await wrong({ sources: Array.from({ length: 26 }, () => source()) }), ['sources: A collection can have at most 25 sources']);
  assert.deepEqual([everything(shop), entries.length], [before, written]);
});

test('a condition of every kind can be written and reads as it was written', async () => {
  const { shop, run } = aWritable();
  const { id } = { id: collectionOfEveryKind(shop).gid };
  const { data, errors } = await run(`query($id: ID!) { collection(id: $id) { sources { ... on CollectionConditionsSource { inclusion { matchType conditions { __typename id
      ... on CollectionSourceInclusionConditionProductCategory { relation matchType values { category { id } includeDescendants } }
      ... on CollectionSourceInclusionConditionVariantCompareAtPrice { compareRelation: relation value { amount } }
      ... on CollectionSourceInclusionConditionVariantWeight { weightRelation: relation weight: value { value unit } }
      ... on CollectionSourceInclusionConditionMetafieldMetaobject { metaobject: value { id } definition { type { name } useAsCollectionCondition } }
    } } exclusion { matchType conditions { __typename id ... on CollectionSourceExclusionConditionCollection { matchType collections: values { title } } } selections(first: 5) { nodes { product { id } } } } } } } }`, { id });
  assert.equal(errors, undefined, JSON.stringify(errors));
  const [{ inclusion, exclusion }] = JSON.parse(JSON.stringify(data)).collection.sources;
  assert.equal(inclusion.conditions.length, 18);
  assert.equal(new Set([...inclusion.conditions, ...exclusion.conditions].map(c => c.id)).size, 23);
  const of = kind => inclusion.conditions.find(c => c.__typename.endsWith(kind));
  assert.deepEqual(of('ProductCategory').values, [{ category: { id: category('aa') }, includeDescendants: true }]);
  assert.deepEqual(of('VariantCompareAtPrice'), { ...of('VariantCompareAtPrice'), compareRelation: 'IS_SET', value: null });
  assert.deepEqual(of('VariantWeight').weight, { value: 2, unit: 'KILOGRAMS' });
  assert.deepEqual([of('MetafieldMetaobject').metaobject, of('MetafieldMetaobject').definition], [{ id: 'gid://shopify/Metaobject/1' }, { type: { name: 'metaobject_reference' }, useAsCollectionCondition: true }]);
  assert.deepEqual([exclusion.matchType, exclusion.conditions.at(-1).matchType, exclusion.conditions.at(-1).collections, exclusion.selections.nodes], [null, 'ANY', [{ title: 'Home page' }], [{ product: { id: shop.productAt(1).gid } }]]);
});

test('metaobject conditions ask for the reference that a product holds', async () => {
  const { shop, run } = aWritable();
  const { sources: [{ inclusion }] } = collectionOfEveryKind(shop), product = shop.productAt(9);
  const { number } = inclusion.conditions.at(-1).definition, condition = { metafieldMetaobjectList: { ...texts('gid://shopify/Metaobject/1'), relation: 'INCLUDES', definitionId: definitionId('PRODUCT', number) } };
  const { collection } = await write(run, CREATE, { c: { title: 'Refers', sources: [{ source: { title: 'One', inclusion: { conditions: [condition] } } }] } });
  assert.equal(collection.productsCount.count, 0);
  const { userErrors } = await write(run, 'mutation($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) { userErrors { message } } }', { m: [{ ownerId: product.gid, namespace: 'custom', key: 'object_1', value: '["gid://shopify/Metaobject/2","gid://shopify/Metaobject/1"]' }] });
  assert.deepEqual(userErrors, []);
  assert.deepEqual(shop.collections.members(shop.collections.list.at(-1)), [9]);
});
