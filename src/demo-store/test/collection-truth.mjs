// A second opinion on who is in a collection, worked out from plain rows, and random conditions to ask it about.
import assert from 'node:assert/strict';
import { definitionId } from '../collection-conditions.mjs';
import { texts } from './collection-samples.mjs';
import { everything } from './writable.mjs';

const usd = amount => ({ amount, currencyCode: 'USD' });
export const category = code => `gid://shopify/TaxonomyCategory/${code}`;

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
export function checkMembers(shop) {
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

export function someConditions(r, shop, count) {
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

export function someExclusions(r, shop, count) {
  const product = () => { for (;;) { const found = shop.productAt(r.next(shop.total)); if (found) return found; } };
  const kinds = {
    productTag: () => ({ ...texts(r.of(product().tags) ?? 'none'), relation: 'TAGGED_WITH' }), productType: () => ({ ...texts(product().productType || 'x'), relation: r.of(['EQUALS', 'CONTAINS']) }),
    productVendor: () => ({ ...texts(product().vendor.slice(0, 4).trim() || 'x'), relation: r.of(['EQUALS', 'CONTAINS']) }), productCategory: () => texts({ categoryId: category(r.of(['aa', 'ap-2'])), includeDescendants: r.of([true, false]) }),
    collection: () => ({ values: [r.of(shop.collections.live.filter(c => !c.sources.some(s => s.subCollections))).gid] }),
  };
  return Array.from({ length: count }, () => { const kind = r.of(Object.keys(kinds)); return { [kind]: kinds[kind]() }; });
}
