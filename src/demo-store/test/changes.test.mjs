import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { apply } from '../changes.mjs';
import { parseCsv, productsOfCsv } from '../csv.mjs';
import { stateKinds } from '../state-dump.mjs';
import { aShop } from './support.mjs';

const AT = Date.UTC(2026, 0, 2, 3, 4, 5);
// A real shop's export, not ours to copy: read where it lies beside the project.
const APPAREL = fileURLToPath(new URL('../../../../shared/data/product-csv/apparel.csv', import.meta.url));
const state = (shop, kind) => [...stateKinds[kind](shop)];
const all = shop => Object.fromEntries(Object.keys(stateKinds).map(kind => [kind, state(shop, kind)]));

test('the same seed makes the same shop, another seed another', () => {
  assert.deepEqual(all(aShop(110)), all(aShop(110)));
  assert.notDeepEqual(state(aShop(110), 'products'), state(aShop(110, { seed: 2 }), 'products'));
});

test('the shop holds what breaks careless software', () => {
  const shop = aShop(1000);
  const { products, variants, media, metafields, collections, 'collection-members': members, 'inventory-levels': levels, options } = all(shop);
  assert.equal(products.length, 1000);
  assert.ok(products.some(p => BigInt(p.id) > 2n ** 53n) && products.some(p => BigInt(p.id) < 2n ** 53n));
  assert.ok(products.some(p => BigInt(Number(p.id)) !== BigInt(p.id)), 'an id that a double corrupts');
  assert.equal(Math.max(...products.map(p => p.variantsCount)), 2048);
  for (const status of ['ACTIVE', 'DRAFT', 'ARCHIVED', 'UNLISTED']) assert.ok(products.some(p => p.status === status), status);
  for (const pattern of [/[\u0590-\u06ff]/, /\p{Emoji_Presentation}/u, /[\u3040-\u30ff]/, /</, /\\/]) assert.ok(products.some(p => pattern.test(p.title)), String(pattern));
  const skus = variants.map(v => v.sku);
  assert.ok(skus.includes(null) && new Set(skus).size < skus.length - skus.filter(s => s === null).length);
  assert.ok(variants.some(v => v.barcode?.startsWith('0')) && variants.some(v => v.compareAtPrice === null) && variants.some(v => v.price === '0.00'));
  assert.ok(media.some(m => m.status === 'PROCESSING') && media.some(m => m.type === 'Video') && media.some(m => m.alt === null));
  assert.ok(new Set(metafields.map(m => m.type)).size >= 15);
  assert.ok(options.some(o => o.values.some(v => !v.hasVariants)));
  assert.ok(collections.some(c => c.productsCount === 0) && collections.some(c => c.sources.some(s => s.type === 'subCollections')));
  assert.ok(members.length > 500 && levels.some(l => l.available < 0) && levels.some(l => !l.isActive));
  for (const rows of [products, variants, media, metafields, collections, levels, options]) assert.equal(new Set(rows.map(r => r.id)).size, rows.length);
  assert.ok(levels.every(l => l.on_hand === l.available + l.committed + l.reserved + l.damaged + l.safety_stock + l.quality_control));
});

test('a benchmark shop has about three variants per product', () => {
  const shop = aShop(20_000);
  assert.ok(Math.abs(shop.variantCount / 20_000 - 3.1) < 0.2, String(shop.variantCount / 20_000));
});

test('a silent edit moves no time, a loud one moves the row’s and the product’s', () => {
  const shop = aShop(100);
  const variant = shop.productAt(5).variants[0], before = shop.productAt(5).updatedAt;
  apply(shop, { type: 'edit', kind: 'variant', id: variant.gid, set: { price: '1.23' }, touch: false, at: AT });
  assert.equal(shop.productAt(5).variants[0].price, '1.23');
  assert.equal(shop.productAt(5).updatedAt, before);
  assert.equal(shop.productAt(5).variants[0].updatedAt, variant.updatedAt);
  apply(shop, { type: 'edit', kind: 'variant', id: variant.gid, set: { sku: 'X' }, at: AT });
  assert.equal(shop.productAt(5).variants[0].price, '1.23');
  assert.equal(shop.productAt(5).updatedAt, AT);
  assert.equal(shop.productAt(5).variants[0].updatedAt, AT);
});

test('each kind can be edited, and what is wrong is named', () => {
  const shop = aShop(100);
  const product = shop.productAt(3);
  const level = product.variants[0].levels[0], medium = product.media[0], collection = shop.collections.list[1];
  const metafield = Array.from({ length: 100 }, (_, i) => shop.productAt(i).metafields[0]).find(Boolean);
  apply(shop, { type: 'edit', kind: 'inventory-level', id: level.gid, set: { available: 7 }, at: AT });
  assert.equal(shop.levelById(level.id).quantities.available, 7);
  apply(shop, { type: 'edit', kind: 'media', id: medium.gid, set: { alt: 'New alt' }, at: AT });
  assert.equal(shop.mediaById(medium.id).alt, 'New alt');
  apply(shop, { type: 'edit', kind: 'metafield', id: metafield.gid, set: { value: 'v' }, at: AT });
  assert.equal(shop.metafieldById(metafield.id).value, 'v');
  apply(shop, { type: 'edit', kind: 'collection', id: collection.gid, set: { title: 'Shirts' }, at: AT });
  assert.equal(shop.collections.list[1].title, 'Shirts');
  apply(shop, { type: 'edit', kind: 'collection', id: collection.gid, set: { image: { altText: 'Shirts', address: 'https://example.com/s.png' } }, at: AT });
  const shirts = state(shop, 'collections')[1];
  assert.deepEqual([shirts.imageAlt, shirts.imageUrl], ['Shirts', 'https://example.com/s.png']);
  assert.throws(() => apply(shop, { type: 'edit', kind: 'product', id: product.gid, set: { colour: 'red' }, at: AT }), /a product has no field 'colour'; it has title, /);
  assert.throws(() => apply(shop, { type: 'edit', kind: 'product', id: '1', set: { title: 'x' }, at: AT }), /no product has the id 1/);
});

test('a changed tag moves the product into and out of collections without touching it', () => {
  const shop = aShop(300);
  const sale = shop.collections.list.find(c => c.title === 'Sale');
  const members = shop.collections.members(sale);
  const outside = Array.from({ length: 300 }, (_, i) => i).find(i => !members.includes(i) && !shop.productAt(i).tags.includes('sample-sale-2024'));
  apply(shop, { type: 'edit', kind: 'product', id: shop.productAt(outside).id, set: { tags: ['sale'] }, touch: false, at: AT });
  assert.ok(shop.collections.members(sale).includes(outside));
  apply(shop, { type: 'edit', kind: 'product', id: shop.productAt(outside).id, set: { tags: ['sale', 'sample-sale-2024'] }, touch: false, at: AT });
  assert.ok(!shop.collections.members(sale).includes(outside), 'excluded');
});

test('edit-many changes that many rows, the same ones for the same seed', () => {
  const shop = aShop(400), twin = aShop(400);
  const before = state(shop, 'products');
  const { count } = apply(shop, { type: 'edit-many', kind: 'product', count: 40, seed: 9, fields: ['title', 'tags'], touch: false, at: AT });
  assert.equal(count, 40);
  const changed = state(shop, 'products').filter((p, k) => p.title !== before[k].title);
  assert.equal(changed.length, 40);
  assert.ok(changed.every(p => p.tags.some(t => t.startsWith('edited-'))));
  apply(twin, { type: 'edit-many', kind: 'product', count: 40, seed: 9, fields: ['title', 'tags'], touch: false, at: AT });
  assert.deepEqual(all(twin), all(shop));
});

test('created, deleted, shrunk', () => {
  const shop = aShop(100);
  const { ids } = apply(shop, { type: 'create', products: 3, at: AT });
  assert.equal(shop.productCount, 103);
  assert.equal(shop.productById(ids[2].split('/').at(-1)).createdAt, AT);
  const deleted = shop.productAt(4).gid;
  apply(shop, { type: 'delete', kind: 'product', ids: [deleted, deleted], at: AT });
  assert.equal(shop.productCount, 102);
  assert.equal(shop.productById(deleted.split('/').at(-1)), undefined);
  assert.throws(() => apply(shop, { type: 'delete', kind: 'product', ids: [ids[0], deleted], at: AT }), /no product has the id/);
  assert.equal(shop.productCount, 102, 'a deletion that names a missing row deletes nothing');
  const variants = shop.productAt(3).variants;
  apply(shop, { type: 'delete', kind: 'variant', ids: [variants[0].gid], at: AT });
  assert.deepEqual(shop.productAt(3).variants.map(v => v.position), variants.slice(1).map((_, k) => k + 1));
  assert.throws(() => apply(shop, { type: 'delete', kind: 'variant', ids: shop.productAt(3).variants.map(v => v.gid), at: AT }), /last variant/);
  apply(shop, { type: 'shrink', keep: 1, at: AT });
  assert.equal(state(shop, 'products').length, 1);
  assert.equal(shop.events.length, 102);
});

test('CSV: quotes, line breaks in fields, CRLF, variants and pictures in further rows', () => {
  assert.deepEqual(parseCsv('\ufeffa,"b ""x""",c\r\n1,"two\nlines",3'), [['a', 'b "x"', 'c'], ['1', 'two\nlines', '3']]);
  const [product] = productsOfCsv(`Handle,Title,Vendor,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty,Variant Inventory Tracker,Variant Grams,Variant Weight Unit,Image Src,Image Position,Status
shirt,Shirt,Ada,"b, a",true,Size,S,S-1,10,4,shopify,500,kg,https://example.com/2.jpg,2,draft
shirt,,,,,,M,S-2,11.5,0,shopify,500,g,,,
shirt,,,,,,,,,,,,,https://example.com/1.jpg,1,`, AT);
  assert.deepEqual(product.tags, ['a', 'b']);
  assert.equal(product.status, 'DRAFT');
  assert.deepEqual(product.variants.map(v => [v.sku, v.price, v.weight.value, v.weight.unit, v.stock[0]]), [['S-1', '10.00', 0.5, 'KILOGRAMS', 4], ['S-2', '11.50', 500, 'GRAMS', 0]]);
  assert.deepEqual(product.media.map(m => m.url), ['https://example.com/1.jpg', 'https://example.com/2.jpg']);
  const shop = aShop(20); // without a Vendor column, the conditions of collections must still find text
  apply(shop, { type: 'csv', products: productsOfCsv('Handle,Variant Price\nbare,3', AT) });
  assert.equal(shop.collections.members(shop.collections.list[7]).length > 0, true);
  assert.deepEqual(state(shop, 'products').slice(-1).map(p => [p.handle, p.title, p.vendor, p.productType]), [['bare', '', '', '']]);
  assert.throws(() => productsOfCsv('a,b\n1,2', AT), /the column "Handle" is missing/);
});

test('a real product CSV can be loaded', { skip: existsSync(APPAREL) ? false : `${APPAREL} is not there` }, () => {
  const shop = aShop(0);
  apply(shop, { type: 'csv', products: productsOfCsv(readFileSync(APPAREL, 'utf8'), AT) });
  const products = state(shop, 'products'), variants = state(shop, 'variants');
  assert.equal(products.length, 20);
  assert.equal(products[0].title, 'Ocean Blue Shirt');
  assert.equal(variants.filter(v => v.productId === products.find(p => p.handle === 'classic-varsity-top').id).map(v => v.title).join(), 'Small,Medium,Large');
  assert.ok(state(shop, 'media').length >= 20 && state(shop, 'inventory-levels').length === variants.length);
  apply(shop, { type: 'edit', kind: 'variant', id: variants[0].id, set: { price: '3.00' }, at: AT });
  assert.equal(state(shop, 'variants')[0].price, '3.00');
});

test('every collection holds what its sources say, in its order', () => {
  const shop = aShop(800);
  const { products, variants, collections, 'collection-members': members } = all(shop);
  const pricesOf = new Map(products.map(p => [p.id, []]));
  for (const v of variants) pricesOf.get(v.productId).push(Number(v.price));
  const byId = new Map(collections.map(c => [c.id, c]));

  const text = { ProductType: p => p.productType, ProductVendor: p => p.vendor, ProductTitle: p => p.title };
  const tests = { EQUALS: (a, b) => a === b, NOT_EQUALS: (a, b) => a !== b, STARTS_WITH: (a, b) => a.startsWith(b), CONTAINS: (a, b) => a.includes(b) };
  const holds = (c, p) => {
    if (c.kind === 'VariantPrice') return pricesOf.get(p.id).some(price => c.relation === 'LESS_THAN' ? price < Number(c.value) : price > Number(c.value));
    const each = c.kind === 'ProductTag' ? v => p.tags.includes(v) === (c.relation === 'TAGGED_WITH') : v => tests[c.relation](text[c.kind](p), v);
    return c.matchType === 'ALL' ? c.values.every(each) : c.values.some(each);
  };
  const group = ({ matchType, conditions }, p) => conditions.length > 0 && (matchType === 'ALL' ? conditions.every(c => holds(c, p)) : conditions.some(c => holds(c, p)));
  const isIn = (collection, p) => collection.sources.some(s => s.type === 'subCollections'
    ? s.collectionIds.some(id => isIn(byId.get(id), p))
    : (s.selections.some(x => x.productId === p.id) || group(s, p)) && !(s.exclusion && group(s.exclusion, p)));

  for (const collection of collections) {
    const found = members.filter(m => m.collectionId === collection.id);
    assert.deepEqual(found.map(m => m.productId).sort(), products.filter(p => isIn(collection, p)).map(p => p.id).sort(), collection.title);
    assert.deepEqual(found.map(m => m.position), found.map((_, k) => k + 1));
    const keys = { ALPHA_ASC: m => products.find(p => p.id === m.productId).title.toLowerCase(), PRICE_ASC: m => Math.min(...pricesOf.get(m.productId)), CREATED_DESC: m => -Date.parse(products.find(p => p.id === m.productId).createdAt) }[collection.sortOrder];
    if (!keys) continue;
    const order = found.map(keys);
    assert.deepEqual(order, [...order].sort((a, b) => a < b ? -1 : a > b ? 1 : 0), `${collection.title} ${collection.sortOrder}`);
  }
  const home = collections.find(c => c.title === 'Home page');
  assert.deepEqual(members.filter(m => m.collectionId === home.id).map(m => m.productId), home.sources[0].selections.map(s => s.productId), 'by hand');
});
