// Reads a Shopify product CSV into products in full. Rows after the first of a handle are further variants (a value in
// "Option1 Value") or further pictures (an "Image Src").
import { categories } from './taxonomy.mjs';

/** Rows of fields: quotes, doubled quotes, line breaks inside quotes, CRLF, a byte order mark. */
export function parseCsv(text) {
  const rows = [];
  let row = [], field = '', quoted = false;
  for (let at = text.charCodeAt(0) === 0xfeff ? 1 : 0; at < text.length; at++) {
    const c = text[at];
    if (quoted) {
      if (c !== '"') field += c;
      else if (text[at + 1] === '"') { field += '"'; at++; }
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ',') { row.push(field); field = ''; }
    else if (c === '\n') { row.push(field); rows.push(row); row = []; field = ''; }
    else if (c !== '\r') field += c;
  }
  if (field !== '' || row.length) { row.push(field); rows.push(row); }
  return rows.filter(r => r.length > 1 || r[0] !== '');
}

const STATUSES = new Set(['ACTIVE', 'DRAFT', 'ARCHIVED', 'UNLISTED']);
const UNITS = { kg: 'KILOGRAMS', g: 'GRAMS', lb: 'POUNDS', oz: 'OUNCES' };
const GRAMS = { kg: 1000, g: 1, lb: 453.59237, oz: 28.349523125 };

/** Products of a CSV in the shape that the overlay holds; `at` becomes their creation time. */
export function productsOfCsv(text, at) {
  const [header, ...lines] = parseCsv(text);
  if (!header?.includes('Handle')) throw new Error('this is no Shopify product CSV: the column "Handle" is missing');
  const byHandle = new Map();
  for (const line of lines) {
    const row = Object.fromEntries(header.map((name, k) => [name, line[k] ?? '']));
    if (!row.Handle) continue;
    byHandle.set(row.Handle, [...(byHandle.get(row.Handle) ?? []), row]);
  }
  return [...byHandle.values()].map(rows => productOf(rows, at));
}

function productOf(rows, at) {
  const [first] = rows;
  const variants = rows.filter(r => r['Option1 Value'] || r['Variant Price']);
  const names = [1, 2, 3].map(n => first[`Option${n} Name`]).filter(Boolean);
  if (!names.length) names.push('Title');
  const options = names.map((name, k) => ({
    name, unused: 0,
    values: [...new Set(variants.map(r => r[`Option${k + 1} Value`] || 'Default Title'))].map(value => ({ name: value, colour: null })),
  }));
  const pictures = rows.filter(r => r['Image Src']).sort((a, b) => Number(a['Image Position'] || 0) - Number(b['Image Position'] || 0));
  const status = first.Status?.toUpperCase();
  const published = first.Published?.toLowerCase() !== 'false';
  const category = /([a-z]{2}(?:-\d+)*)$/.exec(first['Product Category'] ?? '')?.[1];
  return {
    title: first.Title ?? '', handle: first.Handle, descriptionHtml: first['Body (HTML)'] ?? '', vendor: first.Vendor ?? '', productType: first.Type ?? '',
    categoryCode: categories.has(category) ? category : null,
    tags: (first.Tags ?? '').split(',').map(t => t.trim()).filter(Boolean).sort(),
    status: STATUSES.has(status) ? status : 'ACTIVE', templateSuffix: null, createdAt: at, updatedAt: at, publishedAt: published ? at : null,
    seoTitle: first['SEO Title'] || null, seoDescription: first['SEO Description'] || null,
    isGiftCard: first['Gift Card']?.toLowerCase() === 'true', requiresSellingPlan: false, options, publications: published ? [0, 1] : [],
    variants: variants.map(r => variantOf(r, options, at, pictures)),
    media: pictures.map(r => ({ kind: 'MediaImage', status: 'READY', alt: r['Image Alt Text'] || null, size: [925, 617], url: r['Image Src'], createdAt: at, updatedAt: at })),
  };
}

function variantOf(row, options, at, pictures) {
  const money = text => text === '' || text === undefined ? null : Number(text).toFixed(2);
  const unit = row['Variant Weight Unit'] || 'kg';
  const grams = Number(row['Variant Grams'] || 0);
  const picture = row['Variant Image'] ? pictures.findIndex(p => p['Image Src'] === row['Variant Image']) : -1;
  return {
    sku: row['Variant SKU'] || null, barcode: row['Variant Barcode']?.replace(/^'/, '') || null, price: money(row['Variant Price']) ?? '0.00', compareAtPrice: money(row['Variant Compare At Price']),
    taxable: row['Variant Taxable']?.toLowerCase() !== 'false', inventoryPolicy: row['Variant Inventory Policy']?.toUpperCase() === 'CONTINUE' ? 'CONTINUE' : 'DENY',
    createdAt: at, updatedAt: at, tracked: row['Variant Inventory Tracker'] === 'shopify', requiresShipping: row['Variant Requires Shipping']?.toLowerCase() !== 'false',
    unitCost: money(row['Cost per item']), weight: { value: Math.round(grams / GRAMS[unit] * 10000) / 10000, unit: UNITS[unit] }, harmonizedSystemCode: null, countryCodeOfOrigin: null,
    valueNumbers: options.map((option, k) => option.values.findIndex(v => v.name === (row[`Option${k + 1} Value`] || 'Default Title'))),
    stockedAt: [0], stock: { 0: Number(row['Variant Inventory Qty'] || 0) }, mediaSlot: picture >= 0 ? picture : null,
  };
}
