// The base catalogue: every value is a pure function of (seed, index of the product, slot of the child).
// Nothing is stored, so a million products cost no memory; each value has its own salt, so that reading
// one field never computes another.
import { adjectives, audiences, colours, extraTags, families, flavours, lengths, materials, oddTitles, seasons, sentences, sizes, vendors } from './wording.mjs';

const DAY = 86_400_000;
const FIRST_DAY = Date.UTC(2021, 0, 4);
const LAST_DAY = Date.UTC(2024, 11, 20); // always in the past, whatever the machine's clock says
export const HUGE_INDEX = 42;
export const HUGE_VARIANTS = 2048;

const slugs = new Map();

/** Titles repeat, so their slugs are remembered; there are some ten thousand. */
function slug(title) {
  let known = slugs.get(title);
  if (known === undefined) slugs.set(title, known = title.toLowerCase().normalize('NFD').replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, ''));
  return known;
}

const familyTable = families.flatMap((family, n) => Array(family.weight).fill(n));

export class Generator {
  constructor(seed, count) {
    this.seed = Math.imul(seed | 0, 0x9e3779b1);
    this.count = count;
    this.spacing = (LAST_DAY - FIRST_DAY) / Math.max(1, count);
  }

  hash(index, salt) {
    let x = Math.imul(index ^ this.seed, 0x85ebca6b) ^ Math.imul(salt + 1, 0xc2b2ae35);
    x ^= x >>> 16; x = Math.imul(x, 0x7feb352d);
    x ^= x >>> 15; x = Math.imul(x, 0x846ca68b);
    return (x ^ (x >>> 16)) >>> 0;
  }

  pick(list, index, salt) {
    return list[this.hash(index, salt) % list.length];
  }

  // --- product -------------------------------------------------------------------------------------------------

  family(i) {
    return families[familyTable[this.hash(i, 1) % familyTable.length]];
  }

  isOdd(i) {
    return i % 41 === 7;
  }

  title(i) {
    if (this.isOdd(i)) {
      const odd = oddTitles[Math.floor(i / 41) % oddTitles.length];
      return i < 900 ? odd : `${odd} ${i}`;
    }
    const family = this.family(i);
    const material = this.pick(materials[family.material], i, 3);
    return `${this.pick(adjectives, i, 4)} ${material ? material + ' ' : ''}${this.pick(family.nouns, i, 5)}`;
  }

  handle(i) {
    if (this.isOdd(i)) return `item-${i}`;
    return `${slug(this.title(i))}-${i}`;
  }

  vendor(i) {
    return this.pick(vendors, i, 6);
  }

  productType(i) {
    return this.family(i).type;
  }

  categoryCode(i) {
    return this.hash(i, 7) % 10 === 0 ? null : this.family(i).category;
  }

  tags(i) {
    const family = this.family(i);
    const h = this.hash(i, 8);
    if (i % 5000 === 77) return Array.from({ length: 250 }, (_, n) => `tag ${String(n).padStart(3, '0')}`); // as many as Shopify takes
    if (h % 23 === 0) return [];
    const tags = new Set([seasons[h % 4]]);
    if (family.audience) tags.add(audiences[(h >>> 3) % 4]);
    if (family.type) tags.add(family.type.toLowerCase());
    for (let k = 0; k < (h >>> 6) % 5; k++) tags.add(extraTags[(h >>> (8 + 3 * k)) % extraTags.length]);
    return [...tags].sort();
  }

  status(i) {
    const h = this.hash(i, 9) % 100;
    return h < 80 ? 'ACTIVE' : h < 89 ? 'DRAFT' : h < 96 ? 'ARCHIVED' : 'UNLISTED';
  }

  createdAt(i) {
    const at = FIRST_DAY + i * this.spacing;
    return Math.floor(at / 1000) * 1000;
  }

  updatedAt(i) {
    const created = this.createdAt(i);
    return created + (this.hash(i, 10) % 1000) * Math.floor((LAST_DAY + 5 * DAY - created) / 1_000_000) * 1000;
  }

  publishedAt(i) {
    if (this.status(i) === 'DRAFT' || this.hash(i, 11) % 12 === 0) return null;
    return this.createdAt(i) + (this.hash(i, 12) % 90_000) * 1000;
  }

  descriptionHtml(i) {
    const h = this.hash(i, 13);
    if (h % 29 === 0) return '';
    const n = 2 + (h >>> 5) % 4;
    let html = '<p>';
    for (let k = 0; k < n; k++) html += (k ? ' ' : '') + sentences[(h >>> (7 + k)) % sentences.length];
    html += '</p>';
    if (h % 3 === 0) html += `<ul><li>${this.pick(materials[this.family(i).material], i, 3) || 'Mixed materials'}</li><li>Style ${i} &amp; family</li></ul>`;
    if (h % 31 === 0) html += '\n<table data-x="1"><tr><td>Größe</td><td>测量</td></tr></table>';
    return html;
  }

  seoTitle(i) {
    return this.hash(i, 15) % 4 === 0 ? `${this.title(i)} | Demo store`.slice(0, 70) : null;
  }

  seoDescription(i) {
    return this.hash(i, 16) % 5 === 0 ? this.pick(sentences, i, 17) : null;
  }

  templateSuffix(i) {
    return this.hash(i, 18) % 40 === 0 ? 'preorder' : null;
  }

  isGiftCard(i) {
    return i % 701 === 11;
  }

  requiresSellingPlan(i) {
    return i % 613 === 5;
  }

  isPublishedOn(i, publication) {
    return this.hash(i, 20 + publication) % 100 < [86, 55, 20][publication];
  }

  publishDate(i, publication) {
    return this.createdAt(i) + (this.hash(i, 24 + publication) % 500_000) * 1000;
  }

  popularity(i) {
    return this.hash(i, 27);
  }

  // --- options and variants ------------------------------------------------------------------------------------

  variantCount(i) {
    const [a, b, c] = this.shape(i);
    return a * b * c;
  }

  /** How many values the first, second and third option have. */
  shape(i) {
    if (i === HUGE_INDEX && this.count >= 100) return [32, 8, 8];
    const h = this.hash(i, 30);
    const g = h >>> 8;
    if (i % 2003 === 17) return [5 + g % 2, 5 + (g >>> 2) % 6, 4 + (g >>> 6) % 2];
    const r = h % 100;
    if (r < 42) return [1, 1, 1];
    if (r < 62) return [2 + g % 2, 1, 1];
    if (r < 82) return g % 3 ? [2, 2, 1] : [4, 1, 1];
    if (r < 95) return g % 2 ? [2, 3, 1] : [3, 2, 1];
    if (r < 99) return g % 2 ? [2, 2, 2] : [2, 4, 1];
    return g % 2 ? [3, 2, 2] : [3, 4, 1];
  }

  /** [{ name, values: [{ name, colour }] }]; `unused` values at the end of an option belong to no variant. */
  options(i) {
    const shape = this.shape(i);
    if (shape[0] === 1 && this.hash(i, 31) % 6) return [{ name: 'Title', values: [{ name: 'Default Title', colour: null }], unused: 0 }];
    const names = sizes[this.family(i).sizes];
    const start = this.hash(i, 32) % colours.length;
    const extra = shape[0] > 1 && this.hash(i, 33) % 9 === 0 ? 1 : 0;
    const kind = this.family(i).sizes;
    const colour = kind === 'food' && shape[0] <= flavours.length
      ? { name: 'Flavor', unused: 0, values: Array.from({ length: shape[0] }, (_, k) => ({ name: flavours[(start + k) % flavours.length], colour: null })) }
      : {
        name: i % 19 === 3 ? 'Farbe' : 'Color', unused: 0,
        values: Array.from({ length: shape[0] }, (_, k) => { const [name, hex] = colours[(start + k) % colours.length]; return { name, colour: hex }; }),
      };
    const size = { name: kind === 'scent' ? 'Scent' : kind === 'none' ? 'Edition' : 'Size', unused: extra, values: names.slice(0, shape[1] + extra).map(name => ({ name, colour: null })) };
    const length = { name: 'Length', unused: 0, values: lengths.slice(0, shape[2]).map(name => ({ name, colour: null })) };
    if (shape[2] > 1) return [colour, size, length];
    if (shape[1] > 1) return [colour, size];
    if (this.hash(i, 34) % 2) return [colour];
    return [{ ...size, unused: 0, values: names.slice(0, shape[0]).map(name => ({ name, colour: null })) }];
  }

  /** Number of the value of each option that the variant in this slot has. */
  valueNumbers(i, slot) {
    const [, b, c] = this.shape(i);
    return [Math.floor(slot / (b * c)), Math.floor(slot / c) % b, slot % c];
  }

  key(i, slot) {
    return Math.imul(i, 2053) + slot;
  }

  priceCents(i, slot) {
    const [low, high] = this.family(i).price;
    const base = low + this.hash(i, 40) % (high - low);
    const [, size] = this.valueNumbers(i, slot);
    const ending = [0, 50, 90, 95, 99][this.hash(i, 41) % 5];
    const cents = Math.floor(base / 100) * 100 + ending + (this.hash(i, 42) % 3 === 0 ? size * 200 : 0);
    return i % 499 === 100 ? 0 : cents;
  }

  compareAtCents(i, slot) {
    if (this.hash(i, 44) % 4) return null;
    return Math.ceil(this.priceCents(i, slot) * 1.25 / 100) * 100;
  }

  sku(i, slot) {
    const h = this.hash(this.key(i, slot), 45);
    if (h % 25 === 0) return null;
    if (h % 33 === 1) return `SHARED-${h % 200}`;
    return `${this.family(i).code}-${i.toString(36).toUpperCase().padStart(4, '0')}-${slot + 1}`;
  }

  barcode(i, slot) {
    const h = this.hash(this.key(i, slot), 46);
    if (h % 5 === 0) return null;
    const digits = (h % 7 === 0 ? '0' : '4') + String(h).padStart(11, '0').slice(-11);
    let sum = 0;
    for (let k = 0; k < 12; k++) sum += Number(digits[k]) * (k % 2 ? 3 : 1);
    return digits + (10 - sum % 10) % 10;
  }

  unitCostCents(i, slot) {
    return this.hash(i, 47) % 5 === 0 ? null : Math.round(this.priceCents(i, slot) * (0.3 + this.hash(i, 48) % 30 / 100));
  }

  weight(i, slot) {
    const grams = this.family(i).grams + (this.hash(i, 49) % 60) * 5 + slot % 7 * 10;
    switch (this.hash(i, 50) % 5) {
      case 0: return { value: grams / 1000, unit: 'KILOGRAMS' };
      case 1: return { value: Math.round(grams / 28.35 * 10) / 10, unit: 'OUNCES' };
      default: return { value: grams, unit: 'GRAMS' };
    }
  }

  taxable(i) {
    return this.hash(i, 51) % 30 !== 0;
  }

  inventoryPolicy(i, slot) {
    return this.hash(this.key(i, slot), 52) % 9 === 0 ? 'CONTINUE' : 'DENY';
  }

  tracked(i) {
    return this.hash(i, 53) % 11 !== 0 && !this.isGiftCard(i);
  }

  requiresShipping(i) {
    return !this.isGiftCard(i);
  }

  harmonizedSystemCode(i) {
    return this.hash(i, 54) % 3 === 0 ? String(610000 + this.hash(i, 55) % 9999) : null;
  }

  countryCodeOfOrigin(i) {
    return this.hash(i, 56) % 3 === 0 ? ['PT', 'JP', 'DE', 'CA', 'TR'][this.hash(i, 57) % 5] : null;
  }

  variantCreatedAt(i, slot) {
    return this.createdAt(i) + (slot % 60) * 1000;
  }

  variantUpdatedAt(i, slot) {
    const created = this.variantCreatedAt(i, slot);
    return Math.max(created, this.updatedAt(i) - (this.hash(this.key(i, slot), 58) % 90) * 60_000);
  }

  // --- stock ---------------------------------------------------------------------------------------------------

  /** The numbers of the locations that stock the variant. */
  stockedAt(i, slot) {
    const h = this.hash(this.key(i, slot), 60);
    const at = [0];
    if (h % 100 < 60) at.push(1);
    if (h % 97 < 40) at.push(2);
    if (h % 89 < 22) at.push(3);
    if (h % 53 === 0) at.push(4);
    return at;
  }

  available(i, slot, location) {
    const h = this.hash(this.key(i, slot), 61 + location);
    return h % 7 === 0 ? 0 : h % 101 === 1 ? -(h % 4) - 1 : (h >>> 4) % (location === 0 ? 240 : 60);
  }

  quantities(i, slot, location) {
    const h = this.hash(this.key(i, slot), 61 + location);
    const small = (shift, mod, every) => (h >>> shift) % every === 0 ? (h >>> (shift + 3)) % mod : 0;
    const available = this.available(i, slot, location);
    const committed = small(5, 6, 4), reserved = small(7, 3, 9), damaged = small(9, 3, 13), safety = small(11, 10, 8), quality = small(13, 4, 17);
    return {
      available, committed, incoming: small(15, 90, 6), reserved, damaged, safety_stock: safety, quality_control: quality,
      on_hand: available + committed + reserved + damaged + safety + quality,
    };
  }

  isLevelActive(i, slot, location) {
    return location === 0 || this.hash(this.key(i, slot), 68 + location) % 90 !== 0;
  }

  // --- media ---------------------------------------------------------------------------------------------------

  mediaCount(i) {
    if (this.isGiftCard(i)) return 1;
    const h = this.hash(i, 70) % 100;
    return i % 997 === 3 ? 2 : h < 6 ? 0 : h < 40 ? 1 : h < 65 ? 2 : h < 82 ? 3 : h < 92 ? 4 : h < 97 ? 5 : 6;
  }

  mediaKind(i, slot) {
    if (slot > 0 && slot === this.mediaCount(i) - 1) {
      if (i % 53 === 8) return 'ExternalVideo';
      if (i % 67 === 9) return 'Video';
      if (i % 71 === 10) return 'Model3d';
    }
    return 'MediaImage';
  }

  mediaStatus(i, slot) {
    if (i % 997 === 3 && slot === 1) return 'PROCESSING';
    return i % 1499 === 5 && slot === 0 ? 'FAILED' : 'READY';
  }

  mediaAlt(i, slot) {
    const h = this.hash(this.key(i, slot), 71);
    if (h % 3 === 0) return null;
    return `${this.title(i)}, ${['front', 'back', 'detail', 'in use', 'packed', 'label'][slot % 6]}`.slice(0, 512);
  }

  mediaSize(i, slot) {
    return [[1200, 1200], [1000, 1250], [1600, 900]][this.hash(this.key(i, slot), 72) % 3];
  }

  /** Slot of the product's picture that shows the variant, or null. */
  variantMedia(i, slot) {
    const count = this.mediaCount(i);
    if (count < 2 || this.hash(i, 73) % 2 || this.variantCount(i) === 1) return null;
    const picture = this.valueNumbers(i, slot)[0] % count;
    return this.mediaKind(i, picture) === 'MediaImage' && this.mediaStatus(i, picture) === 'READY' ? picture : null;
  }

  // --- metafields ----------------------------------------------------------------------------------------------

  /** Numbers of the definitions (metafields.mjs) that the product fills. */
  filledMetafields(i, definitions) {
    const filled = [];
    const density = [0, 12, 20, 30, 60][this.hash(i, 80) % 5];
    for (let k = 0; k < definitions; k++) if (this.hash(i, 81 + k) % 100 < density) filled.push(k);
    return filled;
  }

  variantFilledMetafields(i, slot, definitions) {
    if (this.hash(i, 100) % 4) return [];
    const filled = [];
    for (let k = 0; k < definitions; k++) if (this.hash(this.key(i, slot), 101 + k) % 3 === 0) filled.push(k);
    return filled;
  }
}
