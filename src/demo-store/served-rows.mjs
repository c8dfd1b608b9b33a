// Rows that exist only while they are read, lists with their search fields, and how values are written out.
import { GraphQLError } from 'graphql';
import { definitionId, isConditionType, plainCondition } from './collection-conditions.mjs';
import { arrayList, page, reversed, sortedList } from './connections.mjs';
import { compareIds, gid, readGid } from './ids.mjs';
import { definitionsOf } from './metafields.mjs';
import { productList, search, SLOTS } from './product-lists.mjs';
import { exact, flag, id, SearchError, time, words } from './search-syntax.mjs';
import { categories } from './taxonomy.mjs';
import { seconds } from './times.mjs';

/** A connection: `listOf(source, args, context)` gives the whole list, of which a request sees a page. */
export function connection(listOf, limit) {
  const resolve = (source, args, context) => {
    const list = listOf(source, args, context);
    return list && page(list, args, limit);
  };
  resolve.listOf = listOf;
  return resolve;
}

export const rows = (list, args) => args.reverse ? reversed(arrayList(list)) : arrayList(list);
export const amount = (value, context) => value === null ? null : { amount: String(Number(value).toFixed(2)).replace(/(\.\d)0$/, '$1'), currencyCode: context.shop.currency };
export const exactly = total => ({ count: total, precision: 'EXACT' });
export const plain = html => html.replace(/<[^>]+>/g, ' ').replace(/&amp;/g, '&').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/\s+/g, ' ').trim();
export const truncated = (text, at) => at != null && text.length > at ? `${text.slice(0, Math.max(0, at - 3))}...` : text;
export const refuse = message => { throw new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } }); };

/** The bare id of a global id of this type; another text is an error, as at Shopify. */
export function idOf(text, ...types) {
  const read = readGid(text);
  if (!read || (types.length && !types.includes(read.type))) throw new GraphQLError(`Invalid global id '${text}'`, { extensions: { code: 'argumentLiteralsIncompatible' } });
  return read.id;
}

const MEDIA_TYPES = ['MediaImage', 'Video', 'ExternalVideo', 'Model3d'];

const lookups = {
  Product: (shop, id) => shop.productById(id),
  ProductVariant: (shop, id) => shop.variantById(id),
  InventoryItem: (shop, id) => shop.itemById(id),
  InventoryLevel: (shop, id) => shop.levelById(id),
  Metafield: (shop, id) => shop.metafieldById(id),
  Collection: (shop, id) => shop.collections.byId(id),
  CollectionConditionsSource: (shop, id) => findSource(shop, 'CollectionConditionsSource', id),
  CollectionSubCollectionsSource: (shop, id) => findSource(shop, 'CollectionSubCollectionsSource', id),
  Location: (shop, id) => shop.locations.find(l => l.id === id),
  Publication: (shop, id) => shop.publications.find(p => p.id === id),
  TaxonomyCategory: (shop, id) => categories.get(id),
  ProductOption: (shop, id) => { const at = shop.ids.read('ProductOption', id); return at && optionsOf(shop.productAt(at.index))?.find(o => o.slot === at.slot); },
  ProductOptionValue: (shop, id) => { const at = shop.ids.read('ProductOptionValue', id); return at && optionsOf(shop.productAt(at.index))?.flatMap(o => o.values).find(v => v.gid === gid('ProductOptionValue', id)); },
  BulkOperation: (shop, id, context) => context.bulk?.byId(id),
  WebhookSubscription: (shop, id, context) => context.subscriptions?.byId(id, context.app),
  Shop: (shop, id) => id === SHOP_ID ? shop : null,
};
for (const type of MEDIA_TYPES) lookups[type] = (shop, id) => { const media = shop.mediaById(id); return media?.typename === type ? media : null; };

function findSource(shop, typename, id) {
  return shop.collections.live.flatMap(c => c.sources).find(s => s.gid === gid(typename, id));
}

export function lookUp(text, context) {
  const read = readGid(text);
  if (!read) idOf(text);
  const find = lookups[read.type];
  if (!find) throw new GraphQLError(`The demo store does not serve nodes of type ${read.type}.`);
  return find(context.shop, read.id, context) ?? null;
}

export const SHOP_ID = '62189011234';

// --- rows that exist only while they are read -------------------------------------------------------------------

export function optionsOf(product) {
  if (!product) return undefined;
  if (product.optionRows) return product.optionRows; // two thousand variants ask for them
  let valueSlot = 0, used = null;
  return product.optionRows = product.options.map((option, position) => ({
    typename: 'ProductOption', product, position, name: option.name,
    slot: option.slot ?? position,
    gid: gid('ProductOption', product.shop.ids.of('ProductOption', product.index, option.slot ?? position)),
    values: option.values.map((value, number) => ({
      typename: 'ProductOptionValue', product, name: value.name, colour: value.colour,
      gid: gid('ProductOptionValue', product.shop.ids.of('ProductOptionValue', product.index, value.slot ?? valueSlot++)),
      get hasVariants() { return (used ??= product.usedValues)[position].has(number); },
    })),
  }));
}

/** Picture of a media row, or null while Shopify would still process it. */
export function image(media, shop) {
  if (media.kind !== 'MediaImage' || media.status !== 'READY') return null;
  const [width, height] = media.size;
  return { typename: 'Image', media, id: gid('ImageSource', media.id), altText: media.alt, width, height, address: media.url ?? `${shop.baseUrl}/pictures/${media.id}.${media.slot % 4 === 3 ? 'png' : 'svg'}?v=${Math.floor(media.createdAt / 1000)}` };
}

function preview(media, shop) {
  const ready = media.status === 'READY';
  const picture = ready ? image(media, shop) ?? { typename: 'Image', media, id: gid('ImageSource', media.id), altText: media.alt, width: 1200, height: 900, address: `${shop.baseUrl}/pictures/${media.id}.svg?v=1` } : null;
  return { image: picture, status: ready ? 'READY' : media.status };
}

export const media = {
  id: m => m.gid,
  alt: m => m.alt,
  mediaContentType: m => ({ MediaImage: 'IMAGE', Video: 'VIDEO', ExternalVideo: 'EXTERNAL_VIDEO', Model3d: 'MODEL_3D' })[m.kind],
  status: m => m.status,
  fileStatus: m => m.status,
  mediaErrors: m => m.status === 'FAILED' ? [{ code: 'INVALID_IMAGE_RESOLUTION', details: null, message: 'The image could not be processed.' }] : [],
  mediaWarnings: () => [],
  fileErrors: m => m.status === 'FAILED' ? [{ code: 'INVALID_IMAGE_RESOLUTION', details: null, message: 'The image could not be processed.' }] : [],
  preview: (m, _, { shop }) => preview(m, shop),
  createdAt: m => seconds(m.createdAt),
  updatedAt: m => seconds(m.updatedAt),
};

export const metafieldFields = () => ({
  metafield: (owner, { namespace, key }) => {
    const [space, name] = namespace == null && key.includes('.') ? key.split(/\.(.*)/s) : [namespace ?? 'custom', key];
    return owner.metafields.find(m => m.namespace === space && m.key === name) ?? null;
  },
  metafields: connection((owner, args) => rows(owner.metafields.filter(m =>
    (args.namespace == null || m.namespace === args.namespace) && (args.keys == null || args.keys.includes(`${m.namespace}.${m.key}`) || args.keys.includes(m.key))), args)),
});

function resourcePublications(publishedOn, dateOf) {
  return (row, args, { shop }) => rows(publishedOn(row)
    .map(n => ({ publication: shop.publications[n], date: dateOf(row, n) }))
    .filter(({ publication, date }) => (!args.onlyPublished || (date !== null && date <= shop.now()))
      && (args.catalogType == null || (args.catalogType === 'MARKET') === (publication.catalog === 'MarketCatalog')))
    .map(({ publication, date }) => ({ isPublished: date !== null && date <= shop.now(), publishDate: seconds(date), publication, publishable: row, gid: publication.gid })), args);
}

const productDate = (p, n) => p.publishDate(n);
export const productPublications = resourcePublications(p => p.publications, productDate);
export const collectionPublications = resourcePublications(c => c.publications, (c, n) => c.publishDate(n));

export const publishable = publications => ({
  resourcePublicationsV2: connection(publications),
  resourcePublications: connection(publications),
  resourcePublicationsCount: (row, args, context) => exactly(publications(row, args, context).length),
  availablePublicationsCount: (row, args, context) => exactly(publications(row, { onlyPublished: true }, context).length),
  publishedOnPublication: (row, { publicationId }, context) => {
    const list = publications(row, { onlyPublished: true }, context);
    for (let k = 0; k < list.length; k++) if (list.at(k).publication.gid === publicationId) return true;
    return false;
  },
  unpublishedPublications: connection((row, args, { shop }) => rows(shop.publications.filter(p => !(row.publications ?? row.product.publications).includes(p.number)), args)),
});

export function publicationProducts(publication, args, { shop, warnings }) {
  return productList(shop, args, warnings, { key: `publication ${publication.number}`, has: index => shop.productAt(index).publications.includes(publication.number) });
}

const fileSearch = {
  default: words(f => f.alt ?? ''),
  id: id(f => f.id),
  media_type: exact(f => media.mediaContentType(f)),
  status: exact(f => f.status),
  created_at: time(f => f.createdAt),
  updated_at: time(f => f.updatedAt),
  product_id: id(f => f.product?.id ?? ''),
};

/** Every medium once, those of products first, whoever shows it. */
export function fileList({ shop, warnings }, args) {
  const { test } = search(shop, args.query, fileSearch, warnings, args.savedSearchId);
  const all = shop.cached('files', () => {
    const found = new Map();
    for (let index = 0; index < shop.total; index++) for (const one of shop.productAt(index)?.media ?? []) if (!found.has(one.id)) found.set(one.id, one);
    for (const id of shop.files.keys()) if (!found.has(id)) found.set(id, shop.mediaById(id));
    return [...found.values()];
  });
  const sorts = { CREATED_AT: f => f.createdAt, UPDATED_AT: f => f.updatedAt };
  if (args.sortKey && args.sortKey !== 'ID' && !sorts[args.sortKey]) refuse(`The demo store does not sort files by ${args.sortKey}.`);
  const found = all.filter(f => !test || test(f)), value = sorts[args.sortKey];
  found.sort((a, b) => (value ? value(a) - value(b) : 0) || compareIds(a.id, b.id));
  return rows(found, args);
}

const collectionSearch = {
  default: words(c => c.title),
  id: id(c => c.id),
  title: words(c => c.title),
  handle: exact(c => c.handle),
  updated_at: time(c => c.updatedAt),
  collection_type: term => c => (c.sources.some(s => s.inclusion?.conditions.length) ? 'smart' : 'custom') === term.value.toLowerCase(),
  published_at: time(c => c.publications.includes(0) ? c.publishDate(0) : null),
  published_status: term => {
    const value = term.value.toLowerCase(), isOut = c => c.publications.includes(0) && c.publishDate(0) <= c.shop.now();
    if (value === 'published' || value === 'visible') return isOut;
    if (value === 'unpublished') return c => !isOut(c);
    if (value === 'online_store_channel') return c => c.publications.includes(0);
    if (value === 'unavailable') return c => c.publications.length === 0;
    throw new SearchError(`published_status '${term.value}' is not served by the demo store.`);
  },
  product_id: term => c => {
    const at = c.shop.ids.read('Product', term.value);
    return at !== null && c.shop.collections.contains(c, at.index);
  },
};

/** Versions before 2026-07 know no unions of sources: they do not show collections that need them. */
function isShownBy(version, collection) {
  if (version === undefined || version === 'unstable' || version >= '2026-07') return true;
  return collection.sources.length === 1 && collection.sources.every(s => !s.subCollections && !s.exclusion && s.targetType === 'PRODUCTS' && !(s.picked.size && s.inclusion.conditions.length));
}

export function collectionList({ shop, warnings, version }, args) {
  const { test } = search(shop, args.query, collectionSearch, warnings, args.savedSearchId);
  const found = shop.collections.live.filter(c => isShownBy(version, c) && (!test || test(c)));
  const value = { TITLE: c => c.title.toLowerCase(), UPDATED_AT: c => c.updatedAt }[args.sortKey];
  if (value) found.sort((a, b) => value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : a.number - b.number);
  return rows(found, args);
}

const locationSearch = {
  default: words(l => l.name),
  id: id(l => l.id),
  location_id: id(l => l.id),
  name: words(l => l.name),
  city: exact(l => l.address.city),
  country: exact(l => l.address.country),
  zip: exact(l => l.address.zip),
  active: flag(l => l.isActive),
  created_at: time(l => l.createdAt),
};

export function locationList({ shop, warnings }, args) {
  const { test } = search(shop, args.query, locationSearch, warnings);
  const found = shop.locations.filter(l => (args.includeInactive || l.isActive) && (!test || test(l)));
  if (args.sortKey === 'NAME') found.sort((a, b) => a.name < b.name ? -1 : 1);
  return rows(found, args);
}

const levelSearch = {
  id: id(l => l.variant.shop.locations[l.location].levelNumber),
  inventory_item_id: id(l => l.variant.itemId),
  updated_at: time(l => l.updatedAt),
  created_at: time(l => l.createdAt),
};

export function levelsOfItem(item, args, { shop, warnings }) {
  const { test } = search(shop, args.query, levelSearch, warnings);
  return rows(item.variant.levels.filter(l => (args.includeInactive || (l.isActive && shop.locations[l.location].isActive)) && (!test || test(l))), args);
}

export function levelsAtLocation(location, args, { shop, warnings }) {
  const { test } = search(shop, args.query, levelSearch, warnings);
  const numbers = shop.cached(`levels ${location.number} ${args.includeInactive} ${args.query ?? ''}`, () => {
    const found = [];
    for (let index = 0; index < shop.total; index++) {
      for (const variant of shop.productAt(index)?.variants ?? []) {
        const level = variant.levels.find(l => l.location === location.number);
        if (level && (args.includeInactive || level.isActive) && (!test || test(level))) found.push(index * SLOTS + variant.slot);
      }
    }
    return found;
  });
  const list = sortedList(numbers, () => 0, n => shop.productAt(Math.floor(n / SLOTS))?.variantAt(n % SLOTS)?.levels.find(l => l.location === location.number));
  return args.reverse ? reversed(list) : list;
}

export const eventSearch = {
  action: exact(e => e.action),
  subject_type: exact(e => e.subjectType),
  created_at: time(e => e.createdAt),
  id: id(e => String(e.number)),
  comments: () => () => true,
};

export function conditions(source, side, shop) {
  const part = side === 'Inclusion' ? source.inclusion : source.exclusion;
  const newer = shop.faults?.on('unknown-condition')?.kinds ?? [];
  return part.conditions.map(condition => {
    const typename = `CollectionSource${side}Condition${newer.includes(condition.kind) ? 'Unknown' : condition.kind}`;
    return { typename, gid: gid(typename, condition.number), condition };
  });
}

export const textCondition = {
  id: c => c.gid,
  relation: c => c.condition.relation,
  matchType: c => c.condition.matchType,
  values: c => c.condition.values,
};

/** As an older version shows a kind of condition that it does not know: everything as text. */
export const unknownCondition = {
  id: c => c.gid,
  relation: c => c.condition.relation ?? null,
  matchType: c => c.condition.matchType ?? null,
  values: (c, _, { shop }) => { const { values, value } = plainCondition(shop, c.condition); return (values ?? [value ?? null].filter(one => one !== null)).map(one => typeof one === 'object' ? JSON.stringify(one) : String(one)); },
};

export const valueCondition = { id: c => c.gid, relation: c => c.condition.relation, value: c => c.condition.value };

export const categoryCondition = { ...textCondition, values: c => c.condition.values.map(v => ({ category: categories.get(v.code), includeDescendants: v.includeDescendants })) };

export const ofMetafield = condition => ({ ...condition, definition: (c, _, { shop }) => definitionRow(shop, c.condition.definition.ownerType, c.condition.definition.number) });

export const metaobjectRow = text => ({ typename: 'Metaobject', gid: text });

export const distinct = pick => (source, args, { shop }) => {
  const values = shop.cached(`distinct ${pick.name}`, () => {
    const set = new Set();
    for (let index = 0; index < shop.total; index++) if (!shop.isDeleted(index)) for (const value of [pick(shop.productAt(index))].flat()) if (value) set.add(value);
    return [...set].sort();
  });
  const list = arrayList(values, value => value);
  return args.reverse ? reversed(list) : list;
};

export function productTags(p) { return p.tags; }
export function productTypes(p) { return p.productType; }
export function productVendors(p) { return p.vendor; }

export function definitionRow(shop, ownerType, number) {
  const definition = definitionsOf(shop, ownerType)[number];
  return {
    typename: 'MetafieldDefinition', gid: definitionId(ownerType, number),
    ownerType, namespace: definition.namespace, key: definition.key, name: definition.name, description: definition.description ?? null, pinnedPosition: null, validations: [],
    validationStatus: 'ALL_VALID', useAsCollectionCondition: ownerType !== 'COLLECTION' && isConditionType(definition.type), type: { name: definition.type, category: definition.type.split('_')[0].toUpperCase(), supportedValidations: [], supportsDefinitionMigrations: false },
  };
}

export const PLAN_NAMES = { standard: 'Basic', advanced: 'Advanced', plus: 'Shopify Plus', enterprise: 'Enterprise' };

export function zoneOffset(shop) {
  const now = new Date(shop.now());
  const part = new Intl.DateTimeFormat('en-US', { timeZone: shop.timeZone, timeZoneName: 'longOffset' }).formatToParts(now).find(p => p.type === 'timeZoneName').value;
  return part === 'GMT' ? '+00:00' : part.slice(3);
}

export function variantsOfProduct(product, args) {
  const order = { SKU: v => v.sku ?? '', TITLE: v => v.title, NAME: v => v.title, FULL_TITLE: v => v.title, INVENTORY_QUANTITY: v => v.inventoryQuantity }[args.sortKey];
  const list = order ? [...product.variants].sort((a, b) => order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : a.slot - b.slot) : product.variants;
  return rows(list, args);
}

export function sellable(variant) {
  let total = 0;
  for (const level of variant.levels) {
    const location = variant.shop.locations[level.location];
    if (level.isActive && location.isActive && location.fulfillsOnlineOrders) total += level.quantities.available;
  }
  return total;
}

export function productsInOrder(shop, collection, order, reverse) {
  const members = shop.collections.members(collection, order);
  const list = {
    length: members.length,
    at: k => shop.productAt(members[k]),
    keyAt: k => members[k],
    after(key, place) { const k = members.indexOf(key); return k < 0 ? Math.min(place, members.length) : k + 1; },
    before(key, place) { const k = members.indexOf(key); return k < 0 ? Math.min(place, members.length) : k; },
  };
  return reverse ? reversed(list) : list;
}

export const countTo25000 = total => total > 25_000 ? { count: 25_001, precision: 'AT_LEAST' } : exactly(total);
export const videoSource = (m, shop) => ({ url: `${shop.baseUrl}/pictures/${m.id}.mp4`, fileSize: 1_048_576, format: 'mp4', height: 720, width: 1280, mimeType: 'video/mp4' });
export const modelSource = (m, shop) => ({ url: `${shop.baseUrl}/pictures/${m.id}.glb`, filesize: 524_288, format: 'glb', mimeType: 'model/gltf-binary' });

export function jsonValue(metafield) {
  const { type, value } = metafield;
  if (/^(single_line|multi_line)|^(date|date_time|url|color|id)$|_reference$/.test(type) && !type.startsWith('list.')) return value;
  try { return JSON.parse(value); } catch { return value; }
}
