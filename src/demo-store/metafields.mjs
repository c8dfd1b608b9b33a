// Metafield definitions of the demo shop and the values that the generator gives them.
import { adjectives, materials, sentences } from './wording.mjs';
import { gid } from './ids.mjs';

const define = (namespace, key, type, make, filterable = false) => ({ namespace, key, type, make, filterable, name: key.replaceAll('_', ' ') });
const rich = text => JSON.stringify({ type: 'root', children: [{ type: 'paragraph', children: [{ type: 'text', value: text }, { type: 'text', value: ' – wichtig', bold: true }] }] });

/** `make(shop, index, hash)` gives the value as Shopify stores it: always text. */
export const productDefinitions = [
  define('custom', 'material', 'single_line_text_field', (s, i, h) => materials.cloth[h % 7], true),
  define('custom', 'care', 'multi_line_text_field', (s, i, h) => `Wash at ${30 + h % 3 * 10}°.\nDo not bleach.\n${sentences[h % sentences.length]}`),
  define('custom', 'reviews', 'number_integer', (s, i, h) => String(h % 900)),
  define('custom', 'thickness', 'number_decimal', (s, i, h) => `${h % 9}.${h % 10}0`),
  define('custom', 'organic', 'boolean', (s, i, h) => String(h % 2 === 0), true),
  define('custom', 'launch_date', 'date', (s, i, h) => `202${h % 5}-0${1 + h % 9}-1${h % 10}`),
  define('custom', 'restock_at', 'date_time', (s, i, h) => `2024-1${h % 3}-0${1 + h % 9}T08:00:00Z`),
  define('custom', 'specs', 'json', (s, i, h) => JSON.stringify({ gauge: h % 12, layers: ['outer', 'lining'].slice(0, 1 + h % 2), note: h % 3 ? 'ünï' : null })),
  define('custom', 'manual', 'url', (s, i, h) => `https://example.com/manuals/${h % 500}?lang=de&v=2`),
  define('custom', 'accent', 'color', (s, i, h) => `#${(h & 0xffffff).toString(16).padStart(6, '0')}`),
  define('custom', 'box_weight', 'weight', (s, i, h) => JSON.stringify({ value: 1 + h % 40 / 10, unit: 'kg' })),
  define('custom', 'box_width', 'dimension', (s, i, h) => JSON.stringify({ value: 10 + h % 90, unit: 'cm' })),
  define('reviews', 'rating', 'rating', (s, i, h) => JSON.stringify({ value: `${1 + h % 4}.${h % 10}`, scale_min: '1.0', scale_max: '5.0' })),
  define('custom', 'msrp', 'money', (s, i, h) => JSON.stringify({ amount: `${10 + h % 200}.50`, currency_code: s.currency })),
  define('custom', 'features', 'list.single_line_text_field', (s, i, h) => JSON.stringify([adjectives[h % 50], 'washable', '防水'].slice(0, 1 + h % 3))),
  define('custom', 'story', 'rich_text_field', (s, i, h) => rich(sentences[h % sentences.length])),
  define('custom', 'goes_with', 'product_reference', (s, i, h) => gid('Product', s.ids.of('Product', h % Math.max(1, s.generator.count)))),
  define('erp', 'article_no', 'id', (s, i) => `A-${String(i).padStart(7, '0')}`, true),
];

export const variantDefinitions = [
  define('custom', 'bin', 'single_line_text_field', (s, i, h) => `${'ABCDEF'[h % 6]}-${h % 40}-${h % 9}`, true),
  define('custom', 'pack_size', 'number_integer', (s, i, h) => String(1 + h % 12)),
];

export const collectionDefinitions = [
  define('custom', 'banner_text', 'single_line_text_field', () => 'Free shipping this week'),
  define('custom', 'priority', 'number_integer', (s, i, h) => String(h % 10)),
];

const DEFINED = { PRODUCT: productDefinitions, PRODUCTVARIANT: variantDefinitions, COLLECTION: collectionDefinitions };

export const ownerTypes = Object.keys(DEFINED);

/** The definitions of the shop: those of every demo shop, then those that a mutation has made. */
export const definitionsOf = (shop, ownerType) => [...DEFINED[ownerType] ?? [], ...shop.addedDefinitions.filter(d => d.ownerType === ownerType)];

export const definitionOf = (shop, ownerType, namespace, key) => definitionsOf(shop, ownerType).find(d => d.namespace === namespace && d.key === key);
