/** How often each mutation was executed, refused or answered from an idempotency key, in all and for each product and collection. */
export class MutationCounts {
  constructor() {
    this.clear();
  }

  clear() {
    this.mutations = {};
    this.products = new Map();
    this.collections = new Map();
  }

  note(name, outcome, productIds, collectionIds = []) {
    if (name.includes(' ')) return; // the store's own
    const one = this.mutations[name] ??= { executed: 0, refused: 0, replayed: 0 };
    one[outcome]++;
    if (outcome !== 'executed') return;
    for (const [counts, ids] of [[this.products, productIds], [this.collections, collectionIds]]) {
      for (const id of ids) {
        const known = counts.get(id) ?? {};
        known[name] = (known[name] ?? 0) + 1;
        counts.set(id, known);
      }
    }
  }

  report() {
    return { executed: Object.values(this.mutations).reduce((sum, one) => sum + one.executed, 0), mutations: this.mutations, products: Object.fromEntries(this.products), collections: Object.fromEntries(this.collections) };
  }
}
