import assert from 'node:assert/strict';
import test from 'node:test';
import { productList, variantList } from '../product-lists.mjs';
import { compileSearch, parseSearch, time } from '../search-syntax.mjs';
import { apply } from '../changes.mjs';
import { aShop } from './support.mjs';

const term = (field, operator, value, quoted = false) => ({ field, operator, value, quoted });

test('terms, comparators, connectives, quotes and parentheses parse', () => {
  assert.deepEqual(parseSearch("vendor:Fernwood AND updated_at:>='2024-01-01T00:00:00Z'"), { and: [term('vendor', '=', 'Fernwood'), term('updated_at', '>=', '2024-01-01T00:00:00Z', true)] });
  assert.deepEqual(parseSearch('a:1 OR b:2 c:3'), { or: [term('a', '=', '1'), { and: [term('b', '=', '2'), term('c', '=', '3')] }] });
  assert.deepEqual(parseSearch('-tag:sale NOT status:draft'), { and: [{ not: term('tag', '=', 'sale') }, { not: term('status', '=', 'draft') }] });
  assert.deepEqual(parseSearch('(a:1 OR b:2) c:3'), { and: [{ or: [term('a', '=', '1'), term('b', '=', '2')] }, term('c', '=', '3')] });
  assert.deepEqual(parseSearch('title:"it\\"s"'), term('title', '=', 'it"s', true));
  assert.deepEqual(parseSearch('tag:sale*'), term('tag', '=', 'sale*'));
  assert.equal(parseSearch('  '), null);
});

const found = (shop, query, more) => { const list = productList(shop, { query, ...more }); return Array.from({ length: list.length }, (_, k) => list.at(k)); };
const everything = shop => found(shop, '');

test('each filter finds exactly the products for which it holds', () => {
  const shop = aShop(300);
  const cases = {
    'vendor:fernwood': p => p.vendor === 'Fernwood',
    "vendor:'Harbour & Pine'": p => p.vendor === 'Harbour & Pine',
    'status:ACTIVE,DRAFT': p => ['ACTIVE', 'DRAFT'].includes(p.status),
    '-status:active': p => p.status !== 'ACTIVE',
    'tag:sale': p => p.tags.includes('sale'),
    'tag_not:sale': p => !p.tags.includes('sale'),
    "tag:'gift idea' OR tag:vegan": p => p.tags.includes('gift idea') || p.tags.includes('vegan'),
    'product_type:T-Shirts,Mugs': p => ['T-Shirts', 'Mugs'].includes(p.productType),
    'product_type:cat*': p => p.productType.toLowerCase().startsWith('cat'),
    'title:merino': p => /\bmerino\b/i.test(p.title),
    'title:merin*': p => /\bmerin/i.test(p.title),
    'sku:TEE-0001-1': p => p.variants.some(v => v.sku === 'TEE-0001-1'),
    'price:>100': p => p.variants.some(v => Number(v.price) > 100),
    'inventory_total:<=0': p => p.totalInventory <= 0,
    'gift_card:true': p => p.isGiftCard,
    'has_only_default_variant:false': p => p.options[0].name !== 'Title',
  };
  for (const [query, holds] of Object.entries(cases)) {
    const expected = everything(shop).filter(holds).map(p => p.id);
    assert.deepEqual(found(shop, query).map(p => p.id), expected, query);
    assert.ok(expected.length < 300, `${query} leaves something out`);
  }
});

test('ids beyond 2^53 compare exactly', () => {
  const shop = aShop(100);
  const last = everything(shop).slice(-2).map(p => p.id);
  assert.ok(BigInt(last[0]) > 2n ** 53n);
  assert.deepEqual(found(shop, `id:${last[1]}`).map(p => p.id), [last[1]]);
  assert.deepEqual(found(shop, `id:>=${last[0]}`).map(p => p.id), last);
  assert.deepEqual(found(shop, `id:>${last[0]}`).map(p => p.id), [last[1]]);
});

test('many ids at once, also within other conditions, find the same as one by one', () => {
  const shop = aShop(100);
  const all = everything(shop), some = [all[2], all[80], all[40]];
  const ids = some.map(p => `id:${p.id}`).join(' OR ');
  const inOrder = [...some].sort((a, b) => a.index - b.index).map(p => p.id);
  assert.deepEqual(found(shop, ids).map(p => p.id), inOrder);
  assert.deepEqual(found(shop, `(${ids}) AND -id:${all[40].id}`).map(p => p.id), [all[2].id, all[80].id]);
  assert.deepEqual(found(shop, `${ids} OR vendor:fernwood`).length, new Set([...inOrder, ...all.filter(p => p.vendor === 'Fernwood').map(p => p.id)]).size);
  assert.deepEqual(found(shop, `variant_id:${all[5].variants[0].id}`).map(p => p.id), [all[5].id]);
  assert.deepEqual(found(shop, 'id:123456789012'), []);
});

test('quoted times mean the moment they name; unquoted ones lose their time of day and take the zone of the shop', () => {
  const at = text => Date.parse(text);
  const holds = (query, moment, timeZone) => compileSearch(query, { updated_at: time(row => row) }, { now: () => at('2026-11-21T00:00:00Z'), timeZone }).test(at(moment));

  assert.ok(holds("updated_at:>='2026-11-01T10:00:00Z'", '2026-11-01T10:00:00Z', 'America/Los_Angeles'));
  assert.ok(!holds("updated_at:>'2026-11-01T10:00:00Z'", '2026-11-01T10:00:00Z', 'America/Los_Angeles'));
  assert.ok(holds("updated_at:>'2026-11-01T10:00:00+02:00'", '2026-11-01T08:00:01Z', 'Pacific/Apia'));

  assert.ok(holds('updated_at:>2026-07-01T10:00:00Z', '2026-07-01T07:00:01Z', 'America/Los_Angeles'), 'ten o’clock was dropped');
  assert.ok(!holds('updated_at:>2026-07-01T10:00:00Z', '2026-07-01T06:59:00Z', 'America/Los_Angeles'), 'midnight in Los Angeles is 07:00 in summer');
  assert.ok(holds('updated_at:>2026-12-01T10:00:00Z', '2026-11-30T11:00:01Z', 'Pacific/Auckland'), 'midnight at UTC+13 is the day before');
  assert.ok(holds('updated_at:2026-07-01', '2026-07-02T06:59:59Z', 'America/Los_Angeles'), 'a date is a whole day');
  assert.throws(() => compileSearch('updated_at:>yesterday', { updated_at: time(row => row) }, { timeZone: 'UTC' }), /Invalid timestamp for query filter `updated_at`/);
});

test('an unknown field is ignored with a warning, as Shopify does', () => {
  const shop = aShop(50), warnings = [];
  assert.equal(productList(shop, { query: 'colour:red' }, warnings).length, 50);
  assert.equal(warnings[0].warnings[0].code, 'invalid_field');
});

test('a metafield without a filterable definition is an error', () => {
  const shop = aShop(50);
  assert.throws(() => productList(shop, { query: 'metafields.custom.care:x' }), /not filterable/);
  const expected = everything(shop).filter(p => p.metafields.some(m => m.key === 'organic' && m.value === 'true')).length;
  assert.equal(productList(shop, { query: 'metafields.custom.organic:true' }).length, expected);
});

test('sort keys sort, both ways, and changes move a row at once', () => {
  const shop = aShop(200);
  const times = found(shop, '', { sortKey: 'UPDATED_AT' }).map(p => p.updatedAt);
  assert.deepEqual(times, [...times].sort((a, b) => a - b));
  const titles = found(shop, '', { sortKey: 'TITLE', reverse: true }).map(p => p.title.toLowerCase());
  assert.deepEqual(titles, [...titles].sort().reverse());

  const first = everything(shop)[0];
  apply(shop, { type: 'edit', kind: 'product', id: first.id, set: { title: 'Changed' }, at: Date.UTC(2026, 0, 1) });
  assert.equal(found(shop, '', { sortKey: 'UPDATED_AT', reverse: true })[0].id, first.id);
  assert.deepEqual(found(shop, "updated_at:>='2026-01-01T00:00:00Z'").map(p => p.title), ['Changed']);
});

test('variants are found by product, id, SKU and time', () => {
  const shop = aShop(100);
  const rows = query => { const list = variantList(shop, { query }); return Array.from({ length: list.length }, (_, k) => list.at(k)); };
  const product = everything(shop)[3];
  assert.deepEqual(rows(`product_id:${product.id}`).map(v => v.id), product.variants.map(v => v.id));
  assert.equal(rows(`id:${product.variants[1].id}`).length, 1);
  assert.equal(rows('').length, shop.variantCount);
  const all = rows('');
  const after = Date.UTC(2023, 0, 1);
  assert.equal(rows("updated_at:>'2023-01-01T00:00:00Z'").length, all.filter(v => v.updatedAt > after).length);
});
