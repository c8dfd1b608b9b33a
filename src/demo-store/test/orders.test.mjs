// Orders: the stock they move and what they fire.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { apply } from '../changes.mjs';
import { ChangeLog } from '../change-log.mjs';
import { stateKinds } from '../state-dump.mjs';
import { aShop, RunningStore } from './support.mjs';
import { Ear, quiet, sleep, subscribe } from './webhook-ear.mjs';

const AT = Date.UTC(2026, 9, 25, 3, 4, 5);
const levels = shop => new Map([...stateKinds['inventory-levels'](shop)].map(l => [l.id, l]));
const order = (shop, change) => apply(shop, { type: 'order', at: AT, ...change });
const sum = (shop, name) => [...levels(shop).values()].reduce((total, l) => total + l[name], 0);

function logged(shop, act) {
  shop.log = new ChangeLog();
  const result = act();
  const { log } = shop;
  shop.log = null;
  return { result, log };
}

function tracked(shop) {
  return [...stateKinds.variants(shop)].find(v => v.tracked && [...levels(shop).values()].some(l => l.variantId === v.id && l.isActive && l.available > 5));
}

test('an order commits stock, and cancelling it brings the stock back', () => {
  const shop = aShop(120), variant = tracked(shop), before = levels(shop);
  const { result, log } = logged(shop, () => order(shop, { lines: [{ variantId: variant.id, quantity: 3 }] }));
  assert.deepEqual(result.topics, ['orders/create', 'orders/paid']);
  const changed = [...levels(shop).values()].filter(l => l.available !== before.get(l.id).available);
  assert.equal(changed.length, 1);
  const was = before.get(changed[0].id);
  assert.deepEqual([changed[0].available, changed[0].committed, changed[0].on_hand], [was.available - 3, was.committed + 3, was.on_hand]);
  const { index } = shop.productById(variant.productId);
  assert.deepEqual([[...log.products.keys()], log.products.get(index).what, [...log.products.get(index).levels.values()]], [[index], 'update', ['update']]);
  assert.equal(shop.productAt(index).updatedAt, AT);

  const { result: cancelled } = logged(shop, () => order(shop, { action: 'cancel', id: result.order.id }));
  assert.deepEqual(cancelled.topics, ['orders/cancelled', 'orders/updated', 'refunds/create']);
  assert.deepEqual([levels(shop).get(was.id).available, levels(shop).get(was.id).committed], [was.available, was.committed]);
  assert.equal([...stateKinds.orders(shop)][0].financialStatus, 'refunded');
  assert.throws(() => order(shop, { action: 'cancel', id: result.order.id }), /cancelled already/);
});

test('where an order fires no products/update, its time may still move or not', () => {
  const shop = aShop(120), variant = tracked(shop), { index, updatedAt } = shop.productById(variant.productId);
  const { log } = logged(shop, () => order(shop, { lines: [{ variantId: variant.id }], fireProducts: false, touch: false }));
  assert.deepEqual([log.products.get(index).what, [...log.products.get(index).levels.values()]], [null, ['update']]);
  assert.equal(shop.productAt(index).updatedAt, updatedAt);
});

test('part of an order is refunded, the rest fulfilled', () => {
  const shop = aShop(120), variant = tracked(shop), before = sum(shop, 'on_hand');
  const { order: made } = order(shop, { lines: [{ variantId: variant.id, quantity: 4 }] });
  const { refund, topics } = order(shop, { action: 'refund', id: made.id, lines: [{ lineId: made.lines[0].id, quantity: 1 }] });
  assert.deepEqual([topics, refund.lines.length, made.financialStatus], [['refunds/create', 'orders/updated'], 1, 'partially_refunded']);
  assert.throws(() => order(shop, { action: 'refund', id: made.id, lines: [{ lineId: made.lines[0].id, quantity: 4 }] }), /not so many left/);
  order(shop, { action: 'fulfil', id: made.id });
  assert.equal(sum(shop, 'on_hand'), before - 3, 'what was fulfilled has left the house');
  assert.throws(() => order(shop, { action: 'cancel', id: made.id }), /fulfilled/);
});

test('the seed chooses, and the same changes give the same shop again', () => {
  const play = seed => { const shop = aShop(120); for (let n = 0; n < 40; n++) order(shop, { seed }); return { orders: [...stateKinds.orders(shop)], levels: levels(shop) }; };
  assert.deepEqual(play(3), play(3));
  const { orders } = play(3);
  assert.notDeepEqual(orders, play(4).orders);
  assert.equal(new Set(orders.map(o => o.id)).size, 40);
  assert.ok(orders.some(o => BigInt(o.id) > 2n ** 53n) && orders.some(o => o.lines.length > 1));
  assert.throws(() => order(aShop(0), {}), /nothing to order/);
});

test('orders fire what Shopify fires, in the captured shape, and come by themselves when asked to', async t => {
  const store = await RunningStore.start(t, ['--products', '120']);
  const ear = await Ear.open(t);
  await subscribe(store, ear.url, ['PRODUCTS_UPDATE', 'INVENTORY_LEVELS_UPDATE', 'ORDERS_CREATE', 'ORDERS_PAID', 'ORDERS_CANCELLED', 'ORDERS_UPDATED', 'REFUNDS_CREATE']);
  const levels = await store.state('inventory-levels');
  const variant = (await store.state('variants')).find(v => v.tracked && levels.some(l => l.variantId === v.id && l.isActive && l.available > 3));
  const topics = () => ear.heard.map(h => h.headers['x-shopify-topic']).sort();
  const { ids: [id] } = await store.demo('POST', 'orders', { lines: [{ variantId: variant.id, quantity: 2 }] });
  await quiet(store);
  assert.deepEqual(topics(), ['inventory_levels/update', 'orders/create', 'orders/paid', 'products/update']);
  assert.equal(new Set(ear.heard.map(h => h.headers['x-shopify-event-id'])).size, 1, 'all that an order does is one event');
  const body = JSON.parse(ear.of('orders/create')[0].text);
  assert.deepEqual([body.admin_graphql_api_id, body.line_items[0].quantity, body.financial_status], [`gid://shopify/Order/${id}`, 2, 'paid']);
  const captured = fileURLToPath(new URL('../../../../shared/data/webhooks-2024-10/orders.create.json', import.meta.url));
  if (existsSync(captured)) {
    const real = JSON.parse(readFileSync(captured, 'utf8')).body;
    assert.deepEqual(Object.keys(real).filter(name => !(name in body)), []);
    assert.deepEqual(Object.keys(real.line_items[0]).filter(name => !(name in body.line_items[0])), []);
  }

  ear.heard = [];
  await store.demo('POST', 'orders', { action: 'cancel', id });
  await quiet(store);
  assert.deepEqual(topics(), ['inventory_levels/update', 'orders/cancelled', 'orders/updated', 'refunds/create']);
  ear.heard = [];
  await store.demo('POST', 'orders', { lines: [{ variantId: variant.id }], fireProducts: false, paid: false });
  await quiet(store);
  assert.deepEqual(topics(), ['inventory_levels/update', 'orders/create']);
  assert.match((await store.demo('POST', 'orders', { lines: [{ variantId: '1' }] })).error, /no variant has the id 1/);

  const { count } = await store.demo('POST', 'orders', { count: 30, seed: 5 });
  assert.equal(count, 30);
  const before = await store.state('orders');
  await store.end('SIGKILL');
  await store.spawn();
  assert.deepEqual(await store.state('orders'), before, 'orders are there after kill -9');

  const busy = await RunningStore.start(t, ['--products', '60', '--orders-per-minute', '6000']);
  while (!(await busy.state('orders')).length) await sleep(20);
});
