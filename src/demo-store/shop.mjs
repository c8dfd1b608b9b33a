// The shop's truth: the generator's base catalogue, the overlay of what changed since, and the clock.
import { Collections } from './collections.mjs';
import { Generator } from './generator.mjs';
import { Ids, METAFIELDS_OF_PRODUCT, METAFIELDS_PER_VARIANT, WRITTEN_METAFIELDS } from './ids.mjs';
import { makeLocations, makePublications } from './locations.mjs';
import { Media, Product } from './records.mjs';

export class Shop {
  constructor({ products, seed, domain = 'demo-store.myshopify.com', plan = 'standard', timeZone = 'America/New_York' }) {
    this.domain = domain;
    this.plan = plan;
    this.timeZone = timeZone;
    this.currency = 'USD';
    this.baseUrl = 'http://127.0.0.1:5090';
    this.seed = seed;
    this.generator = new Generator(seed, products);
    this.ids = new Ids(Math.floor(products * 0.7));
    this.overlay = new Map();
    this.total = products; // slots ever used; a slot is never used twice
    this.deletedBits = new Uint8Array(products + 1024);
    this.deletedCount = 0;
    this.locations = makeLocations();
    this.publications = makePublications();
    this.collections = new Collections(this);
    this.events = [];
    this.files = new Map(); // by id: media that a mutation has touched or made; the others are the generator's
    this.filesMade = 0;
    this.addedDefinitions = [];
    this.redirects = []; // { path, target } of handles that changed
    this.handles = null; // made when first asked for
    this.clockOffset = 0;
    this.faults = null; // those that change what a row shows
    this.log = null; // notes what a change does, for webhooks
    this.orders = new Map(); // by id
    this.version = 0;
    this.lists = new Map();
  }

  now() {
    return Date.now() + this.clockOffset;
  }

  /** Shopify's times have whole seconds. */
  nowInSeconds() {
    return Math.floor(this.now() / 1000) * 1000;
  }

  isDeleted(index) {
    return this.deletedBits[index] === 1;
  }

  /** The product in this slot, or undefined when it is deleted or never was. */
  productAt(index) {
    return index >= 0 && index < this.total && this.deletedBits[index] !== 1 ? new Product(this, index) : undefined;
  }

  productById(id) {
    const at = this.ids.read('Product', id);
    return at ? this.productAt(at.index) : undefined;
  }

  variantById(id) {
    const at = this.ids.read('ProductVariant', id);
    return at ? this.productAt(at.index)?.variantAt(at.slot) : undefined;
  }

  itemById(id) {
    const at = this.ids.read('InventoryItem', id);
    return at ? this.productAt(at.index)?.variantAt(at.slot)?.item : undefined;
  }

  levelById(id) {
    const match = /^(\d+)\?inventory_item_id=(\d+)$/.exec(id);
    return match ? this.itemById(match[2])?.variant.levels.find(level => level.id === id) : undefined;
  }

  mediaById(id) {
    const file = this.files.get(id);
    if (file) return new Media(this.productAt(file.products[0] ?? -1) ?? null, null, file);
    const at = this.ids.read('Media', id);
    return at ? this.productAt(at.index)?.media.find(m => m.slot === at.slot) : undefined;
  }

  metafieldById(id) {
    const at = this.ids.read('Metafield', id);
    const product = at && this.productAt(at.index);
    if (!product) return this.collections.live.flatMap(c => c.metafields).find(m => m.id === id);
    if (at.slot >= WRITTEN_METAFIELDS) return [product, ...product.variants].flatMap(row => row.metafields).find(m => m.slot === at.slot);
    if (at.slot < METAFIELDS_OF_PRODUCT) return product.metafields.find(m => m.slot === at.slot);
    return product.variantAt(Math.floor((at.slot - METAFIELDS_OF_PRODUCT) / METAFIELDS_PER_VARIANT))?.metafields.find(m => m.slot === at.slot);
  }

  get productCount() {
    return this.total - this.deletedCount;
  }

  get variantCount() {
    return this.cached('variant count', () => {
      let sum = 0;
      for (let index = 0; index < this.total; index++) {
        if (this.deletedBits[index]) continue;
        sum += this.overlay.has(index) ? this.productAt(index).variantCount : this.generator.variantCount(index);
      }
      return sum;
    });
  }

  /** Remembers a derived value until anything in the shop changes. */
  cached(key, make) {
    const known = this.lists.get(key);
    if (known && known.version === this.version) return known.value;
    const value = make();
    if (this.lists.size > 40) this.lists.delete(this.lists.keys().next().value);
    this.lists.set(key, { version: this.version, value });
    return value;
  }

  changed(index) {
    this.version++;
    if (index !== undefined) this.collections.touch(index);
  }

  /** A slot that no product has had. */
  nextIndex() {
    const index = this.total++;
    if (this.total > this.deletedBits.length) {
      const bits = new Uint8Array(this.deletedBits.length * 2);
      bits.set(this.deletedBits);
      this.deletedBits = bits;
    }
    return index;
  }

  /** The product with this handle, or undefined. */
  productByHandle(handle) {
    if (!this.handles) {
      this.handles = new Map();
      for (let index = 0; index < this.total; index++) if (!this.isDeleted(index)) this.handles.set(this.productAt(index).handle, index);
    }
    const product = this.productAt(this.handles.get(handle) ?? -1);
    return product?.handle === handle ? product : undefined;
  }

  patchOf(index) {
    let patch = this.overlay.get(index);
    if (!patch) this.overlay.set(index, patch = {});
    return patch;
  }
}
