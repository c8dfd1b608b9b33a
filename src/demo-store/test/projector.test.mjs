// The compiled projector must give what graphql-js gives: every line of a bulk query is compared with the same
// document executed by graphql-js over whole lists instead of pages.
import assert from 'node:assert/strict';
import test from 'node:test';
import { execute, getNamedType, parse } from 'graphql';
import { LineWriter } from '../bulk-operations.mjs';
import { checkBulkQuery, firstUnserved } from '../bulk-rules.mjs';
import { apply } from '../changes.mjs';
import { resolverOf, resolveType } from '../execution.mjs';
import { compileBulk } from '../projector.mjs';
import { collectionOfEveryKind } from './collection-samples.mjs';
import { aContext, aShop, theSchema } from './support.mjs';

const QUERIES = {
  products: `{ products { edges { node { id legacyResourceId title handle description(truncateAt: 40) descriptionHtml vendor productType tags status templateSuffix createdAt updatedAt publishedAt
    isGiftCard requiresSellingPlan hasOnlyDefaultVariant hasOutOfStockVariants tracksInventory totalInventory onlineStoreUrl seo { title description } category { id fullName level isLeaf parentId }
    options { id name position values optionValues { id name hasVariants swatch { color } linkedMetafieldValue } } priceRangeV2 { minVariantPrice { amount currencyCode } maxVariantPrice { amount } }
    compareAtPriceRange { maxVariantCompareAtPrice { amount } } featuredMedia { __typename id preview { status image { url } } } variantsCount { count precision } mediaCount { count }
    metafield(namespace: "custom", key: "organic") { id value jsonValue type } } } } }`,
  variants: `{ productVariants { edges { node { __typename id legacyResourceId title displayName product { id } sku barcode price compareAtPrice position taxable inventoryPolicy inventoryQuantity
    sellableOnlineQuantity availableForSale createdAt updatedAt selectedOptions { name value optionValue { id name } } media { edges { node { id alt } } }
    inventoryItem { id sku tracked requiresShipping unitCost { amount } measurement { id weight { value unit } } harmonizedSystemCode countryCodeOfOrigin
      inventoryLevels(includeInactive: true) { edges { node { id isActive updatedAt location { id name } quantities(names: ["available", "on_hand", "incoming"]) { name quantity } } } } } } } } }`,
  nested: `query Nested { products(query: "status:active") { edges { node { ...P variants { edges { node { id sku metafields { edges { node { id namespace key type value compareDigest ownerType } } } } } }
    media { edges { node { __typename id alt status mediaContentType ... on MediaImage { image { id url width height altText } mimeType } ... on Video { duration sources { url } } ... on ExternalVideo { host embedUrl } ... on Node { same: id } } } }
    metafields { edges { node { id key value definition { id namespace } } } } } } } } fragment P on Product { id title renamed: title }`,
  collections: '{ collections { edges { node { id title sortOrder productsCount { count } sources { __typename id title ... on CollectionConditionsSource { targetType inclusion { matchType conditions { __typename id ... on CollectionSourceInclusionConditionProductTag { matchType values tagRelation: relation } ... on CollectionSourceInclusionConditionVariantPrice { value { amount } } } } exclusion { matchType } } ... on CollectionSubCollectionsSource { collections { id } } } products { edges { node { id } } } } } } }',
  publications: '{ publications { edges { node { id catalog { __typename id title } includedProducts { edges { node { id } } } } } } }',
  items: '{ inventoryItems { edges { node { id variants { edges { node { id } } } inventoryLevels { edges { node { id } } } } } } }',
  locations: '{ locations(includeInactive: true) { edges { node { id name isActive address { city countryCode formatted } inventoryLevels { edges { node { id item { id } } } } } } } }',
};

function projected(shop, query, grouped) {
  const { schema } = theSchema();
  const { errors, document } = checkBulkQuery(schema, query);
  assert.deepEqual(errors, []);
  assert.equal(firstUnserved(schema, document), null);
  const lines = [], context = aContext(shop);
  const writer = new LineWriter(line => lines.push(JSON.parse(line)), context, grouped);
  const root = compileBulk(schema, document);
  const list = root.list({}, context);
  for (const _ of writer.all(root, list)); // to its end
  assert.equal(writer.objectCount, lines.length);
  return lines;
}

/** The same through graphql-js, where a connection is its whole list. */
async function executed(shop, query) {
  const { schema } = theSchema();
  const whole = (source, args, context, { parentType, fieldName }) => {
    const resolve = resolverOf(parentType.name, fieldName);
    const value = resolve.listOf ? resolve.listOf(source, args, context) : resolve(source, args, context);
    if (!resolve.listOf || !value) return value;
    return { edges: Array.from({ length: value.length }, (_, k) => ({ node: value.at(k) })) };
  };
  const document = parse(query);
  const result = await execute({ schema, document, contextValue: aContext(shop), fieldResolver: whole, typeResolver: resolveType });
  assert.equal(result.errors, undefined);
  const lines = [];
  flatten(JSON.parse(JSON.stringify(result.data)), null, lines);
  return lines;
}

function flatten(object, parent, lines) {
  const rest = strip(object, parent?.id ?? null, lines);
  return rest;
}

/** Takes the connections out of an object; each row becomes a line. */
function strip(value, parentId, lines) {
  if (Array.isArray(value)) return value.map(v => strip(v, parentId, lines));
  if (value === null || typeof value !== 'object') return value;
  const own = {};
  for (const [key, inner] of Object.entries(value)) {
    if (inner?.edges) {
      for (const { node } of inner.edges) {
        const line = {};
        lines.push(line);
        const below = [];
        Object.assign(line, strip(node, node.id, below));
        if (parentId !== null) line.__parentId = parentId;
        lines.push(...below);
      }
    } else own[key] = strip(inner, parentId, lines);
  }
  return own;
}

const sorted = lines => lines.map(line => JSON.stringify(line, Object.keys(flat(line)).sort())).sort();
const flat = (value, keys = {}) => { if (value && typeof value === 'object') for (const [k, v] of Object.entries(value)) { if (!Array.isArray(value)) keys[k] = 1; flat(v, keys); } return keys; };

for (const [name, query] of Object.entries(QUERIES)) {
  test(`the projector writes what graphql-js answers: ${name}`, async () => {
    const shop = aShop(130);
    const product = shop.productAt(3);
    apply(shop, { type: 'edit', kind: 'product', id: product.id, set: { title: 'Quote " and \\ and \u2028 and \ud83d\ude00', tags: [] }, at: Date.UTC(2025, 1, 1) });
    apply(shop, { type: 'edit', kind: 'variant', id: product.variants[1].id, set: { price: '7.10', sku: null }, at: Date.UTC(2025, 1, 2) });
    apply(shop, { type: 'delete', kind: 'variant', ids: [product.variants[0].id], at: Date.UTC(2025, 1, 3) });
    apply(shop, { type: 'create', products: 3, at: Date.UTC(2025, 1, 4) });
    apply(shop, { type: 'delete', kind: 'product', ids: [shop.productAt(9).id], at: Date.UTC(2025, 1, 5) });

    const lines = projected(shop, query, false);
    assert.ok(lines.length > 3);
    assert.deepEqual(sorted(lines), sorted(await executed(shop, query)));
    assert.deepEqual(sorted(projected(shop, query, true)), sorted(lines));
  });
}

test('grouped children follow their parent, ungrouped ones need not', () => {
  const shop = aShop(300);
  const follows = lines => {
    let parent = null, apart = 0;
    for (const line of lines) { if (!line.__parentId) parent = line.id; else if (line.__parentId !== parent) apart++; }
    return apart;
  };
  const query = '{ products { edges { node { id variants { edges { node { id } } } } } } }';
  assert.equal(follows(projected(shop, query, true)), 0);
  const lines = projected(shop, query, false);
  assert.ok(follows(lines) > 300);
  const seen = new Set();
  const early = lines.filter(line => { seen.add(line.id); return line.__parentId && !seen.has(line.__parentId); });
  assert.ok(early.length > 0, 'some children come before their parent');
});

test('rows of one connection keep their order', () => {
  const shop = aShop(130);
  const variants = projected(shop, '{ products { edges { node { id variants { edges { node { id position } } } } } } }', false).filter(l => l.__parentId);
  const next = new Map();
  for (const v of variants) {
    assert.equal(v.position, (next.get(v.__parentId) ?? 0) + 1);
    next.set(v.__parentId, v.position);
  }
});

test('the type of every served field exists in the schema', async () => {
  const { served } = await import('../served-fields.mjs');
  const { schema } = theSchema();
  for (const [type, fields] of Object.entries(served)) {
    const known = schema.getType(type)?.getFields();
    assert.ok(known, type);
    for (const field of Object.keys(fields)) assert.ok(known[field] && getNamedType(known[field].type), `${type}.${field}`);
  }
});

test('every served field answers', async () => {
  const { served } = await import('../served-fields.mjs');
  const shop = aShop(1000);
  const bulk = { byId: () => null, list: () => ({ length: 0 }) };
  const context = { ...aContext(shop), bulk, jobs: { byId: () => null }, versions: [], version: '2026-10', subscriptions: { byId: () => null, list: () => ({ length: 0 }) }, app: 'app' };
  const product = shop.productAt(3), variant = product.variants[1], ids = { product: product.gid, collection: shop.collections.list[0].gid, location: shop.locations[0].gid, publication: shop.publications[0].gid };
  const findMedia = kind => { for (let i = 0; ; i++) { const m = shop.productAt(i).media.find(x => x.kind === kind); if (m) return m; } };
  const args = (type, field) => ({
    first: 3, limit: 10, key: 'organic', names: ['available'], publicationId: ids.publication, locationId: ids.location, inventoryItemId: variant.itemGid, ownerType: 'PRODUCT', identifier: { handle: product.handle }, ids: [ids.product, ids.collection],
    id: { productVariant: variant.gid, inventoryItem: variant.itemGid, inventoryLevel: variant.levels[0].gid, collection: ids.collection, hasCollection: ids.collection, inCollection: ids.collection, location: ids.location, publication: ids.publication, bulkOperation: 'gid://shopify/BulkOperation/1', webhookSubscription: 'gid://shopify/WebhookSubscription/1', job: 'gid://shopify/Job/1', productOperation: 'gid://shopify/ProductSetOperation/1' }[field] ?? ids.product,
  });
  const tables = served;
  const option = tables.Product.options(product, {}, context)[0];
  const [everyKind] = collectionOfEveryKind(shop).sources;
  const kindsOf = side => Object.fromEntries(tables[`CollectionSource${side}`].conditions({ source: everyKind }, {}, context).map(c => [c.typename, c]));
  const sources = shop.collections.list.flatMap(c => c.sources);
  const conditionsSource = sources.find(s => s.exclusion);
  const inclusions = sources.filter(s => s.inclusion).map(source => tables.CollectionConditionsSource.inclusion(source));
  const operation = { id: 'x', status: 'COMPLETE', product: null, userErrors: [], deletedProductId: null };
  const samples = {
    QueryRoot: {}, Product: product, ProductVariant: variant, InventoryItem: variant.item, InventoryLevel: variant.levels[0], ProductOption: option, ProductOptionValue: option.values[0],
    MediaImage: findMedia('MediaImage'), Video: findMedia('Video'), ExternalVideo: findMedia('ExternalVideo'), Model3d: findMedia('Model3d'), Image: tables.MediaImage.image(findMedia('MediaImage'), {}, context),
    Metafield: Array.from({ length: 1000 }, (_, i) => shop.productAt(i).metafields[0]).find(Boolean), MetafieldDefinition: tables.QueryRoot.metafieldDefinitions({}, { first: 1, ownerType: 'PRODUCT' }, context).nodes[0],
    Collection: shop.collections.list[0], CollectionConditionsSource: conditionsSource, CollectionSubCollectionsSource: sources.find(s => s.subCollections), CollectionSourceInclusion: inclusions[0],
    CollectionSourceExclusion: tables.CollectionConditionsSource.exclusion(conditionsSource), CollectionInclusionProductSelection: tables.CollectionSourceInclusion.selections(inclusions[0], { first: 1 }, context).nodes[0],
    ...kindsOf('Inclusion'), ...kindsOf('Exclusion'), CollectionExclusionProductSelection: { product }, Metaobject: { gid: 'gid://shopify/Metaobject/1' },
    CollectionSourceInclusionConditionUnknown: Object.values(kindsOf('Inclusion'))[0], CollectionSourceExclusionConditionUnknown: Object.values(kindsOf('Exclusion'))[0],
    Location: shop.locations[0], Publication: shop.publications[0], AppCatalog: tables.Publication.catalog(shop.publications[0]), MarketCatalog: tables.Publication.catalog(shop.publications[2]), Taxonomy: {}, Shop: shop, AppInstallation: context,
    ProductSetOperation: operation, ProductDeleteOperation: operation,
    WebhookSubscription: { gid: 'gid://shopify/WebhookSubscription/1', id: 1, topic: 'PRODUCTS_UPDATE', uri: 'https://example.com/', format: 'JSON', name: null, includeFields: [], createdAt: 1, updatedAt: 1 },
    WebhookHttpEndpoint: { callbackUrl: 'https://example.com/' },
    BasicEvent: { gid: 'x', event: { action: 'destroy', subjectGid: 'x', subjectType: 'PRODUCT', title: 't', createdAt: 1, number: 1 } }, BulkOperation: { kind: 'QUERY', createdAt: 1, completedAt: null, objectCount: 1, rootObjectCount: 1, status: 'RUNNING', shownStatus: 'RUNNING', gid: 'x', query: '', errorCode: null, shownFileSize: null, url: null, partialDataUrl: null },
  };
  const { schema } = theSchema();
  for (const [type, fields] of Object.entries(served)) {
    if (type === 'Mutation') continue;
    assert.ok(samples[type], `a sample of ${type}`);
    for (const [field, resolve] of Object.entries(fields)) {
      const definition = schema.getType(type).getFields()[field];
      const allowed = Object.fromEntries(Object.entries(args(type, field)).filter(([name]) => definition.args.some(a => a.name === name)));
      let value;
      assert.doesNotThrow(() => { value = resolve(samples[type], allowed, context); }, `${type}.${field}`);
      assert.notEqual(value, undefined, `${type}.${field}`);
      if (String(definition.type).endsWith('!')) assert.notEqual(value, null, `${type}.${field} is never null`);
    }
  }
});
