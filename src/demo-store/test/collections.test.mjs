// Collections as mutations make them: what their conditions hold is worked out a second time here, from plain rows.
import assert from 'node:assert/strict';
import test from 'node:test';
import { apply } from '../changes.mjs';
import { definitionId } from '../collection-conditions.mjs';
import { stateKinds } from '../state-dump.mjs';
import { collectionOfEveryKind, texts } from './collection-samples.mjs';
import { aWritable, everything, random, replayed } from './writable.mjs';

const CREATE = 'mutation($c: CollectionCreateInput!) { collectionCreate(collection: $c) { collection { id handle sortOrder updatedAt productsCount { count } resourcePublicationsCount { count } } userErrors { field message } } }';
const usd = amount => ({ amount, currencyCode: 'USD' });
const category = code => `gid://shopify/TaxonomyCategory/${code}`;

async function write(run, query, variables) {
  const { data, errors } = await run(query, variables);
  assert.equal(errors, undefined, JSON.stringify(errors));
  return JSON.parse(JSON.stringify(Object.values(data)[0]));
}

// --- the second opinion --------------------------------------------------------------------------------------------

const lower = text => [...text].map(c => c.toLowerCase().length === c.length ? c.toLowerCase() : c).join('');
const TEXT = { EQUALS: (a, b) => a === b, NOT_EQUALS: (a, b) => a !== b, STARTS_WITH: (a, b) => a.startsWith(b), ENDS_WITH: (a, b) => a.endsWith(b), CONTAINS: (a, b) => a.includes(b), DOES_NOT_CONTAIN: (a, b) => !a.includes(b) };
const NUMBER = { EQUALS: (a, b) => a === b, NOT_EQUALS: (a, b) => a !== b, LESS_THAN: (a, b) => a < b, GREATER_THAN: (a, b) => a > b };
const GRAMS = { GRAMS: 1, KILOGRAMS: 1000, OUNCES: 28.349523125, POUNDS: 453.59237 };
const milligrams = (value, unit) => Math.round(value * (GRAMS[unit] * 1000));

function holdsOf(c, p, v) {
  const each = fits => c.matchType === 'ALL' ? c.values.every(fits) : c.values.some(fits);
  const text = (held, fold = lower) => each(wanted => TEXT[c.relation](fold(held), fold(wanted)));
  const owner = c.definition?.ownerType === 'PRODUCTVARIANT' ? v : p;
  const held = c.definition && owner.metafields.find(m => m.namespace === c.definition.namespace && m.key === c.definition.key)?.value;
  if (c.definition && held === undefined) return false;
  switch (c.kind) {
    case 'ProductTag': return each(wanted => p.tags.some(tag => lower(tag) === lower(wanted)) === (c.relation === 'TAGGED_WITH'));
    case 'ProductTitle': return text(p.title);
    case 'ProductType': return text(p.productType);
    case 'ProductVendor': return text(p.vendor);
    case 'ProductStatus': return text(p.status, one => one);
    case 'ProductCategory': return each(({ categoryId, includeDescendants }) => (p.categoryId === categoryId || (includeDescendants && (p.categoryId ?? '').startsWith(`${categoryId}-`))) === (c.relation === 'EQUALS'));
    case 'VariantTitle': return text(v.title);
    case 'VariantPrice': return NUMBER[c.relation](Number(v.price), Number(c.value));
    case 'VariantCompareAtPrice':
      if (c.relation.startsWith('IS_')) return (v.compareAtPrice === null) === (c.relation === 'IS_NOT_SET');
      return v.compareAtPrice === null ? c.relation === 'NOT_EQUALS' : NUMBER[c.relation](Number(v.compareAtPrice), Number(c.value));
    case 'VariantInventory': return NUMBER[c.relation](v.inventoryQuantity, c.value);
    case 'VariantWeight': return v.weight === null ? c.relation === 'NOT_EQUALS' : NUMBER[c.relation](milligrams(v.weight, v.weightUnit), milligrams(c.value.value, c.value.unit));
    case 'MetafieldBoolean': return (held === 'true') === c.value;
    case 'MetafieldInteger': return NUMBER[c.relation](parseInt(held, 10), c.value);
    case 'MetafieldDecimal': return NUMBER[c.relation](parseFloat(c.definition.type === 'rating' ? JSON.parse(held).value : held), parseFloat(c.value));
    case 'MetafieldString': return text(held);
    case 'MetafieldStringList': return each(wanted => JSON.parse(held).map(lower).includes(lower(wanted)));
    case 'MetafieldMetaobject': return held === c.value;
    case 'MetafieldMetaobjectList': return each(wanted => JSON.parse(held).includes(wanted));
    default: throw new Error(c.kind);
  }
}

const isOfVariant = c => c.kind.startsWith('Variant') || c.definition?.ownerType === 'PRODUCTVARIANT';
const anyVariant = (c, p) => p.variants.some(v => holdsOf(c, p, v));

function isIncluded(s, p) {
  if (s.selections.some(x => x.productId === p.id)) return true;
  if (!s.conditions.length) return false;
  if (s.matchType === 'ANY') return s.conditions.some(c => anyVariant(c, p));
  if (s.targetType === 'PRODUCTS') return s.conditions.every(c => anyVariant(c, p));
  return p.variants.some(v => s.conditions.every(c => holdsOf(c, p, v)));
}

function isExcluded(s, p, byId) {
  if (s.excludedProductIds.includes(p.id)) return true;
  const [ofCollections, own] = [true, false].map(is => (s.exclusion?.conditions ?? []).filter(c => (c.kind === 'Collection') === is));
  if (ofCollections.some(c => c.values.some(id => isMember(byId.get(id), p, byId)))) return true;
  return own.length > 0 && (s.exclusion.matchType === 'ALL' ? own.every(c => anyVariant(c, p)) : own.some(c => anyVariant(c, p)));
}

const isMember = (collection, p, byId) => collection.sources.some(s => s.type === 'subCollections' ? s.collectionIds.some(id => isMember(byId.get(id), p, byId)) : isIncluded(s, p) && !isExcluded(s, p, byId));

/** Says of every collection who should be in it, and checks that they are. */
function checkMembers(shop) {
  const rows = everything(shop), owned = new Map(rows.metafields.map(m => [m.ownerId, []]));
  for (const m of rows.metafields) owned.get(m.ownerId).push(m);
  const products = new Map(rows.products.map(p => [p.id, { ...p, metafields: owned.get(p.id) ?? [], variants: [] }]));
  for (const v of rows.variants) products.get(v.productId).variants.push({ ...v, metafields: owned.get(v.id) ?? [] });
  const byId = new Map(rows.collections.map(c => [c.id, c])), members = new Map(rows.collections.map(c => [c.id, []]));
  for (const m of rows['collection-members']) members.get(m.collectionId).push(m.productId);
  for (const c of rows.collections) {
    const wanted = [...products.values()].filter(p => isMember(c, p, byId)).map(p => p.id);
    assert.deepEqual(members.get(c.id).toSorted(), wanted.sort(), `${c.title} ${JSON.stringify(c.sources)}`);
  }
  return members;
}

// --- random conditions ---------------------------------------------------------------------------------------------

function someConditions(r, shop, count) {
  const product = () => { for (;;) { const found = shop.productAt(r.next(shop.total)); if (found) return found; } };
  const casing = text => r.of([text, text.toUpperCase(), lower(text)]) || 'x';
  const part = text => { const letters = [...text], from = r.next(letters.length || 1); return casing(letters.slice(from, from + 1 + r.next(4)).join('').trim() || letters[0] || 'x'); };
  const relation = r.of(['EQUALS', 'NOT_EQUALS', 'STARTS_WITH', 'ENDS_WITH', 'CONTAINS', 'DOES_NOT_CONTAIN']);
  const several = make => Array.from({ length: 1 + r.next(3) }, make);
  const textOf = read => () => ({ relation, matchType: r.of(['ANY', 'ALL']), values: several(() => /EQUALS/.test(relation) ? casing(read(product())) : part(read(product()))).map(t => t.trim() || 'x') });
  const numbers = r.of(['EQUALS', 'NOT_EQUALS', 'LESS_THAN', 'GREATER_THAN']), bounds = r.of(['EQUALS', 'LESS_THAN', 'GREATER_THAN']);
  const variant = () => r.of(product().variants);
  const kinds = {
    productTag: () => ({ relation: r.of(['TAGGED_WITH', 'NOT_TAGGED_WITH']), matchType: r.of(['ANY', 'ALL']), values: several(() => casing(r.of(product().tags) ?? 'none')) }),
    productTitle: textOf(p => p.title), productType: textOf(p => p.productType), productVendor: textOf(p => p.vendor), variantTitle: textOf(p => p.variants[0].title),
    productCategory: () => ({ relation: r.of(['EQUALS', 'NOT_EQUALS']), matchType: r.of(['ANY', 'ALL']), values: several(() => ({ categoryId: category(r.of([product().categoryCode ?? 'aa', 'aa-1', 'ap', 'ap-2'])), includeDescendants: r.of([true, false]) })) }),
    productStatus: () => ({ relation: r.of(['EQUALS', 'NOT_EQUALS']), matchType: r.of(['ANY', 'ALL']), values: several(() => r.of(['ACTIVE', 'DRAFT', 'ARCHIVED', 'UNLISTED'])) }),
    variantPrice: () => ({ relation: numbers, value: usd(variant().price) }),
    variantCompareAtPrice: () => { const asked = r.of([numbers, 'IS_SET', 'IS_NOT_SET']); return { relation: asked, ...(asked.startsWith('IS_') ? {} : { value: usd(variant().compareAtPrice ?? '50') }) }; },
    variantInventory: () => ({ relation: bounds, value: variant().inventoryQuantity }),
    variantWeight: () => ({ relation: numbers, value: r.of([variant().weight, { value: r.next(40) / 10, unit: r.of(Object.keys(GRAMS)) }]) }),
    metafieldBoolean: () => ({ definitionId: definitionId('PRODUCT', 4), relation: 'EQUALS', value: r.of([true, false]) }),
    metafieldInteger: () => ({ definitionId: r.of([definitionId('PRODUCT', 2), definitionId('PRODUCTVARIANT', 1)]), relation: bounds, value: r.next(14) * r.of([1, 60]) }),
    metafieldDecimal: () => ({ definitionId: r.of([definitionId('PRODUCT', 3), definitionId('PRODUCT', 12)]), relation: bounds, value: `${r.next(9)}.${r.next(10)}` }),
    metafieldString: () => ({ definitionId: r.of([definitionId('PRODUCT', 0), definitionId('PRODUCTVARIANT', 0)]), relation: 'EQUALS', matchType: r.of(['ANY', 'ALL']), values: several(() => casing((product().metafields.find(m => m.key === 'material') ?? variant().metafields.find(m => m.key === 'bin'))?.value ?? 'x')) }),
    metafieldStringList: () => ({ definitionId: definitionId('PRODUCT', 14), relation: 'INCLUDES', matchType: r.of(['ANY', 'ALL']), values: several(() => r.of(['WASHABLE', '防水', 'washable', 'none'])) }),
  };
  return Array.from({ length: count }, () => { const kind = r.of(Object.keys(kinds)); return { [kind]: kinds[kind]() }; });
}

function someExclusions(r, shop, count) {
  const product = () => { for (;;) { const found = shop.productAt(r.next(shop.total)); if (found) return found; } };
  const kinds = {
    productTag: () => ({ ...texts(r.of(product().tags) ?? 'none'), relation: 'TAGGED_WITH' }), productType: () => ({ ...texts(product().productType || 'x'), relation: r.of(['EQUALS', 'CONTAINS']) }),
    productVendor: () => ({ ...texts(product().vendor.slice(0, 4).trim() || 'x'), relation: r.of(['EQUALS', 'CONTAINS']) }), productCategory: () => texts({ categoryId: category(r.of(['aa', 'ap-2'])), includeDescendants: r.of([true, false]) }),
    collection: () => ({ values: [r.of(shop.collections.live.filter(c => !c.sources.some(s => s.subCollections))).gid] }),
  };
  return Array.from({ length: count }, () => { const kind = r.of(Object.keys(kinds)); return { [kind]: kinds[kind]() }; });
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
