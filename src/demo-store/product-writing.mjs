// Mutations of whole products: create, update, set, delete, tags, publications.
import { readGid } from './ids.mjs';
import { picksOf, takesPicks, unpick } from './collection-sources.mjs';
import { addMedia, fileInput, writeAlts } from './file-writing.mjs';
import { productByCustomId, putMetafield } from './metafield-writing.mjs';
import { optionProblems } from './option-writing.mjs';
import { fileId, isSameFile, setFiles, setVariants } from './replaced-lists.mjs';
import { categories } from './taxonomy.mjs';
import { deleteProduct, ProductDraft } from './written-products.mjs';
import { bareId, invalidId, only } from './writing.mjs';

const MAX_TEXT = 255;
const MAX_TAGS = 250;
const MAX_HTML = 512 * 1024;
const SHARED = ['title', 'handle', 'descriptionHtml', 'vendor', 'productType', 'category', 'tags', 'status', 'templateSuffix', 'seo', 'requiresSellingPlan', 'metafields'];
const MEMBERSHIP = ['id', 'collectionsToJoin', 'collectionsToLeave', 'redirectNewHandle', 'deleteConflictingConstrainedMetafields'];
const OFTEN = [...SHARED, 'collectionsToJoin'];

export const slug = text => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace(/['’]/g, '').replace(/[^\p{L}\p{N}_]+/gu, '-').replace(/^-+|-+$/g, '');

/** Tags as Shopify keeps them: split at commas, trimmed, once each whatever their case, in order of the alphabet. */
export function tidyTags(tags) {
  const known = new Map();
  for (const tag of tags.flatMap(text => text.split(',')).map(text => text.trim()).filter(Boolean)) if (!known.has(tag.toLowerCase())) known.set(tag.toLowerCase(), tag);
  return [...known.values()].sort();
}

function checkTags(writing, tags, field) {
  if (tags.length > MAX_TAGS) writing.wrong(field, ['INVALID_PRODUCT'], `Tags are over the limit of ${MAX_TAGS}`);
  for (const tag of tags) if (tag.length > MAX_TEXT) writing.wrong(field, ['INVALID_PRODUCT'], `Tag ${tag.slice(0, 40)}… is too long (maximum is ${MAX_TEXT} characters)`);
}

/** Writes the fields that create, update and set share. */
function setFields(writing, draft, input, { root = [], isNew = false }) {
  const { shop, at } = writing, { full } = draft;
  const wrong = (name, code, message) => writing.wrong([...root, ...[name].flat()], code, message);
  const long = (name, label, text) => { if (text.length > MAX_TEXT) wrong(name, 'INVALID_PRODUCT', `${label} is too long (maximum is ${MAX_TEXT} characters)`); };

  if (input.title !== undefined || isNew) {
    const title = (input.title ?? '').trim();
    if (!title) wrong('title', 'INVALID_PRODUCT', "Title can't be blank");
    long('title', 'Title', title);
    full.title = title;
  }
  for (const [name, label] of [['vendor', 'Vendor'], ['productType', 'Product type']]) {
    if (input[name] === undefined) continue;
    full[name] = (input[name] ?? '').trim();
    long(name, label, full[name]);
  }
  if (isNew && !full.vendor) full.vendor = 'Demo store';
  if (input.descriptionHtml !== undefined) {
    if (Buffer.byteLength(input.descriptionHtml ?? '') > MAX_HTML) wrong('descriptionHtml', 'INVALID_PRODUCT', 'Body (HTML) is too big (maximum is 512 KB)');
    full.descriptionHtml = input.descriptionHtml ?? '';
  }
  if (input.templateSuffix !== undefined) full.templateSuffix = input.templateSuffix || null;
  if (input.requiresSellingPlan != null) full.requiresSellingPlan = input.requiresSellingPlan;
  if (input.tags != null) {
    full.tags = tidyTags(input.tags);
    checkTags(writing, full.tags, [...root, 'tags']);
  }
  if (input.category !== undefined) {
    const code = input.category === null ? null : bareId(input.category, 'TaxonomyCategory');
    if (code !== null && !categories.has(code)) wrong('category', 'INVALID_PRODUCT', 'Product taxonomy node does not exist');
    full.categoryCode = code;
  }
  if (input.seo != null) {
    if (input.seo.title !== undefined) full.seoTitle = input.seo.title || null;
    if (input.seo.description !== undefined) full.seoDescription = input.seo.description || null;
  }
  if (input.status != null) {
    const wasDraft = full.status === 'DRAFT';
    full.status = input.status;
    if (wasDraft && full.status !== 'DRAFT' && full.publishedAt === null && full.publications.includes(0)) full.publishedAt = at;
  }
  setHandle(writing, draft, input, { wrong, isNew });
  for (const [k, one] of (input.metafields ?? []).entries()) putMetafield(writing, draft, full, 'PRODUCT', one, (name, code, message) => { wrong(['metafields', String(k), name], 'INVALID_METAFIELD', message); return null; });
  if (isNew) {
    full.publications = shop.publications.filter(p => p.autoPublish).map(p => p.number);
    full.publishDates = Object.fromEntries(full.publications.map(n => [n, at]));
    full.publishedAt = full.status !== 'DRAFT' && full.publications.includes(0) ? at : null;
  }
}

function setHandle(writing, draft, input, { wrong, isNew }) {
  const { shop } = writing, { full } = draft;
  const isFree = handle => { const holder = shop.productByHandle(handle); return !holder || holder.index === draft.index; };
  const given = input.handle == null ? '' : slug(input.handle);
  if (given) {
    if (given.length > MAX_TEXT) wrong('handle', 'INVALID_PRODUCT', `Handle is too long (maximum is ${MAX_TEXT} characters)`);
    else if (!isFree(given)) return writing.wrong(writing.handleField ?? ['input', 'handle'], 'HANDLE_NOT_UNIQUE', `Handle '${given}' already in use. Please provide a new handle.`);
    return moveHandle(writing, full, given, input.redirectNewHandle);
  }
  if (!isNew && input.handle !== '') return undefined;
  const base = slug(full.title).slice(0, MAX_TEXT - 8) || 'product';
  let handle = base;
  for (let n = 1; !isFree(handle); n++) handle = `${base}-${n}`;
  return moveHandle(writing, full, handle, input.redirectNewHandle);
}

function moveHandle(writing, full, handle, redirect) {
  if (redirect && full.handle && full.handle !== handle) writing.redirect = { path: `/products/${full.handle}`, target: `/products/${handle}` };
  full.handle = handle;
}

function collectionsOf(writing, ids, field) {
  return ids.map((id, k) => {
    const found = writing.shop.collections.byId(bareId(id, 'Collection'));
    if (!found) writing.wrong([...field, String(k)], 'INVALID_INPUT', 'Collection does not exist');
    else if (!takesPicks(found)) writing.wrong([...field, String(k)], 'INVALID_INPUT', 'The collection does not take products by hand');
    return found;
  });
}

/** Keeps the draft and what belongs to it outside of the product. */
function keep(writing, draft, members = {}) {
  const { shop } = writing;
  const index = writing.keep(draft);
  if (writing.redirect) shop.redirects.push(writing.redirect);
  return keepMembers(writing, index, members);
}

/** Joining and leaving collections moves no time of the product, and fires nothing. */
function keepMembers(writing, index, { join = [], leave = [] }) {
  const { shop } = writing;
  writing.wrote = true;
  for (const collection of join) picksOf(shop, collection).set(index, null);
  for (const collection of leave) unpick(shop, collection, [index]);
  shop.changed(index);
  return shop.productAt(index);
}

function newProduct(writing, { giftCard } = {}) {
  const draft = ProductDraft.of(writing.shop, writing.at);
  draft.full.isGiftCard = giftCard ?? false;
  return draft;
}

/** The product that an identifier names: { product, missing }. */
function identified(writing, { id, handle, customId }) {
  if (id != null) return writing.product(id);
  if (handle != null) return writing.shop.productByHandle(handle);
  return customId != null ? productByCustomId(writing.shop, customId) ?? undefined : undefined;
}

export const productMutations = {
  productCreate(writing, { product: input, input: old, media }) {
    if (old) only('productCreate', { input: old }, []);
    if (!input) writing.refuse(['product'], [], 'Product input is required');
    only('ProductCreateInput', input, [...OFTEN, 'giftCard', 'productOptions']);
    const { at } = writing, draft = newProduct(writing, input);
    writing.handleField = ['handle'];
    setFields(writing, draft, input, { isNew: true });
    const join = collectionsOf(writing, input.collectionsToJoin ?? [], ['collectionsToJoin']);
    const options = input.productOptions ?? [];
    optionProblems(writing, options, { field: ['productOptions'] });
    writing.check();
    if (options.length) {
      const values = options.map(o => draft.addOption(o.name.trim(), o.values.map(v => v.name.trim())).values[0].slot);
      draft.addVariant(values, at); // the first value of each option
    } else draft.beDefaultOnly(at);
    addMedia(writing, draft, media ?? [], ['media']);
    writing.check();
    return { product: keep(writing, draft, { join }) };
  },

  productUpdate(writing, { product: input, input: old, identifier, media }) {
    if (old) only('productUpdate', { input: old }, []);
    only('ProductUpdateInput', input ?? {}, [...OFTEN, 'id', 'redirectNewHandle', 'collectionsToLeave', 'deleteConflictingConstrainedMetafields']);
    if (identifier && input?.id != null) writing.refuse(['product', 'id'], [], 'The id field is not allowed if identifier is provided.');
    const found = identifier ? identified(writing, identifier) : input?.id == null ? undefined : writing.product(input.id);
    if (!found) writing.refuse(identifier ? ['identifier'] : ['id'], [], 'Product does not exist');
    const draft = new ProductDraft(writing.shop, found.index);
    writing.handleField = ['handle'];
    setFields(writing, draft, input ?? {}, {});
    const join = collectionsOf(writing, input?.collectionsToJoin ?? [], ['collectionsToJoin']);
    const leave = collectionsOf(writing, input?.collectionsToLeave ?? [], ['collectionsToLeave']);
    addMedia(writing, draft, media ?? [], ['media']);
    writing.check();
    if (join.length + leave.length > 0 && !media?.length && Object.keys(input).every(name => MEMBERSHIP.includes(name))) return { product: keepMembers(writing, found.index, { join, leave }) };
    return { product: keep(writing, draft, { join, leave }) };
  },

  productSet(writing, { identifier, input }) {
    only('ProductSetInput', input, [...SHARED, 'id', 'redirectNewHandle', 'giftCard', 'productOptions', 'variants', 'files', 'collections']);
    const { shop, at } = writing;
    if (identifier && input.id != null) writing.refuse(['input', 'id'], 'ID_NOT_ALLOWED');
    if (identifier?.handle != null && input.handle == null) writing.refuse(['input', 'handle'], 'MISSING_FIELD_REQUIRED');
    if (identifier?.handle != null && slug(input.handle) !== slug(identifier.handle)) writing.refuse(['input', 'handle'], 'INPUT_MISMATCH');
    if (identifier?.customId != null && input.metafields && !input.metafields.some(m => (m.namespace ?? '$app') === (identifier.customId.namespace ?? '$app') && m.key === identifier.customId.key && m.value === identifier.customId.value)) writing.refuse(['input', 'metafields'], 'METAFIELD_MISMATCH');
    const id = identifier?.id ?? input.id;
    const found = identified(writing, { ...identifier, ...(id != null ? { id } : {}) });
    if (id != null && !found) writing.refuse(identifier ? ['identifier', 'id'] : ['input', 'id'], 'PRODUCT_DOES_NOT_EXIST', 'Product does not exist');

    const draft = found ? new ProductDraft(shop, found.index) : newProduct(writing, input);
    if (!found && identifier?.customId && !input.metafields) putMetafield(writing, draft, draft.full, 'PRODUCT', identifier.customId, (name, code, message) => { writing.wrong(['identifier', 'customId', name], 'INVALID_METAFIELD', message); return null; });
    if (found && input.giftCard != null && input.giftCard !== draft.full.isGiftCard) writing.wrong(['input', 'giftCard'], 'GIFT_CARD_ATTRIBUTE_CANNOT_BE_CHANGED');
    const before = draft.full.metafields;
    writing.handleField = ['input', 'handle'];
    setFields(writing, draft, input, { root: ['input'], isNew: !found });
    if (input.metafields != null) { // what the list does not name goes
      const named = new Set(input.metafields.map(m => m.id != null ? before.find(b => shop.ids.of('Metafield', draft.index ?? 0, b.slot) === bareId(m.id, 'Metafield'))?.slot : draft.full.metafields.find(f => f.namespace === (m.namespace ?? '$app') && f.key === m.key)?.slot));
      draft.full.metafields = draft.full.metafields.filter(m => named.has(m.slot));
    }
    const collections = input.collections == null ? null : collectionsOf(writing, input.collections, ['input', 'collections']);
    const files = input.files == null ? null : input.files.map((one, k) => fileInput(writing, one, ['input', 'files', String(k)]));
    if (input.productOptions != null && input.variants == null && (found || input.productOptions.length)) writing.wrong(['input', 'variants'], 'VARIANTS_INPUT_MISSING');
    if (input.variants != null && input.productOptions == null) writing.wrong(['input', 'productOptions'], 'PRODUCT_OPTIONS_INPUT_MISSING');
    writing.check();
    if (input.variants != null) setVariants(writing, draft, input, Boolean(found));
    else if (!found) draft.beDefaultOnly(at);
    for (const [k, v] of (input.variants ?? []).entries()) if (v.file != null && !input.files?.some(one => isSameFile(one, v.file)) && !(input.files == null && draft.full.mediaIds.includes(fileId(v.file)))) writing.wrong(['input', 'variants', String(k), 'file'], 'INVALID_INPUT', 'The file must also be specified in the files of the product');
    writing.check();
    writing.newVariants(draft);
    if (files) setFiles(writing, draft, input, files);
    const member = collections && draft.index !== null ? shop.collections.live.filter(c => c.sources.some(s => s.picked?.has(draft.index))) : [];
    const product = keep(writing, draft, { join: collections?.filter(c => !member.includes(c)) ?? [], leave: collections ? member.filter(c => !collections.includes(c)) : [] });
    writeAlts(writing, writing.alts ?? []);
    return { product: shop.productAt(product.index) };
  },

  productDelete(writing, { input: { id } }) {
    const product = writing.product(id);
    if (!product) writing.refuse(['id'], [], 'Product does not exist');
    deleteProduct(writing.shop, product, writing.at);
    writing.wrote = true;
    return { deletedProductId: id };
  },

  tagsAdd: (writing, { id, tags }) => changeTags(writing, id, known => [...known, ...tags]),

  tagsRemove: (writing, { id, tags }) => {
    const leaving = new Set(tidyTags(tags).map(tag => tag.toLowerCase()));
    return changeTags(writing, id, known => known.filter(tag => !leaving.has(tag.toLowerCase())));
  },

  publishablePublish: (writing, { id, input }) => changePublications(writing, id, input, (row, number, date) => {
    row.add(number, date ?? writing.at);
  }),

  publishableUnpublish: (writing, { id, input }) => changePublications(writing, id, input, (row, number) => row.remove(number)),
};

function changeTags(writing, id, change) {
  const read = readGid(id);
  if (!read) throw invalidId(id);
  if (read.type !== 'Product' || !writing.product(id)) writing.refuse(['id'], [], `${read.type} does not exist`);
  const draft = writing.draft(id, ['id'], []);
  draft.full.tags = tidyTags(change(draft.full.tags));
  checkTags(writing, draft.full.tags, ['tags']);
  writing.check();
  return { node: writing.shop.productAt(writing.keep(draft)) };
}

/** Where a product or a collection is published, to be changed, and how that is kept. */
function publishable(writing, id) {
  const { shop, at } = writing;
  if (readGid(id)?.type === 'Collection') {
    const collection = shop.collections.byId(readGid(id).id);
    if (!collection) writing.refuse(['id'], [], 'Collection does not exist');
    let numbers = collection.publications;
    const dates = { ...collection.publishDates };
    return {
      add: (number, date) => { numbers = [...new Set([...numbers, number])].sort(); dates[number] = date; },
      remove: number => { numbers = numbers.filter(n => n !== number); delete dates[number]; },
      keep: () => {
        writing.ready();
        Object.assign(collection, { publicationNumbers: numbers, publishDates: dates, updatedAt: at });
        shop.changed();
        shop.log?.collection(collection.number, 'update');
        return collection;
      },
    };
  }
  const draft = writing.draft(id, ['id'], []), { full } = draft;
  return {
    add: (number, date) => {
      if (!full.publications.includes(number)) full.publications = [...full.publications, number].sort();
      full.publishDates[number] = date;
      if (number === 0) full.publishedAt = date;
    },
    remove: number => {
      full.publications = full.publications.filter(n => n !== number);
      delete full.publishDates[number];
      if (number === 0) full.publishedAt = null;
    },
    keep: () => { writing.check(); return shop.productAt(writing.keep(draft)); },
  };
}

function changePublications(writing, id, input, change) {
  const { shop } = writing, row = publishable(writing, id);
  for (const [k, one] of input.entries()) {
    only('PublicationInput', one, ['publicationId', 'publishDate']);
    const publication = one.publicationId == null ? undefined : shop.publications.find(p => p.id === bareId(one.publicationId, 'Publication'));
    if (!publication) writing.wrong(['input', String(k), 'publicationId'], [], "Publication does not exist or is not publishable");
    else if (one.publishDate != null && !publication.supportsFuturePublishing && Date.parse(one.publishDate) > writing.at) writing.wrong(['input', String(k), 'publishDate'], [], 'The publication does not support future publishing');
    else change(row, publication.number, one.publishDate == null ? null : Date.parse(one.publishDate));
  }
  return { publishable: row.keep() };
}
