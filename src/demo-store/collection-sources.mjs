// The sources of a collection as a mutation gives them: first read whole, with everything that is wrong noted, then kept.
import { excludedCollections, readCondition } from './collection-conditions.mjs';
import { gid, readGid } from './ids.mjs';
import { bareId, only } from './writing.mjs';

export const MAX_SOURCES = 25;
export const MAX_CONDITIONS = 60;
const FIRST_SOURCE = 7_500_000_000, FIRST_CONDITION = 8_000_000_000;

/** Sub-collections go one level deep. */
export const eligibleAsSubCollection = collection => !collection.sources.some(s => s.subCollections);

const referred = collection => collection.sources.flatMap(s => s.subCollections ?? excludedCollections(s));

/** Reads sources for `owner`, which is null while it is being created. */
export class SourceReader {
  constructor(writing, owner = null) {
    Object.assign(this, { writing, owner, shop: writing.shop });
  }

  wrong(field, message) {
    this.writing.wrong(field, [], message);
  }

  idOf(text, ...types) {
    return bareId(text, ...types);
  }

  /** Number of a collection that a source of the owner may refer to. */
  collection(id, field) {
    const { collections } = this.shop, found = collections.byId(bareId(id, 'Collection'));
    if (!found) { this.wrong(field, 'Collection does not exist'); return null; }
    if (found === this.owner) this.wrong(field, "A collection can't reference itself");
    else if (!eligibleAsSubCollection(found)) this.wrong(field, "A collection that has sub-collections can't be referenced by another collection");
    else if (this.owner && this.#reaches(found)) this.wrong(field, "Collections can't reference each other in a circle");
    return found.number;
  }

  #reaches(collection, seen = new Set()) {
    if (collection === this.owner) return true;
    if (seen.has(collection)) return false;
    seen.add(collection);
    return this.shop.collections.numbered(referred(collection)).some(one => this.#reaches(one, seen));
  }

  #title(text, field) {
    const title = (text ?? '').trim();
    if (!title) this.wrong([...field, 'title'], "Title can't be blank");
    if (title.length > 255) this.wrong([...field, 'title'], 'Title is too long (maximum is 255 characters)');
    return title;
  }

  #product(id, field) {
    const product = this.shop.productById(bareId(id, 'Product'));
    if (!product) this.wrong([...field, 'productId'], 'Product does not exist');
    return product;
  }

  /** Adds selections to those of a source: index → slots of variants, or null for the whole product. */
  #pick(picked, selections, targetType, field) {
    for (const [k, { productId, variantIds }] of selections.entries()) {
      const at = [...field, String(k)], product = this.#product(productId, at);
      if (!product) continue;
      if (variantIds?.length && targetType !== 'VARIANTS') this.wrong([...at, 'variantIds'], 'Variants can only be selected in a source that targets variants');
      const slots = variantIds?.length ? variantIds.map((id, n) => this.#slot(product, id, [...at, 'variantIds', String(n)])) : null, known = picked.get(product.index);
      picked.set(product.index, slots === null || known === null ? null : [...new Set([...known ?? [], ...slots])]);
    }
  }

  #slot(product, id, field) {
    const variant = this.shop.variantById(bareId(id, 'ProductVariant'));
    if (variant?.product.index !== product.index) { this.wrong(field, 'Product variant does not exist'); return -1; }
    return variant.slot;
  }

  #conditions(inputs, field) {
    return inputs.map((input, k) => readCondition(this, input, [...field, String(k)])).filter(Boolean);
  }

  #matchType(conditions, matchType, field) {
    if (!matchType && conditions.filter(c => c.kind !== 'Collection').length > 1) this.wrong([...field, 'matchType'], 'Match type is required when there are several conditions');
    return matchType ?? 'ALL';
  }

  /** The source of one CollectionCreateSourceTargetInput. */
  source(target, field) {
    const [[name, input]] = Object.entries(target), at = [...field, name];
    if (name === 'shareableSource') only('CollectionCreateSourceTargetInput', { shareableSource: input }, []);
    const shared = { title: this.#title(input.title, at), description: input.description ?? null };
    if (name === 'subCollections') return { typename: 'CollectionSubCollectionsSource', ...shared, subCollections: this.#subCollections(input.collectionIds, [...at, 'collectionIds']) };

    const { inclusion = null, exclusion = null } = input, targetType = input.targetType ?? 'PRODUCTS', picked = new Map(), excluded = new Set();
    const conditions = this.#conditions(inclusion?.conditions ?? [], [...at, 'inclusion', 'conditions']), against = this.#conditions(exclusion?.conditions ?? [], [...at, 'exclusion', 'conditions']);
    this.#pick(picked, inclusion?.selections ?? [], targetType, [...at, 'inclusion', 'selections']);
    for (const [k, { productId }] of (exclusion?.selections ?? []).entries()) { const product = this.#product(productId, [...at, 'exclusion', 'selections', String(k)]); if (product) excluded.add(product.index); }
    return {
      typename: 'CollectionConditionsSource', ...shared, targetType, picked, excluded,
      inclusion: { matchType: this.#matchType(conditions, inclusion?.matchType, [...at, 'inclusion']), conditions },
      exclusion: exclusion ? { matchType: this.#matchType(against, exclusion.matchType, [...at, 'exclusion']), conditions: against } : null,
    };
  }

  /** A source as one CollectionUpdateSourceTargetInput makes it: a copy, since members follow it only when the job is done. */
  changed(target, sources, field) {
    const [[name, input]] = Object.entries(target), at = [...field, name], before = this.#among(sources, input.id, name === 'condition' ? 'CollectionConditionsSource' : 'CollectionSubCollectionsSource', [...at, 'id']);
    if (!before) return null;
    const source = { ...before };
    if (input.title !== undefined) source.title = this.#title(input.title, at);
    if (input.description !== undefined) source.description = input.description ?? null;
    if (name === 'subCollections') {
      if (input.collectionIds != null) source.subCollections = this.#subCollections(input.collectionIds, [...at, 'collectionIds']);
      return source;
    }
    Object.assign(source, { bits: undefined, evaluated: 0, picked: new Map(before.picked), excluded: new Set(before.excluded) });
    const { inclusion, exclusion } = input;
    if (inclusion) {
      source.inclusion = this.#changedPart(source.inclusion, inclusion, 'Inclusion', [...at, 'inclusion']);
      this.#unpick(source.picked, inclusion.selectionsToRemove ?? [], [...at, 'inclusion', 'selectionsToRemove']);
      this.#pick(source.picked, inclusion.selectionsToAdd ?? [], source.targetType, [...at, 'inclusion', 'selectionsToAdd']);
    }
    if (exclusion) {
      source.exclusion = this.#changedPart(source.exclusion ?? { matchType: 'ALL', conditions: [] }, exclusion, 'Exclusion', [...at, 'exclusion']);
      for (const { productId } of exclusion.selectionsToRemove ?? []) source.excluded.delete(this.shop.ids.read('Product', bareId(productId, 'Product'))?.index);
      for (const [k, { productId }] of (exclusion.selectionsToAdd ?? []).entries()) { const product = this.#product(productId, [...at, 'exclusion', 'selectionsToAdd', String(k)]); if (product) source.excluded.add(product.index); }
    }
    return source;
  }

  #among(sources, id, typename, field) {
    bareId(id, 'CollectionConditionsSource', 'CollectionSubCollectionsSource');
    const found = sources.find(s => s.gid === id && (!typename || s.typename === typename));
    if (!found) this.wrong(field, 'Source does not exist');
    return found;
  }

  /** Those of the sources that are not in the list of ids. */
  without(sources, ids, field) {
    const leaving = ids.map((id, k) => this.#among(sources, id, null, [...field, String(k)]));
    return sources.filter(s => !leaving.includes(s));
  }

  #changedPart(before, { matchType, conditionsToCreate = [], conditionsToUpdate = [], conditionsToDelete = [] }, side, field) {
    let conditions = [...before.conditions];
    const place = (id, at) => {
      const read = readGid(id), found = conditions.findIndex(c => read?.type === `CollectionSource${side}Condition${c.kind}` && read.id === String(c.number));
      if (found < 0) this.wrong(at, 'Condition does not exist');
      return found;
    };
    for (const [k, { id, condition }] of (conditionsToUpdate ?? []).entries()) {
      const at = [...field, 'conditionsToUpdate', String(k)], n = place(id, [...at, 'id']);
      if (n >= 0) conditions[n] = readCondition(this, condition, [...at, 'condition'], conditions[n]) ?? conditions[n];
    }
    const leaving = (conditionsToDelete ?? []).map((id, k) => conditions[place(id, [...field, 'conditionsToDelete', String(k)])]);
    conditions = conditions.filter(c => !leaving.includes(c));
    return { matchType: matchType ?? before.matchType, conditions: [...conditions, ...this.#conditions(conditionsToCreate ?? [], [...field, 'conditionsToCreate'])] };
  }

  /** Without variants the whole product goes. */
  #unpick(picked, selections, field) {
    for (const [k, { productId, variantIds }] of selections.entries()) {
      const at = this.shop.ids.read('Product', bareId(productId, 'Product')), known = at && picked.get(at.index);
      if (!at || known === undefined) continue;
      if (!variantIds?.length) { picked.delete(at.index); continue; }
      if (known === null) { this.wrong([...field, String(k), 'variantIds'], 'The product is selected whole'); continue; }
      const leaving = variantIds.map(id => this.shop.ids.read('ProductVariant', bareId(id, 'ProductVariant'))?.slot), left = known.filter(slot => !leaving.includes(slot));
      if (left.length) picked.set(at.index, left);
      else picked.delete(at.index);
    }
  }

  #subCollections(ids, field) {
    if (!ids.length) this.wrong(field, 'Collection ids must contain at least one collection');
    if (this.owner && this.shop.collections.live.some(c => c.sources.some(s => s.subCollections?.includes(this.owner.number)))) this.wrong(field, 'A collection that is a sub-collection of another one has none itself');
    return [...new Set(ids.map((id, k) => this.collection(id, [...field, String(k)])))];
  }

  /** Says when there are more sources or conditions than a collection may have. */
  checkSizes(sources, field) {
    if (sources.length > MAX_SOURCES) this.wrong(field, `A collection can have at most ${MAX_SOURCES} sources`);
    const count = sources.reduce((sum, s) => sum + (s.inclusion?.conditions.length ?? 0) + (s.exclusion?.conditions.length ?? 0), 0);
    if (count > MAX_CONDITIONS) this.wrong(field, `A collection can have at most ${MAX_CONDITIONS} conditions`);
  }
}

/** Gives what is new its ids, and makes the sources those of the collection. */
export function keepSources(shop, collection, sources) {
  const { collections } = shop;
  for (const source of sources) {
    source.gid ??= gid(source.typename, FIRST_SOURCE + ++collections.sourcesMade);
    for (const part of [source.inclusion, source.exclusion]) for (const condition of part?.conditions ?? []) condition.number ??= FIRST_CONDITION + ++collections.conditionsMade;
  }
  collection.sources = sources;
  collections.orders.clear();
}

/** Whether products can be picked for the collection from elsewhere. */
export const takesPicks = collection => collection.sources.length === 0 || collection.sources.some(s => !s.subCollections);

/** The source that products are picked into; a collection that has none yet gets one. */
export function picksOf(shop, collection) {
  if (!collection.sources.length) keepSources(shop, collection, [{ typename: 'CollectionConditionsSource', title: 'Products', description: null, targetType: 'PRODUCTS', picked: new Map(), excluded: new Set(), inclusion: { matchType: 'ALL', conditions: [] }, exclusion: null }]);
  return (collection.sources.find(s => !s.subCollections && !s.inclusion.conditions.length) ?? collection.sources.find(s => !s.subCollections)).picked;
}

/** Takes products out of whatever they were picked into, and out of the order. */
export function unpick(shop, collection, indexes) {
  for (const index of indexes) for (const s of collection.sources) s.picked?.delete(index);
  if (collection.reordered) collection.reordered = collection.reordered.filter(index => !indexes.includes(index));
  for (const index of indexes) shop.changed(index);
}
