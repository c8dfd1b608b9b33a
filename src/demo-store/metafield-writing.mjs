// metafieldsSet and metafieldsDelete, and what other mutations do with metafields: types, values, definitions.
import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import { isConditionType } from './collection-conditions.mjs';
import { readGid } from './ids.mjs';
import { definitionOf, definitionsOf, ownerTypes, productDefinitions } from './metafields.mjs';
import { ProductDraft } from './written-products.mjs';
import { bareId, invalidId, only } from './writing.mjs';

const MAX_SET = 25;
const MAX_BYTES = 10 * 1024 * 1024;
const UNITS = {
  weight: ['oz', 'lb', 'g', 'kg'],
  volume: ['ml', 'cl', 'l', 'm3', 'us_fl_oz', 'us_pt', 'us_qt', 'us_gal', 'imp_fl_oz', 'imp_pt', 'imp_qt', 'imp_gal'],
  dimension: ['in', 'ft', 'yd', 'mm', 'cm', 'm'],
};

const asObject = text => { try { const value = JSON.parse(text); return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : null; } catch { return null; } };
const decimal = text => /^-?\d{1,13}(\.\d{1,9})?$/.test(text);
const measured = kind => text => { const value = asObject(text); return value !== null && decimal(String(value.value)) && UNITS[kind].includes(String(value.unit).toLowerCase()); };
const isDate = text => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);
const reference = (...types) => text => types.includes(readGid(text)?.type);

/** For each type: [whether a value fits, what Shopify says when it does not]. */
const TYPES = {
  single_line_text_field: [text => !/[\r\n]/.test(text), 'Value must be a single line text string.'],
  multi_line_text_field: [() => true, ''],
  number_integer: [text => /^-?\d+$/.test(text) && BigInt(text) <= 9_007_199_254_740_991n && BigInt(text) >= -9_007_199_254_740_991n, 'Value must be an integer.'],
  number_decimal: [decimal, 'Value must be a decimal.'],
  boolean: [text => text === 'true' || text === 'false', 'Value must be true or false.'],
  date: [isDate, 'Value must be in YYYY-MM-DD format.'],
  date_time: [text => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/.test(text) && !Number.isNaN(Date.parse(text)), 'Value must be in “YYYY-MM-DDTHH:MM:SS” format. For example: 2022-06-01T15:30:00.'],
  json: [text => { try { JSON.parse(text); return true; } catch { return false; } }, 'Value is invalid JSON.'],
  url: [text => /^(https?|mailto|sms|tel):/.test(text) && URL.canParse(text), 'Value must be one of the following URL schemes: http, https, mailto, sms, tel.'],
  color: [text => /^#[0-9a-f]{6}$/i.test(text), 'Value must be a valid hexadecimal color code.'],
  weight: [measured('weight'), 'Value must be a stringified JSON object with a value and a unit.'],
  volume: [measured('volume'), 'Value must be a stringified JSON object with a value and a unit.'],
  dimension: [measured('dimension'), 'Value must be a stringified JSON object with a value and a unit.'],
  rating: [text => { const v = asObject(text); return v !== null && ['value', 'scale_min', 'scale_max'].every(name => decimal(String(v[name]))) && Number(v.value) >= Number(v.scale_min) && Number(v.value) <= Number(v.scale_max); }, 'Value must be a stringified JSON object with a value within its scale.'],
  money: [text => { const v = asObject(text); return v !== null && decimal(String(v.amount)) && /^[A-Z]{3}$/.test(v.currency_code); }, 'Value must be a stringified JSON object with an amount and a currency code.'],
  rich_text_field: [text => asObject(text)?.type === 'root', 'Value is invalid JSON: the root node must be of type root.'],
  id: [text => text.length > 0, 'Value must be an identifier.'],
  product_reference: [reference('Product'), 'Value must be a valid product reference.'],
  variant_reference: [reference('ProductVariant'), 'Value must be a valid product variant reference.'],
  collection_reference: [reference('Collection'), 'Value must be a valid collection reference.'],
  metaobject_reference: [reference('Metaobject'), 'Value must be a valid metaobject reference.'],
  file_reference: [reference('MediaImage', 'Video', 'Model3d', 'GenericFile'), 'Value must be a valid file reference.'],
};

const fits = (type, text) => {
  if (!type.startsWith('list.')) return TYPES[type][0](text);
  let list;
  try { list = JSON.parse(text); } catch { return false; }
  return Array.isArray(list) && list.every(one => TYPES[type.slice(5)][0](typeof one === 'string' ? one : JSON.stringify(one)));
};

export const digest = value => createHash('sha256').update(value).digest('hex');

/**
 * Writes one metafield of a product or a variant whose row in the draft may be written. `fail(name, code, message)` notes
 * what is wrong with one of its fields.
 */
export function putMetafield(writing, draft, owner, ownerType, input, fail) {
  const { at } = writing;
  const before = input.id != null ? owner.metafields.find(m => writing.shop.ids.of('Metafield', draft.index ?? 0, m.slot) === bareId(input.id, 'Metafield')) : undefined;
  if (input.id != null && !before) return fail('id', 'INVALID', 'Metafield does not exist');
  const key = before?.key ?? input.key, namespace = before?.namespace ?? input.namespace ?? '$app';
  if (!key) return fail('key', 'BLANK', "Key can't be blank");
  if (key.length < 2) return fail('key', 'TOO_SHORT', 'Key is too short (minimum is 2 characters)');
  if (key.length > 64) return fail('key', 'TOO_LONG', 'Key is too long (maximum is 64 characters)');
  if (namespace.replace('$app', 'app').length < 3) return fail('namespace', 'TOO_SHORT', 'Namespace is too short (minimum is 3 characters)');
  if (namespace.length > 255) return fail('namespace', 'TOO_LONG', 'Namespace is too long (maximum is 255 characters)');
  if (!/^[\w-]+$/.test(key)) return fail('key', 'INVALID', 'Key must only contain alphanumeric characters, hyphens, and underscores');
  if (!/^(\$app(:[\w-]+)?|[\w-]+)$/.test(namespace)) return fail('namespace', 'INVALID', 'Namespace must only contain alphanumeric characters, hyphens, and underscores');
  const definition = definitionOf(writing.shop, ownerType, namespace, key);
  const there = before ?? owner.metafields.find(m => m.namespace === namespace && m.key === key);
  const type = input.type ?? definition?.type ?? there?.type;
  if (!type) return fail('type', 'BLANK', "Type can't be blank");
  if (!TYPES[type.replace(/^list\./, '')]) return fail('type', 'INCLUSION', 'Type is not included in the list');
  if (definition && type !== definition.type) return fail('type', 'INVALID_TYPE', `Type '${type}' must be consistent with the definition's type: '${definition.type}'.`);
  const { value } = input;
  if (value == null || value === '') return fail('value', 'BLANK', "Value can't be blank");
  if (!fits(type, value)) return fail('value', 'INVALID_VALUE', TYPES[type.replace(/^list\./, '')][1] || 'Value is invalid.');
  if (type === 'id' && !definition) return fail('type', 'INVALID_TYPE', "Type 'id' needs a metafield definition.");
  if (type === 'id' && isTaken(writing.shop, namespace, key, value, draft.index)) return fail('value', 'TAKEN', 'Value has already been assigned to another metafield');
  const row = there ? { ...there, type, value, updatedAt: at } : { slot: draft.full.next.metafield++, namespace, key, type, value, createdAt: at, updatedAt: at };
  owner.metafields = there ? owner.metafields.map(m => m.slot === there.slot ? row : m) : [...owner.metafields, row];
  if (ownerType === 'PRODUCTVARIANT') owner.updatedAt = at;
  return row;
}

/** Values of type id belong to one product. */
function isTaken(shop, namespace, key, value, index) {
  const holder = productByCustomId(shop, { namespace, key, value });
  return holder !== null && holder.index !== index;
}

export function productByCustomId(shop, { namespace, key, value }) {
  const definition = definitionOf(shop, 'PRODUCT', namespace ?? '$app', key);
  if (definition?.type !== 'id') throw new GraphQLError("Metafield definition of type 'id' is required when using custom ids.", { extensions: { code: 'NOT_FOUND' } });
  const holds = m => m.namespace === definition.namespace && m.key === key && m.value === value;
  if (!productDefinitions.includes(definition)) { // only written products can have it
    for (const [index, { full }] of shop.overlay) if (full?.metafields?.some(holds)) return shop.productAt(index);
    return null;
  }
  for (let index = 0; index < shop.total; index++) {
    const product = shop.productAt(index);
    if (product?.metafields.some(holds)) return product;
  }
  return null;
}

const OWNERS = { Product: 'PRODUCT', ProductVariant: 'PRODUCTVARIANT' };

/** Drafts of the products of several owners, one for each, with the row that may be written. */
class Owners {
  drafts = new Map();

  constructor(shop) { this.shop = shop; }

  /** { draft, row, ownerType }, or null when there is no such owner. */
  of(ownerId) {
    const read = readGid(ownerId);
    if (!read) throw invalidId(ownerId);
    if (!OWNERS[read.type]) throw new GraphQLError(`The demo store does not write metafields of ${read.type}.`, { extensions: { code: 'NOT_SERVED_BY_DEMO_STORE' } });
    const variant = read.type === 'ProductVariant' ? this.shop.variantById(read.id) : null;
    const product = variant ? variant.product : read.type === 'Product' ? this.shop.productById(read.id) : null;
    if (!product) return null;
    if (!this.drafts.has(product.index)) this.drafts.set(product.index, new ProductDraft(this.shop, product.index));
    const draft = this.drafts.get(product.index);
    return { draft, product, ownerType: OWNERS[read.type], row: variant ? draft.variant(draft.full.variants.findIndex(v => v.slot === variant.slot)) : draft.full };
  }
}

export const metafieldMutations = {
  metafieldsSet(writing, { metafields }) {
    if (metafields.length > MAX_SET) writing.refuse(['metafields'], 'LESS_THAN_OR_EQUAL_TO', `Exceeded the maximum metafields input limit of ${MAX_SET}.`);
    if (metafields.reduce((sum, m) => sum + Buffer.byteLength(m.value), 0) > MAX_BYTES) writing.refuse(['metafields'], 'TOO_LONG', 'Exceeded the maximum payload size of 10MB.');
    const owners = new Owners(writing.shop), written = [];
    for (const [k, input] of metafields.entries()) {
      const fail = (name, code, message) => { writing.wrong(['metafields', String(k), name], code, message); return null; };
      const owner = owners.of(input.ownerId);
      if (!owner) { fail('ownerId', 'INVALID', 'Owner does not exist.'); continue; }
      const namespace = input.namespace ?? '$app';
      const there = owner.row.metafields.find(m => m.namespace === namespace && m.key === input.key);
      if (input.compareDigest !== undefined) {
        if (input.compareDigest !== null && !/^[0-9a-f]{64}$/.test(input.compareDigest)) { fail('compareDigest', 'INVALID_COMPARE_DIGEST'); continue; }
        if (input.compareDigest !== (there ? digest(there.value) : null)) { fail('compareDigest', 'STALE_OBJECT', 'The resource has been updated since it was loaded. Try again with an updated `compareDigest` value.'); continue; }
      }
      const row = putMetafield(writing, owner.draft, owner.row, owner.ownerType, input, fail);
      if (row) written.push({ index: owner.product.index, slot: row.slot });
    }
    writing.check();
    for (const draft of owners.drafts.values()) writing.keep(draft);
    return { metafields: written.map(({ index, slot }) => writing.shop.metafieldById(writing.shop.ids.of('Metafield', index, slot))) };
  },

  metafieldDefinitionCreate(writing, { definition: input }) {
    only('MetafieldDefinitionInput', input, ['name', 'namespace', 'key', 'type', 'ownerType', 'description', 'pin', 'useAsCollectionCondition', 'capabilities']);
    if (!ownerTypes.includes(input.ownerType)) only('MetafieldDefinitionInput.ownerType', { [input.ownerType]: true }, []);
    if (input.pin) only('MetafieldDefinitionInput', { pin: true }, []);
    only('MetafieldCapabilityCreateInput', input.capabilities ?? {}, ['uniqueValues']);
    const { shop } = writing, namespace = input.namespace ?? '$app', { key, type } = input;
    const wrong = (name, code, message) => writing.wrong(['definition', name], code, message);
    if (!input.name.trim()) wrong('name', 'BLANK', "Name can't be blank");
    if (key.length < 2) wrong('key', 'TOO_SHORT', 'Key is too short (minimum is 2 characters)');
    if (key.length > 64) wrong('key', 'TOO_LONG', 'Key is too long (maximum is 64 characters)');
    if (!/^[\w-]+$/.test(key)) wrong('key', 'INVALID_CHARACTER', 'Key contains one or more invalid characters.');
    if (namespace !== '$app' && namespace.length < 3) wrong('namespace', 'TOO_SHORT', 'Namespace is too short (minimum is 3 characters)');
    if (!/^(\$app(:[\w-]+)?|[\w-]+)$/.test(namespace)) wrong('namespace', 'INVALID_CHARACTER', 'Namespace contains one or more invalid characters.');
    if (!TYPES[type.replace(/^list\./, '')]) wrong('type', 'INCLUSION', `Type name ${type} is not a valid type`);
    if (input.useAsCollectionCondition && !isConditionType(type)) wrong('useAsCollectionCondition', 'TYPE_NOT_ALLOWED_FOR_CONDITIONS');
    if (type !== 'id' && input.capabilities?.uniqueValues?.enabled) only('MetafieldCapabilityCreateInput', { uniqueValues: true }, []);
    if (definitionOf(shop, input.ownerType, namespace, key)) wrong('key', 'TAKEN', `Key is in use for ${input.ownerType} metafields on the '${namespace}' namespace.`);
    writing.check();
    shop.addedDefinitions.push({ ownerType: input.ownerType, namespace, key, type, name: input.name.trim(), description: input.description ?? null, filterable: false });
    shop.changed();
    writing.wrote = true;
    const number = definitionsOf(shop, input.ownerType).length - 1;
    return { createdDefinition: { ownerType: input.ownerType, number } };
  },

  metafieldsDelete(writing, { metafields }) {
    const owners = new Owners(writing.shop);
    const deleted = metafields.map((input, k) => {
      const owner = owners.of(input.ownerId);
      if (!owner) { writing.wrong(['metafields', String(k), 'ownerId'], [], 'Owner does not exist.'); return null; }
      const there = owner.row.metafields.find(m => m.namespace === input.namespace && m.key === input.key);
      if (!there) return null; // Shopify says so with null, not with an error
      owner.row.metafields = owner.row.metafields.filter(m => m !== there);
      return { ownerId: input.ownerId, namespace: input.namespace, key: input.key };
    });
    writing.check();
    if (deleted.some(Boolean)) for (const draft of owners.drafts.values()) writing.keep(draft);
    return { deletedMetafields: deleted };
  },
};
