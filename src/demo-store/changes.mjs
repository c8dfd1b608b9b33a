// Everything that changes the shop. A change is a plain object: it is written to the journal, then applied;
// after a restart the journal is applied again.
import { deleteCollection } from './collection-writing.mjs';
import { picksOf, takesPicks, unpick } from './collection-sources.mjs';
import { readGid } from './ids.mjs';
import { changeOrder } from './orders.mjs';
import { MEDIA_FIELDS, PRODUCT_FIELDS, VARIANT_FIELDS } from './records.mjs';
import { deleteProduct, event, forget } from './written-products.mjs';

const COLLECTION_FIELDS = ['title', 'handle', 'descriptionHtml', 'sortOrder', 'templateSuffix', 'seoTitle', 'seoDescription', 'updatedAt', 'publicationNumbers', 'reordered', 'image'];
const LEVEL_FIELDS = ['available', 'committed', 'incoming', 'reserved', 'damaged', 'safety_stock', 'quality_control', 'on_hand', 'isActive', 'updatedAt'];
const LOCATION_FIELDS = ['name', 'isActive', 'fulfillsOnlineOrders', 'shipsInventory', 'updatedAt'];

export class ChangeError extends Error {}

/** Applies a change and returns what it did. */
export function apply(shop, change) {
  switch (change.type) {
    case 'edit': return edit(shop, change);
    case 'edit-many': return editMany(shop, change);
    case 'create': return create(shop, change);
    case 'delete': return remove(shop, change);
    case 'shrink': return shrink(shop, change);
    case 'clock': shop.clockOffset = change.offsetMs; return {};
    case 'csv': return addProducts(shop, change);
    case 'members': return changeMembers(shop, change);
    case 'order': return changeOrder(shop, change, orderTools(shop));
    default: throw new ChangeError(`no change is called '${change.type}'`);
  }
}

const bareId = id => readGid(String(id))?.id ?? String(id);

function find(shop, kind, id) {
  const bare = bareId(id);
  const found = {
    product: () => shop.productById(bare),
    variant: () => shop.variantById(bare) ?? shop.itemById(bare)?.variant,
    media: () => shop.mediaById(bare),
    metafield: () => shop.metafieldById(bare),
    collection: () => shop.collections.byId(bare),
    'inventory-level': () => shop.levelById(bare),
    location: () => shop.locations.find(l => l.id === bare),
  }[kind];
  if (!found) throw new ChangeError(`kind '${kind}' is not one of product, variant, media, metafield, collection, inventory-level, location`);
  const row = found();
  if (!row) throw new ChangeError(`no ${kind} has the id ${id}`);
  return row;
}

function edit(shop, { kind, id, set, touch = true, at }) {
  const row = find(shop, kind, id);
  const allowed = { product: Object.keys(PRODUCT_FIELDS), variant: Object.keys(VARIANT_FIELDS), media: Object.keys(MEDIA_FIELDS), metafield: ['value', 'updatedAt'], collection: COLLECTION_FIELDS, 'inventory-level': LEVEL_FIELDS, location: LOCATION_FIELDS }[kind];
  const values = {};
  for (const [name, value] of Object.entries(set ?? {})) {
    if (!allowed.includes(name)) throw new ChangeError(`a ${kind} has no field '${name}'; it has ${allowed.join(', ')}`);
    values[name] = /At$/.test(name) && typeof value === 'string' ? Date.parse(value) : value;
  }
  if (!Object.keys(values).length && !touch) throw new ChangeError('nothing to set');
  const written = Object.keys(values);
  const before = Object.fromEntries(Object.keys(values).map(name => [name, (kind === 'inventory-level' ? row.quantities : row)[name] ?? null]));
  if (touch) values.updatedAt ??= at;
  write(shop, kind, row, values);
  if (touch && !['product', 'collection', 'location'].includes(kind)) {
    const product = productOf(row);
    if (product) write(shop, 'product', product, { updatedAt: at });
    else if (row.ownerType === 'COLLECTION') write(shop, 'collection', row.owner, { updatedAt: at });
  }
  shop.log?.edited(kind, find(shop, kind, id), written);
  return { id: row.gid, before };
}

function productOf(row) {
  return row.typename === 'Product' ? row : row.product ?? row.variant?.product;
}

/** Where the overlay keeps the row. */
function slotOf(shop, kind, row) {
  const patch = shop.patchOf(productOf(row).index);
  switch (kind) {
    case 'product': return patch;
    case 'variant': return (patch.variants ??= {})[row.slot] ??= {};
    case 'media': return (patch.media ??= {})[row.slot] ??= {};
    case 'metafield': return (patch.metafields ??= {})[row.slot] ??= {};
    default: { // inventory-level
      const variant = (patch.variants ??= {})[row.variant.slot] ??= {};
      return (variant.levels ??= {})[row.location] ??= {};
    }
  }
}

function write(shop, kind, row, values) {
  if ('handle' in values) shop.handles = null;
  if (kind === 'location') {
    Object.assign(row, values);
    if ('isActive' in values) shop.collections.stockMoved();
    return shop.changed();
  }
  if (kind === 'collection') {
    Object.assign(row, values, values.image ? { image: { id: row.id, altText: null, address: null, ...values.image } } : {});
    shop.collections.orders.clear();
    return shop.changed();
  }
  if (kind === 'metafield' && row.ownerType === 'COLLECTION') {
    const patch = (row.owner.metafieldPatches ??= {})[row.number] ??= {};
    patch.set = { ...patch.set, ...values };
    return shop.changed();
  }
  if (row.file) { // shown by any number of products
    Object.assign(row.file, values);
    row.file.products.forEach(index => shop.changed(index));
    return shop.changed();
  }
  const patch = slotOf(shop, kind, row);
  patch.set = { ...patch.set, ...values };
  shop.changed(productOf(row).index);
}

/** The writers that an order needs. */
const orderTools = shop => ({
  ChangeError,
  variant: id => find(shop, 'variant', id),
  writeProduct: (product, values) => write(shop, 'product', product, values),
  writeLevel: (level, values) => { write(shop, 'inventory-level', level, values); shop.log?.edited('inventory-level', level, Object.keys(values)); },
});

const money = text => (Math.round(Number(text) * 100) / 100).toFixed(2);

/** How edit-many changes each field: visibly, and differently for each seed. */
const CHANGES = {
  product: {
    title: (p, n) => `${p.title.replace(/ \(edit \d+\)$/, '')} (edit ${n})`,
    tags: (p, n) => [...p.tags.filter(t => !t.startsWith('edited-')), `edited-${n}`].sort(),
    vendor: (p, n) => `Edited vendor ${n % 7}`,
    productType: (p, n) => `Edited type ${n % 7}`,
    status: p => p.status === 'ACTIVE' ? 'DRAFT' : 'ACTIVE',
    descriptionHtml: (p, n) => `<p>Edited ${n}.</p>`,
    seoTitle: (p, n) => `Edited ${n}`,
    templateSuffix: (p, n) => `edited-${n % 5}`,
  },
  variant: {
    price: (v, n) => money(Number(v.price) + 1 + n % 9),
    compareAtPrice: (v, n) => money(Number(v.price) + 10 + n % 9),
    sku: (v, n) => `EDITED-${n}-${v.slot}`,
    barcode: (v, n) => String(4_000_000_000_000 + n),
    taxable: v => !v.taxable,
    unitCost: (v, n) => money(1 + n % 50),
  },
  media: { alt: (m, n) => `Edited ${n}` },
  metafield: { value: (m, n) => m.type.includes('text') && !m.type.startsWith('list.') && m.type !== 'rich_text_field' ? `Edited ${n}` : m.value },
  'inventory-level': { available: (l, n) => n % 500 },
};

function editMany(shop, { kind, count, seed = 1, fields, touch = true, at }) {
  const changes = CHANGES[kind];
  if (!changes) throw new ChangeError(`kind '${kind}' is not one of ${Object.keys(CHANGES).join(', ')}`);
  const names = fields?.length ? fields : [Object.keys(changes)[0]];
  for (const name of names) if (!changes[name]) throw new ChangeError(`edit-many cannot change '${name}' of a ${kind}; it can change ${Object.keys(changes).join(', ')}`);

  const live = [];
  for (let index = 0; index < shop.total; index++) if (!shop.isDeleted(index)) live.push(index);
  const random = (index, salt) => shop.generator.hash(index + seed * 7919, 400 + salt);
  live.sort((a, b) => random(a, 1) - random(b, 1) || a - b);

  const ids = [];
  for (let n = 0; n < live.length && ids.length < count; n++) {
    const product = shop.productAt(live[n]);
    const rows = {
      product: () => [product],
      variant: () => product.variants,
      media: () => product.media,
      metafield: () => product.metafields.filter(m => CHANGES.metafield.value(m, 0) !== m.value),
      'inventory-level': () => product.variants.flatMap(v => v.levels),
    }[kind]();
    if (!rows.length) continue;
    const row = rows[random(live[n], 2) % rows.length];
    const values = {};
    for (const name of names) values[name] = changes[name](row, random(live[n], 3) % 1_000_000);
    if (touch) values.updatedAt = at;
    write(shop, kind, row, values);
    if (touch && kind !== 'product') write(shop, 'product', shop.productAt(live[n]), { updatedAt: at });
    shop.log?.edited(kind, row, names);
    ids.push(row.gid);
  }
  return { count: ids.length, ids };
}

function create(shop, { products, at }) {
  const ids = [];
  shop.handles = null;
  for (let n = 0; n < products; n++) {
    const index = shop.nextIndex();
    const published = shop.generator.publishedAt(index) === null ? null : at;
    shop.overlay.set(index, { createdAt: at, set: { createdAt: at, updatedAt: at, publishedAt: published } });
    shop.changed(index);
    const product = shop.productAt(index);
    shop.log?.created(product);
    ids.push(product.gid);
  }
  return { ids };
}

function addProducts(shop, { products }) {
  const ids = [];
  shop.handles = null;
  for (const full of products) {
    const index = shop.nextIndex();
    shop.overlay.set(index, { full });
    shop.changed(index);
    ids.push(shop.productAt(index).gid);
  }
  return { ids };
}

function remove(shop, { kind = 'product', ids, touch = true, at }) {
  const rows = [...new Map(ids.map(id => find(shop, kind, id)).map(row => [row.gid, row])).values()];
  if (kind === 'variant') {
    const leaving = new Map();
    for (const { product } of rows) leaving.set(product.index, (leaving.get(product.index) ?? 0) + 1);
    for (const [index, count] of leaving) if (count >= shop.productAt(index).variantCount) throw new ChangeError('the last variant of a product cannot be deleted');
  }
  for (const row of rows) {
    if (kind === 'product') {
      deleteProduct(shop, row, at);
    } else if (kind === 'collection') {
      deleteCollection(shop, row, at);
    } else if (kind === 'metafield' && row.ownerType === 'COLLECTION') {
      shop.log?.collection(row.owner.number, 'update');
      ((row.owner.metafieldPatches ??= {})[row.number] ??= {}).deleted = true;
      shop.changed();
      if (touch) write(shop, 'collection', row.owner, { updatedAt: at });
    } else if (row.file) {
      forget(shop, row.file, touch && at);
    } else {
      slotOf(shop, kind, row).deleted = true;
      const product = productOf(row);
      if (kind === 'variant') shop.log?.removedVariant(row);
      else shop.log?.edited(kind, row, []);
      shop.changed(product.index);
      if (touch) write(shop, 'product', shop.productAt(product.index), { updatedAt: at });
    }
  }
  return { count: rows.length };
}

/** Hand-picked members and their order: from the collection's page its time moves and the topic fires, from the product's page neither does. */
function changeMembers(shop, { id, add = [], remove: leaving = [], order, from = 'collection', at }) {
  const collection = find(shop, 'collection', id);
  if (!takesPicks(collection)) throw new ChangeError('the collection does not take products by hand');
  const [joining, going] = [add, leaving].map(ids => ids.map(one => find(shop, 'product', one).index));
  for (const index of joining) { picksOf(shop, collection).set(index, null); shop.changed(index); }
  unpick(shop, collection, going);
  if (order) {
    collection.reordered = order.map(one => find(shop, 'product', one).index);
    shop.collections.orders.clear();
    shop.changed();
  }
  if (from !== 'collection') return { id: collection.gid };
  write(shop, 'collection', collection, { updatedAt: at });
  shop.log?.collection(collection.number, 'update');
  return { id: collection.gid };
}

function shrink(shop, { keep = 1, at }) {
  let kept = 0, deleted = 0;
  for (let index = 0; index < shop.total; index++) {
    if (shop.isDeleted(index)) continue;
    if (kept < keep) { kept++; continue; }
    const product = shop.productAt(index);
    event(shop, 'PRODUCT', product.gid, null, at);
    shop.log?.deleted(product);
    shop.deletedBits[index] = 1;
    shop.overlay.delete(index);
    shop.collections.touch(index);
    deleted++;
  }
  shop.deletedCount += deleted;
  shop.changed();
  return { kept, deleted };
}
