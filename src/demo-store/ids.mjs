// Ids can be read back: from any id follow the product's index and the child's slot, without a table.
// Products from `bigFrom` on carry 19-digit ids, beyond 2^53, which survive only in 64-bit integers and strings.

const KINDS = {
  Product: { stride: 1, unit: 32768, small: 8_400_000_000_000, big: '17' },
  ProductVariant: { stride: 4096, unit: 32, small: 45_000_000_000_000, big: '18' },
  InventoryItem: { stride: 4096, unit: 32, small: 47_000_000_000_000, big: '19' },
  ProductOption: { stride: 8, unit: 64, small: 10_900_000_000_000, big: '21' },
  ProductOptionValue: { stride: 4096, unit: 32, small: 3_100_000_000_000, big: '22' },
  Media: { stride: 256, unit: 64, small: 34_000_000_000_000, big: '23' },
  Metafield: { stride: 65536, unit: 16, small: 51_000_000_000_000, big: '24' },
};

export const METAFIELDS_OF_PRODUCT = 64; // slots 0..63 belong to the product, then 8 for each variant
export const METAFIELDS_PER_VARIANT = 8;

const BIG_LENGTH = 19;

export class Ids {
  constructor(bigFrom) {
    this.bigFrom = bigFrom;
  }

  of(kind, index, slot = 0) {
    const k = KINDS[kind];
    const at = index * k.stride + slot;
    const jitter = (Math.imul(at ^ (at >>> 7), 0x9e3779b1) >>> 8) % (k.unit >> 1) * 2 + 1;
    const offset = at * k.unit + jitter;
    if (index < this.bigFrom) return String(k.small + offset);
    const digits = String(offset);
    return k.big + '00000000000000000'.slice(digits.length) + digits;
  }

  /** { index, slot } or null when this is no id of the kind. Nothing says that the row exists. */
  read(kind, id) {
    const k = KINDS[kind];
    let offset;
    if (id.length === BIG_LENGTH && id.startsWith(k.big)) offset = Number(id.slice(2));
    else if (/^\d{10,15}$/.test(id)) offset = Number(id) - k.small;
    else return null;
    if (!(offset >= 0)) return null;
    const at = Math.floor(offset / k.unit);
    const index = Math.floor(at / k.stride);
    const slot = at % k.stride;
    return index < 2 ** 24 && this.of(kind, index, slot) === id ? { index, slot } : null;
  }
}

export const gid = (type, id) => `gid://shopify/${type}/${id}`;

const GID = /^gid:\/\/shopify\/([A-Za-z0-9]+)\/(.+)$/;

/** { type, id } of a global id, or null. */
export function readGid(text) {
  const match = GID.exec(text);
  return match && { type: match[1], id: match[2] };
}

/** Compares decimal ids of any length. */
export function compareIds(a, b) {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
