// The bodies of webhooks as Shopify writes them: like the REST API, snake_case, times in the shop's zone, ids as whole
// numbers however long. Shapes are those of captured deliveries.
import { gid } from './ids.mjs';
import { image, optionsOf, SHOP_ID } from './served-rows.mjs';
import { categories } from './taxonomy.mjs';

const FULL_VARIANTS = 100; // the others only in variant_gids

/** An id in a body: its digits, which no double could hold. */
class Whole {
  constructor(digits) { this.digits = digits; }
}

const whole = id => id === null || id === undefined ? null : new Whole(String(id));

/** JSON with whole numbers of any length. */
export function writeJson(value) {
  if (value instanceof Whole) return value.digits;
  if (Array.isArray(value)) return `[${value.map(one => writeJson(one ?? null)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const parts = [];
  for (const name of Object.keys(value)) if (value[name] !== undefined) parts.push(`${JSON.stringify(name)}:${writeJson(value[name])}`);
  return `{${parts.join(',')}}`;
}

const HOUR = 3_600_000;
const offsets = new Map(); // milliseconds by zone and hour

function offsetOf(zone, ms) {
  const key = `${zone} ${Math.floor(ms / HOUR * 4)}`; // zones change at quarters of an hour
  let offset = offsets.get(key);
  if (offset === undefined) {
    const text = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(ms).find(p => p.type === 'timeZoneName').value;
    const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(text);
    offset = hours === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * HOUR + Number(minutes) * 60_000);
    if (offsets.size > 50_000) offsets.clear();
    offsets.set(key, offset);
  }
  return offset;
}

/** 2021-12-31T19:00:00-05:00 in the shop's zone; null stays null. */
export function zoned(shop, ms) {
  if (ms === null || ms === undefined) return null;
  const offset = offsetOf(shop.timeZone, ms), minutes = Math.abs(offset) / 60_000;
  const two = n => String(n).padStart(2, '0');
  return `${new Date(ms + offset).toISOString().slice(0, 19)}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

// --- products ----------------------------------------------------------------------------------------------------

function variantBody(shop, variant, productId, imageIds) {
  const values = variant.selected.map(s => s.value);
  return {
    admin_graphql_api_id: variant.gid, barcode: variant.barcode, compare_at_price: variant.compareAtPrice, created_at: zoned(shop, variant.createdAt), id: whole(variant.id),
    inventory_policy: variant.inventoryPolicy.toLowerCase(), position: variant.position, price: variant.price, product_id: whole(productId), sku: variant.sku, taxable: variant.taxable, title: variant.title,
    updated_at: zoned(shop, variant.updatedAt), option1: values[0] ?? null, option2: values[1] ?? null, option3: values[2] ?? null, image_id: imageIds.has(variant.mediaId) ? whole(variant.mediaId) : null,
    inventory_item_id: whole(variant.itemId), inventory_quantity: variant.inventoryQuantity, old_inventory_quantity: variant.inventoryQuantity,
  };
}

function imageBody(shop, medium, position, product, shownBy) {
  const picture = image(medium, shop);
  return {
    id: whole(medium.id), alt: medium.alt, position, product_id: whole(product.id), created_at: zoned(shop, medium.createdAt), updated_at: zoned(shop, medium.updatedAt), admin_graphql_api_id: gid('ProductImage', medium.id),
    width: picture.width, height: picture.height, src: picture.address, variant_ids: shownBy(medium.id),
  };
}

const CONTENT_TYPES = { MediaImage: 'IMAGE', Video: 'VIDEO', ExternalVideo: 'EXTERNAL_VIDEO', Model3d: 'MODEL_3D' };

function mediaBody(shop, medium, position, product, shownBy) {
  const picture = medium.status === 'READY' ? image(medium, shop) : null;
  return {
    id: whole(medium.id), product_id: whole(product.id), position, created_at: zoned(shop, medium.createdAt), updated_at: zoned(shop, medium.updatedAt), alt: medium.alt, status: medium.status, media_content_type: CONTENT_TYPES[medium.kind],
    preview_image: picture && { width: picture.width, height: picture.height, src: picture.address, status: 'READY' }, variant_ids: shownBy(medium.id), admin_graphql_api_id: medium.gid,
  };
}

export function productBody(shop, product) {
  const { variants, media } = product;
  const full = variants.slice(0, FULL_VARIANTS);
  const pictures = media.filter(m => m.kind === 'MediaImage' && m.status === 'READY');
  const imageIds = new Set(pictures.map(m => m.id));
  const shownBy = mediaId => full.filter(v => v.mediaId === mediaId).map(v => whole(v.id));
  const images = pictures.map((m, k) => imageBody(shop, m, k + 1, product, shownBy));
  const category = product.categoryCode === null ? undefined : categories.get(product.categoryCode);
  return {
    admin_graphql_api_id: product.gid, body_html: product.descriptionHtml, created_at: zoned(shop, product.createdAt), handle: product.handle, id: whole(product.id), product_type: product.productType,
    published_at: zoned(shop, product.publishedAt), template_suffix: product.templateSuffix, title: product.title, updated_at: zoned(shop, product.updatedAt), vendor: product.vendor, status: product.status.toLowerCase(),
    published_scope: product.publications.includes(1) ? 'global' : 'web', tags: product.tags.join(', '),
    variants: full.map(v => variantBody(shop, v, product.id, imageIds)),
    options: optionsOf(product).map(o => ({ name: o.name, id: whole(o.gid.split('/').at(-1)), product_id: whole(product.id), position: o.position + 1, values: o.values.filter(v => v.hasVariants).map(v => v.name) })),
    images, image: images[0] ?? null, media: media.map((m, k) => mediaBody(shop, m, k + 1, product, shownBy)),
    variant_gids: variants.map(v => ({ admin_graphql_api_id: v.gid, updated_at: new Date(v.updatedAt).toISOString() })),
    has_variants_that_requires_components: false,
    category: category ? { admin_graphql_api_id: category.id, name: category.name, full_name: category.fullName } : null,
  };
}

/** All that products/delete, collections/delete and locations/delete say. */
export const idBody = id => ({ id: whole(id) });

// --- stock -------------------------------------------------------------------------------------------------------

export function itemBody(shop, variant) {
  const { weight } = variant;
  return {
    id: whole(variant.itemId), sku: variant.sku, created_at: zoned(shop, variant.createdAt), updated_at: zoned(shop, variant.updatedAt), requires_shipping: variant.requiresShipping, cost: variant.unitCost,
    country_code_of_origin: variant.countryCodeOfOrigin, province_code_of_origin: null, harmonized_system_code: variant.harmonizedSystemCode, tracked: variant.tracked, country_harmonized_system_codes: [],
    weight_value: weight?.value ?? 0, weight_unit: { GRAMS: 'g', KILOGRAMS: 'kg', OUNCES: 'oz', POUNDS: 'lb' }[weight?.unit] ?? 'kg', admin_graphql_api_id: variant.itemGid,
  };
}

export const deletedItemBody = itemId => ({ id: whole(itemId), country_code_of_origin: null, province_code_of_origin: null, harmonized_system_code: null, country_harmonized_system_codes: [], admin_graphql_api_id: gid('InventoryItem', itemId) });

export function levelBody(shop, level) {
  return {
    inventory_item_id: whole(level.variant.itemId), location_id: whole(shop.locations[level.location].id), available: level.variant.tracked ? level.quantities.available : null,
    updated_at: zoned(shop, level.updatedAt), admin_graphql_api_id: level.gid,
  };
}

export const disconnectedBody = (itemId, locationId) => ({ inventory_item_id: whole(itemId), location_id: whole(locationId) });

export function locationBody(shop, { id, name, address, createdAt, updatedAt, isActive, gid: globalId }) {
  return {
    id: whole(id), name, address1: address.address1, address2: address.address2, city: address.city, zip: address.zip, province: address.province, country: address.countryCode, phone: address.phone, created_at: zoned(shop, createdAt),
    updated_at: zoned(shop, updatedAt), country_code: address.countryCode, country_name: address.country, province_code: address.provinceCode, legacy: false, active: isActive, admin_graphql_api_id: globalId,
  };
}

// --- collections, bulk operations, the app -------------------------------------------------------------------------

const SORT_ORDERS = { ALPHA_ASC: 'alpha-asc', ALPHA_DESC: 'alpha-desc', BEST_SELLING: 'best-selling', CREATED: 'created', CREATED_DESC: 'created-desc', MANUAL: 'manual', MOST_RELEVANT: 'most-relevant', PRICE_ASC: 'price-asc', PRICE_DESC: 'price-desc' };

export function collectionBody(shop, collection) {
  return {
    id: whole(collection.id), handle: collection.handle, title: collection.title, updated_at: zoned(shop, collection.updatedAt), body_html: collection.descriptionHtml,
    published_at: collection.publications.includes(0) ? zoned(shop, collection.publishDate(0)) : null, sort_order: SORT_ORDERS[collection.sortOrder] ?? null, template_suffix: collection.templateSuffix,
    published_scope: collection.publications.includes(1) ? 'global' : 'web', admin_graphql_api_id: collection.gid,
  };
}

export const bulkBody = (shop, operation) => ({
  admin_graphql_api_id: operation.gid, completed_at: zoned(shop, operation.completedAt), created_at: zoned(shop, operation.createdAt), error_code: operation.errorCode?.toLowerCase() ?? null,
  status: operation.status.toLowerCase(), type: operation.kind.toLowerCase(),
});

export function shopBody(shop) {
  const { address } = shop.locations[0];
  return {
    id: whole(SHOP_ID), name: 'Demo store', email: 'owner@demo-store.example', domain: shop.domain, province: address.province, country: address.countryCode, address1: address.address1, zip: address.zip, city: address.city,
    source: null, phone: null, latitude: null, longitude: null, primary_locale: 'en', address2: null, created_at: zoned(shop, Date.UTC(2020, 10, 1, 9)), updated_at: zoned(shop, shop.nowInSeconds()), country_code: address.countryCode,
    country_name: address.country, currency: shop.currency, customer_email: 'hello@demo-store.example', iana_timezone: shop.timeZone, shop_owner: 'Demo Owner', money_format: '${{amount}}', money_with_currency_format: '${{amount}} USD',
    weight_unit: 'kg', province_code: address.provinceCode, taxes_included: false, plan_name: shop.plan, myshopify_domain: shop.domain, primary_location_id: whole(shop.locations[0].id), multi_location_enabled: true, setup_required: false,
    enabled_presentment_currencies: [shop.currency],
  };
}

export const scopesBody = (shop, previous, current) => ({ id: 1, shop_id: gid('Shop', SHOP_ID), previous, current, updated_at: new Date(shop.now()).toISOString() });

/** What the mandatory topics say. */
export function complianceBody(shop, topic, { customer = { id: 191167, email: 'john@example.com', phone: '555-625-1199' }, orders = [299938, 280263, 220458], shopDomain = shop.domain } = {}) {
  const about = { shop_id: whole(SHOP_ID), shop_domain: shopDomain };
  if (topic === 'shop/redact') return about;
  return topic === 'customers/redact' ? { ...about, customer, orders_to_redact: orders } : { ...about, customer, orders_requested: orders, data_request: { id: 9999 } };
}

// --- orders --------------------------------------------------------------------------------------------------------

const moneySet = (shop, text) => ({ shop_money: { amount: text, currency_code: shop.currency }, presentment_money: { amount: text, currency_code: shop.currency } });
const text = cents => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;

const ADDRESS = {
  first_name: 'Steve', address1: '123 Shipping Street', phone: '555-555-SHIP', city: 'Shippington', zip: '40003', province: 'Kentucky', country: 'United States', last_name: 'Shipper', address2: null, company: 'Shipping Company',
  latitude: null, longitude: null, name: 'Steve Shipper', country_code: 'US', province_code: 'KY',
};

function lineBody(shop, order, line) {
  const exists = shop.productById(line.productId) !== undefined;
  return {
    id: whole(line.id), admin_graphql_api_id: gid('LineItem', line.id), attributed_staffs: [], current_quantity: line.quantity - line.refunded, fulfillable_quantity: order.fulfilledAt ? 0 : line.quantity - line.refunded,
    fulfillment_service: 'manual', fulfillment_status: order.fulfilledAt ? 'fulfilled' : null, gift_card: false, grams: 0, name: line.variantTitle ? `${line.title} - ${line.variantTitle}` : line.title, price: text(line.cents),
    price_set: moneySet(shop, text(line.cents)), product_exists: exists, product_id: exists ? whole(line.productId) : null, properties: [], quantity: line.quantity, requires_shipping: true, sku: line.sku, taxable: true, title: line.title,
    total_discount: '0.00', total_discount_set: moneySet(shop, '0.00'), variant_id: whole(line.variantId), variant_inventory_management: line.tracked ? 'shopify' : null, variant_title: line.variantTitle, vendor: line.vendor, tax_lines: [], duties: [],
    discount_allocations: [],
  };
}

export function orderBody(shop, order) {
  const items = order.lines.reduce((sum, l) => sum + l.cents * l.quantity, 0);
  const current = order.lines.reduce((sum, l) => sum + l.cents * (l.quantity - l.refunded), 0);
  const paid = order.financialStatus !== 'pending';
  const both = (name, cents) => ({ [name]: text(cents), [`${name}_set`]: moneySet(shop, text(cents)) });
  return {
    id: whole(order.id), admin_graphql_api_id: gid('Order', order.id), app_id: null, browser_ip: null, buyer_accepts_marketing: false, cancel_reason: order.cancelReason, cancelled_at: zoned(shop, order.cancelledAt), cart_token: null,
    checkout_id: null, checkout_token: null, client_details: null, closed_at: null, confirmation_number: null, confirmed: true, contact_email: 'jon@example.com', created_at: zoned(shop, order.createdAt), currency: shop.currency,
    ...both('current_subtotal_price', current), current_total_additional_fees_set: null, ...both('current_total_discounts', 0), current_total_duties_set: null, ...both('current_total_price', current), ...both('current_total_tax', 0),
    customer_locale: 'en', device_id: null, discount_codes: [], email: 'jon@example.com', estimated_taxes: false, financial_status: order.financialStatus, fulfillment_status: order.fulfilledAt ? 'fulfilled' : null, landing_site: null,
    landing_site_ref: null, location_id: null, merchant_of_record_app_id: null, name: `#${order.number}`, note: null, note_attributes: [], number: order.number - 1000, order_number: order.number,
    order_status_url: `https://${shop.domain}/${SHOP_ID}/orders/${order.id}/authenticate`, original_total_additional_fees_set: null, original_total_duties_set: null, payment_gateway_names: ['bogus'], phone: null, po_number: null,
    presentment_currency: shop.currency, processed_at: zoned(shop, order.createdAt), reference: null, referring_site: null, source_identifier: null, source_name: 'web', source_url: null, ...both('subtotal_price', items), tags: '', tax_exempt: false,
    tax_lines: [], taxes_included: false, test: order.test, token: `t${order.id}`, ...both('total_discounts', 0), ...both('total_line_items_price', items), total_outstanding: text(paid ? 0 : current), ...both('total_price', items),
    total_shipping_price_set: moneySet(shop, '0.00'), ...both('total_tax', 0), total_tip_received: '0.00', total_weight: 0, updated_at: zoned(shop, order.updatedAt), user_id: null, billing_address: ADDRESS,
    customer: {
      id: whole('115310627314723954'), email: 'john@example.com', created_at: null, updated_at: null, first_name: 'John', last_name: 'Smith', state: 'disabled', note: null, verified_email: true, multipass_identifier: null, tax_exempt: false,
      phone: null, email_marketing_consent: { state: 'not_subscribed', opt_in_level: null, consent_updated_at: null }, sms_marketing_consent: null, tags: '', currency: shop.currency, tax_exemptions: [],
      admin_graphql_api_id: 'gid://shopify/Customer/115310627314723954',
    },
    discount_applications: [], fulfillments: [], line_items: order.lines.map(line => lineBody(shop, order, line)), payment_terms: null, refunds: order.refunds.map(refund => refundBody(shop, order, refund)), shipping_address: ADDRESS, shipping_lines: [],
  };
}

export function refundBody(shop, order, refund) {
  return {
    id: whole(refund.id), order_id: whole(order.id), created_at: zoned(shop, refund.at), note: refund.note, user_id: null, processed_at: zoned(shop, refund.at), restock: refund.restock, duties: [], total_duties_set: moneySet(shop, '0.00'), return: null,
    refund_shipping_lines: [], admin_graphql_api_id: gid('Refund', refund.id), order_adjustments: [],
    refund_line_items: refund.lines.map(({ lineId, quantity }, k) => {
      const line = order.lines.find(l => l.id === lineId);
      return {
        id: whole(`${refund.id}${k}`.slice(-18)), quantity, line_item_id: whole(lineId), location_id: refund.restock && line.location !== null ? whole(shop.locations[line.location].id) : null, restock_type: refund.restock ? 'return' : 'no_restock',
        subtotal: line.cents * quantity / 100, total_tax: 0, subtotal_set: moneySet(shop, text(line.cents * quantity)), total_tax_set: moneySet(shop, '0.00'), line_item: lineBody(shop, order, line),
      };
    }),
    transactions: [],
  };
}
