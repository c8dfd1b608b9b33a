// The store's own truth as flat rows, read from the shop and not through the GraphQL fields, so that a test can
// compare what a client holds with what really is. Ids are decimal strings, money is text, times are ISO in UTC.
import { plainCondition } from './collection-conditions.mjs';
import { seconds as iso } from './times.mjs';

function* products(shop) {
  for (let index = 0; index < shop.total; index++) {
    const product = shop.productAt(index);
    if (product) yield product;
  }
}

function* variants(shop) {
  for (const product of products(shop)) yield* product.variants;
}

const metafieldRow = (ownerType, ownerId) => m => ({ id: m.id, ownerType, ownerId, namespace: m.namespace, key: m.key, type: m.type, value: m.value, createdAt: iso(m.createdAt), updatedAt: iso(m.updatedAt) });

function sourceRow(shop, s) {
  const id = s.gid.split('/').at(-1), live = indexes => indexes.filter(i => !shop.isDeleted(i));
  if (s.subCollections) return { id, type: 'subCollections', title: s.title, description: s.description ?? null, collectionIds: shop.collections.numbered(s.subCollections).map(c => c.id) };
  const plain = part => ({ matchType: part.matchType, conditions: part.conditions.map(c => ({ id: String(c.number), ...plainCondition(shop, c) })) });
  const inclusion = plain(s.inclusion);
  return {
    id, type: 'conditions', title: s.title, description: s.description, targetType: s.targetType, matchType: inclusion.conditions.length ? inclusion.matchType : null, conditions: inclusion.conditions,
    exclusion: s.exclusion && plain(s.exclusion), excludedProductIds: live([...s.excluded]).map(i => shop.productAt(i).id),
    selections: live([...s.picked.keys()]).map(i => ({ productId: shop.productAt(i).id, variantIds: s.picked.get(i)?.map(n => shop.productAt(i).variantAt(n)?.id).filter(Boolean) ?? null })),
  };
}

export const stateKinds = {
  * products(shop) {
    for (const p of products(shop)) {
      yield {
        id: p.id, title: p.title, handle: p.handle, descriptionHtml: p.descriptionHtml, vendor: p.vendor, productType: p.productType, status: p.status, tags: p.tags,
        templateSuffix: p.templateSuffix, seoTitle: p.seoTitle, seoDescription: p.seoDescription, categoryId: p.categoryCode === null ? null : `gid://shopify/TaxonomyCategory/${p.categoryCode}`,
        isGiftCard: p.isGiftCard, requiresSellingPlan: p.requiresSellingPlan, variantsCount: p.variantCount, mediaCount: p.media.length, totalInventory: p.totalInventory,
        tracksInventory: p.variants.some(v => v.tracked), createdAt: iso(p.createdAt), updatedAt: iso(p.updatedAt), publishedAt: iso(p.publishedAt),
      };
    }
  },
  * options(shop) {
    for (const p of products(shop)) {
      let slot = 0;
      const used = p.usedValues;
      for (const [k, option] of p.options.entries()) {
        yield {
          id: shop.ids.of('ProductOption', p.index, option.slot ?? k), productId: p.id, name: option.name, position: k + 1,
          values: option.values.map((v, n) => ({ id: shop.ids.of('ProductOptionValue', p.index, v.slot ?? slot++), name: v.name, hasVariants: used[k].has(n), swatchColor: v.colour ?? null })),
        };
      }
    }
  },
  * variants(shop) {
    for (const v of variants(shop)) {
      yield {
        id: v.id, productId: v.product.id, inventoryItemId: v.itemId, position: v.position, title: v.title, sku: v.sku, barcode: v.barcode, price: v.price, compareAtPrice: v.compareAtPrice,
        taxable: v.taxable, inventoryPolicy: v.inventoryPolicy, inventoryQuantity: v.inventoryQuantity, tracked: v.tracked, requiresShipping: v.requiresShipping, unitCost: v.unitCost,
        weight: v.weight?.value ?? null, weightUnit: v.weight?.unit ?? null, harmonizedSystemCode: v.harmonizedSystemCode, countryCodeOfOrigin: v.countryCodeOfOrigin,
        selectedOptions: v.selected.map(s => ({ name: s.option, value: s.value })), mediaId: v.mediaId,
        createdAt: iso(v.createdAt), updatedAt: iso(v.updatedAt),
      };
    }
  },
  * media(shop) {
    for (const p of products(shop)) {
      for (const [k, m] of p.media.entries()) {
        yield { id: m.id, productId: p.id, type: m.kind, position: k + 1, status: m.status, alt: m.alt, width: m.kind === 'MediaImage' && m.status === 'READY' ? m.size[0] : null, height: m.kind === 'MediaImage' && m.status === 'READY' ? m.size[1] : null, createdAt: iso(m.createdAt), updatedAt: iso(m.updatedAt) };
      }
    }
  },
  * metafields(shop) {
    for (const p of products(shop)) {
      yield* p.metafields.map(metafieldRow('PRODUCT', p.id));
      for (const v of p.variants) yield* v.metafields.map(metafieldRow('PRODUCTVARIANT', v.id));
    }
    for (const c of shop.collections.live) yield* c.metafields.map(metafieldRow('COLLECTION', c.id));
  },
  * collections(shop) {
    for (const c of shop.collections.live) {
      yield {
        id: c.id, title: c.title, handle: c.handle, descriptionHtml: c.descriptionHtml, sortOrder: c.sortOrder, templateSuffix: c.templateSuffix, seoTitle: c.seoTitle, seoDescription: c.seoDescription,
        imageAlt: c.image?.altText ?? null, imageUrl: c.image && (c.image.address ?? `${shop.baseUrl}/pictures/${c.id}${c.image.copied ? `-${c.image.copied}` : ''}.svg?v=1`),
        updatedAt: iso(c.updatedAt), productsCount: shop.collections.members(c).length,
        sources: c.sources.map(s => sourceRow(shop, s)),
      };
    }
  },
  * 'collection-members'(shop) {
    for (const c of shop.collections.live) for (const [k, index] of shop.collections.members(c).entries()) yield { collectionId: c.id, productId: shop.ids.of('Product', index), position: k + 1 };
  },
  * 'collection-publications'(shop) {
    for (const c of shop.collections.live) for (const n of c.publications) yield { collectionId: c.id, publicationId: shop.publications[n].id, publishDate: iso(c.publishDate(n)) };
  },
  * locations(shop) {
    for (const l of shop.locations) yield { id: l.id, name: l.name, isActive: l.isActive, fulfillsOnlineOrders: l.fulfillsOnlineOrders, shipsInventory: l.shipsInventory, city: l.address.city, countryCode: l.address.countryCode, createdAt: iso(l.createdAt), updatedAt: iso(l.updatedAt) };
  },
  * 'inventory-levels'(shop) {
    for (const v of variants(shop)) for (const l of v.levels) yield { id: l.id, variantId: v.id, inventoryItemId: v.itemId, locationId: shop.locations[l.location].id, isActive: l.isActive, ...l.quantities, updatedAt: iso(l.updatedAt) };
  },
  * publications(shop) {
    for (const p of shop.publications) yield { id: p.id, title: p.title, catalogType: p.catalog, autoPublish: p.autoPublish };
  },
  * 'product-publications'(shop) {
    for (const p of products(shop)) for (const n of p.publications) yield { productId: p.id, publicationId: shop.publications[n].id, publishDate: iso(p.publishDate(n)) };
  },
  * files(shop) {
    // The others are a product's own from the beginning, and stand under media.
    for (const f of shop.files.values()) if (f.isMade || f.products.length !== 1) yield { id: f.id, type: f.kind, status: f.status, alt: f.alt, productIds: f.products.map(index => shop.ids.of('Product', index)), createdAt: iso(f.createdAt), updatedAt: iso(f.updatedAt) };
  },
  * orders(shop) {
    for (const o of shop.orders.values()) {
      yield {
        id: o.id, name: `#${o.number}`, financialStatus: o.financialStatus, test: o.test, createdAt: iso(o.createdAt), updatedAt: iso(o.updatedAt), cancelledAt: iso(o.cancelledAt), fulfilledAt: iso(o.fulfilledAt),
        lines: o.lines.map(l => ({ id: l.id, productId: l.productId, variantId: l.variantId, locationId: l.location === null ? null : shop.locations[l.location].id, quantity: l.quantity, refunded: l.refunded })),
      };
    }
  },
  * redirects(shop) {
    yield* shop.redirects;
  },
};
