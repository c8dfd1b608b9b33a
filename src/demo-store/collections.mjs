// Collections of the demo shop: a union of sources, as Shopify has it since 2026-07. Membership is kept as one
// bitset per source; a changed product is evaluated again alone.
import { asksStock, excludedCollections, Facts, includes } from './collection-conditions.mjs';
import { gid } from './ids.mjs';
import { CollectionMetafield } from './records.mjs';
import { collectionDefinitions } from './metafields.mjs';

const tag = (values, relation = 'TAGGED_WITH', matchType = 'ANY') => ({ kind: 'ProductTag', relation, matchType, values });
const type = (values, relation = 'EQUALS', matchType = 'ANY') => ({ kind: 'ProductType', relation, matchType, values });
const vendor = (values, relation = 'EQUALS', matchType = 'ANY') => ({ kind: 'ProductVendor', relation, matchType, values });
const title = (values, relation = 'CONTAINS', matchType = 'ANY') => ({ kind: 'ProductTitle', relation, matchType, values });
const price = (relation, value) => ({ kind: 'VariantPrice', relation, value });
const all = (...conditions) => ({ matchType: 'ALL', conditions });
const any = (...conditions) => ({ matchType: 'ANY', conditions });
const picks = (count, salt, variants = false) => ({ count, salt, variants });
const source = (title, inclusion, more = {}) => ({ title, inclusion, ...more });

const DESIGN = [
  { title: 'Home page', sortOrder: 'MANUAL', sources: [source('Hand-picked', { matchType: 'ANY', conditions: [], selections: picks(12, 1) })] },
  { title: 'T-Shirts', sortOrder: 'BEST_SELLING', sources: [source('Type', all(type(['T-Shirts'])))] },
  { title: 'Outerwear', sortOrder: 'PRICE_DESC', sources: [source('Type', any(type(['Jackets', 'Knitwear'])))] },
  { title: 'Dogs', sortOrder: 'ALPHA_ASC', sources: [source('Type', all(type(['Dog'], 'STARTS_WITH')))] },
  { title: 'Cats', sortOrder: 'ALPHA_DESC', sources: [source('Type', all(type(['Cat'], 'STARTS_WITH')))] },
  { title: 'Sale', sortOrder: 'CREATED_DESC', sources: [source('Tagged', all(tag(['sale'])), { exclusion: any(tag(['sample-sale-2024'])) })] },
  { title: 'Autumn & winter', sortOrder: 'CREATED', sources: [source('Seasons', all(tag(['AW24', 'AW25']), type(['Candles', 'Mugs'], 'NOT_EQUALS', 'ALL')))] },
  { title: 'Under 20', sortOrder: 'PRICE_ASC', sources: [source('Price', all(price('LESS_THAN', '20.00')))] },
  { title: 'Nordlicht – 北の光', sortOrder: 'ALPHA_ASC', sources: [source('Vendor', all(vendor(['Nordlicht'])))] },
  { title: 'Organic', sortOrder: 'MOST_RELEVANT', sources: [source('Title', any(title(['Organic']), tag(['vegan']))), source('More', { matchType: 'ANY', conditions: [], selections: picks(6, 2) })] },
  { title: 'Gifts & vouchers 🎁', sortOrder: 'MANUAL', sources: [source('Tagged', all(tag(['gift idea']), price('GREATER_THAN', '80.00')))] },
  { title: 'Single sizes', sortOrder: 'MANUAL', sources: [source('Variants', { matchType: 'ANY', conditions: [], selections: picks(5, 3, true) }, { targetType: 'VARIANTS' })] },
  { title: 'Coming soon', sortOrder: 'MANUAL', sources: [source('Nothing yet', { matchType: 'ANY', conditions: [], selections: picks(0, 4) })] },
  { title: 'For pets', sortOrder: 'ALPHA_ASC', sources: [{ title: 'Sub-collections', subCollections: [3, 4] }] },
  { title: 'Everything for home & pets', sortOrder: 'CREATED_DESC', sources: [{ title: 'Sub-collections', subCollections: [13, 7] }, source('Mugs', all(type(['Mugs'])))] },
];

const BASE_ID = 465_900_000_000;
const SORT_ORDERS = ['MANUAL', 'ALPHA_ASC', 'PRICE_ASC', 'CREATED_DESC'];

export class Collections {
  constructor(shop) {
    this.shop = shop;
    const staffPicks = Math.min(30, Math.floor(shop.generator.count / 100));
    const design = [...DESIGN];
    for (let k = 1; k <= staffPicks; k++) {
      design.push({ title: `Staff picks no. ${k}`, sortOrder: SORT_ORDERS[k % 4], sources: [source('Hand-picked', { matchType: 'ANY', conditions: [], selections: picks(5 + k * 7 % 60, 10 + k) })] });
    }
    this.list = design.map((one, number) => new Collection(shop, number, one));
    this.deleted = new Set();
    this.dirty = new Set();
    this.evaluatedTotal = -1;
    this.orders = new Map();
    this.sourcesMade = 0;
    this.conditionsMade = 0;
  }

  get live() {
    return this.list.filter(c => !this.deleted.has(c.number));
  }

  byId(id) {
    const number = (Number(id) - BASE_ID - 1) / 32768;
    return Number.isInteger(number) && !this.deleted.has(number) ? this.list[number] ?? null : null;
  }

  byHandle(handle) {
    return this.live.find(c => c.handle === handle) ?? null;
  }

  /** Those of these numbers that are there. */
  numbered(numbers) {
    return numbers.filter(n => !this.deleted.has(n)).map(n => this.list[n]);
  }

  touch(index) {
    if (this.evaluatedTotal >= 0) this.dirty.add(index);
    this.orders.clear();
  }

  /** What a source asks has changed: it is evaluated anew. */
  stale(source) {
    source.evaluated = 0;
    this.evaluatedTotal = Math.min(this.evaluatedTotal, 0);
    this.orders.clear();
  }

  /** Stock counts at other locations now. */
  stockMoved() {
    for (const c of this.list) for (const s of c.sources) if (asksStock(s)) this.stale(s);
  }

  /** Indexes of the products of the collection, in its order. */
  members(collection, order = collection.sortOrder) {
    this.#refresh();
    const key = `${collection.number} ${order}`;
    let sorted = this.orders.get(key);
    if (!sorted) this.orders.set(key, sorted = this.#sort(collection, order));
    return sorted;
  }

  contains(collection, index) {
    this.#refresh();
    return !this.shop.isDeleted(index) && this.#has(collection, index);
  }

  sourceContains(source, index) {
    this.#refresh();
    return !this.shop.isDeleted(index) && this.#sourceHas(source, index);
  }

  #has(collection, index) {
    return (collection.held ?? collection.sources).some(s => this.#sourceHas(s, index));
  }

  #sourceHas(source, index) {
    if (source.subCollections) return source.subCollections.some(n => !this.deleted.has(n) && this.#has(this.list[n], index));
    return ((source.bits?.[index >> 3] ?? 0) & (1 << (index & 7))) !== 0 && !excludedCollections(source).some(n => !this.deleted.has(n) && this.#has(this.list[n], index));
  }

  #refresh() {
    const { total } = this.shop;
    if (this.evaluatedTotal === total && !this.dirty.size) return;
    const sources = [...new Set(this.live.flatMap(c => [...c.sources, ...c.held ?? []]))].filter(s => !s.subCollections);
    for (const s of sources) {
      s.evaluated ??= 0;
      if (s.bits?.length > total >> 3) continue;
      const bits = new Uint8Array((total >> 3) + 1);
      if (s.bits) bits.set(s.bits);
      s.bits = bits;
    }
    const evaluate = (index, of) => {
      const product = this.shop.productAt(index);
      const facts = product && new Facts(product);
      for (const s of of) {
        const bit = 1 << (index & 7);
        if (facts && includes(s, facts)) s.bits[index >> 3] |= bit;
        else s.bits[index >> 3] &= ~bit;
      }
    };
    for (const from of [...new Set(sources.map(s => s.evaluated))]) {
      const behind = sources.filter(s => s.evaluated === from);
      for (let index = from; index < total; index++) evaluate(index, behind);
    }
    for (const index of this.dirty) evaluate(index, sources);
    for (const s of sources) s.evaluated = total;
    this.evaluatedTotal = total;
    this.dirty.clear();
    this.orders.clear();
  }

  #sort(collection, order) {
    const { shop } = this;
    const found = [];
    for (let index = 0; index < shop.total; index++) if (!shop.isDeleted(index) && this.#has(collection, index)) found.push(index);
    const sorted = keyOf => {
      const keys = found.map(keyOf);
      const order = found.map((_, k) => k).sort((a, b) => keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : a - b);
      return order.map(k => found[k]);
    };
    switch (order) {
      case 'ALPHA_ASC': return sorted(i => shop.productAt(i).title.toLowerCase());
      case 'ALPHA_DESC': return sorted(i => shop.productAt(i).title.toLowerCase()).reverse();
      case 'PRICE_ASC': return sorted(i => shop.productAt(i).prices[0]);
      case 'PRICE_DESC': return sorted(i => -shop.productAt(i).prices[1]);
      case 'CREATED_DESC': return found.reverse();
      case 'BEST_SELLING': return sorted(i => -shop.generator.popularity(i));
      case 'MANUAL': {
        const place = new Map([...new Set(collection.manualOrder)].map((index, n) => [index, n]));
        return sorted(i => place.get(i) ?? 1e9 + i);
      }
      default: return found;
    }
  }
}

export class Collection {
  typename = 'Collection';

  constructor(shop, number, design) {
    this.shop = shop;
    this.number = number;
    this.title = design.title;
    this.handle = design.title.toLowerCase().normalize('NFD').replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') || `collection-${number}`;
    this.descriptionHtml = number % 3 === 0 ? '' : `<p>${design.title.replace('&', '&amp;')}: chosen by our shops.</p>`;
    this.sortOrder = design.sortOrder;
    this.templateSuffix = number % 7 === 5 ? 'campaign' : null;
    this.seoTitle = number % 4 === 1 ? `${design.title} | Demo store` : null;
    this.seoDescription = null;
    this.image = number % 2 === 0 ? { id: this.id, altText: design.title, address: null } : null;
    this.createdAt = Date.UTC(2021, 1, 1 + number, 9);
    this.updatedAt = Date.UTC(2024, 5, 1 + number % 28, 10, number % 60);
    this.sources = design.sources.map((one, k) => this.#source(one, k));
    this.publicationNumbers = [0, 1, 2].filter(p => (number + p) % 3 !== 2 || p === 0);
    this.publishDates = {};
  }

  /** A collection that a mutation makes: published nowhere. */
  static written(shop, number, at) {
    const collection = new Collection(shop, number, { title: '', sortOrder: 'BEST_SELLING', sources: [] });
    return Object.assign(collection, { isWritten: true, handle: '', descriptionHtml: '', templateSuffix: null, seoTitle: null, image: null, createdAt: at, updatedAt: at, publicationNumbers: [] });
  }

  get id() { return String(BASE_ID + this.number * 32768 + 1); }
  get gid() { return gid('Collection', this.id); }
  get publications() { return this.publicationNumbers; }
  get metafields() {
    if (this.isWritten) return (this.writtenMetafields ?? []).map((written, n) => new CollectionMetafield(this, 16 + n, written));
    return collectionDefinitions.map((_, n) => n).filter(n => (this.number + n) % 3 === 0 && !this.metafieldPatches?.[n]?.deleted).map(n => new CollectionMetafield(this, n));
  }

  /** Members are still those of the sources that were there, until as many jobs have ended. */
  held = null;
  waiting = 0;

  publishDate(publication) {
    return this.publishDates[publication] ?? this.createdAt;
  }

  /** Indexes as a person ordered them, then those of the hand-picked products that came since. */
  get manualOrder() {
    return [...this.reordered ?? [], ...this.sources.flatMap(s => s.picked ? [...s.picked.keys()] : [])];
  }

  #source(one, k) {
    const { shop, number } = this;
    const idNumber = 7_000_000 + number * 64 + k * 8;
    if (one.subCollections) return { ...one, typename: 'CollectionSubCollectionsSource', gid: gid('CollectionSubCollectionsSource', idNumber) };
    const picked = new Map();
    const { count = 0, salt = 0, variants = false } = one.inclusion.selections ?? {};
    const base = shop.generator.count;
    for (let n = 0; picked.size < Math.min(count, base) && n < count * 20; n++) {
      const index = shop.generator.hash(n, 300 + salt) % base;
      if (!picked.has(index)) picked.set(index, variants ? [0] : null);
    }
    const numbered = ({ matchType, conditions }, first) => ({ matchType, conditions: conditions.map((condition, n) => ({ ...condition, number: first + n })) });
    return {
      typename: 'CollectionConditionsSource', gid: gid('CollectionConditionsSource', idNumber), title: one.title, description: null,
      targetType: one.targetType ?? 'PRODUCTS', inclusion: numbered(one.inclusion, idNumber), exclusion: one.exclusion ? numbered(one.exclusion, idNumber + 4) : null, picked, excluded: new Set(),
    };
  }
}
