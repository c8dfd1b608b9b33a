// The conditions of a collection's sources: how each kind is read from an input, what it asks of a product or a variant,
// and whether a source holds a product. README.md says what each relation means, since a client has to repeat it.
import { gid, readGid } from './ids.mjs';
import { definitionsOf, ownerTypes } from './metafields.mjs';
import { categories } from './taxonomy.mjs';

const MILLIGRAMS = { GRAMS: 1000, KILOGRAMS: 1_000_000, OUNCES: 28_349.523125, POUNDS: 453_592.37 };
const FIRST_DEFINITION = 4_400_000_000, DEFINITIONS_OF_OWNER = 1000;

/** The types of definitions that each kind of metafield condition takes. */
const METAFIELD_TYPES = {
  MetafieldBoolean: ['boolean'], MetafieldDecimal: ['number_decimal', 'rating'], MetafieldInteger: ['number_integer'], MetafieldString: ['single_line_text_field'],
  MetafieldStringList: ['list.single_line_text_field'], MetafieldMetaobject: ['metaobject_reference'], MetafieldMetaobjectList: ['list.metaobject_reference'],
};
const CONDITION_TYPES = Object.values(METAFIELD_TYPES).flat();

export const isConditionType = type => CONDITION_TYPES.includes(type);

export const definitionId = (ownerType, number) => gid('MetafieldDefinition', FIRST_DEFINITION + ownerTypes.indexOf(ownerType) * DEFINITIONS_OF_OWNER + number);

/** { ownerType, number } of a definition's global id, or null. */
export function readDefinitionId(shop, text) {
  const read = readGid(text);
  if (read?.type !== 'MetafieldDefinition') return null;
  const place = Number(read.id) - FIRST_DEFINITION, ownerType = ownerTypes[Math.floor(place / DEFINITIONS_OF_OWNER)], number = place % DEFINITIONS_OF_OWNER;
  return ownerType && definitionsOf(shop, ownerType)[number] ? { ownerType, number } : null;
}

// --- asking ------------------------------------------------------------------------------------------------------

const isPlain = text => /^[\0-\x7f]*$/.test(text);

/** In lower case, letter by letter: no letter becomes two, and none depends on its neighbours. Accents stay. */
export function fold(text) {
  if (isPlain(text)) return text.toLowerCase();
  let folded = '';
  for (const letter of text) {
    const lower = letter.toLowerCase();
    folded += lower.length === letter.length ? lower : letter;
  }
  return folded;
}

const folds = new WeakMap();

function foldedValues(condition) {
  let known = folds.get(condition);
  if (!known) folds.set(condition, known = condition.values.map(fold));
  return known;
}

/** What the conditions ask about a product, each read once. */
export class Facts {
  #tags; #type; #vendor; #title; #variants;
  constructor(product) { this.product = product; }
  get tags() { return this.#tags ??= this.product.tags.map(fold); }
  get type() { return this.#type ??= fold(this.product.productType); }
  get vendor() { return this.#vendor ??= fold(this.product.vendor); }
  get title() { return this.#title ??= fold(this.product.title); }
  get variants() { return this.#variants ??= this.product.variants; }
}

const asksVariant = ({ kind, definition }) => kind.startsWith('Variant') || definition?.ownerType === 'PRODUCTVARIANT';

const each = (condition, values, fits) => condition.matchType === 'ALL' ? values.every(fits) : values.some(fits);

function fitsProduct(condition, facts) {
  const { kind, relation, values } = condition;
  switch (kind) {
    case 'ProductTag': return each(condition, foldedValues(condition), wanted => facts.tags.includes(wanted) === (relation === 'TAGGED_WITH'));
    case 'ProductTitle': return each(condition, foldedValues(condition), wanted => compareText(facts.title, relation, wanted));
    case 'ProductType': return each(condition, foldedValues(condition), wanted => compareText(facts.type, relation, wanted));
    case 'ProductVendor': return each(condition, foldedValues(condition), wanted => compareText(facts.vendor, relation, wanted));
    case 'ProductStatus': return each(condition, values, wanted => (facts.product.status === wanted) === (relation === 'EQUALS'));
    case 'ProductCategory': return each(condition, values, wanted => isInCategory(facts.product.categoryCode, wanted) === (relation === 'EQUALS'));
    default: return fitsMetafield(condition, facts.product);
  }
}

function fitsVariant(condition, variant) {
  const { kind, relation, value } = condition;
  switch (kind) {
    case 'VariantPrice': return compareNumbers(Number(variant.price), relation, Number(value));
    case 'VariantCompareAtPrice':
      if (relation === 'IS_SET' || relation === 'IS_NOT_SET') return (variant.compareAtPrice !== null) === (relation === 'IS_SET');
      return variant.compareAtPrice === null ? relation === 'NOT_EQUALS' : compareNumbers(Number(variant.compareAtPrice), relation, Number(value));
    case 'VariantInventory': return compareNumbers(variant.inventoryQuantity, relation, value);
    case 'VariantTitle': { const title = fold(variant.title); return each(condition, foldedValues(condition), wanted => compareText(title, relation, wanted)); }
    case 'VariantWeight': return variant.weight === null ? relation === 'NOT_EQUALS' : compareNumbers(milligrams(variant.weight), relation, milligrams(value));
    default: return fitsMetafield(condition, variant);
  }
}

function fitsMetafield(condition, owner) {
  const { kind, relation, value, values, definition } = condition;
  const { namespace, key } = definitionsOf(owner.shop, definition.ownerType)[definition.number];
  const held = owner.metafields.find(m => m.namespace === namespace && m.key === key)?.value;
  if (held === undefined) return false;
  switch (kind) {
    case 'MetafieldBoolean': return held === String(value);
    case 'MetafieldInteger': return compareNumbers(Number(held), relation, value);
    case 'MetafieldDecimal': return compareNumbers(Number(held.startsWith('{') ? parsed(held)?.value : held), relation, Number(value));
    case 'MetafieldString': { const text = fold(held); return each(condition, foldedValues(condition), wanted => text === wanted); }
    case 'MetafieldStringList': { const list = asList(held).map(fold); return each(condition, foldedValues(condition), wanted => list.includes(wanted)); }
    case 'MetafieldMetaobject': return held === value;
    default: { const list = asList(held); return each(condition, values, wanted => list.includes(wanted)); } // MetafieldMetaobjectList
  }
}

const parsed = text => { try { return JSON.parse(text); } catch { return null; } };
const asList = text => { const list = parsed(text); return Array.isArray(list) ? list.map(String) : []; };
const milligrams = ({ value, unit }) => Math.round(value * MILLIGRAMS[unit]);
const isInCategory = (code, wanted) => code === wanted.code || (wanted.includeDescendants && code !== null && code.startsWith(`${wanted.code}-`));

function compareNumbers(held, relation, wanted) {
  switch (relation) {
    case 'LESS_THAN': return held < wanted;
    case 'GREATER_THAN': return held > wanted;
    case 'NOT_EQUALS': return held !== wanted;
    default: return held === wanted;
  }
}

function compareText(text, relation, wanted) {
  switch (relation) {
    case 'EQUALS': return text === wanted;
    case 'NOT_EQUALS': return text !== wanted;
    case 'STARTS_WITH': return text.startsWith(wanted);
    case 'ENDS_WITH': return text.endsWith(wanted);
    case 'CONTAINS': return text.includes(wanted);
    default: return !text.includes(wanted);
  }
}

/** Whether any variant's price fits, where lowest and highest tell it. */
function comparePrices(facts, relation, wanted) {
  const [lowest, highest] = facts.product.prices;
  switch (relation) {
    case 'LESS_THAN': return lowest < wanted;
    case 'GREATER_THAN': return highest > wanted;
    case 'NOT_EQUALS': return lowest !== wanted || highest !== wanted;
    default: return lowest <= wanted && wanted <= highest && facts.variants.some(v => Number(v.price) === wanted);
  }
}

/** A condition on variants holds of a product when it holds of any of them. */
function holds(condition, facts) {
  if (!asksVariant(condition)) return fitsProduct(condition, facts);
  if (condition.kind === 'VariantPrice') return comparePrices(facts, condition.relation, Number(condition.value));
  return facts.variants.some(variant => fitsVariant(condition, variant));
}

function matches({ matchType, conditions }, facts) {
  return conditions.length > 0 && (matchType === 'ALL' ? conditions.every(c => holds(c, facts)) : conditions.some(c => holds(c, facts)));
}

/** As for products; but under ALL it is one and the same variant that every condition on variants holds of. */
function matchesVariant({ matchType, conditions }, facts) {
  if (matchType !== 'ALL') return matches({ matchType, conditions }, facts);
  const ofVariants = conditions.filter(asksVariant);
  return conditions.length > 0 && conditions.every(c => asksVariant(c) || fitsProduct(c, facts)) && facts.variants.some(v => ofVariants.every(c => fitsVariant(c, v)));
}

/** Whether the source takes the product in, but for the collections that it excludes. */
export function includes(source, facts) {
  const { inclusion, exclusion, picked, excluded, targetType } = source, { product } = facts;
  if (excluded.has(product.index)) return false;
  if (!isPicked(picked.get(product.index), product) && !(targetType === 'VARIANTS' ? matchesVariant : matches)(inclusion, facts)) return false;
  return !(exclusion && matches({ matchType: exclusion.matchType, conditions: exclusion.conditions.filter(c => c.kind !== 'Collection') }, facts));
}

/** `slots` are those of the picked variants, null for the whole product, undefined for none. */
const isPicked = (slots, product) => slots === null || (slots !== undefined && slots.some(slot => product.variantAt(slot)));

export const excludedCollections = source => source.exclusion?.conditions.flatMap(c => c.kind === 'Collection' ? c.values : []) ?? [];

export const asksStock = source => source.inclusion?.conditions.some(c => c.kind === 'VariantInventory') ?? false;

// --- reading -----------------------------------------------------------------------------------------------------

function texts(reader, values, field) {
  if (!values.length) reader.wrong(field, 'Values must contain at least one value');
  if (values.some(text => text.trim() === '')) reader.wrong(field, "Values can't be blank");
  return values;
}

function listed(reader, values, field) {
  if (!values.length) reader.wrong(field, 'Values must contain at least one value');
  return values;
}

function categoriesOf(reader, values, field) {
  return listed(reader, values, field).map(({ categoryId, includeDescendants }, k) => {
    const code = reader.idOf(categoryId, 'TaxonomyCategory');
    if (!categories.has(code)) reader.wrong([...field, String(k), 'categoryId'], 'Product category does not exist');
    return { code, includeDescendants: includeDescendants ?? false };
  });
}

function collectionsOf(reader, values, field) {
  return listed(reader, values, field).map((id, k) => reader.collection(id, [...field, String(k)]));
}

function money(reader, value, field) {
  if (value.currencyCode !== reader.shop.currency) reader.wrong([...field, 'currencyCode'], `Currency must be ${reader.shop.currency}`);
  return Number(value.amount).toFixed(2);
}

const metaobject = (reader, value) => { reader.idOf(value, 'Metaobject'); return value; };

const FORMS = {
  ProductTag: { values: texts }, ProductTitle: { values: texts }, ProductType: { values: texts }, ProductVendor: { values: texts }, VariantTitle: { values: texts },
  ProductStatus: { values: listed }, ProductCategory: { values: categoriesOf }, Collection: { values: collectionsOf },
  VariantPrice: { value: money }, VariantCompareAtPrice: { value: money }, VariantInventory: { value: (_, value) => value }, VariantWeight: { value: (_, value) => value },
  MetafieldBoolean: { value: (_, value) => value }, MetafieldInteger: { value: (_, value) => value }, MetafieldDecimal: { value: (_, value) => String(value) },
  MetafieldMetaobject: { value: metaobject }, MetafieldString: { values: texts }, MetafieldStringList: { values: texts },
  MetafieldMetaobjectList: { values: (reader, values, field) => listed(reader, values, field).map(one => metaobject(reader, one)) },
};

const kindOf = name => name[0].toUpperCase() + name.slice(1);

/** A condition from its input object, of which GraphQL lets exactly one field be given. `before` is the condition that it changes. */
export function readCondition(reader, input, field, before) {
  const [[name, body]] = Object.entries(input), kind = kindOf(name), at = [...field, name], form = FORMS[kind];
  if (before && before.kind !== kind) { reader.wrong(at, 'The type of a condition cannot be changed'); return null; }
  const condition = { ...before, kind };
  if (body.relation != null) condition.relation = body.relation;
  if (body.matchType != null) condition.matchType = body.matchType;
  if (kind === 'Collection') condition.matchType = 'ANY';
  if (body.definitionId != null) {
    const definition = readDefinitionId(reader.shop, body.definitionId);
    if (!definition) reader.wrong([...at, 'definitionId'], 'Metafield definition does not exist');
    else if (!['PRODUCT', 'PRODUCTVARIANT'].includes(definition.ownerType) || !METAFIELD_TYPES[kind].includes(definitionsOf(reader.shop, definition.ownerType)[definition.number].type)) {
      reader.wrong([...at, 'definitionId'], 'Metafield definition cannot be used for this type of condition');
    }
    condition.definition = definition;
  }
  if (form.values && body.values != null) condition.values = form.values(reader, body.values, [...at, 'values']);
  if (form.value && body.value != null) condition.value = form.value(reader, body.value, [...at, 'value']);
  if (kind === 'VariantCompareAtPrice') {
    const isAsked = !['IS_SET', 'IS_NOT_SET'].includes(condition.relation);
    if (!isAsked && body.value != null) reader.wrong([...at, 'value'], `Value must be absent for ${condition.relation}`);
    if (!isAsked) condition.value = null;
    else if (condition.value == null) reader.wrong([...at, 'value'], `Value is required for ${condition.relation}`);
  }
  return condition;
}

// --- showing -----------------------------------------------------------------------------------------------------

/** A condition as plain values: ids and texts in place of places and numbers. */
export function plainCondition(shop, condition) {
  const { kind, relation, matchType, values, value, definition } = condition;
  const row = { kind };
  if (relation !== undefined) row.relation = relation;
  if (matchType !== undefined) row.matchType = matchType;
  if (definition) {
    const { namespace, key, type } = definitionsOf(shop, definition.ownerType)[definition.number];
    row.definition = { id: readGid(definitionId(definition.ownerType, definition.number)).id, ownerType: definition.ownerType, namespace, key, type };
  }
  if (values !== undefined) row.values = kind === 'ProductCategory' ? values.map(v => ({ categoryId: gid('TaxonomyCategory', v.code), includeDescendants: v.includeDescendants })) : kind === 'Collection' ? shop.collections.numbered(values).map(c => c.id) : values;
  if (value !== undefined) row.value = value;
  return row;
}
