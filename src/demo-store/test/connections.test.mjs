import assert from 'node:assert/strict';
import test from 'node:test';
import { apply } from '../changes.mjs';
import { arrayList, count, page, reversed } from '../connections.mjs';
import { productList } from '../product-lists.mjs';
import { aShop } from './support.mjs';

function walk(list, size, limit) {
  const ids = [];
  let after, pages = 0;
  for (;;) {
    const { nodes, pageInfo } = page(list(), { first: size, after }, limit);
    ids.push(...nodes.map(n => n.id));
    pages++;
    if (!pageInfo.hasNextPage) return { ids, pages };
    after = pageInfo.endCursor;
  }
}

test('paging forwards sees every row once', () => {
  for (const total of [1, 101, 250, 251, 600]) {
    const shop = aShop(total);
    const { ids, pages } = walk(() => productList(shop, {}), 250);
    assert.equal(new Set(ids).size, total);
    assert.equal(ids.length, total);
    assert.equal(pages, Math.max(1, Math.ceil(total / 250)));
  }
});

test('paging stops at 25,000 objects without a word, and a narrower query goes on', () => {
  const shop = aShop(25_001);
  const { ids } = walk(() => productList(shop, {}), 250);
  assert.equal(ids.length, 25_000);
  const rest = walk(() => productList(shop, { query: `id:>${ids.at(-1)}` }), 250);
  assert.equal(rest.ids.length, 1);
});

test('rows of one second split over two pages are neither lost nor doubled', () => {
  const shop = aShop(600);
  apply(shop, { type: 'edit-many', kind: 'product', count: 500, seed: 3, fields: ['title'], at: Date.UTC(2026, 0, 1) });
  const { ids } = walk(() => productList(shop, { sortKey: 'UPDATED_AT', query: "updated_at:>='2026-01-01T00:00:00Z'" }), 120);
  assert.equal(ids.length, 500);
  assert.equal(new Set(ids).size, 500);
});

test('a cursor holds its place when rows come and go', () => {
  const shop = aShop(100);
  const first = page(productList(shop, {}), { first: 10 });
  apply(shop, { type: 'delete', kind: 'product', ids: first.nodes.slice(7).map(n => n.id), at: 1 });
  const second = page(productList(shop, {}), { first: 10, after: first.pageInfo.endCursor });
  assert.equal(second.nodes[0].index, 10);
});

test('last and before go backwards, reverse turns the list round', () => {
  const list = arrayList(['a', 'b', 'c', 'd', 'e'].map(gid => ({ gid })));
  const ids = p => p.nodes.map(n => n.gid).join('');
  const end = page(list, { last: 2 });
  assert.equal(ids(end), 'de');
  assert.deepEqual([end.pageInfo.hasPreviousPage, end.pageInfo.hasNextPage], [true, false]);
  assert.equal(ids(page(list, { last: 2, before: end.pageInfo.startCursor })), 'bc');
  const turned = page(reversed(list), { first: 2 });
  assert.equal(ids(turned), 'ed');
  assert.equal(ids(page(reversed(list), { first: 2, after: turned.pageInfo.endCursor })), 'cb');
});

test('first or last is needed, not both, not too many, and a cursor must be one of ours', () => {
  const list = arrayList([]);
  assert.throws(() => page(list, {}), /you must provide one of first or last/);
  assert.throws(() => page(list, { first: 1, last: 1 }), /providing both first and last is not supported/);
  assert.throws(() => page(list, { first: 251 }), /cannot exceed 250/);
  assert.throws(() => page(list, { first: 1, after: 'nonsense' }), /Invalid cursor/);
});

test('counts say whether they are exact', () => {
  assert.deepEqual(count(9_999), { count: 9_999, precision: 'EXACT' });
  assert.deepEqual(count(10_001), { count: 10_000, precision: 'AT_LEAST' });
  assert.deepEqual(count(10_001, null), { count: 10_001, precision: 'EXACT' });
});
