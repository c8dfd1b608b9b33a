// The shop's truth: the generator's base catalogue, the overlay of what changed since, and the clock.
import { Collections } from './collections.mjs';
import { Generator } from './generator.mjs';
import { Ids } from './ids.mjs';
import { makeLocations, makePublications } from './locations.mjs';
import { Product } from './records.mjs';

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
    this.clockOffset = 0;
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
    const at = this.ids.read('Media', id);
    return at ? this.productAt(at.index)?.media.find(m => m.slot === at.slot) : undefined;
  }

  metafieldById(id) {
    const at = this.ids.read('Metafield', id);
    const product = at && this.productAt(at.index);
    if (!product) return this.collections.live.flatMap(c => c.metafields).find(m => m.id === id);
    if (at.slot < 64) return product.metafields.find(m => m.slot === at.slot);
    return product.variantAt((at.slot - 64) >> 3)?.metafields.find(m => m.slot === at.slot);
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

  patchOf(index) {
    let patch = this.overlay.get(index);
    if (!patch) this.overlay.set(index, patch = {});
    return patch;
  }
}
