// The rows of the shop as objects whose fields are computed when they are read: the overlay of changes first,
// then a product held in full (CSV, or written by a mutation: written-products.mjs), then the generator.
import { gid, METAFIELDS_OF_PRODUCT, METAFIELDS_PER_VARIANT } from './ids.mjs';
import { collectionDefinitions, productDefinitions, variantDefinitions } from './metafields.mjs';

const money = cents => cents === null ? null : `${cents < 0 ? '-' : ''}${Math.floor(Math.abs(cents) / 100)}.${String(Math.abs(cents) % 100).padStart(2, '0')}`;

/** Fields of a product that can be changed, and where the generator takes them from. */
export const PRODUCT_FIELDS = {
  title: (g, i) => g.title(i),
  handle: (g, i) => g.handle(i),
  descriptionHtml: (g, i) => g.descriptionHtml(i),
  vendor: (g, i) => g.vendor(i),
  productType: (g, i) => g.productType(i),
  categoryCode: (g, i) => g.categoryCode(i),
  tags: (g, i) => g.tags(i),
  status: (g, i) => g.status(i),
  templateSuffix: (g, i) => g.templateSuffix(i),
  createdAt: (g, i) => g.createdAt(i),
  updatedAt: (g, i) => g.updatedAt(i),
  publishedAt: (g, i) => g.publishedAt(i),
  seoTitle: (g, i) => g.seoTitle(i),
  seoDescription: (g, i) => g.seoDescription(i),
  isGiftCard: (g, i) => g.isGiftCard(i),
  requiresSellingPlan: (g, i) => g.requiresSellingPlan(i),
  options: (g, i, p) => p.generatedOptions ??= g.options(i),
  publications: (g, i) => [0, 1, 2].filter(p => g.isPublishedOn(i, p)),
};

export const VARIANT_FIELDS = {
  sku: (g, i, s) => g.sku(i, s),
  barcode: (g, i, s) => g.barcode(i, s),
  price: (g, i, s) => money(g.priceCents(i, s)),
  compareAtPrice: (g, i, s) => money(g.compareAtCents(i, s)),
  taxable: (g, i) => g.taxable(i),
  inventoryPolicy: (g, i, s) => g.inventoryPolicy(i, s),
  createdAt: (g, i, s) => g.variantCreatedAt(i, s),
  updatedAt: (g, i, s) => g.variantUpdatedAt(i, s),
  tracked: (g, i) => g.tracked(i),
  requiresShipping: (g, i) => g.requiresShipping(i),
  unitCost: (g, i, s) => money(g.unitCostCents(i, s)),
  weight: (g, i, s) => g.weight(i, s),
  harmonizedSystemCode: (g, i) => g.harmonizedSystemCode(i),
  countryCodeOfOrigin: (g, i) => g.countryCodeOfOrigin(i),
  valueNumbers: (g, i, s) => g.valueNumbers(i, s),
  stockedAt: (g, i, s) => g.stockedAt(i, s),
  mediaSlot: (g, i, s) => g.variantMedia(i, s),
};

export const MEDIA_FIELDS = {
  kind: (g, i, s) => g.mediaKind(i, s),
  status: (g, i, s) => g.mediaStatus(i, s),
  alt: (g, i, s) => g.mediaAlt(i, s),
  size: (g, i, s) => g.mediaSize(i, s),
  url: () => null,
  createdAt: (g, i, s) => g.createdAt(i) + s * 1000,
  updatedAt: (g, i, s) => g.createdAt(i) + s * 1000 + 2000,
};

export class Product {
  typename = 'Product';
  #variants; #bySlot; #media; #metafields; #prices; #places;
  generatedOptions;
  optionRows;

  constructor(shop, index) {
    this.shop = shop;
    this.index = index;
    this.patch = shop.overlay.get(index);
  }

  get id() { return this.shop.ids.of('Product', this.index); }
  get gid() { return gid('Product', this.id); }

  get variantCount() {
    if (this.patch?.variants) return this.variants.length;
    return this.patch?.full ? this.patch.full.variants.length : this.shop.generator.variantCount(this.index);
  }

  get variants() {
    if (this.#variants) return this.#variants;
    const rows = this.patch?.full?.variants, count = rows ? rows.length : this.shop.generator.variantCount(this.index);
    const list = [];
    for (let k = 0; k < count; k++) {
      const slot = rows?.[k].slot ?? k;
      if (this.patch?.variants?.[slot]?.deleted) continue;
      list.push(new Variant(this, slot, list.length + 1, rows?.[k]));
    }
    return this.#variants = list;
  }

  variantAt(slot) {
    if (!this.patch?.variants && !this.patch?.full) return slot < this.shop.generator.variantCount(this.index) ? new Variant(this, slot, slot + 1) : undefined;
    this.#bySlot ??= new Map(this.variants.map(v => [v.slot, v]));
    return this.#bySlot.get(slot);
  }

  get media() {
    if (this.#media) return this.#media;
    if (this.patch?.full?.mediaIds) return this.#media = this.patch.full.mediaIds.map(id => new Media(this, null, this.shop.files.get(id)));
    const slots = this.patch?.full ? this.patch.full.media.length : this.shop.generator.mediaCount(this.index);
    const list = [];
    for (let slot = 0; slot < slots; slot++) if (!this.patch?.media?.[slot]?.deleted) list.push(new Media(this, slot));
    return this.#media = list;
  }

  get metafields() {
    if (this.#metafields) return this.#metafields;
    if (this.patch?.full) return this.#metafields = liveMetafields(this, this.patch.full.metafields ?? []);
    const filled = this.shop.generator.filledMetafields(this.index, productDefinitions.length);
    return this.#metafields = liveMetafields(this, filled.map(k => ({ slot: k, definition: productDefinitions[k], salt: 200 + k })));
  }

  /** The values of an option that at least one variant has. */
  get usedValues() {
    const used = this.options.map(() => new Set());
    for (const variant of this.variants) variant.valueNumbers.slice(0, used.length).forEach((n, k) => used[k].add(n));
    return used;
  }

  publishDate(publication) {
    const { full } = this.patch ?? {};
    return full ? full.publishDates?.[publication] ?? this.publishedAt : this.shop.generator.publishDate(this.index, publication);
  }

  /** Place of a value among its option's values, by the slot that a written product knows it by. */
  placeOfValue(slot) {
    this.#places ??= new Map(this.options.flatMap(option => option.values.map((value, n) => [value.slot, n])));
    return this.#places.get(slot);
  }

  get prices() {
    if (this.#prices) return this.#prices;
    if (this.patch === undefined) { // the same without making the variants
      const { generator } = this.shop, count = generator.variantCount(this.index);
      let low = Infinity, high = -Infinity;
      for (let slot = 0; slot < count; slot++) {
        const price = generator.priceCents(this.index, slot) / 100;
        if (price < low) low = price;
        if (price > high) high = price;
      }
      return this.#prices = [low, high];
    }
    const list = this.variants.map(v => Number(v.price));
    return this.#prices = list.length ? [Math.min(...list), Math.max(...list)] : [0, 0];
  }

  get totalInventory() {
    let total = 0;
    for (const variant of this.variants) if (variant.tracked) total += variant.inventoryQuantity;
    return total;
  }
}

export class Variant {
  typename = 'ProductVariant';
  #levels; #metafields;

  constructor(product, slot, position, row) {
    this.product = product;
    this.slot = slot;
    this.position = position;
    this.row = row;
    this.patch = product.patch?.variants?.[slot];
  }

  get shop() { return this.product.shop; }
  get id() { return this.shop.ids.of('ProductVariant', this.product.index, this.slot); }
  get gid() { return gid('ProductVariant', this.id); }
  get itemId() { return this.shop.ids.of('InventoryItem', this.product.index, this.slot); }
  get itemGid() { return gid('InventoryItem', this.itemId); }

  /** [{ option, value, number }] of the variant. */
  get selected() {
    const numbers = this.valueNumbers;
    return this.product.options.map((option, k) => ({ option: option.name, position: k, number: numbers[k], value: option.values[numbers[k]].name }));
  }

  get title() {
    return this.selected.map(s => s.value).join(' / ');
  }

  get item() {
    return new InventoryItem(this);
  }

  /** The id of the picture that shows the variant, or null. */
  get mediaId() {
    if (this.row?.mediaId !== undefined && !(this.patch?.set && 'mediaSlot' in this.patch.set)) return this.row.mediaId;
    const slot = this.mediaSlot;
    return slot === null ? null : this.product.media.find(m => m.slot === slot)?.id ?? null;
  }

  get levels() {
    return this.#levels ??= this.stockedAt
      .filter(location => !this.patch?.levels?.[location]?.deleted && this.shop.locations[location])
      .map(location => new Level(this, location));
  }

  get inventoryQuantity() {
    let total = 0;
    if (this.patch === undefined && this.product.patch?.full === undefined) { // the same sum without making the levels
      const { generator, locations } = this.shop, { index } = this.product;
      for (const location of generator.stockedAt(index, this.slot)) {
        if (locations[location].isActive && generator.isLevelActive(index, this.slot, location)) total += generator.available(index, this.slot, location);
      }
      return total;
    }
    for (const level of this.levels) if (level.isActive && this.shop.locations[level.location].isActive) total += level.quantities.available;
    return total;
  }

  get metafields() {
    if (this.#metafields) return this.#metafields;
    if (this.row) return this.#metafields = liveMetafields(this, this.row.metafields ?? []);
    const filled = this.shop.generator.variantFilledMetafields(this.product.index, this.slot, variantDefinitions.length);
    const first = METAFIELDS_OF_PRODUCT + this.slot * METAFIELDS_PER_VARIANT;
    return this.#metafields = liveMetafields(this, filled.map(k => ({ slot: first + k, definition: variantDefinitions[k], salt: 230 + k })));
  }
}

export class InventoryItem {
  typename = 'InventoryItem';
  constructor(variant) { this.variant = variant; }
  get gid() { return this.variant.itemGid; }
}

export class Level {
  typename = 'InventoryLevel';

  constructor(variant, location) {
    this.variant = variant;
    this.location = location;
    this.patch = variant.patch?.levels?.[location]?.set;
  }

  get id() { return `${this.variant.shop.locations[this.location].levelNumber}?inventory_item_id=${this.variant.itemId}`; }
  get gid() { return gid('InventoryLevel', this.id); }

  get isActive() {
    if (this.patch && 'isActive' in this.patch) return this.patch.isActive;
    const { row } = this.variant;
    if (row) return row.levels?.[this.location].isActive ?? true;
    return this.variant.shop.generator.isLevelActive(this.variant.product.index, this.variant.slot, this.location);
  }

  get quantities() {
    const { product, slot, row } = this.variant;
    const base = row ? row.levels?.[this.location].quantities ?? evenQuantities(row.stock?.[this.location] ?? 0) : this.variant.shop.generator.quantities(product.index, slot, this.location);
    if (!this.patch) return base;
    const changed = { ...base };
    for (const name of Object.keys(base)) if (name in this.patch) changed[name] = this.patch[name];
    if (!('on_hand' in this.patch)) changed.on_hand = changed.available + changed.committed + changed.reserved + changed.damaged + changed.safety_stock + changed.quality_control;
    return changed;
  }

  get createdAt() { return this.variant.row?.levels?.[this.location].createdAt ?? this.variant.createdAt; }
  get updatedAt() { return this.patch?.updatedAt ?? this.variant.row?.levels?.[this.location].updatedAt ?? this.variant.updatedAt; }
}

/** A medium of a product. With `file` it is one of the shop's files, which several products or none may show. */
export class Media {
  constructor(product, slot, file) {
    this.product = product;
    this.file = file;
    this.slot = file ? file.slot : slot;
    this.patch = file ? undefined : product.patch?.media?.[slot];
  }

  get typename() { return this.kind; }
  get id() { return this.file ? this.file.id : this.product.shop.ids.of('Media', this.product.index, this.slot); }
  get gid() { return gid(this.kind, this.id); }
}

export class Metafield {
  typename = 'Metafield';

  /** `row` is { slot, definition, salt } of a generated metafield, or holds a written one in full. */
  constructor(owner, row) {
    this.owner = owner;
    this.slot = row.slot;
    this.definition = row.definition;
    this.row = row;
  }

  get product() { return this.owner.product ?? this.owner; }
  get patch() { return this.product.patch?.metafields?.[this.slot]?.set; }
  get namespace() { return this.row.namespace ?? this.definition.namespace; }
  get key() { return this.row.key ?? this.definition.key; }
  get type() { return this.row.type ?? this.definition.type; }
  get id() { return this.owner.shop.ids.of('Metafield', this.product.index, this.slot); }
  get gid() { return gid('Metafield', this.id); }
  get ownerType() { return this.owner.typename === 'ProductVariant' ? 'PRODUCTVARIANT' : 'PRODUCT'; }

  get value() {
    if (this.patch && 'value' in this.patch) return this.patch.value;
    if (this.row.value !== undefined) return this.row.value;
    const { shop } = this.owner;
    const key = this.owner.typename === 'ProductVariant' ? shop.generator.key(this.product.index, this.owner.slot) : this.product.index;
    return this.definition.make(shop, this.product.index, shop.generator.hash(key, this.row.salt));
  }

  get createdAt() { return this.row.createdAt ?? this.owner.createdAt; }
  get updatedAt() { return this.patch?.updatedAt ?? this.row.updatedAt ?? this.owner.createdAt + 60_000; }
}

/** A metafield of a collection. */
export class CollectionMetafield {
  typename = 'Metafield';
  ownerType = 'COLLECTION';

  /** `written` is one that a mutation has made. */
  constructor(collection, number, written) {
    this.owner = collection;
    this.definition = written ? { ...written, make: () => written.value } : collectionDefinitions[number];
    this.number = number;
  }

  get namespace() { return this.definition.namespace; }
  get key() { return this.definition.key; }
  get type() { return this.definition.type; }
  get id() { return String(59_000_000_000_000 + this.owner.number * 32 + this.number); }
  get gid() { return gid('Metafield', this.id); }
  get patch() { return this.owner.metafieldPatches?.[this.number]?.set; }
  get value() {
    return this.patch && 'value' in this.patch ? this.patch.value : this.definition.make(this.owner.shop, this.owner.number, this.owner.shop.generator.hash(this.owner.number, 240 + this.number));
  }
  get createdAt() { return this.owner.createdAt; }
  get updatedAt() { return this.patch?.updatedAt ?? this.owner.createdAt; }
}

function liveMetafields(owner, rows) {
  const product = owner.product ?? owner;
  return rows.filter(row => !product.patch?.metafields?.[row.slot]?.deleted).map(row => new Metafield(owner, row));
}

const evenQuantities = available => ({ available, committed: 0, incoming: 0, reserved: 0, damaged: 0, safety_stock: 0, quality_control: 0, on_hand: available });

for (const [name, make] of Object.entries(PRODUCT_FIELDS)) {
  Object.defineProperty(Product.prototype, name, {
    get() {
      const { patch } = this;
      if (patch !== undefined) {
        if (patch.set !== undefined && name in patch.set) return patch.set[name];
        if (patch.full !== undefined) return patch.full[name];
      }
      return make(this.shop.generator, this.index, this);
    },
  });
}

/** What a written variant holds in another form: its option values by their slots, its levels by location, its picture by id. */
const DERIVED = {
  valueNumbers: ({ row, product }) => row.values ? row.values.map(slot => product.placeOfValue(slot)) : row.valueNumbers,
  stockedAt: ({ row }) => row.levels ? Object.keys(row.levels).map(Number) : row.stockedAt,
  mediaSlot: ({ row, product }) => row.mediaId === undefined ? row.mediaSlot : row.mediaId === null ? null : product.media.find(m => m.id === row.mediaId)?.slot ?? null,
};

for (const [name, make] of Object.entries(VARIANT_FIELDS)) {
  Object.defineProperty(Variant.prototype, name, {
    get() {
      const { patch, product } = this;
      if (patch !== undefined && patch.set !== undefined && name in patch.set) return patch.set[name];
      if (this.row !== undefined) return name in DERIVED ? DERIVED[name](this) : this.row[name];
      if (product.patch?.createdAt !== undefined && (name === 'createdAt' || name === 'updatedAt')) return product.patch.createdAt;
      return make(product.shop.generator, product.index, this.slot);
    },
  });
}

for (const [name, make] of Object.entries(MEDIA_FIELDS)) {
  Object.defineProperty(Media.prototype, name, {
    get() {
      const { patch, product, file } = this;
      if (file !== undefined) return file[name];
      if (patch !== undefined && patch.set !== undefined && name in patch.set) return patch.set[name];
      const full = product.patch?.full;
      if (full !== undefined) return full.media[this.slot][name];
      if (product.patch?.createdAt !== undefined && (name === 'createdAt' || name === 'updatedAt')) return product.patch.createdAt;
      return make(product.shop.generator, product.index, this.slot);
    },
  });
}
