// What happens around every mutation: the size of lists, idempotency, the faults, the journal, the count of what was
// executed, and Shopify's words for a refusal. What each mutation does is in the *-writing.mjs files: functions that are
// given the same again after a restart, and must then do the same.
import { GraphQLError, getNamedType } from 'graphql';
import { getDirectiveValues } from 'graphql/execution/values.js';
import { collectionMutations } from './collection-writing.mjs';
import { fileMutations } from './file-writing.mjs';
import { readGid } from './ids.mjs';
import { inventoryMutations } from './inventory-writing.mjs';
import { metafieldMutations } from './metafield-writing.mjs';
import { optionMutations } from './option-writing.mjs';
import { productMutations } from './product-writing.mjs';
import { variantMutations } from './variant-writing.mjs';
import { Refusal, Writing } from './writing.mjs';

export const writers = { ...productMutations, ...variantMutations, ...optionMutations, ...metafieldMutations, ...inventoryMutations, ...fileMutations, ...collectionMutations };

const NEEDS_KEY = new Set(['inventorySetQuantities', 'inventoryAdjustQuantities', 'inventoryActivate']);
const KEY_KEPT_MS = 86_400_000;
const MAX_LIST = 250;
const MAX_VARIANTS = 2048;
const LONG_LISTS = new Set(['variants', 'variantsIds', 'positions', 'values', 'optionValuesToAdd', 'optionValuesToUpdate', 'optionValuesToDelete']);
const SYNCHRONOUS_IN_BULK = { productSet: true };
const POISON_CODES = ['NON_MUTABLE_INVENTORY_ITEM', 'INVALID_PRODUCT', 'INVALID_INPUT', 'INVALID', 'MEDIA_CANNOT_BE_MODIFIED', 'GENERIC_ERROR', 'INVALID_MOVE', 'COLLECTION_NOT_FOUND', 'COLLECTION_DOES_NOT_EXIST'];
const POISON = 'The product is a bundle and cannot be updated.';

export class Mutations {
  #keys = new Map();

  constructor({ shop, schema, journal, faults, jobs, counts }) {
    Object.assign(this, { shop, schema, journal, faults, jobs, counts });
    jobs.mutations = this;
  }

  /** Answers one mutation field; `source` says where it comes from when it is a line of a bulk operation. */
  answer(name, args, { line } = {}, info) {
    sizes(args);
    const key = this.#keyOf(name, info);
    const normal = this.faults.on('normalise') ? collapsed(args) : args;
    const known = key === undefined ? null : this.#known(name, key, normal);
    if (known) { this.counts.note(name, 'replayed', []); return this.#payload(name, known); }
    const done = this.jobs.takes(name, normal) && !(line && name in SYNCHRONOUS_IN_BULK)
      ? this.jobs.begin(name, normal, this.#writing(name))
      : this.execute(name, normal, { key, line });
    if (done.follow) done.job = this.jobs.follow(...done.follow);
    return this.#payload(name, done);
  }

  /** Executes a mutation and writes it down. Gives what its payload holds. */
  execute(name, args, { key, line, job } = {}) {
    const writing = this.#writing(name);
    const { products: concerned, collections } = this.#concerned(args);
    let result = {};
    try {
      const poison = this.#poisonOf(name, args);
      if (poison) writing.refuse(poison.field, POISON_CODES, poison.message);
      result = this.webhooks ? this.webhooks.during(() => writers[name](writing, args), { stockOnly: name in inventoryMutations }) ?? {} : writers[name](writing, args) ?? {};
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    const { errors } = writing;
    if (writing.wrote) {
      if (result.product) concerned.add(result.product.id);
      if (result.collection) collections.add(result.collection.id);
      const entry = { type: 'mutation', name, args: writing.applied ?? args, at: writing.at };
      if (key !== undefined) entry.key = key;
      if (line) entry.line = line;
      if (job) entry.job = { ...job, ...this.jobs.outcome(job, result, errors) };
      this.journal?.append(entry);
      if (key !== undefined) this.remember(key, name, args, writing.at, result);
    } else if (key !== undefined) {
      this.#keys.set(key, { name, fingerprint: JSON.stringify(args), at: writing.at, failed: errors.length > 0, result });
      this.journal?.append({ type: 'key', key, name, args, at: writing.at, failed: errors.length > 0 });
    }
    if (writing.uploads) void this.jobs.makeReady(writing.uploads);
    this.counts.note(name, errors.length && !writing.wrote ? 'refused' : 'executed', concerned, collections);
    return { ...result, errors };
  }

  /** What is wrong with a mutation that is to be executed later. */
  wouldRefuse(name, args, writing) {
    if (name === 'productDelete') { if (!writing.product(args.input.id)) writing.wrong(['id'], [], 'Product does not exist'); return writing.errors; }
    writing.isAsked = true;
    writing.keep = writing.ready = () => { throw new Refusal([{ message: 'enough' }]); };
    try { writers[name](writing, args); } catch (error) { if (!(error instanceof Refusal)) throw error; }
    return writing.errors;
  }

  #writing(name) {
    const limit = this.faults.on('daily-variant-limit');
    return new Writing(this.shop, this.shop.nowInSeconds(), {
      describe: codes => this.#describe(name, codes),
      poison: (ids, skus) => this.#poisoned(name, new Set(ids), new Set(skus))?.message ?? null,
      maxNewVariants: limit ? Math.max(0, (limit.limit ?? 0) - ((this.shop.variantsMade ?? 0) - (limit.made ??= this.shop.variantsMade ?? 0))) : Infinity,
    });
  }

  // --- the payload as the schema has it ------------------------------------------------------------------------

  #payloadType(name) {
    return getNamedType(this.schema.getMutationType().getFields()[name].type);
  }

  #errorList(name) {
    const fields = this.#payloadType(name).getFields();
    return fields.mediaUserErrors ?? fields.userErrors;
  }

  #describe(name, codes) {
    const code = getNamedType(this.#errorList(name).type).getFields().code;
    if (!code) return null;
    const values = getNamedType(code.type).getValues();
    const found = codes.map(c => values.find(v => v.name === c)).find(Boolean);
    if (!found) throw new Error(`${name} knows none of the codes ${codes.join(', ')}`);
    return { code: found.name, text: found.description?.replace(/\s+/g, ' ').replace(/\.$/, '') };
  }

  #payload(name, { errors, ...result }) {
    const payload = {};
    for (const field of Object.keys(this.#payloadType(name).getFields())) payload[field] = result[field] ?? (/[uU]serErrors$/.test(field) ? [] : field === 'shop' ? this.shop : null);
    payload[this.#errorList(name).name] = errors;
    return payload;
  }

  // --- idempotency ---------------------------------------------------------------------------------------------

  #keyOf(name, info) {
    const directive = info.schema.getDirective('idempotent');
    const given = info.fieldNodes.map(node => getDirectiveValues(directive, node, info.variableValues)?.key).find(k => k !== undefined);
    const wrong = message => { throw new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } }); };
    if (NEEDS_KEY.has(name)) {
      if (given === undefined) wrong('The @idempotent directive is required for this mutation but was not provided.');
      if (given.trim() === '') wrong('The idempotency key cannot be an empty string or whitespace only.');
      return given;
    }
    if (given !== undefined) wrong(`The @idempotent directive is not supported for ${name}.`);
    return undefined;
  }

  /** What an earlier request with the key makes of this one, or null when there was none within a day. */
  #known(name, key, args) {
    const earlier = this.#keys.get(key);
    if (!earlier || this.shop.now() - earlier.at >= KEY_KEPT_MS) return null;
    const error = (code, message) => ({ errors: [{ field: null, ...(this.#hasCodes(name) ? { code } : {}), message }] });
    if (earlier.name !== name || earlier.fingerprint !== JSON.stringify(args)) return error('IDEMPOTENCY_KEY_PARAMETER_MISMATCH', 'The same idempotency key cannot be used with different operation parameters.');
    if (earlier.failed) return error('IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED', 'The previous request with this idempotency key failed. Please use a new key.');
    return { ...earlier.result?.(), errors: [] };
  }

  #hasCodes(name) {
    return Boolean(getNamedType(this.#errorList(name).type).getFields().code);
  }

  /** A later request with the key is answered from what is then there. */
  remember(key, name, args, at, result) {
    const rebuilt = result.inventoryLevel ? () => ({ inventoryLevel: this.shop.levelById(result.inventoryLevel.id) ?? null }) : () => result;
    this.#keys.set(key, { name, fingerprint: JSON.stringify(args), at, failed: false, result: rebuilt });
  }

  /** Takes an entry of the journal. */
  restore(entry) {
    if (entry.type === 'key') { this.#keys.set(entry.key, { name: entry.name, fingerprint: JSON.stringify(entry.args), at: entry.at, failed: entry.failed }); return; }
    const writing = new Writing(this.shop, entry.at);
    const result = writers[entry.name](writing, entry.args) ?? {};
    if (entry.key !== undefined) this.remember(entry.key, entry.name, entry.args, entry.at, result);
    if (entry.job) this.jobs.restore(entry.job);
  }

  // --- poison --------------------------------------------------------------------------------------------------

  /** { products, collections, ids, skus } that the arguments name, directly or through a variant, an item or a handle. */
  #concerned(args) {
    const { shop } = this;
    const products = new Set(), collections = new Set(), ids = new Set(), skus = new Set();
    const see = product => { if (product) { products.add(product.id); ids.add(product.gid); } };
    const walk = (value, key) => {
      if (Array.isArray(value)) return value.forEach(one => walk(one, key));
      if (value && typeof value === 'object') return Object.entries(value).forEach(([name, one]) => walk(one, name));
      if (typeof value !== 'string') return undefined;
      if (key === 'sku') skus.add(value);
      if (key === 'handle') return see(shop.productByHandle(value));
      const read = value.startsWith('gid://') ? readGid(value) : null;
      if (!read) return undefined;
      ids.add(value);
      if (read.type === 'Collection') collections.add(read.id);
      const variant = read.type === 'ProductVariant' ? shop.variantById(read.id) : read.type === 'InventoryItem' ? shop.itemById(read.id)?.variant : read.type === 'InventoryLevel' ? shop.levelById(read.id)?.variant : null;
      if (variant) { ids.add(variant.gid); if (variant.sku) skus.add(variant.sku); }
      return see(variant ? variant.product : read.type === 'Product' ? shop.productById(read.id) : null);
    };
    walk(args);
    return { products, collections, ids, skus };
  }

  #poisonOf(name, args) {
    if (!this.faults.on('poison')) return null;
    const { products, ids, skus } = this.#concerned(args);
    if (name === 'productVariantsBulkUpdate' && args.allowPartialUpdates) return this.#poisoned(name, new Set([args.productId]), new Set()); // the rest is asked for variant by variant
    if (!args.variants && !skus.size) for (const id of products) for (const v of this.shop.productById(id).variants) if (v.sku) skus.add(v.sku);
    return this.#poisoned(name, ids, skus);
  }

  #poisoned(name, ids, skus) {
    for (const fault of this.faults.list()) {
      if (fault.name !== 'poison' || (fault.operation && fault.operation !== name)) continue;
      const isId = id => ids.has(id) || [...ids].some(known => known.endsWith(`/${id}`));
      if (fault.ids?.some(isId) || fault.skus?.some(sku => skus.has(sku))) return { message: fault.message ?? POISON, field: fault.field ?? null };
    }
    return null;
  }
}

function sizes(args) {
  if (!args || typeof args !== 'object') return;
  for (const [name, value] of Object.entries(args)) {
    if (Array.isArray(value)) {
      const limit = LONG_LISTS.has(name) ? MAX_VARIANTS : MAX_LIST;
      // One variant too many gets Shopify's own userError.
      if (value.length > limit && !(name === 'variants' && value.length <= limit + 1000)) throw new GraphQLError(`The input array size of ${value.length} is greater than the maximum allowed of ${limit}.`, { extensions: { code: 'MAX_INPUT_SIZE_EXCEEDED' } });
    }
    sizes(value);
  }
}

/** As a shop whose titles lose doubled spaces. */
function collapsed(args) {
  const walk = (value, key) => {
    if (Array.isArray(value)) return value.map(one => walk(one, key));
    if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(one, name)]));
    return typeof value === 'string' && key === 'title' ? value.replace(/\s+/g, ' ') : value;
  };
  return walk(args);
}

