// What the demo store serves: for each type, each field it answers. Used by graphql-js for ordinary requests and
// compiled into a projector for bulk queries. A field of Shopify's schema that is not here is an error, never null.
import { GraphQLError } from 'graphql';
import { collectionByCustomId } from './collection-writing.mjs';
import { arrayList, count } from './connections.mjs';
import { gid } from './ids.mjs';
import { productByCustomId } from './metafield-writing.mjs';
import { definitionsOf } from './metafields.mjs';
import { writers } from './mutations.mjs';
import { itemSearch, productList, search, variantList } from './product-lists.mjs';
import { categories, categoriesBy } from './taxonomy.mjs';
import { seconds } from './times.mjs';
import { servedCatalogue } from './served-catalogue.mjs';
import {
  collectionList, connection, definitionRow, distinct, eventSearch, fileList, idOf, levelsAtLocation,
  locationList, lookUp, PLAN_NAMES, productTags, productTypes, productVendors, publicationProducts, rows,
  SHOP_ID, zoneOffset,
} from './served-rows.mjs';

export const served = {
  ...servedCatalogue,

  QueryRoot: {
    product: (_, args, { shop }) => shop.productById(idOf(args.id, 'Product')) ?? null,
    products: connection((_, args, { shop, warnings }) => productList(shop, args, warnings)),
    productsCount: (_, args, { shop, warnings }) => count(args.query || args.savedSearchId ? productList(shop, args, warnings).length : shop.productCount, args.limit),
    productByIdentifier: (_, { identifier }, { shop }) => {
      if (identifier.id) return shop.productById(idOf(identifier.id, 'Product')) ?? null;
      return (identifier.customId ? productByCustomId(shop, identifier.customId) : shop.productByHandle(identifier.handle)) ?? null;
    },
    productVariant: (_, args, { shop }) => shop.variantById(idOf(args.id, 'ProductVariant')) ?? null,
    productVariants: connection((_, args, { shop, warnings }) => variantList(shop, args, warnings)),
    productVariantsCount: (_, args, { shop, warnings }) => count(args.query ? variantList(shop, args, warnings).length : shop.variantCount, args.limit),
    inventoryItem: (_, args, { shop }) => shop.itemById(idOf(args.id, 'InventoryItem')) ?? null,
    inventoryItems: connection((_, args, { shop, warnings }) => variantList(shop, args, warnings, { fields: itemSearch, rowOf: v => v.item })),
    inventoryLevel: (_, args, { shop }) => shop.levelById(idOf(args.id, 'InventoryLevel')) ?? null,
    collection: (_, args, { shop }) => shop.collections.byId(idOf(args.id, 'Collection')),
    collections: connection((_, args, context) => collectionList(context, args)),
    collectionsCount: (_, args, context) => count(collectionList(context, args).length, args.limit),
    collectionByIdentifier: (_, { identifier }, { shop }) => {
      if (identifier.id) return shop.collections.byId(idOf(identifier.id, 'Collection'));
      if (identifier.customId) return collectionByCustomId(shop, identifier.customId);
      return shop.collections.byHandle(identifier.handle);
    },
    location: (_, args, { shop }) => args.id == null ? shop.locations[0] : shop.locations.find(l => l.id === idOf(args.id, 'Location')) ?? null,
    locations: connection((_, args, context) => locationList(context, args)),
    locationsCount: (_, args, context) => count(locationList(context, args).length, args.limit),
    publication: (_, args, { shop }) => shop.publications.find(p => p.id === idOf(args.id, 'Publication')) ?? null,
    publications: connection((_, args, { shop }) => rows(shop.publications.filter(p => args.catalogType == null || (args.catalogType === 'MARKET') === (p.catalog === 'MarketCatalog')), args)),
    publicationsCount: (_, args, { shop }) => count(shop.publications.length, args.limit),
    node: (_, args, context) => lookUp(args.id, context),
    nodes: (_, args, context) => {
      if (args.ids.length > 250) throw new GraphQLError(`The input array size of ${args.ids.length} is greater than the maximum allowed of 250.`, { extensions: { code: 'MAX_INPUT_SIZE_EXCEEDED' } });
      return args.ids.map(one => lookUp(one, context));
    },
    taxonomy: () => ({}),
    shop: (_, args, { shop }) => shop,
    currentAppInstallation: (_, args, context) => context,
    files: connection((_, args, context) => fileList(context, args)),
    job: (_, args, { jobs }) => jobs.byId(args.id),
    productOperation: (_, args, { jobs }) => { idOf(args.id, 'ProductSetOperation', 'ProductDeleteOperation'); return jobs.byId(args.id); },
    events: connection((_, args, { shop, warnings }) => {
      const { test } = search(shop, args.query, eventSearch, warnings);
      return rows(shop.events.filter(e => !test || test(e)).map(e => ({ typename: 'BasicEvent', gid: gid('BasicEvent', e.number), event: e })), args);
    }),
    productTags: connection(distinct(productTags), 5000),
    productTypes: connection(distinct(productTypes), 1000),
    productVendors: connection(distinct(productVendors), 1000),
    metafieldDefinitions: connection((_, args, { shop }) => rows(definitionsOf(shop, args.ownerType)
      .map((d, n) => (args.namespace == null || d.namespace === args.namespace) && (args.key == null || d.key === args.key) ? n : -1)
      .filter(n => n >= 0).map(n => definitionRow(shop, args.ownerType, n)), args)),
    bulkOperation: (_, args, { bulk }) => bulk.byId(idOf(args.id, 'BulkOperation')),
    bulkOperations: connection((_, args, { bulk, shop, warnings }) => bulk.list(args, shop, warnings)),
    publicApiVersions: (_, args, { versions }) => versions,
    webhookSubscription: (_, args, { subscriptions, app }) => subscriptions.byId(idOf(args.id, 'WebhookSubscription'), app),
    webhookSubscriptions: connection((_, args, { subscriptions, app, warnings }) => subscriptions.list(app, args, warnings)),
    webhookSubscriptionsCount: (_, args, { subscriptions, app, warnings }) => count(subscriptions.list(app, args, warnings).length, args.limit),
  },

  Location: {
    id: l => l.gid, legacyResourceId: l => l.id, name: l => l.name, isActive: l => l.isActive, address: l => l.address, addressVerified: () => true,
    fulfillsOnlineOrders: l => l.fulfillsOnlineOrders, shipsInventory: l => l.shipsInventory, isFulfillmentService: l => l.isFulfillmentService, fulfillmentService: () => null,
    activatable: l => !l.isActive, deactivatable: l => l.isActive, deletable: l => !l.isActive, hasActiveInventory: l => l.isActive, hasUnfulfilledOrders: () => false,
    createdAt: l => seconds(l.createdAt), updatedAt: l => seconds(l.updatedAt), deactivatedAt: l => l.deactivatedAt, suggestedAddresses: () => [], localPickupSettingsV2: () => null,
    inventoryLevels: connection(levelsAtLocation),
    inventoryLevel: (l, args, { shop }) => shop.itemById(idOf(args.inventoryItemId, 'InventoryItem'))?.variant.levels.find(level => level.location === l.number && (args.includeInactive || level.isActive)) ?? null,
    metafield: () => null,
    metafields: connection((l, args) => rows([], args)),
  },

  Publication: {
    id: p => p.gid, autoPublish: p => p.autoPublish, supportsFuturePublishing: p => p.supportsFuturePublishing, name: p => p.title, operation: () => null,
    catalog: p => ({ typename: p.catalog, gid: gid(p.catalog, 24_007_600_000 + p.number), publication: p }),
    products: connection(publicationProducts),
    includedProducts: connection(publicationProducts),
    includedProductsCount: (p, args, context) => count(publicationProducts(p, args, context).length, args.limit),
    collections: connection((p, args, { shop }) => rows(shop.collections.live.filter(c => c.publications.includes(p.number)), args)),
    hasCollection: (p, args, { shop }) => shop.collections.byId(idOf(args.id, 'Collection'))?.publications.includes(p.number) ?? false,
  },
  AppCatalog: { id: c => c.gid, title: c => c.publication.title, status: () => 'ACTIVE', publication: c => c.publication, operations: () => [], priceList: () => null },
  MarketCatalog: { id: c => c.gid, title: c => c.publication.title, status: () => 'ACTIVE', publication: c => c.publication, operations: () => [], priceList: () => null },

  Taxonomy: {
    categories: connection((_, args) => arrayList(categoriesBy(args), c => c.id)),
  },

  Shop: {
    id: () => gid('Shop', SHOP_ID),
    name: () => 'Demo store',
    description: () => 'An outfitter for people and their animals.',
    email: () => 'owner@demo-store.example',
    contactEmail: () => 'hello@demo-store.example',
    shopOwnerName: () => 'Demo Owner',
    myshopifyDomain: s => s.domain,
    url: s => `https://${s.domain}`,
    primaryDomain: s => ({ id: gid('Domain', 1), host: s.domain, url: `https://${s.domain}`, sslEnabled: true, localization: null }),
    currencyCode: s => s.currency,
    enabledPresentmentCurrencies: s => [s.currency],
    currencyFormats: () => ({ moneyFormat: '${{amount}}', moneyInEmailsFormat: '${{amount}}', moneyWithCurrencyFormat: '${{amount}} USD', moneyWithCurrencyInEmailsFormat: '${{amount}} USD' }),
    ianaTimezone: s => s.timeZone,
    timezoneAbbreviation: s => new Intl.DateTimeFormat('en-US', { timeZone: s.timeZone, timeZoneName: 'short' }).formatToParts(s.now()).find(p => p.type === 'timeZoneName').value,
    timezoneOffset: s => zoneOffset(s).replace(':', ''),
    timezoneOffsetMinutes: s => { const [, sign, h, m] = /([+-])(\d\d):(\d\d)/.exec(zoneOffset(s)); return (sign === '-' ? -1 : 1) * (Number(h) * 60 + Number(m)); },
    unitSystem: () => 'METRIC_SYSTEM',
    weightUnit: () => 'KILOGRAMS',
    taxesIncluded: () => false,
    taxShipping: () => false,
    setupRequired: () => false,
    checkoutApiSupported: () => true,
    createdAt: () => '2020-11-01T09:00:00Z',
    updatedAt: () => '2024-12-20T09:00:00Z',
    plan: s => ({ publicDisplayName: PLAN_NAMES[s.plan], displayName: PLAN_NAMES[s.plan], partnerDevelopment: false, shopifyPlus: s.plan === 'plus' || s.plan === 'enterprise' }),
    resourceLimits: () => ({ locationLimit: 200, maxProductOptions: 3, maxProductVariants: 2048, redirectLimitReached: false }),
    shopAddress: s => ({ id: gid('ShopAddress', SHOP_ID), ...s.locations[0].address, countryCodeV2: 'US', coordinatesValidated: false, company: 'Demo store', formattedArea: 'Portland ME, United States' }),
    allProductCategoriesList: s => s.cached('categories in use', () => {
      const codes = new Set();
      for (let index = 0; index < s.total; index++) if (!s.isDeleted(index)) codes.add(s.productAt(index).categoryCode);
      return [...codes].filter(Boolean).sort().map(code => categories.get(code)).filter(Boolean);
    }),
    metafield: () => null,
    metafields: connection((s, args) => rows([], args)),
  },

  AppInstallation: {
    id: () => gid('AppInstallation', 571_900_001),
    accessScopes: context => [...context.scopes].sort().map(handle => ({ handle, description: handle.replace('_', ' ').replaceAll('_', ' ') })),
    app: () => ({ typename: 'App', id: gid('App', 58_011_001), title: 'Demo app', handle: 'demo-app', embedded: false, apiKey: 'demo-client' }),
    launchUrl: context => `https://${context.shop.domain}/admin/apps/demo-app`,
    uninstallUrl: () => null,
  },

  BasicEvent: {
    id: e => e.gid, action: e => e.event.action, createdAt: e => seconds(e.event.createdAt), subjectId: e => e.event.subjectGid, subjectType: e => e.event.subjectType,
    message: e => `Deleted ${e.event.subjectType === 'PRODUCT' ? 'product' : 'collection'}${e.event.title ? `: ${e.event.title.replace(/</g, '&lt;')}.` : '.'}`,
    secondaryMessage: () => null, attributeToApp: () => false, attributeToUser: () => true, appTitle: () => null, criticalAlert: () => false, author: () => 'Demo Owner',
    hasAdditionalContent: () => false, additionalContent: () => null, additionalData: () => null, arguments: e => ({ title: e.event.title }), subject: () => null,
  },

  BulkOperation: {
    id: o => o.gid, status: o => o.shownStatus, type: o => o.kind, errorCode: o => o.errorCode, query: o => o.query,
    createdAt: o => seconds(o.createdAt), completedAt: o => seconds(o.completedAt),
    objectCount: o => String(o.objectCount), rootObjectCount: o => String(o.rootObjectCount), fileSize: o => o.shownFileSize, url: o => o.url, partialDataUrl: o => o.partialDataUrl,
  },

  ProductSetOperation: { id: o => o.id, status: o => o.status, product: o => o.product, userErrors: o => o.userErrors },
  ProductDeleteOperation: { id: o => o.id, status: o => o.status, product: o => o.product, userErrors: o => o.userErrors, deletedProductId: o => o.deletedProductId },

  WebhookSubscription: {
    id: s => s.gid, legacyResourceId: s => s.id, topic: s => s.topic, uri: s => s.uri, callbackUrl: s => s.uri, endpoint: s => ({ typename: 'WebhookHttpEndpoint', callbackUrl: s.uri }), format: s => s.format, name: s => s.name,
    includeFields: s => s.includeFields, filter: () => null, metafieldNamespaces: () => [], metafields: () => [], createdAt: s => seconds(s.createdAt), updatedAt: s => seconds(s.updatedAt),
    apiVersion: (s, _, { versions, version }) => versions.find(v => v.handle === version) ?? { handle: version, displayName: version, supported: false },
  },
  WebhookHttpEndpoint: { callbackUrl: e => e.callbackUrl },

  Mutation: {
    ...Object.fromEntries(Object.keys(writers).filter(name => !name.includes(' ')).map(name => [name, (_, args, context, info) => context.mutations.answer(name, args, context, info)])),
    metafieldDefinitionCreate: (_, args, context, info) => {
      const { createdDefinition: made, ...payload } = context.mutations.answer('metafieldDefinitionCreate', args, context, info);
      return { ...payload, createdDefinition: made && definitionRow(context.shop, made.ownerType, made.number) };
    },
    webhookSubscriptionCreate: (_, args, { subscriptions, app, scopes }) => subscriptions.create(app, scopes, args),
    webhookSubscriptionUpdate: (_, args, { subscriptions, app }) => subscriptions.update(app, idOf(args.id, 'WebhookSubscription'), args),
    webhookSubscriptionDelete: (_, args, { subscriptions, app }) => subscriptions.remove(app, idOf(args.id, 'WebhookSubscription')),
    stagedUploadsCreate: (_, args, { bulk }) => bulk.uploads.create(args),
    bulkOperationRunMutation: (_, args, { bulk, ...context }) => bulk.startMutation(args, context),
    bulkOperationRunQuery: (_, args, { bulk, ...context }) => bulk.start(args, context),
    bulkOperationCancel: (_, args, { bulk }) => bulk.cancel(idOf(args.id, 'BulkOperation')),
  },
};
