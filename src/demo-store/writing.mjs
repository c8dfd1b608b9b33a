// What every writer of a mutation is given and uses.
import { GraphQLError } from 'graphql';
import { readGid } from './ids.mjs';
import { ProductDraft } from './written-products.mjs';

/** Nothing of the mutation is kept. */
export class Refusal extends Error {
  constructor(errors) { super(errors[0].message); this.errors = errors; }
}

/** Shopify answers the whole request with HTTP 429. */
export class TooManyVariants extends Error {
  constructor() { super('Daily variant creation limit reached. Please try again later.'); }
}

/** What a writer has in hand: the shop, the time, and where it puts what is wrong. */
export class Writing {
  errors = [];
  wrote = false;

  constructor(shop, at, { describe = () => null, poison = () => null, maxNewVariants = Infinity } = {}) {
    Object.assign(this, { shop, at, describe, poison, maxNewVariants });
  }

  /** Notes an error; `code` may be a list of which the payload's own enum has one. */
  wrong(field, code, message) {
    const known = this.describe([code].flat());
    this.errors.push({ field, message: message ?? known?.text ?? String([code].flat()[0]), code: known?.code ?? null, elementIndex: null });
  }

  refuse(field, code, message) {
    if (field !== undefined) this.wrong(field, code, message);
    throw new Refusal(this.errors);
  }

  /** Stops here when anything was wrong. */
  check() {
    if (this.errors.length) this.refuse();
  }

  /** Stops here when anything was wrong; a writer that keeps no draft calls it before it writes. */
  ready() {
    this.check();
    this.wrote = true;
  }

  /** How many variants the draft adds; stops when that is more than the day allows. */
  newVariants(draft) {
    const made = draft.full.next.variant - draft.variantsBefore;
    if (made > this.maxNewVariants) throw new TooManyVariants();
    return made;
  }

  keep(draft) {
    const made = this.newVariants(draft);
    this.maxNewVariants -= made;
    draft.later?.(); // files are made only when nothing is refused any more
    draft.later = null;
    if (made) this.shop.variantsMade = (this.shop.variantsMade ?? 0) + made;
    this.wrote = true;
    return draft.keep(this.at);
  }

  product(id) {
    const read = readGid(id);
    if (!read || read.type !== 'Product') throw invalidId(id);
    return this.shop.productById(read.id);
  }

  draft(id, field, code = 'PRODUCT_DOES_NOT_EXIST') {
    const product = this.product(id);
    if (!product) this.refuse(field, code, 'Product does not exist');
    return new ProductDraft(this.shop, product.index);
  }
}

export const invalidId = id => new GraphQLError(`Invalid global id '${id}'`, { extensions: { code: 'argumentLiteralsIncompatible' } });

/** The bare id of a global id of one of these types. */
export function bareId(id, ...types) {
  const read = readGid(id);
  if (!read || !types.includes(read.type)) throw invalidId(id);
  return read.id;
}

/** An input field of Shopify's that the demo store would forget is an error, never silence. */
export function only(typeName, input, names) {
  for (const name of Object.keys(input)) if (!names.includes(name)) throw new GraphQLError(`The demo store does not write ${typeName}.${name}.`, { extensions: { code: 'NOT_SERVED_BY_DEMO_STORE' } });
}
