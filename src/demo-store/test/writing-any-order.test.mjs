// Any order of mutations and silent edits: what is refused changes nothing, the rows stay sound, GraphQL and the state
// say the same, and the journal makes the same shop again.
import assert from 'node:assert/strict';
import test from 'node:test';
import { apply, ChangeError } from '../changes.mjs';
import { gid } from '../ids.mjs';
import { aWritable, everything, random, replayed } from './writable.mjs';

const AT = Date.UTC(2026, 4, 5);

const FIELDS = '{ userErrors { field message } }';
const TYPES = { productUpdate: '$p: ProductUpdateInput!', productSet: '$who: ProductSetIdentifiers, $i: ProductSetInput!' };
const CALLS = {
  productUpdate: `mutation(${TYPES.productUpdate}) { productUpdate(product: $p) ${FIELDS} }`,
  productSet: `mutation(${TYPES.productSet}) { productSet(identifier: $who, input: $i) ${FIELDS} }`,
  productCreate: `mutation($p: ProductCreateInput!) { productCreate(product: $p) ${FIELDS} }`,
  productDelete: `mutation($i: ProductDeleteInput!) { productDelete(input: $i) ${FIELDS} }`,
  tagsAdd: `mutation($id: ID!, $t: [String!]!) { tagsAdd(id: $id, tags: $t) ${FIELDS} }`,
  variantsUpdate: `mutation($id: ID!, $v: [ProductVariantsBulkInput!]!, $part: Boolean) { productVariantsBulkUpdate(productId: $id, variants: $v, allowPartialUpdates: $part) ${FIELDS} }`,
  variantsCreate: `mutation($id: ID!, $v: [ProductVariantsBulkInput!]!, $s: ProductVariantsBulkCreateStrategy) { productVariantsBulkCreate(productId: $id, variants: $v, strategy: $s) ${FIELDS} }`,
  variantsDelete: `mutation($id: ID!, $v: [ID!]!) { productVariantsBulkDelete(productId: $id, variantsIds: $v) ${FIELDS} }`,
  variantsReorder: `mutation($id: ID!, $v: [ProductVariantPositionInput!]!) { productVariantsBulkReorder(productId: $id, positions: $v) ${FIELDS} }`,
  optionsCreate: `mutation($id: ID!, $o: [OptionCreateInput!]!, $s: ProductOptionCreateVariantStrategy) { productOptionsCreate(productId: $id, options: $o, variantStrategy: $s) ${FIELDS} }`,
  optionUpdate: `mutation($id: ID!, $o: OptionUpdateInput!, $add: [OptionValueCreateInput!], $set: [OptionValueUpdateInput!], $del: [ID!], $s: ProductOptionUpdateVariantStrategy) { productOptionUpdate(productId: $id, option: $o, optionValuesToAdd: $add, optionValuesToUpdate: $set, optionValuesToDelete: $del, variantStrategy: $s) ${FIELDS} }`,
  optionsDelete: `mutation($id: ID!, $o: [ID!]!, $s: ProductOptionDeleteStrategy) { productOptionsDelete(productId: $id, options: $o, strategy: $s) ${FIELDS} }`,
  optionsReorder: `mutation($id: ID!, $o: [OptionReorderInput!]!) { productOptionsReorder(productId: $id, options: $o) ${FIELDS} }`,
  metafieldsSet: `mutation($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) ${FIELDS} }`,
  metafieldsDelete: `mutation($m: [MetafieldIdentifierInput!]!) { metafieldsDelete(metafields: $m) ${FIELDS} }`,
  stock: `mutation($i: InventorySetQuantitiesInput!, $k: String!) { inventorySetQuantities(input: $i) @idempotent(key: $k) ${FIELDS} }`,
  publish: `mutation($id: ID!, $i: [PublicationInput!]!) { publishablePublish(id: $id, input: $i) ${FIELDS} }`,
  unpublish: `mutation($id: ID!, $i: [PublicationInput!]!) { publishableUnpublish(id: $id, input: $i) ${FIELDS} }`,
  fileUpdate: `mutation($f: [FileUpdateInput!]!) { fileUpdate(files: $f) ${FIELDS} }`,
};

/** One random thing to do: { call, variables } or a change of the control API. */
function oneOf(shop, r, step) {
  const live = Array.from({ length: shop.total }, (_, i) => shop.productAt(i)).filter(Boolean);
  const product = r.of(live), id = product.gid, variant = r.of(product.variants), { variants } = product;
  const medium = product.media.length ? r.of(product.media) : null, other = r.of(live), location = r.of(shop.locations);
  const optionGid = n => gid('ProductOption', shop.ids.of('ProductOption', product.index, product.options[n].slot ?? n));
  const values = () => product.options.map(o => ({ optionName: o.name, name: r.next(3) ? r.of(o.values).name : `New ${r.next(4)}` }));
  const text = () => r.of(['a', ' b ', 'ünï 👩‍🚀', '', 'x'.repeat(256), `t${step}`]);
  const makers = [
    () => ({ call: 'productUpdate', variables: { p: { id, ...Object.fromEntries(r.some([['title', text()], ['vendor', text()], ['status', r.of(['ACTIVE', 'DRAFT', 'UNLISTED'])], ['tags', ['b', 'a,c', text()]], ['handle', r.of([text(), other.handle])], ['seo', { title: text() }], ['descriptionHtml', text()], ['category', r.of([null, gid('TaxonomyCategory', 'aa-1'), gid('TaxonomyCategory', 'zz-9')])], ['collectionsToJoin', [shop.collections.list[r.of([0, 12])].gid]]])) } } }),
    () => ({ call: 'tagsAdd', variables: { id, t: [text(), 'more, tags'] } }),
    () => ({ call: 'variantsUpdate', variables: { id, part: r.next(2) === 1, v: r.some(variants).slice(0, 5).map(v => ({ id: v.gid, price: r.of(['1', '2.345', '-1']), inventoryItem: { sku: text(), cost: r.of([null, '1.5']) }, ...(r.next(3) ? {} : { optionValues: values() }) })) } }),
    () => ({ call: 'variantsCreate', variables: { id, s: r.of(['DEFAULT', 'REMOVE_STANDALONE_VARIANT', 'PRESERVE_STANDALONE_VARIANT']), v: [{ optionValues: values(), price: '3' }, { optionValues: values(), inventoryQuantities: [{ locationId: location.gid, availableQuantity: r.next(9) }] }].slice(r.next(2)) } }),
    () => ({ call: 'variantsDelete', variables: { id, v: r.some(variants).slice(0, 3).map(v => v.gid) } }),
    () => ({ call: 'variantsReorder', variables: { id, v: r.some(variants).slice(0, 3).map(v => ({ id: v.gid, position: r.next(5) })) } }),
    () => ({ call: 'optionsCreate', variables: { id, s: r.of(['CREATE', 'LEAVE_AS_IS']), o: [{ name: r.of(['Fit', 'Cut', 'Color']), values: [{ name: 'one' }, { name: 'two' }] }] } }),
    () => ({ call: 'optionUpdate', variables: { id, s: r.of(['MANAGE', 'LEAVE_AS_IS']), o: { id: optionGid(0), ...(r.next(2) ? { name: r.of(['Renamed', 'Size']) } : {}), ...(r.next(3) ? {} : { position: r.next(4) }) }, add: r.some([{ name: 'added' }]) } }),
    () => ({ call: 'optionsDelete', variables: { id, o: [optionGid(r.next(product.options.length))], s: r.of(['DEFAULT', 'NON_DESTRUCTIVE', 'POSITION']) } }),
    () => ({ call: 'optionsReorder', variables: { id, o: [...product.options].reverse().map(o => ({ name: o.name, values: [...o.values].reverse().map(v => ({ name: v.name })) })) } }),
    () => ({ call: 'metafieldsSet', variables: { m: [{ ownerId: r.of([id, variant.gid]), namespace: 'mine', key: r.of(['one', 'two']), type: 'single_line_text_field', value: text() }, { ownerId: id, namespace: 'custom', key: 'reviews', value: r.of(['5', 'x']) }].slice(r.next(2)) } }),
    () => ({ call: 'metafieldsDelete', variables: { m: [{ ownerId: id, namespace: 'custom', key: 'reviews' }, { ownerId: id, namespace: 'mine', key: 'one' }] } }),
    () => ({ call: 'stock', variables: { k: `k${r.next(400)}`, i: { name: r.of(['available', 'on_hand']), reason: 'correction', quantities: [{ inventoryItemId: variant.itemGid, locationId: location.gid, quantity: r.next(90) - 5, changeFromQuantity: r.of([null, variant.levels[0]?.quantities.available ?? 0]) }] } } }),
    () => ({ call: r.of(['publish', 'unpublish']), variables: { id, i: [{ publicationId: r.of(shop.publications).gid }] } }),
    () => medium && ({ call: 'fileUpdate', variables: { f: [{ id: medium.gid, ...Object.fromEntries(r.some([['alt', r.of(['new', '', 'x'.repeat(513)])], ['referencesToAdd', [other.gid]], ['referencesToRemove', [id]]])) }] } }),
    () => ({ call: 'productSet', variables: { who: r.of([null, { id }]), i: { title: text(), ...(r.next(2) ? { productOptions: [{ name: 'Size', values: [{ name: 'S' }, { name: 'M' }] }], variants: [{ optionValues: [{ optionName: 'Size', name: 'S' }] }, { optionValues: [{ optionName: 'Size', name: r.of(['M', 'S']) }], price: '4' }] } : {}), ...(r.next(3) || !medium ? {} : { files: [{ id: medium.gid, alt: 'set' }] }), ...(r.next(3) ? {} : { metafields: [{ namespace: 'mine', key: 'one', type: 'single_line_text_field', value: 'set' }] }) } } }),
    () => ({ call: 'productCreate', variables: { p: { title: text(), productOptions: [{ name: 'Size', values: [{ name: 'S' }] }] } } }),
    () => live.length > 12 && r.next(4) === 0 && ({ call: 'productDelete', variables: { i: { id } } }),
    () => ({ change: { type: 'edit', kind: 'product', id, set: { title: `silent ${step}`, tags: ['s'] }, touch: false } }),
    () => ({ change: { type: 'edit', kind: 'variant', id: variant.gid, set: { price: '9.00' }, touch: r.next(2) === 1 } }),
    () => medium && ({ change: { type: 'edit', kind: 'media', id: medium.gid, set: { alt: `silent ${step}` } } }),
    () => variant.levels.length > 0 && ({ change: { type: 'edit', kind: 'inventory-level', id: variant.levels[0].gid, set: { available: r.next(50) } } }),
    () => product.metafields.length > 0 && ({ change: { type: r.of(['edit', 'delete']), kind: 'metafield', id: product.metafields[0].gid, ids: [product.metafields[0].gid], set: { value: '7' } } }),
    () => variants.length > 1 && r.next(3) === 0 && ({ change: { type: 'delete', kind: 'variant', ids: [variant.gid] } }),
    () => medium && r.next(3) === 0 && ({ change: { type: 'delete', kind: 'media', ids: [medium.gid] } }),
    () => ({ change: { type: 'edit-many', kind: 'product', count: 3, seed: step, fields: ['tags'] } }),
    () => r.next(4) === 0 && ({ change: { type: 'create', products: 1 } }),
  ];
  return r.of(makers)() || null;
}

function sound(shop) {
  const handles = new Set(), ids = new Set();
  for (let index = 0; index < shop.total; index++) {
    const p = shop.productAt(index);
    if (!p) continue;
    assert.ok(!handles.has(p.handle), `handle ${p.handle} twice`);
    handles.add(p.handle);
    assert.deepEqual(p.variants.map(v => v.position), p.variants.map((_, k) => k + 1));
    assert.ok(p.variants.length >= 1 && p.variants.length === p.variantCount && p.options.length <= 3);
    assert.equal(new Set(p.variants.map(v => v.title)).size, p.variants.length, `twins in ${p.gid}: ${p.variants.map(v => v.title)}`);
    assert.equal(new Set(p.options.map(o => o.name)).size, p.options.length);
    for (const v of p.variants) {
      assert.equal(shop.variantById(v.id)?.gid, v.gid);
      assert.equal(shop.itemById(v.itemId)?.variant.gid, v.gid);
      assert.equal(v.selected.length, p.options.length);
      for (const l of v.levels) { assert.equal(shop.levelById(l.id)?.gid, l.gid); const q = l.quantities; assert.equal(q.on_hand, q.available + q.committed + q.reserved + q.damaged + q.safety_stock + q.quality_control); }
      for (const m of v.metafields) assert.equal(shop.metafieldById(m.id)?.gid, m.gid);
      assert.ok(v.mediaId === null || p.media.some(m => m.id === v.mediaId));
    }
    for (const m of p.metafields) assert.equal(shop.metafieldById(m.id)?.gid, m.gid);
    for (const m of p.media) assert.equal(shop.mediaById(m.id)?.gid, m.gid);
    for (const row of [...p.variants, ...p.metafields, ...p.variants.flatMap(v => v.metafields)]) { assert.ok(!ids.has(row.gid)); ids.add(row.gid); }
  }
}

async function sameInGraphql({ shop, run }) {
  const { data, errors } = await run('{ products(first: 250) { nodes { id title handle tags status vendor options { id name optionValues { id name hasVariants } } variants(first: 100) { nodes { id title sku price position } } media(first: 20) { nodes { id alt } } metafields(first: 50) { nodes { id key value definition { key } } } } } }');
  assert.equal(errors, undefined, JSON.stringify(errors));
  const state = everything(shop);
  const of = kind => owner => state[kind].filter(r => r.productId === owner);
  assert.deepEqual(JSON.parse(JSON.stringify(data.products.nodes)).map(p => ({ ...p, metafields: p.metafields.nodes.map(({ id, key, value }) => ({ id, key, value })), media: p.media.nodes, variants: p.variants.nodes })), state.products.map(p => ({
    id: gid('Product', p.id), title: p.title, handle: p.handle, tags: p.tags, status: p.status, vendor: p.vendor,
    options: of('options')(p.id).map(o => ({ id: gid('ProductOption', o.id), name: o.name, optionValues: o.values.map(v => ({ id: gid('ProductOptionValue', v.id), name: v.name, hasVariants: v.hasVariants })) })),
    variants: of('variants')(p.id).map(v => ({ id: gid('ProductVariant', v.id), title: v.title, sku: v.sku, price: v.price, position: v.position })).slice(0, 100),
    media: of('media')(p.id).map(m => ({ id: gid(m.type, m.id), alt: m.alt })),
    metafields: state.metafields.filter(m => m.ownerId === p.id).map(m => ({ id: gid('Metafield', m.id), key: m.key, value: m.value })),
  })));
}

for (const seed of (process.env.SEEDS ?? '1,2,3').split(',').map(Number)) {
  test(`400 things in any order (${seed})`, async () => {
    const store = aWritable(), { shop, entries, run } = store, r = random(seed * 7919);
    let refused = 0, written = 0;
    for (let step = 0; step < 400; step++) {
      const one = oneOf(shop, r, step);
      if (!one) continue;
      if (one.change) {
        const change = { ...one.change, at: AT + step * 1000 };
        try { apply(shop, change); entries.push(structuredClone(change)); } catch (error) { if (!(error instanceof ChangeError)) throw error; }
        continue;
      }
      const before = JSON.stringify(everything(shop)), length = entries.length;
      const { data, errors } = await run(CALLS[one.call], one.variables);
      assert.ok(!errors || errors.every(e => !e.originalError || e.originalError.extensions), `${one.call} ${JSON.stringify(one.variables)}: ${errors?.[0].originalError?.stack}`);
      const wrong = errors?.length || Object.values(data)[0].userErrors.length > 0;
      if (wrong && entries.length === length + (entries.at(-1)?.type === 'key' && entries.length > length ? 1 : 0)) {
        refused++;
        assert.equal(JSON.stringify(everything(shop)), before, `${one.call} was refused and yet wrote: ${JSON.stringify(one.variables)}`);
      } else written++;
      if (step % 40 === 0) sound(shop);
    }
    assert.ok(refused > 30 && written > 100, `${refused} refused, ${written} written`);
    sound(shop);
    await sameInGraphql(store);
    assert.deepEqual(everything(replayed(entries)), everything(shop));
  });
}
