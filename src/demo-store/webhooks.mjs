// Makes events of what a change of the shop did (change-log.mjs), and a delivery of each event for every subscription that
// asks for it. Shopify's quirks are here: stock alone is no products/update, a product's own page and the rules of a
// collection move members without a word, media have no topic.
import { randomUUID } from 'node:crypto';
import { ChangeLog } from './change-log.mjs';
import { SHOP_ID } from './served-rows.mjs';
import { COMPLIANCE_TOPICS } from './webhook-topics.mjs';
import {
  bulkBody, collectionBody, complianceBody, deletedItemBody, disconnectedBody, idBody, itemBody, levelBody, locationBody, orderBody, productBody, refundBody, scopesBody, shopBody, writeJson,
} from './webhook-payloads.mjs';

/** The app's client secret: while it is being exchanged, deliveries are signed with the old one and with the new one in turn. */
export class Secrets {
  #turn = 0;
  #entry;

  constructor(secret, journal) {
    this.#entry = { secret, previous: null };
    this.journal = journal;
  }

  get current() { return this.#entry.secret; }

  get all() { return [this.#entry.secret, this.#entry.previous].filter(one => one !== null); }

  take() {
    const { secret, previous } = this.#entry;
    return previous !== null && this.#turn++ % 2 === 0 ? previous : secret;
  }

  /** With `keepOld` the old secret signs every second delivery until it is called again without. */
  rotate(secret, keepOld) {
    const entry = { type: 'client-secret', secret, previous: keepOld && secret !== this.current ? this.current : null };
    this.restore(entry);
    this.journal?.append(entry);
  }

  restore({ secret, previous }) {
    this.#entry = { secret, previous };
  }
}

export class Webhooks {
  /** Whether stock alone also fires products/update; Shopify's words say no, some shops have seen it. */
  stockFiresProducts = false;

  constructor({ shop, subscriptions, deliveries }) {
    Object.assign(this, { shop, subscriptions, deliveries });
  }

  /** Does what changes the shop and fires what it changed, unless it is to be silent. */
  during(act, { silent = false, stockOnly = false, more } = {}) {
    if (silent || !this.subscriptions.isUsed) return act();
    const log = new ChangeLog();
    this.shop.log = log;
    let result;
    try {
      result = act();
    } finally {
      this.shop.log = null;
      this.#fireAll(log, stockOnly, result, more);
    }
    return result;
  }

  #fireAll(log, stockOnly, result, more) {
    const { shop } = this;
    const shared = more && result !== undefined ? randomUUID() : null; // all that an order does is one event
    for (const event of more && result !== undefined ? more(result) : []) this.fire({ ...event, eventId: shared });
    for (const [index, { what, items, levels }] of log.products) {
      const eventId = shared ?? randomUUID(), id = shop.ids.of('Product', index), product = shop.productAt(index);
      if (what === 'delete') this.fire({ topic: 'products/delete', entity: id, eventId, body: () => idBody(id) });
      else if (what !== null && product && (what === 'create' || !stockOnly || this.stockFiresProducts)) this.fire({ topic: `products/${what}`, entity: id, eventId, body: () => productBody(shop, product) });
      for (const [slot, done] of items) {
        const itemId = shop.ids.of('InventoryItem', index, slot), variant = product?.variantAt(slot);
        if (done === 'delete') this.fire({ topic: 'inventory_items/delete', entity: itemId, eventId, body: () => deletedItemBody(itemId) });
        else if (variant) this.fire({ topic: `inventory_items/${done}`, entity: itemId, eventId, body: () => itemBody(shop, variant) });
      }
      for (const [key, done] of levels) this.#fireLevel(index, key, done, eventId, product);
    }
    for (const [number, what] of log.collections) {
      const collection = shop.collections.list[number], { id } = collection;
      this.fire({ topic: `collections/${what}`, entity: id, body: () => what === 'delete' ? idBody(id) : collectionBody(shop, collection) });
    }
    for (const [number, whats] of log.locations) {
      const location = shop.locations[number], eventId = randomUUID();
      for (const what of whats) this.fire({ topic: `locations/${what}`, entity: location.id, eventId, body: () => locationBody(shop, location) });
    }
  }

  #fireLevel(index, key, what, eventId, product) {
    const { shop } = this, [slot, location] = key.split(' ').map(Number);
    const itemId = shop.ids.of('InventoryItem', index, slot), place = shop.locations[location];
    const entity = `${place.levelNumber}?inventory_item_id=${itemId}`;
    if (what === 'disconnect') return this.fire({ topic: 'inventory_levels/disconnect', entity, eventId, body: () => disconnectedBody(itemId, place.id) });
    const level = product?.variantAt(slot)?.levels.find(l => l.location === location);
    return level && this.fire({ topic: `inventory_levels/${what}`, entity, eventId, body: () => levelBody(shop, level) });
  }

  /** One event: a delivery for each subscription to its topic, of one app or of all. The body is made at once: a retry carries it as it was. */
  fire({ topic, entity = null, eventId = randomUUID(), body, app, test = false, uri, isLast = false }) {
    const subscribed = uri ? [{ id: null, app, topicName: topic, uri, includeFields: [], name: null }] : this.subscriptions.of(topic, app);
    if (!subscribed.length) { this.deliveries.unheard(topic, entity); return []; }
    const content = body(), triggeredAt = this.deliveries.triggeredAt();
    let whole = null;
    return subscribed.map(subscription => {
      const { includeFields } = subscription;
      const bytes = includeFields.length ? Buffer.from(writeJson(Object.fromEntries(Object.entries(content).filter(([name]) => includeFields.includes(name))))) : whole ??= Buffer.from(typeof content === 'string' ? content : writeJson(content));
      return this.deliveries.add({ subscription, topic, entity, body: bytes, eventId, triggeredAt, test, isLast });
    });
  }

  bulkEnded(operation) {
    if (this.subscriptions.isUsed) this.fire({ topic: 'bulk_operations/finish', entity: operation.id, body: () => bulkBody(this.shop, operation), app: operation.app ?? undefined });
  }

  /** What an order's change fires beside the stock it moves. */
  orderEvents({ order, topics, refund }) {
    return topics.map(topic => topic === 'refunds/create'
      ? { topic, entity: refund.id, body: () => refundBody(this.shop, order, refund) }
      : { topic, entity: order.id, body: () => orderBody(this.shop, order) });
  }

  // --- what only the app's owner, or Shopify, does -----------------------------------------------------------------

  compliance({ topic, app, ...about }) {
    if (!COMPLIANCE_TOPICS.includes(topic)) throw new Error(`topic must be one of ${COMPLIANCE_TOPICS.join(', ')}`);
    return this.fire({ topic, app, entity: SHOP_ID, body: () => complianceBody(this.shop, topic, about) });
  }

  uninstalled(app) {
    return this.fire({ topic: 'app/uninstalled', app, isLast: true, entity: SHOP_ID, body: () => shopBody(this.shop) });
  }

  scopesChanged(app, previous, current) {
    return this.fire({ topic: 'app/scopes_update', app, entity: SHOP_ID, body: () => scopesBody(this.shop, previous, current) });
  }
}
