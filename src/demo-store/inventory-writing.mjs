// Mutations of stock: compare and set, or adjust; each with an idempotency key (mutations.mjs).
import { GraphQLError } from 'graphql';
import { gid, readGid } from './ids.mjs';
import { noStock, ProductDraft, setQuantity } from './written-products.mjs';
import { bareId, invalidId } from './writing.mjs';

const REASONS = new Set([
  'correction', 'cycle_count_available', 'damaged', 'movement_canceled', 'movement_created', 'movement_received', 'movement_updated', 'other', 'promotion', 'quality_control',
  'received', 'reservation_created', 'reservation_deleted', 'reservation_updated', 'restock', 'safety_stock', 'shrinkage',
]);
const ADJUSTABLE = new Set(['available', 'damaged', 'incoming', 'quality_control', 'reserved', 'safety_stock']);
const HIGHEST = 1_000_000_000;

/** Drafts of the products concerned, one each, and the rows of their variants that may be written. */
class Stock {
  drafts = new Map();
  rows = new Map();

  constructor(writing) { this.writing = writing; }

  /** { row, location } of an item and a location; notes what does not exist. */
  at(inventoryItemId, locationId, field) {
    const { shop } = this.writing;
    const variant = shop.itemById(bareId(inventoryItemId, 'InventoryItem'))?.variant;
    const location = shop.locations.find(l => l.id === bareId(locationId, 'Location'));
    if (!variant) this.writing.wrong([...field, 'inventoryItemId'], 'INVALID_INVENTORY_ITEM', 'The specified inventory item could not be found.');
    if (!location) this.writing.wrong([...field, 'locationId'], 'INVALID_LOCATION', 'The specified location could not be found.');
    if (!variant || !location) return null;
    const { index } = variant.product;
    if (!this.drafts.has(index)) this.drafts.set(index, new ProductDraft(shop, index));
    const draft = this.drafts.get(index), key = `${index} ${variant.slot}`;
    if (!this.rows.has(key)) this.rows.set(key, draft.variant(draft.full.variants.findIndex(v => v.slot === variant.slot)));
    return { row: this.rows.get(key), location, variant };
  }

  keep() {
    for (const draft of this.drafts.values()) this.writing.keep(draft);
  }
}

function checkReason(writing, { reason, referenceDocumentUri }) {
  if (!REASONS.has(reason)) writing.wrong(['input', 'reason'], 'INVALID_REASON', 'The specified reason is invalid.');
  if (referenceDocumentUri != null && !/^[a-z][a-z0-9+.-]*:\/\/[^/\s]+/i.test(referenceDocumentUri)) writing.wrong(['input', 'referenceDocumentUri'], 'INVALID_REFERENCE_DOCUMENT', 'The specified reference document is invalid.');
}

/** The schema lets it be left out; Shopify does not. */
function mustSay(typeName, list) {
  if (list.some(one => !Object.hasOwn(one, 'changeFromQuantity'))) throw new GraphQLError(`${typeName} must include the following argument: changeFromQuantity.`, { extensions: { code: 'INVALID_FIELD_ARGUMENTS' } });
}

function group(writing, { reason, referenceDocumentUri = null }, changes) {
  const { shop, at } = writing;
  shop.adjustments = (shop.adjustments ?? 0) + 1;
  return !changes.length ? null : {
    typename: 'InventoryAdjustmentGroup', id: gid('InventoryAdjustmentGroup', 880_000_000_000 + shop.adjustments * 16 + 1), createdAt: new Date(at).toISOString().replace('.000', ''), reason, referenceDocumentUri, app: null, staffMember: null,
    changes: changes.map(({ item, location, ledgerDocumentUri = null, ...change }) => ({ ...change, ledgerDocumentUri, item, location })),
  };
}

/** Writes a level and gives what changed, with the item and the location as they are to be shown. */
function put(writing, { row, location, variant }, name, quantity, more = {}) {
  const { level, changes } = setQuantity(row.levels[location.number] ?? noStock(writing.at), name, quantity, writing.at);
  row.levels[location.number] = level;
  return changes.map(change => ({ ...change, item: variant.item, location, ...more }));
}

export const inventoryMutations = {
  inventorySetQuantities(writing, { input }) {
    const { name, quantities } = input;
    mustSay('InventoryQuantityInput', quantities);
    if (name !== 'available' && name !== 'on_hand') writing.wrong(['input', 'name'], 'INVALID_NAME', "The quantity name must be either 'available' or 'on_hand'.");
    checkReason(writing, input);
    const stock = new Stock(writing), pairs = new Set(), changes = [];
    for (const [k, one] of quantities.entries()) {
      const field = ['input', 'quantities', String(k)];
      const place = stock.at(one.inventoryItemId, one.locationId, field);
      const pair = `${one.inventoryItemId} ${one.locationId}`;
      if (pairs.has(pair)) writing.wrong([...field, 'locationId'], 'NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR', 'The combination of inventoryItemId and locationId must be unique.');
      pairs.add(pair);
      if (one.quantity < 0) writing.wrong([...field, 'quantity'], 'INVALID_QUANTITY_NEGATIVE', "The quantity can't be negative.");
      if (one.quantity > HIGHEST) writing.wrong([...field, 'quantity'], 'INVALID_QUANTITY_TOO_HIGH', "The total quantity can't be higher than 1,000,000,000.");
      if (!place || writing.errors.length) continue;
      const current = place.row.levels[place.location.number]?.quantities[name] ?? 0;
      if (one.changeFromQuantity !== null && one.changeFromQuantity !== current) { writing.wrong([...field, 'changeFromQuantity'], 'CHANGE_FROM_QUANTITY_STALE', 'The changeFromQuantity value does not match persisted value.'); continue; }
      changes.push(...put(writing, place, name, one.quantity));
    }
    writing.check();
    stock.keep();
    return { inventoryAdjustmentGroup: group(writing, input, changes) };
  },

  inventoryAdjustQuantities(writing, { input }) {
    const { name, changes: wanted } = input;
    mustSay('InventoryChangeInput', wanted);
    if (!ADJUSTABLE.has(name)) writing.wrong(['input', 'name'], 'INVALID_QUANTITY_NAME', 'The specified quantity name is invalid.');
    checkReason(writing, input);
    const stock = new Stock(writing), changes = [];
    if (new Set(wanted.map(c => c.ledgerDocumentUri ?? null)).size > 1) writing.wrong(['input', 'changes'], 'MAX_ONE_LEDGER_DOCUMENT');
    for (const [k, one] of wanted.entries()) {
      const field = ['input', 'changes', String(k)];
      const place = stock.at(one.inventoryItemId, one.locationId, field);
      if (name === 'available' && one.ledgerDocumentUri != null) writing.wrong([...field, 'ledgerDocumentUri'], 'INVALID_AVAILABLE_DOCUMENT', 'A ledger document URI is not allowed when adjusting available.');
      if (name !== 'available' && one.ledgerDocumentUri == null) writing.wrong([...field, 'ledgerDocumentUri'], 'INVALID_QUANTITY_DOCUMENT', 'A ledger document URI is required except when adjusting available.');
      if (one.ledgerDocumentUri?.startsWith('gid://shopify/')) writing.wrong([...field, 'ledgerDocumentUri'], 'INTERNAL_LEDGER_DOCUMENT', 'Internal (gid://shopify/) ledger documents are not allowed to be adjusted via API.');
      if (!place || writing.errors.length) continue;
      const current = place.row.levels[place.location.number]?.quantities[name] ?? 0, next = current + one.delta;
      if (one.changeFromQuantity !== null && one.changeFromQuantity !== current) { writing.wrong([...field, 'changeFromQuantity'], 'CHANGE_FROM_QUANTITY_STALE', 'The changeFromQuantity argument no longer matches the persisted quantity.'); continue; }
      if (next > 2 * HIGHEST) writing.wrong([...field, 'delta'], 'INVALID_QUANTITY_TOO_HIGH', "The quantity can't be higher than 2,000,000,000.");
      else if (next < -2 * HIGHEST) writing.wrong([...field, 'delta'], 'INVALID_QUANTITY_TOO_LOW', "The quantity can't be lower than -2,000,000,000.");
      else changes.push(...put(writing, place, name, next, { ledgerDocumentUri: one.ledgerDocumentUri ?? null }));
    }
    writing.check();
    stock.keep();
    return { inventoryAdjustmentGroup: group(writing, input, changes) };
  },

  inventoryActivate(writing, { inventoryItemId, locationId, available, onHand }) {
    if (available != null && onHand != null) writing.refuse(['available'], [], 'Cannot set both available and onHand.');
    const stock = new Stock(writing);
    const place = stock.at(inventoryItemId, locationId, []);
    writing.check();
    const { row, location } = place;
    if (!location.isActive) writing.refuse(['locationId'], [], "The inventory item can't be stocked at this location because the location isn't active.");
    const there = row.levels[location.number];
    if (there?.isActive && (available != null || onHand != null)) writing.refuse([available != null ? 'available' : 'onHand'], [], 'Not allowed to set available quantity when the item is already active at the location.');
    row.levels[location.number] = { ...(there ?? noStock(writing.at)), isActive: true, updatedAt: writing.at };
    if (available != null) put(writing, place, 'available', available);
    if (onHand != null) put(writing, place, 'on_hand', onHand);
    stock.keep();
    return { inventoryLevel: writing.shop.itemById(readGid(inventoryItemId).id).variant.levels.find(l => l.location === location.number) };
  },

  inventoryDeactivate(writing, { inventoryLevelId }) {
    const read = readGid(inventoryLevelId);
    if (read?.type !== 'InventoryLevel') throw invalidId(inventoryLevelId);
    const level = writing.shop.levelById(read.id);
    if (!level) writing.refuse(['inventoryLevelId'], [], 'The inventory level could not be found.');
    if (level.variant.levels.filter(l => l.isActive).length === 1 && level.isActive) writing.refuse(null, [], "The product couldn't be unstocked because it needs to be stocked at one location.");
    if (level.quantities.committed !== 0) writing.refuse(null, [], "The product couldn't be unstocked because it has committed inventory.");
    const stock = new Stock(writing);
    const { row, location } = stock.at(level.variant.itemGid, writing.shop.locations[level.location].gid, []);
    row.levels[location.number] = { ...row.levels[location.number], isActive: false, updatedAt: writing.at };
    stock.keep();
    return {};
  },
};
