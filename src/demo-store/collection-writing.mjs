// Mutations of collections: their fields, their sources, their order, where they are published.
import { GraphQLError } from 'graphql';
import { Collection } from './collections.mjs';
import { keepSources, picksOf, SourceReader, takesPicks, unpick } from './collection-sources.mjs';
import { definitionOf } from './metafields.mjs';
import { slug } from './product-writing.mjs';
import { event } from './written-products.mjs';
import { bareId, only } from './writing.mjs';

const MAX_TEXT = 255;
const MAX_HTML = 512 * 1024;
const FIELDS = ['title', 'descriptionHtml', 'handle', 'image', 'seo', 'sortOrder', 'templateSuffix'];

/** The values of the plain fields, checked; `collection` is null while it is being created. */
function readFields(writing, input, collection) {
  const { shop } = writing, set = {};
  const wrong = (name, message) => writing.wrong([name], [], message);
  if (input.title !== undefined || !collection) {
    set.title = (input.title ?? '').trim();
    if (!set.title) wrong('title', "Title can't be blank");
    if (set.title.length > MAX_TEXT) wrong('title', `Title is too long (maximum is ${MAX_TEXT} characters)`);
  }
  if (input.descriptionHtml !== undefined) {
    set.descriptionHtml = sanitised(input.descriptionHtml ?? '');
    if (Buffer.byteLength(set.descriptionHtml) > MAX_HTML) wrong('descriptionHtml', 'Description is too big (maximum is 512 KB)');
  }
  if (input.sortOrder != null) set.sortOrder = input.sortOrder;
  if (input.templateSuffix !== undefined) set.templateSuffix = input.templateSuffix || null;
  if (input.seo != null) {
    if (input.seo.title !== undefined) set.seoTitle = input.seo.title || null;
    if (input.seo.description !== undefined) set.seoDescription = input.seo.description || null;
  }
  if (input.image !== undefined) set.image = readImage(writing, input.image, collection);
  const isFree = handle => { const holder = shop.collections.byHandle(handle); return !holder || holder === collection; };
  const given = input.handle == null ? '' : slug(input.handle);
  if (given) {
    if (given.length > MAX_TEXT) wrong('handle', `Handle is too long (maximum is ${MAX_TEXT} characters)`);
    else if (!isFree(given)) wrong('handle', 'Handle has already been taken');
    set.handle = given;
  } else if (!collection || input.handle === '') {
    const base = slug(set.title ?? collection.title).slice(0, MAX_TEXT - 8) || 'collection';
    set.handle = base;
    for (let n = 1; !isFree(set.handle); n++) set.handle = `${base}-${n}`;
  }
  return set;
}

/** What Shopify keeps of a description: no scripts, and nothing that runs one. */
const sanitised = html => html.replace(/<script\b[^>]*>[\s\S]*?<\/script\s*>/gi, '').replace(/\son\w+\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, '');

/** A picture from an address, of which a copy of Shopify's own is made, or another alternative text for the picture that is there. */
function readImage(writing, input, collection) {
  if (input === null) return null;
  only('ImageInput', input, ['altText', 'src', 'id']);
  const before = collection?.image ?? null;
  if (input.src == null) {
    if (!before) writing.wrong(['image', 'src'], [], "Image src can't be blank");
    return before && { ...before, altText: input.altText === undefined ? before.altText : input.altText };
  }
  if (!/^https?:\/\//.test(input.src) || !URL.canParse(input.src)) writing.wrong(['image', 'src'], [], 'Image URL is invalid');
  return { id: String(writing.at / 1000) + writing.shop.collections.list.length, altText: input.altText ?? null, address: null, copied: writing.at };
}

/** A new collection's metafields: ids of a client's own, each held by one collection alone. */
function readMetafields(writing, inputs) {
  return inputs.map((input, k) => {
    only('MetafieldInput', input, ['namespace', 'key', 'type', 'value']);
    const { namespace = '$app', key, value } = input, definition = definitionOf(writing.shop, 'COLLECTION', namespace, key), type = input.type ?? definition?.type;
    if (type !== 'id') only('MetafieldInput.type', { [type ?? 'none']: true }, []);
    if (definition?.type !== 'id') writing.wrong(['metafields', String(k), 'type'], [], 'Type id needs a definition with unique values');
    else if (!value) writing.wrong(['metafields', String(k), 'value'], [], "Value can't be blank");
    else if (collectionByCustomId(writing.shop, { namespace, key, value })) writing.wrong(['metafields', String(k), 'value'], [], 'Value has already been taken');
    return { namespace, key, type, value };
  });
}

/** The collection that holds this id of a client's own. */
export function collectionByCustomId(shop, { namespace = '$app', key, value }) {
  if (definitionOf(shop, 'COLLECTION', namespace, key)?.type !== 'id') throw new GraphQLError("Metafield definition of type 'id' is required when using custom ids.", { extensions: { code: 'NOT_FOUND' } });
  return shop.collections.live.find(c => c.writtenMetafields?.some(m => m.namespace === namespace && m.key === key && m.value === value)) ?? null;
}

function findCollection(writing, id, field, code = []) {
  const found = writing.shop.collections.byId(bareId(id, 'Collection'));
  if (!found) writing.refuse(field, code, 'Collection does not exist');
  return found;
}

/** A collection that is there from now on. */
function keepNew(writing, set, sources, more = {}) {
  const { shop, at } = writing, { collections } = shop;
  writing.ready();
  const collection = Object.assign(Collection.written(shop, collections.list.length, at), set, more);
  collections.list.push(collection);
  keepSources(shop, collection, sources);
  for (const source of sources) collections.stale(source);
  shop.changed();
  shop.log?.collection(collection.number, 'create');
  return { collection };
}

export function deleteCollection(shop, collection, at) {
  shop.collections.deleted.add(collection.number);
  shop.collections.orders.clear();
  shop.changed();
  event(shop, 'COLLECTION', collection.gid, collection.title, at);
  shop.log?.collection(collection.number, 'delete');
}

function touched(writing, collection) {
  collection.updatedAt = writing.at;
  writing.shop.collections.orders.clear();
  writing.shop.changed();
  writing.shop.log?.collection(collection.number, 'update');
}

/** Bare places of the products with these ids. */
function productIndexes(writing, ids, field) {
  return ids.map((id, k) => {
    const product = writing.product(id);
    if (!product) writing.wrong([...field, String(k)], [], 'Product does not exist');
    return product?.index;
  });
}

function addProducts(writing, { id, productIds }, codes = {}) {
  const collection = findCollection(writing, id, ['id'], codes.missing);
  if (!takesPicks(collection) || collection.sources.some(s => s.inclusion?.conditions.length)) writing.refuse(['id'], codes.smart ?? [], "Can't manually add products to a smart collection");
  const indexes = codes.missing ? productIds.map(one => writing.product(one)?.index).filter(n => n !== undefined) : productIndexes(writing, productIds, ['productIds']);
  writing.ready();
  const picks = picksOf(writing.shop, collection);
  for (const index of indexes) if (!picks.has(index)) { picks.set(index, null); writing.shop.changed(index); }
  touched(writing, collection);
  return collection;
}

export const collectionMutations = {
  collectionCreate(writing, { collection: given, input: old }) {
    const input = given ?? asSources(writing, old ?? {}, ['products', 'ruleSet']);
    only('CollectionCreateInput', input, [...FIELDS, 'sources', 'metafields']);
    const metafields = readMetafields(writing, input.metafields ?? []), reader = new SourceReader(writing), set = readFields(writing, input, null);
    const sources = (input.sources ?? []).map((one, k) => reader.source(one, ['sources', String(k)]));
    reader.checkSizes(sources, ['sources']);
    return keepNew(writing, set, sources, metafields.length ? { writtenMetafields: metafields } : {});
  },

  /** The fields show at once; members follow the sources when the job is done. */
  collectionUpdate(writing, { collection: given, input: old }) {
    const input = given ?? asSources(writing, old ?? {}, ['ruleSet']);
    only('CollectionUpdateInput', input, [...FIELDS, 'id', 'redirectNewHandle', 'sources', 'sourcesToCreate', 'sourcesToUpdate', 'sourcesToDelete']);
    if (input.id == null) writing.refuse(['id'], [], 'Collection does not exist');
    const { shop } = writing, collection = findCollection(writing, input.id, ['id']), reader = new SourceReader(writing, collection);
    const set = readFields(writing, input, collection), before = collection.sources;
    let sources = reader.without(before, input.sourcesToDelete ?? (input.sources ? before.map(s => s.gid) : []), ['sourcesToDelete']);
    for (const [k, one] of (input.sourcesToUpdate ?? []).entries()) {
      const changed = reader.changed(one, sources, ['sourcesToUpdate', String(k)]);
      if (changed) sources = sources.map(s => s.gid === changed.gid ? changed : s);
    }
    const made = (input.sourcesToCreate ?? input.sources ?? []).map((one, k) => reader.source(one, ['sourcesToCreate', String(k)]));
    reader.checkSizes([...sources, ...made], ['sourcesToCreate']);
    writing.ready();
    if (input.redirectNewHandle && set.handle && set.handle !== collection.handle) shop.redirects.push({ path: `/collections/${collection.handle}`, target: `/collections/${set.handle}` });
    Object.assign(collection, set);
    const isOther = made.length > 0 || sources.length !== before.length || sources.some((s, k) => s !== before[k]);
    if (isOther) {
      collection.held ??= before;
      collection.waiting++;
      keepSources(shop, collection, [...sources, ...made]);
      for (const source of collection.sources) if (!before.includes(source)) shop.collections.stale(source);
    }
    touched(writing, collection);
    return { collection, ...(isOther ? { follow: ['collection members', { id: collection.gid }] } : {}) };
  },

  /** The store's own, some time after collectionUpdate: now the members follow. */
  'collection members'(writing, { id }) {
    const collection = writing.shop.collections.byId(bareId(id, 'Collection'));
    writing.ready();
    if (!collection || --collection.waiting > 0) return;
    collection.held = null;
    const left = new Set(collection.sources.flatMap(s => s.picked ? [...s.picked.keys()] : []));
    if (collection.reordered) collection.reordered = collection.reordered.filter(index => left.has(index) || writing.shop.collections.contains(collection, index));
    writing.shop.collections.orders.clear();
    writing.shop.changed();
  },

  collectionDelete(writing, { input: { id } }) {
    const collection = findCollection(writing, id, ['id']);
    writing.ready();
    deleteCollection(writing.shop, collection, writing.at);
    return { deletedCollectionId: id };
  },

  collectionDuplicate(writing, { input: { collectionId, newTitle, copyPublications = true } }) {
    const from = writing.shop.collections.byId(bareId(collectionId, 'Collection'));
    if (!from) writing.refuse(['collectionId'], 'COLLECTION_NOT_FOUND');
    const set = readFields(writing, { title: newTitle }, null);
    writing.check();
    const copyOf = part => part && { ...part, conditions: part.conditions.map(({ number, ...condition }) => condition) };
    const sources = from.sources.map(({ gid, bits, evaluated, ...s }) => s.subCollections ? { ...s } : { ...s, inclusion: copyOf(s.inclusion), exclusion: copyOf(s.exclusion), picked: new Map(s.picked), excluded: new Set(s.excluded) });
    const { descriptionHtml, sortOrder, templateSuffix, seoTitle, seoDescription, image, reordered } = from;
    const published = copyPublications === false ? {} : { publicationNumbers: [...from.publications], publishDates: Object.fromEntries(from.publications.map(n => [n, writing.at])) };
    return keepNew(writing, set, sources, { descriptionHtml, sortOrder, templateSuffix, seoTitle, seoDescription, image, ...(reordered ? { reordered: [...reordered] } : {}), ...published });
  },

  collectionReorderProducts(writing, { id, moves }) {
    const collection = findCollection(writing, id, ['id'], 'COLLECTION_NOT_FOUND'), { shop } = writing;
    if (collection.sortOrder !== 'MANUAL') writing.refuse(['id'], 'MANUALLY_SORTED_COLLECTION', "Can't reorder products unless collection is manually sorted");
    if (!moves.length) writing.refuse(['moves'], 'INVALID_MOVE');
    const order = [...shop.collections.members(collection, 'MANUAL')];
    const places = moves.map((move, k) => {
      const index = writing.product(move.id)?.index, isMember = order.includes(index);
      if (!isMember && writing.isAsked) writing.wrong(['moves', String(k), 'id'], 'INVALID_MOVE'); // who has left meanwhile is passed over
      return isMember ? index : null;
    });
    writing.ready();
    for (const [k, { newPosition }] of moves.entries()) {
      if (places[k] === null) continue;
      order.splice(order.indexOf(places[k]), 1);
      order.splice(Math.min(Number(newPosition), order.length), 0, places[k]);
    }
    collection.reordered = order;
    touched(writing, collection);
    return {};
  },

  collectionAddProducts: (writing, args) => ({ collection: addProducts(writing, args) }),

  collectionAddProductsV2(writing, args) {
    addProducts(writing, args, { missing: 'COLLECTION_DOES_NOT_EXIST', smart: 'CANT_ADD_TO_SMART_COLLECTION' });
    return {};
  },

  collectionRemoveProducts(writing, { id, productIds }) {
    const collection = findCollection(writing, id, ['id']);
    const indexes = productIds.map(one => writing.product(one)?.index).filter(n => n !== undefined);
    writing.ready();
    unpick(writing.shop, collection, indexes);
    touched(writing, collection);
    return {};
  },
};

// --- the deprecated input ----------------------------------------------------------------------------------------

const RULES = {
  TAG: 'productTag', TITLE: 'productTitle', TYPE: 'productType', VENDOR: 'productVendor', VARIANT_TITLE: 'variantTitle', VARIANT_PRICE: 'variantPrice', VARIANT_COMPARE_AT_PRICE: 'variantCompareAtPrice',
  IS_PRICE_REDUCED: 'variantCompareAtPrice', VARIANT_INVENTORY: 'variantInventory', VARIANT_WEIGHT: 'variantWeight', PRODUCT_CATEGORY_ID: 'productCategory', PRODUCT_CATEGORY_ID_WITH_DESCENDANTS: 'productCategory',
};
const TAG_RELATIONS = { EQUALS: 'TAGGED_WITH', NOT_EQUALS: 'NOT_TAGGED_WITH' };
const RELATIONS = { NOT_CONTAINS: 'DOES_NOT_CONTAIN' };

/** A CollectionInput as the newer inputs say the same. */
function asSources(writing, { products, ruleSet, ...rest }, more) {
  only('CollectionInput', { ...rest, ...(products ? { products } : {}), ...(ruleSet ? { ruleSet } : {}) }, [...FIELDS, 'id', 'redirectNewHandle', ...more]);
  const { id, redirectNewHandle, ...plain } = rest, input = more.includes('products') ? plain : rest;
  if (!products && !ruleSet) return input;
  const currencyCode = writing.shop.currency;
  const condition = ({ column, relation, condition: text }) => {
    const name = RULES[column];
    if (!name) only('CollectionRuleColumn', { [column]: true }, []);
    if (name === 'productTag') { if (!TAG_RELATIONS[relation]) writing.refuse(['ruleSet'], [], `The relation ${relation} does not fit tags`); return { productTag: { relation: TAG_RELATIONS[relation], matchType: 'ANY', values: [text] } }; }
    if (name === 'productCategory') return { productCategory: { relation, matchType: 'ANY', values: [{ categoryId: text, includeDescendants: column.endsWith('DESCENDANTS') }] } };
    const value = { variantPrice: { amount: text, currencyCode }, variantCompareAtPrice: { amount: text, currencyCode }, variantInventory: Number(text), variantWeight: { value: Number(text), unit: 'KILOGRAMS' } }[name];
    if (value === undefined) return { [name]: { relation: RELATIONS[relation] ?? relation, matchType: 'ANY', values: [text] } };
    return { [name]: relation.startsWith('IS_') ? { relation } : { relation, value } };
  };
  const inclusion = { matchType: ruleSet?.appliedDisjunctively ? 'ANY' : 'ALL', conditions: (ruleSet?.rules ?? []).map(condition), selections: (products ?? []).map(productId => ({ productId })) };
  return { ...input, sources: [{ source: { title: 'Products', inclusion } }] };
}
