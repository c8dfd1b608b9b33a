// What productSet does with lists: entries are made, updated, and deleted when the input does not name them.
import { upload } from './file-writing.mjs';
import { readGid } from './ids.mjs';
import { optionProblems } from './option-writing.mjs';
import { MAX_VARIANTS, placeValues, setVariant } from './variant-writing.mjs';
import { noStock, setQuantity, writableFile } from './written-products.mjs';
import { bareId, only } from './writing.mjs';

const MAX_QUANTITIES = 50_000;

export function setFiles(writing, draft, input, wanted) {
  const files = wanted.map(one => one.pending ? upload(writing, one.pending) : writableFile(writing.shop, one.existing));
  writing.alts = wanted.flatMap((one, k) => one.alt === undefined || one.pending ? [] : [{ file: files[k], alt: one.alt }]);
  for (const id of draft.full.mediaIds) if (!files.some(file => file.id === id)) draft.detach(id);
  for (const file of files) draft.attach(file);
  draft.full.mediaIds = files.map(file => file.id);
  for (const { slot, file } of writing.ofVariant ?? []) {
    if (file == null || file.id != null) continue;
    draft.variant(draft.full.variants.findIndex(row => row.slot === slot)).mediaId = files[input.files.findIndex(one => isSameFile(one, file))].id;
  }
}

export function setVariants(writing, draft, input, existed) {
  const { shop, at } = writing;
  if (input.variants.length > MAX_VARIANTS) writing.refuse(['input', 'variants'], 'VARIANTS_OVER_LIMIT', `Number of product variants exceeds shop limit. The limit is ${MAX_VARIANTS}.`);
  if (!input.variants.length) writing.refuse(['input', 'variants'], 'VARIANTS_INPUT_MISSING');
  if (input.variants.reduce((sum, v) => sum + (v.inventoryQuantities?.length ?? 0), 0) > MAX_QUANTITIES) writing.refuse(['input', 'variants'], 'INVENTORY_QUANTITIES_LIMIT_EXCEEDED');
  const before = draft.full.variants, byValues = new Map(before.map(row => [row.values.join(), row]));
  const optionsBefore = draft.full.options;

  const field = ['input', 'productOptions'];
  const sorted = input.productOptions.every(o => o.position != null) ? [...input.productOptions].sort((a, b) => a.position - b.position) : input.productOptions;
  const known = (list, kind, one) => one.id != null ? list.find(o => shop.ids.of(kind, draft.index ?? 0, o.slot) === bareId(one.id, kind)) : list.find(o => o.name === one.name?.trim());
  for (const [k, one] of sorted.entries()) {
    only('OptionSetInput', one, ['id', 'name', 'position', 'values']);
    const option = known(optionsBefore, 'ProductOption', one);
    if (one.id != null && !option) writing.wrong([...field, String(k), 'id'], 'OPTION_DOES_NOT_EXIST', 'Option does not exist');
    for (const [n, value] of (one.values ?? []).entries()) if (value.id != null && !known(option?.values ?? [], 'ProductOptionValue', value)) writing.wrong([...field, String(k), 'values', String(n)], 'OPTION_VALUE_DOES_NOT_EXIST', 'Option value does not exist');
  }
  writing.check();
  const named = sorted.map(one => { const option = known(optionsBefore, 'ProductOption', one); return { name: one.name ?? option?.name, values: one.values?.map(v => ({ name: v.name ?? known(option?.values ?? [], 'ProductOptionValue', v)?.name })) }; });
  optionProblems(writing, named, { field, max: MAX_VARIANTS });
  writing.check();
  draft.full.options = [];
  for (const [k, one] of sorted.entries()) {
    const there = known(optionsBefore, 'ProductOption', one);
    const option = there ? { ...there, name: named[k].name.trim(), values: [] } : { slot: draft.full.next.option++, name: named[k].name.trim(), values: [] };
    for (const [n, value] of one.values.entries()) {
      const same = known(there?.values ?? [], 'ProductOptionValue', value);
      if (same) option.values.push({ ...same, name: named[k].values[n].name.trim() });
      else draft.addValue(option, named[k].values[n].name.trim());
    }
    draft.full.options.push(option);
  }

  // Values of variants by the options as they are now; a variant is known by its id, else by what it was made of.
  draft.full.variants = [];
  const used = new Set();
  for (const [k, one] of input.variants.entries()) {
    only('ProductVariantSetInput', one, ['id', 'optionValues', 'price', 'compareAtPrice', 'sku', 'barcode', 'taxable', 'inventoryPolicy', 'inventoryItem', 'inventoryQuantities', 'metafields', 'file', 'position']);
    const at2 = ['input', 'variants', String(k)];
    const values = placeValues(writing, draft, one.optionValues, at2, { codes: { missing: 'INVALID_VARIANT', unknownOption: 'OPTION_DOES_NOT_EXIST', unknownValue: 'OPTION_VALUE_DOES_NOT_EXIST', both: 'INVALID_INPUT' } });
    if (!values) continue;
    const at3 = one.id == null ? null : shop.ids.read('ProductVariant', bareId(one.id, 'ProductVariant'));
    const row = one.id != null ? at3 && at3.index === draft.index ? before.find(v => v.slot === at3.slot) : undefined : existed ? byValues.get(values.join()) : undefined;
    if (one.id != null && !row) { writing.wrong([...at2, 'id'], 'PRODUCT_VARIANT_DOES_NOT_EXIST', 'Product variant does not exist'); continue; }
    if (row && used.has(row.slot)) { writing.wrong(at2, 'INVALID_VARIANT', `The variant '${draft.titleOf({ values })}' already exists. Please change at least one option value.`); continue; }
    if (row) { used.add(row.slot); draft.full.variants.push({ ...row, levels: { ...row.levels }, metafields: [...row.metafields], values }); } else draft.addVariant(values, at);
    const own = draft.full.variants.at(-1);
    setVariant(writing, draft, own, one, at2);
    if (one.metafields != null) own.metafields = own.metafields.filter(m => one.metafields.some(x => x.id != null ? shop.ids.of('Metafield', draft.index ?? 0, m.slot) === bareId(x.id, 'Metafield') : (x.namespace ?? '$app') === m.namespace && x.key === m.key));
    for (const [n, quantity] of (one.inventoryQuantities ?? []).entries()) setLevel(writing, own, quantity, [...at2, 'inventoryQuantities', String(n)], !row);
    if (one.file !== undefined) own.mediaId = fileId(one.file ?? {});
    own.updatedAt = at;
    if (one.file != null) (writing.ofVariant ??= []).push({ slot: own.slot, file: one.file });
  }
  writing.check();
  const twins = draft.twins();
  if (twins) writing.refuse(['input', 'variants', String(twins[1])], 'INVALID_VARIANT', `The variant '${draft.titleOf(draft.full.variants[twins[1]])}' already exists. Please change at least one option value.`);
  if (input.variants.every(v => v.position != null)) draft.full.variants = draft.full.variants.map((row, k) => ({ row, k })).sort((a, b) => input.variants[a.k].position - input.variants[b.k].position || a.k - b.k).map(({ row }) => row);
}

export const isSameFile = (one, other) => one.id != null ? one.id === other.id : one.originalSource === other.originalSource;
export const fileId = file => file.id == null ? null : readGid(file.id)?.id ?? null;

function setLevel(writing, row, { locationId, name, quantity }, field, isNew) {
  const { shop, at } = writing;
  const location = shop.locations.find(l => l.id === bareId(locationId, 'Location'));
  if (!location) return writing.wrong([...field, 'locationId'], 'INVALID_INPUT', 'The specified location could not be found.');
  if (name !== 'available' && name !== 'on_hand') return writing.wrong([...field, 'name'], 'INVALID_INPUT', "The quantity name must be either 'available' or 'on_hand'.");
  if (!row.levels[location.number] && !isNew) return writing.wrong([...field, 'locationId'], 'INVALID_INPUT', 'The variant is not stocked at the location.');
  if (Math.abs(quantity) > 1_000_000_000) return writing.wrong([...field, 'quantity'], 'INVALID_INPUT', "The total quantity can't be higher than 1,000,000,000.");
  const level = row.levels[location.number] ?? noStock(at);
  row.levels[location.number] = setQuantity(level, name, quantity, at).level;
  return undefined;
}
