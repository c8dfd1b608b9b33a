// Ids can be read back: from any id follow the product's index and the child's slot, without a table.
// Products from `bigFrom` on carry 19-digit ids, beyond 2^53, which survive only in 64-bit integers and strings.

const KINDS = {
  Product: { stride: 1, unit: 32768, small: 8_400_000_000_000, big: '17' },
  ProductVariant: { stride: 4096, unit: 32, small: 45_000_000_000_000, big: '18', far: '28' },
  InventoryItem: { stride: 4096, unit: 32, small: 47_000_000_000_000, big: '19', far: '29' },
  ProductOption: { stride: 8, unit: 64, small: 10_900_000_000_000, big: '21', far: '31' },
  ProductOptionValue: { stride: 4096, unit: 32, small: 3_100_000_000_000, big: '22', far: '32' },
  Media: { stride: 256, unit: 64, small: 34_000_000_000_000, big: '23', far: '33' },
  Metafield: { stride: 65536, unit: 16, small: 51_000_000_000_000, big: '24', far: '34' },
};
const FAR = { stride: 2 ** 20, unit: 16 }; // slots that rewriting a product over and over has used up to

export const METAFIELDS_OF_PRODUCT = 64; // slots 0..63 belong to the product, then 8 for each variant
export const METAFIELDS_PER_VARIANT = 8;
export const WRITTEN_METAFIELDS = METAFIELDS_OF_PRODUCT + METAFIELDS_PER_VARIANT * 4096; // first slot of those that a mutation made
export const FILES_INDEX = 2 ** 24 - 1; // in place of a product: files that were not a product's when they were made

const BIG_LENGTH = 19;

export class Ids {
  constructor(bigFrom) {
    this.bigFrom = bigFrom;
  }

  of(kind, index, slot = 0) {
    const k = KINDS[kind];
    if (slot >= k.stride) return padded(k.far, (index * FAR.stride + slot) * FAR.unit + 5);
    const at = index * k.stride + slot;
    const jitter = (Math.imul(at ^ (at >>> 7), 0x9e3779b1) >>> 8) % (k.unit >> 1) * 2 + 1;
    const offset = at * k.unit + jitter;
    if (index < this.bigFrom) return String(k.small + offset);
    return padded(k.big, offset);
  }

  /** { index, slot } or null when this is no id of the kind. Nothing says that the row exists. */
  read(kind, id) {
    const k = KINDS[kind];
    if (id.length === BIG_LENGTH && k.far && id.startsWith(k.far)) {
      const at = Math.floor(Number(id.slice(2)) / FAR.unit);
      const index = Math.floor(at / FAR.stride), slot = at % FAR.stride;
      return slot >= k.stride && this.of(kind, index, slot) === id ? { index, slot } : null;
    }
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

function padded(prefix, offset) {
  const digits = String(offset);
  return prefix + '00000000000000000'.slice(digits.length) + digits;
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
