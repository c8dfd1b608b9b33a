// A product that a mutation writes is first put down in full: what generator, CSV and silent edits say of it becomes one
// plain object in the overlay, with variants, options, values and metafields that know their slots. A draft is a copy of
// it, row by row as rows are written; nothing is seen of it before it is kept.
import { PRODUCT_FIELDS, VARIANT_FIELDS } from './records.mjs';
import { FILES_INDEX, WRITTEN_METAFIELDS } from './ids.mjs';

export const QUANTITY_NAMES = ['available', 'committed', 'incoming', 'reserved', 'damaged', 'safety_stock', 'quality_control'];
const BESIDE_AVAILABLE = ['committed', 'reserved', 'damaged', 'safety_stock', 'quality_control'];
const FOUND_ELSEWHERE = new Set(['valueNumbers', 'stockedAt', 'mediaSlot']);

/** The product in full as { full, files }, `files` being its media that are not the shop's files yet. Nothing is put down. */
function describe(shop, index) {
  const patch = shop.overlay.get(index) ?? {};
  if (patch.full?.next && Object.keys(patch).length === 1) return { full: patch.full, files: [] };
  const product = shop.productAt(index);
  const { next } = patch.full ?? {};
  let valueSlot = 0;
  const options = product.options.map((option, k) => ({ slot: option.slot ?? k, name: option.name, values: option.values.map(v => ({ slot: v.slot ?? valueSlot++, name: v.name, colour: v.colour ?? null })) }));
  const media = product.media;
  const full = { options };
  for (const name of Object.keys(PRODUCT_FIELDS)) if (name !== 'options') full[name] = product[name];
  full.publishDates = Object.fromEntries(product.publications.map(n => [n, product.publishDate(n)]));
  full.variants = product.variants.map(v => variantInFull(v, options));
  full.mediaIds = media.map(m => m.id);
  full.metafields = product.metafields.map(metafieldInFull);
  full.next = next ?? {
    variant: patch.full ? patch.full.variants.length : shop.generator.variantCount(index),
    option: options.length,
    value: options.reduce((sum, o) => sum + o.values.length, 0),
    metafield: WRITTEN_METAFIELDS,
  };
  return { full, files: media.filter(m => !m.file).map(m => ({ ...fileOf(m), products: [index] })) };
}

/** Puts the product down in full. Nothing that a reader sees changes by that. */
function putDown(shop, index) {
  const { full, files } = describe(shop, index);
  shop.overlay.set(index, { full });
  for (const file of files) shop.files.set(file.id, file);
  return full;
}

const fileOf = m => ({ id: m.id, slot: m.slot, kind: m.kind, status: m.status, alt: m.alt, size: m.size, url: m.url, createdAt: m.createdAt, updatedAt: m.updatedAt });

const metafieldInFull = m => ({ slot: m.slot, namespace: m.namespace, key: m.key, type: m.type, value: m.value, createdAt: m.createdAt, updatedAt: m.updatedAt });

function variantInFull(variant, options) {
  const row = { slot: variant.slot };
  for (const name of Object.keys(VARIANT_FIELDS)) if (!FOUND_ELSEWHERE.has(name)) row[name] = variant[name];
  const numbers = variant.valueNumbers;
  row.values = options.map((option, k) => option.values[numbers[k]].slot);
  row.levels = Object.fromEntries(variant.levels.map(l => [l.location, { quantities: l.quantities, isActive: l.isActive, createdAt: l.createdAt, updatedAt: l.updatedAt }]));
  row.mediaId = variant.mediaId;
  row.metafields = variant.metafields.map(metafieldInFull);
  return row;
}

/** A file of the shop as it may be written: a generated medium becomes one when it is first touched. */
export function writableFile(shop, id) {
  if (!shop.files.has(id)) {
    const media = shop.mediaById(id);
    if (!media) return undefined;
    putDown(shop, media.product.index);
  }
  return shop.files.get(id);
}

export function newFile(shop, { kind, alt, status, at }) {
  const slot = shop.filesMade++;
  const file = { id: shop.ids.of('Media', FILES_INDEX, slot), slot, kind, status, alt, size: [1200, 1200], url: null, createdAt: at, updatedAt: at, products: [], isMade: true };
  shop.files.set(file.id, file);
  return file;
}

export class ProductDraft {
  #detached = [];
  #attached = [];

  #files = [];

  constructor(shop, index, full) {
    Object.assign(this, { shop, index, full });
    this.before = null;
    if (!full) {
      const described = describe(shop, index);
      this.before = described.full;
      this.full = copyOf(described.full);
      this.#files = described.files;
    }
    this.variantsBefore = this.full.next.variant;
  }

  /** A product that does not exist before it is kept. */
  static of(shop, at) {
    return new ProductDraft(shop, null, {
      title: '', handle: '', descriptionHtml: '', vendor: '', productType: '', categoryCode: null, tags: [], status: 'ACTIVE', templateSuffix: null, createdAt: at, updatedAt: at, publishedAt: null,
      seoTitle: null, seoDescription: null, isGiftCard: false, requiresSellingPlan: false, publications: [], publishDates: {}, options: [], variants: [], mediaIds: [], metafields: [],
      next: { variant: 0, option: 0, value: 0, metafield: WRITTEN_METAFIELDS },
    });
  }

  // --- variants ------------------------------------------------------------------------------------------------

  /** Place of the variant with this bare id, or -1. */
  placeOf(variantId) {
    const at = this.index === null ? null : this.shop.ids.read('ProductVariant', variantId);
    return at && at.index === this.index ? this.full.variants.findIndex(v => v.slot === at.slot) : -1;
  }

  /** The row at this place, copied so that it may be written. */
  variant(place) {
    const row = this.full.variants[place];
    return this.full.variants[place] = { ...row, levels: { ...row.levels }, metafields: [...row.metafields] };
  }

  addVariant(values, at) {
    const row = {
      slot: this.full.next.variant++, sku: null, barcode: null, price: '0.00', compareAtPrice: null, taxable: true, inventoryPolicy: 'DENY', createdAt: at, updatedAt: at, tracked: false, requiresShipping: true,
      unitCost: null, weight: { value: 0, unit: 'KILOGRAMS' }, harmonizedSystemCode: null, countryCodeOfOrigin: null, values, levels: { 0: noStock(at) }, mediaId: null, metafields: [],
    };
    this.full.variants.push(row);
    return row;
  }

  titleOf(row) {
    return this.full.options.map((o, k) => o.values.find(v => v.slot === row.values[k])?.name).join(' / ');
  }

  /** The first two variants with the same option values, as places, or null. */
  twins() {
    const known = new Map();
    for (const [place, { values }] of this.full.variants.entries()) {
      const key = values.join();
      if (known.has(key)) return [known.get(key), place];
      known.set(key, place);
    }
    return null;
  }

  get hasOnlyDefaultVariant() {
    const { options, variants } = this.full;
    return variants.length === 1 && options.length === 1 && options[0].name === 'Title' && options[0].values.length === 1 && options[0].values[0].name === 'Default Title';
  }

  // --- options -------------------------------------------------------------------------------------------------

  addOption(name, valueNames) {
    const option = { slot: this.full.next.option++, name, values: [] };
    this.full.options.push(option);
    for (const valueName of valueNames) this.addValue(option, valueName);
    return option;
  }

  addValue(option, name) {
    const value = { slot: this.full.next.value++, name, colour: null };
    option.values.push(value);
    return value;
  }

  /** What to go back to when the values and metafields that a variant brings are not to stay. */
  mark() {
    return { next: { ...this.full.next }, values: this.full.options.map(o => o.values.length) };
  }

  back({ next, values }) {
    this.full.next = next;
    this.full.options.forEach((option, k) => option.values.splice(values[k]));
  }

  beDefaultOnly(at) {
    this.full.options = [];
    this.full.variants = [];
    const { values } = this.addOption('Title', ['Default Title']);
    return this.addVariant([values[0].slot], at);
  }

  /** Variants in the order of their values: the first option changes slowest. */
  sortVariants() {
    const places = this.full.options.map(o => new Map(o.values.map((v, n) => [v.slot, n])));
    const key = row => row.values.map((slot, k) => places[k].get(slot));
    this.full.variants = this.full.variants.map(row => ({ row, key: key(row) })).sort((a, b) => a.key.map((n, k) => n - b.key[k]).find(d => d !== 0) ?? 0).map(({ row }) => row);
  }

  // --- media ---------------------------------------------------------------------------------------------------

  attach(file) {
    if (this.full.mediaIds.includes(file.id)) return;
    this.full.mediaIds.push(file.id);
    this.#attached.push(file);
  }

  detach(fileId) {
    this.full.mediaIds = this.full.mediaIds.filter(id => id !== fileId);
    for (const [place, row] of this.full.variants.entries()) if (row.mediaId === fileId) this.variant(place).mediaId = null;
    this.#detached.push(fileId);
  }

  /** The file of one of the draft's media. */
  file(id) {
    return this.shop.files.get(id) ?? this.#files.find(file => file.id === id);
  }

  // --- keeping -------------------------------------------------------------------------------------------------

  /** Makes the draft the product and gives its index. */
  keep(at) {
    const { shop, full } = this;
    this.index ??= shop.nextIndex();
    full.updatedAt = at;
    shop.log?.kept(this.index, this.before, full);
    this.before = full;
    shop.overlay.set(this.index, { full });
    for (const file of this.#files) if (!shop.files.has(file.id)) shop.files.set(file.id, file);
    this.#files = [];
    for (const id of this.#detached) { const file = shop.files.get(id); file.products = file.products.filter(index => index !== this.index); }
    for (const file of this.#attached) if (!file.products.includes(this.index)) file.products.push(this.index);
    this.#detached = [];
    this.#attached = [];
    shop.handles?.set(full.handle, this.index);
    shop.changed(this.index);
    return this.index;
  }
}

const copyOf = full => ({ ...full, next: { ...full.next }, publishDates: { ...full.publishDates }, variants: [...full.variants], mediaIds: [...full.mediaIds], metafields: [...full.metafields], options: full.options.map(o => ({ ...o, values: [...o.values] })) });

export const noStock = at => ({ quantities: { ...Object.fromEntries(QUANTITY_NAMES.map(name => [name, 0])), on_hand: 0 }, isActive: true, createdAt: at, updatedAt: at });

/** Quantities with one of them set; on hand is the sum of the others but incoming. Gives the names that changed. */
export function setQuantity(level, name, quantity, at) {
  const before = level.quantities, quantities = { ...before };
  const beside = BESIDE_AVAILABLE.reduce((sum, other) => sum + quantities[other], 0);
  if (name === 'on_hand') quantities.available = quantity - beside;
  else quantities[name] = quantity;
  quantities.on_hand = quantities.available + BESIDE_AVAILABLE.reduce((sum, other) => sum + quantities[other], 0);
  return { level: { ...level, quantities, updatedAt: at }, changes: Object.keys(quantities).filter(n => quantities[n] !== before[n]).map(n => ({ name: n, delta: quantities[n] - before[n], quantityAfterChange: quantities[n] })) };
}

/** Deletes a product; its files stay in the shop. */
export function deleteProduct(shop, product, at) {
  const { index, gid: subject, title } = product;
  shop.log?.deleted(product);
  for (const id of putDown(shop, index).mediaIds) { const file = shop.files.get(id); file.products = file.products.filter(n => n !== index); }
  shop.deletedBits[index] = 1;
  shop.deletedCount++;
  shop.overlay.delete(index);
  shop.changed(index);
  event(shop, 'PRODUCT', subject, title, at);
}

/** Deletes a file: no product shows it any more. */
export function forget(shop, file, at) {
  for (const index of file.products) {
    const draft = new ProductDraft(shop, index), { updatedAt } = draft.full;
    draft.detach(file.id);
    draft.keep(at || updatedAt);
  }
  shop.files.delete(file.id);
  shop.changed();
}

export function event(shop, subjectType, subjectGid, title, at) {
  shop.events.push({ number: 600_000_000_000 + shop.events.length * 7 + 1, action: 'destroy', subjectType, subjectGid, title, createdAt: at });
}
