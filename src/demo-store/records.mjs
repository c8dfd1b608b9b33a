// The rows of the shop as objects whose fields are computed when they are read: the overlay of changes first,
// then a product held in full (CSV), then the generator.
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
  #variants; #media; #metafields; #prices;
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
    const slots = this.patch?.full ? this.patch.full.variants.length : this.shop.generator.variantCount(this.index);
    return this.patch?.variants ? this.variants.length : slots;
  }

  get variants() {
    if (this.#variants) return this.#variants;
    const slots = this.patch?.full ? this.patch.full.variants.length : this.shop.generator.variantCount(this.index);
    const list = [];
    for (let slot = 0; slot < slots; slot++) {
      if (this.patch?.variants?.[slot]?.deleted) continue;
      list.push(new Variant(this, slot, list.length + 1));
    }
    return this.#variants = list;
  }

  variantAt(slot) {
    if (!this.patch?.variants) {
      const slots = this.patch?.full ? this.patch.full.variants.length : this.shop.generator.variantCount(this.index);
      return slot < slots ? new Variant(this, slot, slot + 1) : undefined;
    }
    return this.variants.find(v => v.slot === slot);
  }

  get media() {
    if (this.#media) return this.#media;
    const slots = this.patch?.full ? this.patch.full.media.length : this.shop.generator.mediaCount(this.index);
    const list = [];
    for (let slot = 0; slot < slots; slot++) if (!this.patch?.media?.[slot]?.deleted) list.push(new Media(this, slot));
    return this.#media = list;
  }

  get metafields() {
    if (this.#metafields) return this.#metafields;
    const filled = this.patch?.full ? [] : this.shop.generator.filledMetafields(this.index, productDefinitions.length);
    return this.#metafields = liveMetafields(this, filled.map(k => ({ slot: k, definition: productDefinitions[k], salt: 200 + k })));
  }

  /** The values of an option that at least one variant has. */
  get usedValues() {
    const used = this.options.map(() => new Set());
    for (const variant of this.variants) variant.valueNumbers.slice(0, used.length).forEach((n, k) => used[k].add(n));
    return used;
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

  constructor(product, slot, position) {
    this.product = product;
    this.slot = slot;
    this.position = position;
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
    const filled = this.product.patch?.full ? [] : this.shop.generator.variantFilledMetafields(this.product.index, this.slot, variantDefinitions.length);
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
    if (this.variant.product.patch?.full) return true;
    return this.variant.shop.generator.isLevelActive(this.variant.product.index, this.variant.slot, this.location);
  }

  get quantities() {
    const { product, slot } = this.variant;
    const full = product.patch?.full?.variants[slot];
    const base = full ? evenQuantities(full.stock?.[this.location] ?? 0) : this.variant.shop.generator.quantities(product.index, slot, this.location);
    if (!this.patch) return base;
    const changed = { ...base };
    for (const name of Object.keys(base)) if (name in this.patch) changed[name] = this.patch[name];
    if (!('on_hand' in this.patch)) changed.on_hand = changed.available + changed.committed + changed.reserved + changed.damaged + changed.safety_stock + changed.quality_control;
    return changed;
  }

  get createdAt() { return this.variant.createdAt; }
  get updatedAt() { return this.patch?.updatedAt ?? this.variant.updatedAt; }
}

export class Media {
  constructor(product, slot) {
    this.product = product;
    this.slot = slot;
    this.patch = product.patch?.media?.[slot];
  }

  get typename() { return this.kind; }
  get id() { return this.product.shop.ids.of('Media', this.product.index, this.slot); }
  get gid() { return gid(this.kind, this.id); }
}

export class Metafield {
  typename = 'Metafield';

  constructor(owner, { slot, definition, salt }) {
    this.owner = owner;
    this.slot = slot;
    this.definition = definition;
    this.salt = salt;
  }

  get product() { return this.owner.product ?? this.owner; }
  get patch() { return this.product.patch?.metafields?.[this.slot]?.set; }
  get namespace() { return this.definition.namespace; }
  get key() { return this.definition.key; }
  get type() { return this.definition.type; }
  get id() { return this.owner.shop.ids.of('Metafield', this.product.index, this.slot); }
  get gid() { return gid('Metafield', this.id); }
  get ownerType() { return this.owner.typename === 'ProductVariant' ? 'PRODUCTVARIANT' : 'PRODUCT'; }

  get value() {
    if (this.patch && 'value' in this.patch) return this.patch.value;
    const { shop } = this.owner;
    const key = this.owner.typename === 'ProductVariant' ? shop.generator.key(this.product.index, this.owner.slot) : this.product.index;
    return this.definition.make(shop, this.product.index, shop.generator.hash(key, this.salt));
  }

  get createdAt() { return this.owner.createdAt; }
  get updatedAt() { return this.patch?.updatedAt ?? this.owner.createdAt + 60_000; }
}

/** A metafield of a collection. */
export class CollectionMetafield {
  typename = 'Metafield';
  ownerType = 'COLLECTION';

  constructor(collection, number) {
    this.owner = collection;
    this.definition = collectionDefinitions[number];
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

for (const [name, make] of Object.entries(VARIANT_FIELDS)) {
  Object.defineProperty(Variant.prototype, name, {
    get() {
      const { patch, product } = this;
      if (patch !== undefined && patch.set !== undefined && name in patch.set) return patch.set[name];
      const full = product.patch?.full;
      if (full !== undefined) return full.variants[this.slot][name];
      if (product.patch?.createdAt !== undefined && (name === 'createdAt' || name === 'updatedAt')) return product.patch.createdAt;
      return make(product.shop.generator, product.index, this.slot);
    },
  });
}

for (const [name, make] of Object.entries(MEDIA_FIELDS)) {
  Object.defineProperty(Media.prototype, name, {
    get() {
      const { patch, product } = this;
      if (patch !== undefined && patch.set !== undefined && name in patch.set) return patch.set[name];
      const full = product.patch?.full;
      if (full !== undefined) return full.media[this.slot][name];
      if (product.patch?.createdAt !== undefined && (name === 'createdAt' || name === 'updatedAt')) return product.patch.createdAt;
      return make(product.shop.generator, product.index, this.slot);
    },
  });
}
