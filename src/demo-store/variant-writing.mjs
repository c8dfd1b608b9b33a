// Mutations of a product's variants, and the fields of a variant that several mutations write.
import { addMedia } from './file-writing.mjs';
import { putMetafield } from './metafield-writing.mjs';
import { noStock, setQuantity } from './written-products.mjs';
import { bareId, only } from './writing.mjs';

export const MAX_VARIANTS = 2048;
const MAX_TEXT = 255;
const MAX_QUANTITIES = 50_000;
const BULK_FIELDS = ['id', 'price', 'compareAtPrice', 'barcode', 'taxable', 'inventoryPolicy', 'inventoryItem', 'inventoryQuantities', 'quantityAdjustments', 'mediaId', 'metafields', 'optionValues'];
const ITEM_FIELDS = ['sku', 'cost', 'tracked', 'requiresShipping', 'harmonizedSystemCode', 'countryCodeOfOrigin', 'measurement'];
const NEGATIVE = ['GREATER_THAN_OR_EQUAL_TO', 'NEGATIVE_PRICE_VALUE', 'INVALID_VARIANT'];
const INVALID = ['INVALID_INPUT', 'INVALID_VARIANT'];

/** Decimal text with two digits after the point, rounded half up, without a detour over floating point. */
export function money(text) {
  const [, sign, whole, digits = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(text)) ?? [null, '', ...Number(text).toFixed(3).split('.')];
  const thousandths = BigInt(whole) * 1000n + BigInt(digits.padEnd(3, '0').slice(0, 3));
  const cents = (thousandths + 5n) / 10n;
  return `${sign && cents ? '-' : ''}${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
}

/** Writes the fields of a variant whose row may be written. */
export function setVariant(writing, draft, row, input, field) {
  const wrong = (name, code, message) => writing.wrong([...field, ...[name].flat()], code, message);
  const text = (name, label, value) => {
    const tidy = (value ?? '').trim();
    if (tidy.length > MAX_TEXT) wrong(name, ['TOO_LONG', ...INVALID], `${label} is too long (maximum is ${MAX_TEXT} characters)`);
    return tidy || null;
  };
  if (input.price !== undefined) {
    if (input.price === null) wrong('price', ['BLANK', 'INVALID', 'INVALID_VARIANT'], "Price can't be blank");
    else if (Number(input.price) < 0) wrong('price', NEGATIVE, 'Price must be greater than or equal to 0');
    else if (Number(input.price) >= 1e18) wrong('price', INVALID, 'Price must be less than 1000000000000000000');
    else row.price = money(input.price);
  }
  if (input.compareAtPrice !== undefined) {
    if (input.compareAtPrice !== null && Number(input.compareAtPrice) < 0) wrong('compareAtPrice', NEGATIVE, 'Compare at price must be greater than or equal to 0');
    else row.compareAtPrice = input.compareAtPrice === null ? null : money(input.compareAtPrice);
  }
  if (input.barcode !== undefined) row.barcode = text('barcode', 'Barcode', input.barcode);
  if (input.taxable != null) row.taxable = input.taxable;
  if (input.inventoryPolicy != null) row.inventoryPolicy = input.inventoryPolicy;
  if (input.sku !== undefined) row.sku = text('sku', 'SKU', input.sku);
  if (input.inventoryItem != null) setItem(row, input.inventoryItem, { wrong, text });
  for (const [k, one] of (input.metafields ?? []).entries()) putMetafield(writing, draft, row, 'PRODUCTVARIANT', one, (name, code, message) => { wrong(['metafields', String(k), name], ['INVALID_VALUE', 'INVALID_METAFIELD', 'INVALID_INPUT'], message); return null; });
}

function setItem(row, item, { wrong, text }) {
  only('InventoryItemInput', item, ITEM_FIELDS);
  if (item.sku !== undefined) row.sku = text(['inventoryItem', 'sku'], 'SKU', item.sku);
  if (item.cost !== undefined) {
    if (item.cost !== null && Number(item.cost) < 0) wrong(['inventoryItem', 'cost'], NEGATIVE, 'Cost must be greater than or equal to 0');
    else row.unitCost = item.cost === null ? null : money(item.cost);
  }
  if (item.tracked != null) row.tracked = item.tracked;
  if (item.requiresShipping != null) row.requiresShipping = item.requiresShipping;
  if (item.harmonizedSystemCode !== undefined) {
    if (item.harmonizedSystemCode && !/^\d{6,13}$/.test(item.harmonizedSystemCode.replaceAll('.', ''))) wrong(['inventoryItem', 'harmonizedSystemCode'], INVALID, 'Harmonized system code must be a number between 6 and 13 digits');
    else row.harmonizedSystemCode = item.harmonizedSystemCode || null;
  }
  if (item.countryCodeOfOrigin !== undefined) row.countryCodeOfOrigin = item.countryCodeOfOrigin;
  if (item.measurement != null) {
    only('InventoryItemMeasurementInput', item.measurement, ['weight']);
    const { weight } = item.measurement;
    if (weight != null && !(weight.value >= 0 && weight.value < 2_000_000_000)) wrong(['inventoryItem', 'measurement', 'weight'], NEGATIVE, 'Weight must be greater than or equal to 0');
    else if (weight != null) row.weight = { value: weight.value, unit: weight.unit };
  }
}

const CODES = { missing: 'NEED_TO_ADD_OPTION_VALUES', unknownOption: ['OPTION_DOES_NOT_EXIST', 'INVALID_INPUT'], unknownValue: ['OPTION_VALUE_DOES_NOT_EXIST', 'INVALID_INPUT'], both: ['CANNOT_SPECIFY_BOTH', 'INVALID_INPUT'] };

/**
 * Slots of the values that a variant's `optionValues` name, in the order of the options, or null when something is wrong.
 * `start` keeps what is not named (an update). A name that the option does not know yet becomes a value of it.
 */
export function placeValues(writing, draft, given, field, { start, codes = CODES } = {}) {
  const { shop } = writing, { options } = draft.full;
  const slots = start ? [...start] : options.map(() => null);
  const errors = writing.errors.length;
  for (const [n, one] of (given ?? []).entries()) {
    only('VariantOptionValueInput', one, ['id', 'name', 'optionId', 'optionName']);
    const at = [...field, 'optionValues', String(n)];
    if (one.optionId != null && one.optionName != null) { writing.wrong(at, codes.both, 'cannot specify both `optionId` and `optionName`'); continue; }
    if (one.id != null && one.name != null) { writing.wrong(at, codes.both, 'cannot specify both `id` and `name`'); continue; }
    const place = one.optionId != null ? options.findIndex(o => shop.ids.of('ProductOption', draft.index ?? 0, o.slot) === bareId(one.optionId, 'ProductOption'))
      : one.optionName != null ? options.findIndex(o => o.name === one.optionName.trim())
        : one.id != null ? options.findIndex(o => o.values.some(v => shop.ids.of('ProductOptionValue', draft.index ?? 0, v.slot) === bareId(one.id, 'ProductOptionValue'))) : -1;
    if (place < 0) { writing.wrong(at, codes.unknownOption, 'Option does not exist'); continue; }
    const option = options[place];
    if (one.id != null) {
      const value = option.values.find(v => shop.ids.of('ProductOptionValue', draft.index ?? 0, v.slot) === bareId(one.id, 'ProductOptionValue'));
      if (value) slots[place] = value.slot; else writing.wrong(at, codes.unknownValue, 'Option value does not exist');
      continue;
    }
    const name = one.name?.trim();
    if (!name) { writing.wrong([...at, 'name'], codes.unknownValue, "Option value name can't be blank"); continue; }
    if (name.length > MAX_TEXT) { writing.wrong([...at, 'name'], ['OPTION_VALUE_NAME_TOO_LONG', ...INVALID], 'Option value name is too long'); continue; }
    slots[place] = (option.values.find(v => v.name === name) ?? draft.addValue(option, name)).slot;
  }
  if (writing.errors.length > errors) return null;
  const missing = slots.indexOf(null);
  if (missing >= 0) { writing.wrong(field, codes.missing, `You need to add option values for ${options[missing].name}`); return null; }
  return slots;
}

/** An existing location, or null with an error. */
function locationOf(writing, id, field, code) {
  const found = writing.shop.locations.find(l => l.id === bareId(id, 'Location'));
  if (!found) writing.wrong([...field, 'locationId'], code, "Quantity couldn't be set because the location was deleted or isn't active.");
  return found ?? null;
}

const numbered = (input, k) => ['variants', String(k), ...input];

export const variantMutations = {
  productVariantsBulkUpdate(writing, args) {
    const { productId, variants, allowPartialUpdates, media } = args;
    const { shop, at } = writing;
    const draft = writing.draft(productId, ['productId']);
    if (variants.length > MAX_VARIANTS) writing.refuse(['variants'], 'INVALID_INPUT', `Product can have a maximum of ${MAX_VARIANTS} variants`);
    addMedia(writing, draft, media ?? [], ['media']);
    const written = [], applied = [];
    for (const [k, input] of variants.entries()) {
      only('ProductVariantsBulkInput', input, BULK_FIELDS);
      const errors = writing.errors.length;
      const place = input.id == null ? -1 : draft.placeOf(bareId(input.id, 'ProductVariant'));
      if (input.id == null) writing.wrong(numbered(['id'], k), 'PRODUCT_VARIANT_ID_MISSING');
      else if (place < 0) writing.wrong(numbered(['id'], k), 'PRODUCT_VARIANT_DOES_NOT_EXIST');
      if (place < 0) continue;
      const before = draft.full.variants[place], row = draft.variant(place), mark = draft.mark();
      const poison = writing.poison([input.id], [before.sku]);
      if (poison) writing.wrong(numbered([], k), 'INVALID_INPUT', poison);
      if (input.inventoryQuantities != null) writing.wrong(numbered(['inventoryQuantities'], k), 'NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE');
      setVariant(writing, draft, row, input, numbered([], k));
      if (input.mediaId !== undefined) setMedia(writing, draft, row, input.mediaId, numbered(['mediaId'], k));
      for (const [n, one] of (input.quantityAdjustments ?? []).entries()) adjust(writing, row, one, numbered(['quantityAdjustments', String(n)], k));
      if (input.optionValues != null) {
        const values = placeValues(writing, draft, input.optionValues, numbered([], k), { start: row.values });
        if (values) row.values = values;
        const twin = draft.full.variants.findIndex((other, p) => p !== place && other.values.join() === row.values.join());
        if (twin >= 0 && (allowPartialUpdates || !variants.some(v => v.id != null && v.optionValues != null && draft.placeOf(bareId(v.id, 'ProductVariant')) === twin))) writing.wrong(numbered([], k), 'VARIANT_ALREADY_EXISTS', `The variant '${draft.titleOf(row)}' already exists.`);
      }
      if (writing.errors.length > errors) { draft.full.variants[place] = before; draft.back(mark); continue; }
      row.updatedAt = at;
      written.push(row.slot);
      applied.push(input);
    }
    const twins = draft.twins();
    if (twins && !writing.errors.length) writing.refuse(['variants'], 'VARIANT_ALREADY_EXISTS', `The variant '${draft.titleOf(draft.full.variants[twins[1]])}' already exists.`);
    if (!allowPartialUpdates || !written.length) writing.check();
    if (writing.errors.length) writing.applied = { ...args, variants: applied };
    const product = shop.productAt(writing.keep(draft));
    return { product, productVariants: written.map(slot => product.variantAt(slot)) };
  },

  productVariantsBulkCreate(writing, { productId, variants, strategy, media }) {
    const { shop, at } = writing;
    const draft = writing.draft(productId, ['productId']);
    addMedia(writing, draft, media ?? [], ['media']);
    const standalone = draft.full.variants.length === 1, isDefault = draft.hasOnlyDefaultVariant;
    const replaces = standalone && (strategy === 'REMOVE_STANDALONE_VARIANT' || (strategy !== 'PRESERVE_STANDALONE_VARIANT' && isDefault));
    const kept = replaces ? 0 : draft.full.variants.length;
    if (kept + variants.length > MAX_VARIANTS) writing.refuse(['variants'], 'INVALID_INPUT', `Product can have a maximum of ${MAX_VARIANTS} variants`);
    if (variants.reduce((sum, v) => sum + (v.inventoryQuantities?.length ?? 0), 0) > MAX_QUANTITIES) writing.refuse(['variants'], 'INVENTORY_QUANTITIES_LIMIT_EXCEEDED');
    const placed = variants.map((input, k) => {
      only('ProductVariantsBulkInput', input, BULK_FIELDS);
      if (input.id != null) writing.wrong(numbered(['id'], k), 'NO_KEY_ON_CREATE');
      if (input.quantityAdjustments != null) writing.wrong(numbered(['quantityAdjustments'], k), 'INVALID_INPUT', 'Quantity adjustments can only be provided during update.');
      return placeValues(writing, draft, input.optionValues, numbered([], k));
    });
    writing.check();
    if (replaces) {
      if (isDefault) draft.full.options[0].values = draft.full.options[0].values.filter(v => placed.some(slots => slots[0] === v.slot));
      draft.full.variants = [];
    }
    const known = new Set(draft.full.variants.map(row => row.values.join()));
    const written = [];
    for (const [k, input] of variants.entries()) {
      const values = placed[k];
      if (known.has(values.join())) { writing.wrong(numbered([], k), 'VARIANT_ALREADY_EXISTS_CHANGE_OPTION_VALUE', `The variant '${draft.titleOf({ values })}' already exists. Please change at least one option value.`); continue; }
      known.add(values.join());
      const row = draft.addVariant(values, at);
      setVariant(writing, draft, row, input, numbered([], k));
      if (input.mediaId != null) setMedia(writing, draft, row, input.mediaId, numbered(['mediaId'], k));
      for (const [n, one] of (input.inventoryQuantities ?? []).entries()) {
        const location = locationOf(writing, one.locationId, numbered(['inventoryQuantities', String(n)], k), 'TRACKED_VARIANT_LOCATION_NOT_FOUND');
        if (location) row.levels[location.number] = setQuantity(noStock(at), 'available', one.availableQuantity, at).level;
      }
      written.push(row.slot);
    }
    writing.check();
    const product = shop.productAt(writing.keep(draft));
    return { product, productVariants: written.map(slot => product.variantAt(slot)) };
  },

  productVariantsBulkDelete(writing, { productId, variantsIds }) {
    const draft = writing.draft(productId, ['productId']);
    const leaving = new Set();
    for (const [k, id] of variantsIds.entries()) {
      const place = draft.placeOf(bareId(id, 'ProductVariant'));
      if (place < 0) writing.wrong(['variantsIds', String(k)], 'AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT', 'At least one variant does not belong to the product');
      else leaving.add(draft.full.variants[place].slot);
    }
    writing.check();
    if (leaving.size >= draft.full.variants.length) writing.refuse(['variantsIds'], 'CANNOT_DELETE_LAST_VARIANT', 'Cannot delete the last variant of a product');
    draft.full.variants = draft.full.variants.filter(row => !leaving.has(row.slot));
    return { product: writing.shop.productAt(writing.keep(draft)) };
  },

  productVariantsBulkReorder(writing, { productId, positions }) {
    const draft = writing.draft(productId, ['productId']);
    const seen = new Set();
    for (const [k, { id, position }] of positions.entries()) {
      const place = draft.placeOf(bareId(id, 'ProductVariant'));
      if (place < 0) writing.wrong(['positions', String(k), 'id'], 'MISSING_VARIANT');
      else if (seen.has(id)) writing.wrong(['positions', String(k), 'id'], 'DUPLICATED_VARIANT_ID');
      if (position < 1) writing.wrong(['positions', String(k), 'position'], 'INVALID_POSITION');
      seen.add(id);
    }
    writing.check();
    const wanted = positions.map(({ id, position }) => ({ row: draft.full.variants[draft.placeOf(bareId(id, 'ProductVariant'))], position })).sort((a, b) => a.position - b.position);
    const rest = draft.full.variants.filter(row => !wanted.some(w => w.row === row));
    for (const { row, position } of wanted) rest.splice(Math.min(position - 1, rest.length), 0, row);
    draft.full.variants = rest;
    return { product: writing.shop.productAt(writing.keep(draft)) };
  },

  productVariantAppendMedia: (writing, args) => changeMedia(writing, args, (row, mediaId, field) => {
    if (row.mediaId !== null && row.mediaId !== mediaId) return writing.wrong(field, 'PRODUCT_VARIANT_ALREADY_HAS_MEDIA');
    row.mediaId = mediaId;
    return undefined;
  }),

  productVariantDetachMedia: (writing, args) => changeMedia(writing, args, (row, mediaId, field) => {
    if (row.mediaId !== mediaId) return writing.wrong(field, 'MEDIA_IS_NOT_ATTACHED_TO_VARIANT');
    row.mediaId = null;
    return undefined;
  }),
};

function changeMedia(writing, { productId, variantMedia }, change) {
  const { shop, at } = writing;
  const draft = writing.draft(productId, ['productId']);
  if (variantMedia.length > 100) writing.refuse(['variantMedia'], 'MAXIMUM_VARIANT_MEDIA_PAIRS_EXCEEDED');
  const written = new Set();
  for (const [k, { variantId, mediaIds }] of variantMedia.entries()) {
    const field = ['variantMedia', String(k)];
    const place = draft.placeOf(bareId(variantId, 'ProductVariant'));
    if (place < 0) { writing.wrong([...field, 'variantId'], 'PRODUCT_VARIANT_DOES_NOT_EXIST_ON_PRODUCT'); continue; }
    if (written.has(place)) { writing.wrong([...field, 'variantId'], 'PRODUCT_VARIANT_SPECIFIED_MULTIPLE_TIMES'); continue; }
    if (mediaIds.length !== 1) { writing.wrong([...field, 'mediaIds'], mediaIds.length ? 'TOO_MANY_MEDIA_PER_INPUT_PAIR' : 'BLANK'); continue; }
    written.add(place);
    const file = mediaOn(writing, draft, mediaIds[0], [...field, 'mediaIds'], ['MEDIA_DOES_NOT_EXIST_ON_PRODUCT'], ['NON_READY_MEDIA'], ['INVALID_MEDIA_TYPE']);
    if (!file) continue;
    const row = draft.variant(place);
    row.updatedAt = at;
    change(row, file.id, field);
  }
  writing.check();
  const slots = [...written].map(place => draft.full.variants[place].slot);
  const product = shop.productAt(writing.keep(draft));
  return { product, productVariants: slots.map(slot => product.variantAt(slot)) };
}

/** A picture of the product that is ready, or null with an error. */
function mediaOn(writing, draft, mediaId, field, absent, notReady, notPicture) {
  const id = bareId(mediaId, 'MediaImage', 'Video', 'ExternalVideo', 'Model3d');
  const file = draft.full.mediaIds.includes(id) ? draft.file(id) : null;
  if (!file) { writing.wrong(field, absent, 'Media does not exist on the given product.'); return null; }
  if (file.kind !== 'MediaImage') { writing.wrong(field, notPicture, 'Invalid media type.'); return null; }
  if (file.status !== 'READY') { writing.wrong(field, notReady, 'Non-ready media cannot be attached to variants.'); return null; }
  return file;
}

function setMedia(writing, draft, row, mediaId, field) {
  if (mediaId === null) row.mediaId = null;
  else row.mediaId = mediaOn(writing, draft, mediaId, field, INVALID, INVALID, INVALID)?.id ?? row.mediaId;
}

function adjust(writing, row, { locationId, adjustment, changeFromQuantity }, field) {
  const location = locationOf(writing, locationId, field, 'INVALID_INPUT');
  if (!location) return;
  const level = row.levels[location.number] ?? noStock(writing.at);
  if (changeFromQuantity != null && changeFromQuantity !== level.quantities.available) { writing.wrong([...field, 'changeFromQuantity'], 'INVALID_INPUT', 'The changeFromQuantity argument no longer matches the persisted quantity.'); return; }
  row.levels[location.number] = setQuantity(level, 'available', level.quantities.available + (adjustment ?? 0), writing.at).level;
}
