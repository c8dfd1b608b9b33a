// Lists of products and variants as a query asks for them: filtered by the search syntax, sorted by a sort key.
import { GraphQLError } from 'graphql';
import { sortedList, reversed } from './connections.mjs';
import { productDefinitions, variantDefinitions } from './metafields.mjs';
import { compileSearch, exact, flag, id, number, SearchError, splitWords, time, words } from './search-syntax.mjs';

const variantsOf = read => product => product.variants.map(read);

const anyWord = textsOf => term => {
  const wanted = splitWords(term.value.replace(/\*$/, ''));
  return row => {
    const known = splitWords(textsOf(row).filter(Boolean).join(' '));
    return wanted.every(w => known.some(k => k.startsWith(w)));
  };
};

const metafields = (definitions, ownerName) => term => {
  const [, namespace, ...rest] = term.field.split('.');
  const definition = definitions.find(d => d.namespace === namespace && d.key === rest.join('.'));
  if (!definition?.filterable) throw new SearchError(`The metafield definition ${namespace}.${rest.join('.')} for ${ownerName} does not exist or is not filterable.`);
  const test = exact(m => m.value)(term);
  return row => row.metafields.some(m => m.namespace === namespace && m.key === definition.key && test(m));
};

export const productSearch = {
  default: anyWord(p => [p.title, p.vendor, p.productType, ...p.tags, ...p.variants.map(v => v.sku)]),
  id: id(p => p.id),
  title: words(p => p.title),
  handle: exact(p => p.handle),
  vendor: exact(p => p.vendor),
  product_type: exact(p => p.productType),
  status: exact(p => p.status),
  tag: exact(p => p.tags),
  tag_not: term => { const has = exact(p => p.tags)(term); return p => !has(p); },
  created_at: time(p => p.createdAt),
  updated_at: time(p => p.updatedAt),
  published_at: time(p => p.publishedAt),
  sku: exact(variantsOf(v => v.sku)),
  barcode: exact(variantsOf(v => v.barcode)),
  price: number(variantsOf(v => v.price)),
  variant_id: id(variantsOf(v => v.id)),
  variant_title: words(variantsOf(v => v.title)),
  inventory_total: number(p => p.totalInventory),
  out_of_stock_somewhere: flag(p => p.variants.some(v => v.levels.some(l => l.isActive && l.quantities.available <= 0))),
  tracks_inventory: flag(p => p.variants.some(v => v.tracked)),
  is_price_reduced: flag(p => p.variants.some(v => v.compareAtPrice !== null && Number(v.compareAtPrice) > Number(v.price))),
  gift_card: flag(p => p.isGiftCard),
  has_only_default_variant: flag(p => hasOnlyDefaultVariant(p)),
  category_id: exact(p => p.categoryCode),
  publication_ids: term => {
    const wanted = term.value.split(',');
    return p => p.publications.some(n => wanted.includes(p.shop.publications[n].id));
  },
  published_status: term => {
    const value = term.value.toLowerCase();
    if (value === 'published' || value === 'visible') return p => p.publishedAt !== null && p.publications.includes(0);
    if (value === 'unpublished') return p => p.publishedAt === null || !p.publications.includes(0);
    if (value === 'online_store_channel') return p => p.publications.includes(0);
    if (value === 'unavailable') return p => p.publications.length === 0;
    throw new SearchError(`published_status '${term.value}' is not served by the demo store.`);
  },
  collection_id: term => p => {
    const collection = p.shop.collections.byId(term.value);
    return collection !== null && p.shop.collections.contains(collection, p.index);
  },
  metafields: metafields(productDefinitions, 'PRODUCT'),
};

export const variantSearch = {
  default: anyWord(v => [v.product.title, v.title, v.sku, v.barcode, v.product.vendor]),
  id: id(v => v.id),
  product_id: id(v => v.product.id),
  product_ids: id(v => v.product.id),
  sku: exact(v => v.sku),
  barcode: exact(v => v.barcode),
  title: words(v => v.title),
  vendor: exact(v => v.product.vendor),
  product_type: exact(v => v.product.productType),
  product_status: exact(v => v.product.status),
  tag: exact(v => v.product.tags),
  tag_not: term => { const has = exact(v => v.product.tags)(term); return v => !has(v); },
  updated_at: time(v => v.updatedAt),
  inventory_quantity: number(v => v.inventoryQuantity),
  taxable: flag(v => v.taxable),
  gift_card: flag(v => v.product.isGiftCard),
  option1: exact(v => v.selected[0]?.value ?? null),
  option2: exact(v => v.selected[1]?.value ?? null),
  option3: exact(v => v.selected[2]?.value ?? null),
  location_id: term => v => v.levels.some(l => v.shop.locations[l.location].id === term.value),
  collection: term => v => {
    const collection = v.shop.collections.byId(term.value);
    return collection !== null && v.shop.collections.contains(collection, v.product.index);
  },
  metafields: metafields(variantDefinitions, 'PRODUCTVARIANT'),
};

export const itemSearch = {
  id: id(v => v.itemId),
  sku: exact(v => v.sku),
  created_at: time(v => v.createdAt),
  updated_at: time(v => v.updatedAt),
};

export function hasOnlyDefaultVariant(product) {
  const options = product.options;
  return options.length === 1 && options[0].name === 'Title' && options[0].values.length === 1 && options[0].values[0].name === 'Default Title';
}

/** Compiles a search; what Shopify would ignore with a warning goes to `warnings`. */
export function search(shop, text, fields, warnings, savedSearchId) {
  if (savedSearchId) throw new GraphQLError('The demo store does not serve saved searches.');
  try {
    const found = compileSearch(text, fields, { now: () => shop.now(), timeZone: shop.timeZone });
    if (found.warnings.length) warnings?.push({ query: text, warnings: found.warnings });
    return found;
  } catch (error) {
    if (error instanceof SearchError) throw new GraphQLError(error.message, { extensions: { code: 'BAD_REQUEST' } });
    throw error;
  }
}

const PRODUCT_SORTS = {
  ID: null,
  RELEVANCE: null,
  CREATED_AT: p => p.createdAt,
  UPDATED_AT: p => p.updatedAt,
  PUBLISHED_AT: p => p.publishedAt ?? 0,
  TITLE: p => p.title.toLowerCase(),
  VENDOR: p => p.vendor.toLowerCase(),
  PRODUCT_TYPE: p => p.productType.toLowerCase(),
  INVENTORY_TOTAL: p => p.totalInventory,
};

/** Products by query, sort key and direction; `within` narrows to the products for which it holds. */
export function productList(shop, { query, sortKey = 'ID', reverse, savedSearchId }, warnings, within) {
  const found = search(shop, query, productSearch, warnings, savedSearchId);
  const numbers = shop.cached(`products ${sortKey} ${within?.key ?? ''} ${query ?? ''} ${/\bnow\b/.test(query ?? '') ? shop.now() : ''}`, () => {
    const live = [];
    const add = index => {
      if (shop.isDeleted(index) || (within && !within.has(index))) return;
      if (!found.test || found.test(shop.productAt(index))) live.push(index);
    };
    const only = candidates(shop, found.tree, PRODUCT_ID_TERMS);
    if (only) only.forEach(add);
    else for (let index = 0; index < shop.total; index++) add(index);
    return sortBy(live, PRODUCT_SORTS[sortKey] && (n => PRODUCT_SORTS[sortKey](shop.productAt(n))));
  });
  const valueOf = PRODUCT_SORTS[sortKey] ? n => PRODUCT_SORTS[sortKey](shop.productAt(n)) : () => 0;
  const list = sortedList(numbers, valueOf, n => shop.productAt(n));
  return reverse ? reversed(list) : list;
}

/** A variant as one number, its product's index and its slot, sorts as the two do. */
export const SLOTS = 2 ** 20;

const VARIANT_SORTS = {
  ID: null, RELEVANCE: null, POSITION: null, POPULAR: null,
  SKU: v => (v.sku ?? '').toLowerCase(),
  TITLE: v => v.title.toLowerCase(),
  NAME: v => v.title.toLowerCase(),
  FULL_TITLE: v => `${v.product.title} - ${v.title}`.toLowerCase(),
  INVENTORY_QUANTITY: v => v.inventoryQuantity,
  INVENTORY_LEVELS_AVAILABLE: v => v.inventoryQuantity,
  INVENTORY_POLICY: v => v.inventoryPolicy,
  INVENTORY_MANAGEMENT: v => v.tracked ? 1 : 0,
};

export function variantList(shop, { query, sortKey = 'ID', reverse, savedSearchId }, warnings, { fields = variantSearch, rowOf = v => v } = {}) {
  const found = search(shop, query, fields, warnings, savedSearchId);
  let known, knownVersion; // neighbours belong to one product: keep it while nothing changes
  const variantAt = n => {
    const index = Math.floor(n / SLOTS);
    if (known?.index !== index || knownVersion !== shop.version) { known = shop.productAt(index); knownVersion = shop.version; }
    return known?.variantAt(n % SLOTS);
  };
  const only = candidates(shop, found.tree, fields === itemSearch ? ITEM_ID_TERMS : VARIANT_ID_TERMS);
  const numbers = shop.cached(`variants ${sortKey} ${fields === itemSearch ? 'items' : ''} ${query ?? ''}`, () => {
    const live = [];
    const add = index => {
      if (!found.test && !shop.overlay.has(index)) {
        const slots = shop.generator.variantCount(index);
        for (let slot = 0; slot < slots; slot++) live.push(index * SLOTS + slot);
        return;
      }
      for (const variant of shop.productAt(index).variants) if (!found.test || found.test(variant)) live.push(index * SLOTS + variant.slot);
    };
    if (only) for (const index of only) add(index);
    else for (let index = 0; index < shop.total; index++) if (!shop.isDeleted(index)) add(index);
    return sortBy(live, VARIANT_SORTS[sortKey] && (n => VARIANT_SORTS[sortKey](variantAt(n))));
  });
  const valueOf = VARIANT_SORTS[sortKey] ? n => VARIANT_SORTS[sortKey](variantAt(n)) : () => 0;
  const list = sortedList(numbers, valueOf, n => { const v = variantAt(n); return v && rowOf(v); });
  return reverse ? reversed(list) : list;
}

const PRODUCT_ID_TERMS = { id: 'Product', variant_id: 'ProductVariant' };
const VARIANT_ID_TERMS = { id: 'ProductVariant', product_id: 'Product', product_ids: 'Product' };
const ITEM_ID_TERMS = { id: 'InventoryItem' };

/** The only products that a search by ids can concern, in order, or null: saves a walk over a million. */
function candidates(shop, tree, kinds) {
  const indexesOf = node => {
    if (!node || node.not) return null;
    if (node.and) return node.and.map(indexesOf).find(Boolean) ?? null;
    if (node.or) { const parts = node.or.map(indexesOf); return parts.every(Boolean) ? parts.flat() : null; }
    const kind = node.operator === '=' ? kinds[node.field] : undefined;
    return kind ? node.value.split(',').map(v => shop.ids.read(kind, v.trim().replace(/^gid:\/\/shopify\/\w+\//, ''))?.index) : null;
  };
  const indexes = indexesOf(tree);
  return indexes && [...new Set(indexes)].filter(index => index !== undefined && shop.productAt(index)).sort((a, b) => a - b);
}

function sortBy(numbers, valueOf) {
  if (!valueOf || numbers.length < 2) return numbers;
  const first = valueOf(numbers[0]);
  if (typeof first === 'number' && numbers.length > 50_000 && numbers.every(n => n < 2 ** 22)) {
    // Times in whole seconds and the number packed into one double: a million sort in a tenth of a second.
    const packed = new Float64Array(numbers.length);
    let fits = true;
    for (let k = 0; k < numbers.length; k++) {
      const value = valueOf(numbers[k]) / 1000;
      fits &&= Number.isInteger(value) && value >= 0 && value < 2 ** 31;
      packed[k] = value * 2 ** 22 + numbers[k];
    }
    if (fits) return Array.from(packed.sort(), key => key % 2 ** 22);
  }
  const values = numbers.map(valueOf);
  const order = values.map((_, k) => k).sort((a, b) => { const x = values[a], y = values[b]; return x < y ? -1 : x > y ? 1 : numbers[a] - numbers[b]; });
  return order.map(k => numbers[k]);
}
