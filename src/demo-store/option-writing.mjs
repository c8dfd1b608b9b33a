// Mutations of a product's options: at most three, with at most 2,048 variants among them.
import { bareId, only } from './writing.mjs';

const MAX_OPTIONS = 3;
const MAX_VARIANTS = 2048;
const MAX_NAME = 255;

/** Notes what is wrong with a list of [{ name, values: [{ name }] }] taken by itself. */
export function optionProblems(writing, options, { field, beside = [], max = MAX_VARIANTS }) {
  const wrong = (path, code, message) => writing.wrong([...field, ...path], code, message);
  if (options.length + beside.length > MAX_OPTIONS) wrong([], ['OPTIONS_OVER_LIMIT'], `Can only specify a maximum of ${MAX_OPTIONS} options`);
  const names = new Set(beside.map(o => o.name));
  for (const [k, { name, values }] of options.entries()) {
    const tidy = name?.trim() ?? '';
    if (!tidy) wrong([String(k), 'name'], ['OPTION_NAME_MISSING', 'INVALID_INPUT'], 'Each option must have a name specified.');
    else if (tidy.length > MAX_NAME) wrong([String(k), 'name'], ['OPTION_NAME_TOO_LONG', 'INVALID_INPUT'], 'Option name is too long.');
    else if (names.has(tidy)) wrong([String(k)], beside.some(o => o.name === tidy) ? ['OPTION_ALREADY_EXISTS', 'DUPLICATED_OPTION_NAME'] : ['DUPLICATED_OPTION_NAME'], beside.some(o => o.name === tidy) ? `Option '${tidy}' already exists.` : 'Duplicated option name.');
    names.add(tidy);
    if (!values?.length) { wrong([String(k), 'values'], ['OPTION_VALUES_MISSING'], 'Each option must have at least one option value specified.'); continue; }
    if (values.length > max) wrong([String(k), 'values'], ['OPTION_VALUES_OVER_LIMIT'], 'Option values count is over the allowed limit.');
    const known = new Set();
    for (const [n, value] of values.entries()) {
      const text = value.name?.trim() ?? '';
      if (!text) wrong([String(k), 'values', String(n)], ['INVALID_NAME', 'INVALID_INPUT'], 'The name provided is not valid.');
      else if (text.length > MAX_NAME) wrong([String(k), 'values', String(n)], ['OPTION_VALUE_NAME_TOO_LONG', 'INVALID_INPUT'], 'Option value name is too long.');
      else if (known.has(text)) wrong([String(k), 'values', String(n)], ['DUPLICATED_OPTION_VALUE'], 'Duplicated option value.');
      known.add(text);
    }
  }
}

const optionId = (writing, draft, option) => writing.shop.ids.of('ProductOption', draft.index, option.slot);
const valueId = (writing, draft, value) => writing.shop.ids.of('ProductOptionValue', draft.index, value.slot);

function keep(writing, draft) {
  return { product: writing.shop.productAt(writing.keep(draft)) };
}

/** Variants for each combination of an existing variant's values and one more value of the option at `place`. */
function multiply(writing, draft, place, values, templates) {
  for (const value of values) {
    for (const template of templates) {
      const slots = [...template.values];
      slots[place] = value.slot;
      const row = draft.addVariant(slots, writing.at);
      for (const name of ['price', 'compareAtPrice', 'taxable', 'inventoryPolicy', 'tracked', 'requiresShipping', 'unitCost', 'weight']) row[name] = template[name];
    }
  }
}

export const optionMutations = {
  productOptionsCreate(writing, { productId, options, variantStrategy }) {
    const draft = writing.draft(productId, ['productId']);
    for (const one of options) only('OptionCreateInput', one, ['name', 'position', 'values']);
    const replacesDefault = draft.hasOnlyDefaultVariant;
    optionProblems(writing, options, { field: ['options'], beside: replacesDefault ? [] : draft.full.options });
    if (options.some(o => o.position != null) && options.some(o => o.position == null)) writing.wrong(['options'], 'OPTION_POSITION_MISSING');
    for (const [k, o] of options.entries()) if (o.position != null && (o.position < 1 || o.position > MAX_OPTIONS)) writing.wrong(['options', String(k), 'position'], 'POSITION_OUT_OF_BOUNDS');
    writing.check();
    if (replacesDefault) {
      draft.full.options = [];
      draft.variant(0).values = [];
    }
    for (const one of options) {
      const option = draft.addOption(one.name.trim(), one.values.map(v => v.name.trim()));
      for (const place of draft.full.variants.keys()) { const row = draft.variant(place); row.values = [...row.values, option.values[0].slot]; row.updatedAt = writing.at; }
    }
    if (options.every(o => o.position != null)) move(draft, options.map((o, k) => ({ option: draft.full.options[draft.full.options.length - options.length + k], position: o.position })));
    if (variantStrategy === 'CREATE') {
      const total = options.reduce((n, o) => n * o.values.length, draft.full.variants.length);
      if (total > MAX_VARIANTS) writing.refuse(['options'], 'TOO_MANY_VARIANTS_CREATED');
      for (const one of options) {
        const place = draft.full.options.findIndex(o => o.name === one.name.trim());
        multiply(writing, draft, place, draft.full.options[place].values.slice(1), [...draft.full.variants]);
      }
      draft.sortVariants();
    }
    return keep(writing, draft);
  },

  productOptionUpdate(writing, { productId, option: input, optionValuesToAdd = [], optionValuesToUpdate = [], optionValuesToDelete = [], variantStrategy }) {
    const draft = writing.draft(productId, ['productId']);
    only('OptionUpdateInput', input, ['id', 'name', 'position']);
    const wanted = bareId(input.id, 'ProductOption');
    const place = draft.full.options.findIndex(o => optionId(writing, draft, o) === wanted);
    if (place < 0) writing.refuse(['option', 'id'], 'OPTION_DOES_NOT_EXIST');
    const option = draft.full.options[place];
    if (input.name !== undefined) {
      const name = input.name?.trim() ?? '';
      if (!name) writing.wrong(['option', 'name'], 'INVALID_NAME');
      else if (name.length > MAX_NAME) writing.wrong(['option', 'name'], 'OPTION_NAME_TOO_LONG');
      else if (draft.full.options.some(o => o !== option && o.name === name)) writing.wrong(['option', 'name'], 'OPTION_ALREADY_EXISTS');
      option.name = name;
    }
    if (input.position != null && (input.position < 1 || input.position > draft.full.options.length)) writing.wrong(['option', 'position'], 'INVALID_POSITION');
    const find = (id, list, n) => {
      const found = option.values.findIndex(v => valueId(writing, draft, v) === bareId(id, 'ProductOptionValue'));
      if (found < 0) writing.wrong([list, String(n)], 'OPTION_VALUE_DOES_NOT_EXIST');
      return found;
    };
    for (const [n, one] of (optionValuesToUpdate ?? []).entries()) {
      only('OptionValueUpdateInput', one, ['id', 'name']);
      const at = find(one.id, 'optionValuesToUpdate', n), name = one.name?.trim() ?? '';
      if (at < 0) continue;
      if (optionValuesToDelete?.includes(one.id)) writing.wrong(['optionValuesToUpdate', String(n)], 'OPTION_VALUE_CONFLICTING_OPERATION');
      if (!name) writing.wrong(['optionValuesToUpdate', String(n), 'name'], 'INVALID_NAME');
      else if (name.length > MAX_NAME) writing.wrong(['optionValuesToUpdate', String(n), 'name'], 'OPTION_VALUE_NAME_TOO_LONG');
      option.values[at] = { ...option.values[at], name };
    }
    const leaving = (optionValuesToDelete ?? []).map((id, n) => find(id, 'optionValuesToDelete', n)).filter(at => at >= 0).map(at => option.values[at].slot);
    if (leaving.length && leaving.length === option.values.length) writing.wrong(['optionValuesToDelete'], 'CANNOT_DELETE_ALL_OPTION_VALUES_IN_OPTION');
    const orphans = draft.full.variants.filter(row => leaving.includes(row.values[place]));
    if (orphans.length && variantStrategy !== 'MANAGE') writing.wrong(['optionValuesToDelete'], 'OPTION_VALUE_HAS_VARIANTS');
    if (orphans.length && orphans.length === draft.full.variants.length && !optionValuesToAdd?.length) writing.wrong(['optionValuesToDelete'], 'CANNOT_LEAVE_OPTIONS_WITHOUT_VARIANTS');
    writing.check();
    const templates = [...new Map(draft.full.variants.map(row => [row.values.filter((_, k) => k !== place).join(), row])).values()];
    const added = (optionValuesToAdd ?? []).map((one, n) => {
      only('OptionValueCreateInput', one, ['name']);
      const name = one.name?.trim() ?? '';
      if (!name) writing.wrong(['optionValuesToAdd', String(n), 'name'], 'INVALID_NAME');
      else if (name.length > MAX_NAME) writing.wrong(['optionValuesToAdd', String(n), 'name'], 'OPTION_VALUE_NAME_TOO_LONG');
      return draft.addValue(option, name);
    });
    option.values = option.values.filter(v => !leaving.includes(v.slot));
    if (new Set(option.values.map(v => v.name)).size < option.values.length) writing.wrong(['optionValuesToAdd'], optionValuesToAdd?.length ? 'OPTION_VALUE_ALREADY_EXISTS' : 'DUPLICATED_OPTION_VALUE');
    if (option.values.length > MAX_VARIANTS) writing.wrong(['optionValuesToAdd'], 'OPTION_VALUES_OVER_LIMIT');
    draft.full.variants = draft.full.variants.filter(row => !leaving.includes(row.values[place]));
    if (variantStrategy === 'MANAGE') {
      if (draft.full.variants.length + added.length * templates.length > MAX_VARIANTS) writing.refuse(['optionValuesToAdd'], 'CANNOT_CREATE_VARIANTS_ABOVE_LIMIT');
      multiply(writing, draft, place, added, templates);
    }
    writing.check();
    if (input.position != null) move(draft, [{ option, position: input.position }]);
    for (const k of draft.full.variants.keys()) if (optionValuesToUpdate?.length || input.name !== undefined) draft.variant(k).updatedAt = writing.at;
    return keep(writing, draft);
  },

  productOptionsDelete(writing, { productId, options, strategy }) {
    const draft = writing.draft(productId, ['productId']);
    const leaving = options.map((id, k) => {
      const place = draft.full.options.findIndex(o => optionId(writing, draft, o) === bareId(id, 'ProductOption'));
      if (place < 0) writing.wrong(['options', String(k)], 'OPTION_DOES_NOT_EXIST');
      else if (strategy === 'DEFAULT' && draft.full.options[place].values.length > 1) writing.wrong(['options', String(k)], 'CANNOT_DELETE_OPTION_WITH_MULTIPLE_VALUES');
      return place;
    });
    writing.check();
    const kept = draft.full.options.map((_, k) => k).filter(k => !leaving.includes(k));
    const seen = new Set();
    const variants = draft.full.variants.map(row => ({ ...row, values: kept.map(k => row.values[k]), updatedAt: writing.at })).filter(row => { const key = row.values.join(); return !seen.has(key) && seen.add(key); });
    if (strategy === 'NON_DESTRUCTIVE' && variants.length < draft.full.variants.length) writing.refuse(['options'], 'CANNOT_USE_NON_DESTRUCTIVE_STRATEGY');
    draft.full.options = kept.map(k => draft.full.options[k]);
    draft.full.variants = variants;
    if (!kept.length) {
      const { values } = draft.addOption('Title', ['Default Title']);
      draft.variant(0).values = [values[0].slot];
    }
    return { ...keep(writing, draft), deletedOptionsIds: options };
  },

  productOptionsReorder(writing, { productId, options }) {
    const draft = writing.draft(productId, ['productId']);
    const byId = options.some(o => o.id != null);
    const mixed = list => list.some(o => o.id != null) && list.some(o => o.name != null);
    if (mixed(options) || options.some(o => mixed(o.values ?? []))) writing.refuse(['options'], 'MIXING_ID_AND_NAME_KEYS_IS_NOT_ALLOWED');
    const order = options.map((one, k) => {
      const option = draft.full.options.find(o => byId ? one.id != null && optionId(writing, draft, o) === bareId(one.id, 'ProductOption') : o.name === one.name);
      if (!option) { writing.wrong(['options', String(k)], byId ? 'OPTION_ID_DOES_NOT_EXIST' : 'OPTION_NAME_DOES_NOT_EXIST'); return null; }
      if (!one.values) return option;
      const values = one.values.map((value, n) => {
        const found = option.values.find(v => value.id != null ? valueId(writing, draft, v) === bareId(value.id, 'ProductOptionValue') : v.name === value.name);
        if (!found) writing.wrong(['options', String(k), 'values', String(n)], value.id != null ? 'OPTION_VALUE_ID_DOES_NOT_EXIST' : 'OPTION_VALUE_DOES_NOT_EXIST');
        return found;
      });
      if (new Set(values).size < values.length) writing.wrong(['options', String(k), 'values'], 'DUPLICATED_OPTION_VALUE');
      option.values = [...values.filter(Boolean), ...option.values.filter(v => !values.includes(v))];
      return option;
    });
    if (new Set(order).size < order.length) writing.wrong(['options'], 'DUPLICATED_OPTION_NAME');
    if (order.length < draft.full.options.length) writing.wrong(['options'], 'MISSING_OPTION_NAME');
    writing.check();
    arrange(draft, order);
    draft.sortVariants();
    return keep(writing, draft);
  },
};

/** Puts options at their positions; the others keep their order. */
function move(draft, moves) {
  const order = draft.full.options.filter(o => !moves.some(m => m.option === o));
  for (const { option, position } of [...moves].sort((a, b) => a.position - b.position)) order.splice(Math.min(position - 1, order.length), 0, option);
  arrange(draft, order);
}

function arrange(draft, order) {
  const places = order.map(o => draft.full.options.indexOf(o));
  draft.full.options = order;
  draft.full.variants = draft.full.variants.map(row => ({ ...row, values: places.map(k => row.values[k]) }));
}
