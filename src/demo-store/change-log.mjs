// What one change of the shop did, in the terms of webhooks: which products, items, levels, collections and locations it
// made, wrote or took away. The shop's writers tell it (`shop.log`, null while the journal is read); webhooks.mjs makes
// events of it.

/** Fields of a variant that are its inventory item's. */
const ITEM_FIELDS = ['sku', 'tracked', 'requiresShipping', 'unitCost', 'weight', 'harmonizedSystemCode', 'countryCodeOfOrigin'];

export class ChangeLog {
  products = new Map(); // by index: { what, items: slot → what, levels: 'slot location' → what }
  collections = new Map(); // by number
  locations = new Map(); // by number: list

  product(index) {
    let one = this.products.get(index);
    if (!one) this.products.set(index, one = { what: null, items: new Map(), levels: new Map() });
    return one;
  }

  /** A product that was written in full; `before` is null for a new one. Rows that are the same object are unchanged. */
  kept(index, before, full) {
    const one = this.product(index);
    if (before === null) {
      one.what = 'create';
      for (const row of full.variants) this.#appeared(one, row.slot, Object.keys(row.levels));
      return;
    }
    one.what ??= 'update';
    if (before.variants.length === full.variants.length && full.variants.every((row, k) => row === before.variants[k])) return;
    const earlier = new Map(before.variants.map(row => [row.slot, row]));
    for (const row of full.variants) {
      const old = earlier.get(row.slot);
      earlier.delete(row.slot);
      if (old === row) continue;
      if (old) this.#compared(one, old, row);
      else this.#appeared(one, row.slot, Object.keys(row.levels));
    }
    for (const slot of earlier.keys()) one.items.set(slot, 'delete');
  }

  #compared(one, old, row) {
    if (ITEM_FIELDS.some(name => JSON.stringify(old[name]) !== JSON.stringify(row[name]))) one.items.set(row.slot, 'update');
    for (const [location, level] of Object.entries(row.levels)) {
      const was = old.levels[location];
      if (was === level) continue;
      one.levels.set(`${row.slot} ${location}`, !was || (level.isActive && !was.isActive) ? 'connect' : !level.isActive && was.isActive ? 'disconnect' : 'update');
    }
    for (const location of Object.keys(old.levels)) if (!row.levels[location]) one.levels.set(`${row.slot} ${location}`, 'disconnect');
  }

  #appeared(one, slot, locations) {
    one.items.set(slot, 'create');
    for (const location of locations) one.levels.set(`${slot} ${location}`, 'connect');
  }

  /** A product that the store's own switches made. */
  created({ index, variants }) {
    const one = this.product(index);
    one.what = 'create';
    for (const variant of variants) this.#appeared(one, variant.slot, variant.stockedAt);
  }

  /** Call it before the product is gone. */
  deleted({ index, variants }) {
    const one = this.product(index);
    one.what = 'delete';
    for (const { slot } of variants) one.items.set(slot, 'delete');
  }

  /** A row that one of the store's own switches wrote; `names` are its fields. */
  edited(kind, row, names) {
    if (kind === 'collection' || row.ownerType === 'COLLECTION') this.collection((row.owner ?? row).number, 'update');
    else if (kind === 'location') this.location(row.number, ...(!names.includes('isActive') ? [] : [row.isActive ? 'activate' : 'deactivate']), 'update');
    else if (kind === 'inventory-level') {
      const what = !names.includes('isActive') ? 'update' : row.isActive ? 'connect' : 'disconnect';
      this.product(row.variant.product.index).levels.set(`${row.variant.slot} ${row.location}`, what);
    } else if (row.file) for (const index of row.file.products) this.product(index).what ??= 'update';
    else {
      const one = this.product((row.product ?? row).index);
      one.what ??= 'update';
      if (kind === 'variant' && names.some(name => ITEM_FIELDS.includes(name))) one.items.set(row.slot, 'update');
    }
  }

  /** A variant that one of the store's own switches takes away. */
  removedVariant({ product, slot }) {
    const one = this.product(product.index);
    one.what ??= 'update';
    one.items.set(slot, 'delete');
  }

  collection(number, what) {
    this.collections.set(number, what);
  }

  location(number, ...what) {
    this.locations.set(number, [...new Set([...this.locations.get(number) ?? [], ...what])]);
  }
}
