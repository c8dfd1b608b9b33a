// Mutations of collections: their fields, their sources, their order, where they are published.
import { Collection } from './collections.mjs';
import { keepSources, SourceReader } from './collection-sources.mjs';
import { slug } from './product-writing.mjs';
import { only } from './writing.mjs';

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
    set.descriptionHtml = input.descriptionHtml ?? '';
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

/** A picture from an address, or another alternative text for the picture that is there. */
function readImage(writing, input, collection) {
  if (input === null) return null;
  only('ImageInput', input, ['altText', 'src', 'id']);
  const before = collection?.image ?? null;
  if (input.src == null) {
    if (!before) writing.wrong(['image', 'src'], [], "Image src can't be blank");
    return before && { ...before, altText: input.altText === undefined ? before.altText : input.altText };
  }
  if (!/^https?:\/\//.test(input.src) || !URL.canParse(input.src)) writing.wrong(['image', 'src'], [], 'Image URL is invalid');
  return { id: String(writing.at / 1000) + writing.shop.collections.list.length, altText: input.altText ?? null, address: input.src };
}

export const collectionMutations = {
  collectionCreate(writing, { collection: input, input: old }) {
    if (!input) only('collectionCreate', { input: old }, []);
    only('CollectionCreateInput', input, [...FIELDS, 'sources']);
    const { shop, at } = writing, { collections } = shop, reader = new SourceReader(writing);
    const set = readFields(writing, input, null);
    const sources = (input.sources ?? []).map((one, k) => reader.source(one, ['sources', String(k)])).filter(Boolean);
    reader.checkSizes(sources, ['sources']);
    writing.check();
    const collection = Object.assign(Collection.written(shop, collections.list.length, at), set);
    collections.list.push(collection);
    keepSources(shop, collection, sources);
    for (const source of sources) collections.stale(source);
    shop.changed();
    shop.log?.collection(collection.number, 'create');
    writing.wrote = true;
    return { collection };
  },
};
