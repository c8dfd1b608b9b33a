// Mutations of products, tags, publications, metafields, options and variants, over HTTP.
import assert from 'node:assert/strict';
import test from 'node:test';
import { RunningStore } from './support.mjs';

const UPDATE = 'mutation($p: ProductUpdateInput!) { productUpdate(product: $p) { product { id title handle tags status vendor seo { title description } category { id } templateSuffix updatedAt descriptionHtml } userErrors { field message } } }';
const PRICES = `mutation($id: ID!, $v: [ProductVariantsBulkInput!]!, $part: Boolean) { productVariantsBulkUpdate(productId: $id, variants: $v, allowPartialUpdates: $part) {
  productVariants { id price sku } userErrors { field message code } } }`;
const SET = `mutation($who: ProductSetIdentifiers, $i: ProductSetInput!, $sync: Boolean) { productSet(identifier: $who, input: $i, synchronous: $sync) {
  product { id title handle tags options { id name optionValues { id name } } variants(first: 250) { nodes { id title position price sku } } metafields(first: 50) { nodes { namespace key type value } } media(first: 9) { nodes { id status } } }
  productSetOperation { id status } userErrors { field message code } } }`;

async function start(t, products = 120, more = []) {
  const store = await RunningStore.start(t, ['--products', String(products), '--plan', 'enterprise', ...more]);
  store.write = async (query, variables) => {
    const answer = await store.gql(query, variables);
    assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
    return Object.values(answer.data)[0];
  };
  store.all = async () => Object.fromEntries(await Promise.all(['products', 'options', 'variants', 'media', 'metafields', 'inventory-levels', 'product-publications', 'collection-members', 'files', 'redirects'].map(async kind => [kind, await store.state(kind)])));
  store.productsBy = async test => (await store.state('products')).filter(test);
  return store;
}
const gid = (type, id) => `gid://shopify/${type}/${id}`;

test('productUpdate writes every field, moves updatedAt, and only that product', async t => {
  const store = await start(t);
  const before = await store.all();
  const product = before.products[3];
  const { product: now, userErrors } = await store.write(UPDATE, { p: {
    id: gid('Product', product.id), title: '  New  title ', handle: 'Brand New Handle', redirectNewHandle: true, descriptionHtml: '<p>x</p>', vendor: ' V ', productType: 'T', tags: ['b, a', 'B', ' c '], status: 'UNLISTED',
    seo: { title: 'S', description: null }, category: gid('TaxonomyCategory', 'aa-1'), templateSuffix: 'special', metafields: [{ namespace: 'custom', key: 'material', value: 'Wool' }],
  } });
  assert.deepEqual(userErrors, []);
  assert.deepEqual({ ...now, updatedAt: null, id: null }, { id: null, title: 'New  title', handle: 'brand-new-handle', tags: ['a', 'b', 'c'], status: 'UNLISTED', vendor: 'V', seo: { title: 'S', description: null }, category: { id: gid('TaxonomyCategory', 'aa-1') }, templateSuffix: 'special', updatedAt: null, descriptionHtml: '<p>x</p>' });
  const after = await store.all();
  assert.ok(after.products[3].updatedAt > product.updatedAt);
  assert.deepEqual(after.products.filter(p => p.id !== product.id), before.products.filter(p => p.id !== product.id));
  for (const kind of ['options', 'variants', 'media', 'inventory-levels', 'product-publications']) assert.deepEqual(after[kind], before[kind], kind);
  assert.deepEqual(after.redirects, [{ path: `/products/${product.handle}`, target: '/products/brand-new-handle' }]);
  assert.equal(after.metafields.find(m => m.ownerId === product.id && m.key === 'material').value, 'Wool');
  assert.deepEqual((await store.gql('{ products(first: 5, query: "handle:brand-new-handle AND status:unlisted AND tag:c") { nodes { title } } }')).data.products.nodes, [{ title: 'New  title' }]);
});

test('productUpdate refuses in Shopify’s words and writes nothing', async t => {
  const store = await start(t);
  const before = await store.all();
  const [one, two] = before.products;
  const id = gid('Product', one.id);
  const errors = async p => (await store.write(UPDATE, { p })).userErrors;
  assert.deepEqual(await errors({ id: gid('Product', '1'), title: 'x' }), [{ field: ['id'], message: 'Product does not exist' }]);
  assert.deepEqual(await errors({ id, title: ' ', vendor: 'V' }), [{ field: ['title'], message: "Title can't be blank" }]);
  assert.deepEqual(await errors({ id, title: 'x'.repeat(256) }), [{ field: ['title'], message: 'Title is too long (maximum is 255 characters)' }]);
  assert.deepEqual(await errors({ id, handle: two.handle }), [{ field: ['handle'], message: `Handle '${two.handle}' already in use. Please provide a new handle.` }]);
  assert.match((await errors({ id, tags: [Array.from({ length: 251 }, (_, n) => `t${n}`).join()] }))[0].message, /over the limit of 250/);
  assert.deepEqual((await errors({ id, metafields: [{ namespace: 'custom', key: 'reviews', value: 'many' }] }))[0], { field: ['metafields', '0', 'value'], message: 'Value must be an integer.' });
  assert.match((await store.gql(UPDATE, { p: { id: '12' } })).errors[0].message, /Invalid global id/);
  assert.match((await store.gql(UPDATE, { p: { id, giftCardTemplateSuffix: 'x' } })).errors[0].message, /does not write ProductUpdateInput.giftCardTemplateSuffix/);
  assert.equal((await store.gql(UPDATE, { p: { id, tags: Array(251).fill('t') } })).errors[0].extensions.code, 'MAX_INPUT_SIZE_EXCEEDED');
  assert.match((await store.gql(UPDATE, { p: { id, status: 'SECRET' } })).errors[0].message, /SECRET/);
  assert.deepEqual(await store.all(), before);
  const counted = await store.demo('GET', 'mutations');
  assert.equal(counted.executed, 0);
  assert.equal(counted.mutations.productUpdate.refused, 6);
});

test('tags are added and removed whatever their case', async t => {
  const store = await start(t);
  const [product] = await store.productsBy(p => p.tags.length > 1);
  const id = gid('Product', product.id);
  const change = (name, tags) => store.write(`mutation($id: ID!, $tags: [String!]!) { ${name}(id: $id, tags: $tags) { node { id ... on Product { tags } } userErrors { field message } } }`, { id, tags });
  assert.deepEqual((await change('tagsAdd', ['zz, aa', product.tags[0].toUpperCase()])).node.tags, [...product.tags, 'aa', 'zz'].sort());
  assert.deepEqual((await change('tagsRemove', ['AA', 'zz', 'never there'])).node.tags, product.tags);
});

test('variants are updated all or none, or as far as they are right', async t => {
  const store = await start(t);
  const variants = await store.state('variants');
  const { productId } = variants.find(v => v.position === 3);
  const mine = variants.filter(v => v.productId === productId), id = gid('Product', productId);
  const input = (v, more) => ({ id: gid('ProductVariant', v.id), ...more });
  const good = await store.write(PRICES, { id, v: mine.map((v, k) => input(v, { price: `${k}.5`, compareAtPrice: null, barcode: '', taxable: false, inventoryPolicy: 'CONTINUE', inventoryItem: { sku: ` NEW-${k} `, cost: '3', tracked: true, requiresShipping: false, harmonizedSystemCode: '610910', countryCodeOfOrigin: 'PT', measurement: { weight: { value: 1.25, unit: 'POUNDS' } } } })) });
  assert.deepEqual(good.userErrors, []);
  assert.deepEqual(good.productVariants.map(v => [v.price, v.sku]), mine.map((_, k) => [`${k}.50`, `NEW-${k}`]));
  const now = (await store.state('variants')).filter(v => v.productId === productId)[1];
  assert.deepEqual({ ...now, updatedAt: 0, inventoryQuantity: 0 }, { ...mine[1], sku: 'NEW-1', barcode: null, price: '1.50', compareAtPrice: null, taxable: false, inventoryPolicy: 'CONTINUE', tracked: true, requiresShipping: false, unitCost: '3.00', weight: 1.25, weightUnit: 'POUNDS', harmonizedSystemCode: '610910', countryCodeOfOrigin: 'PT', updatedAt: 0, inventoryQuantity: 0 });
  assert.deepEqual((await store.gql('{ productVariants(first: 2, query: "sku:NEW-1") { nodes { id } } }')).data.productVariants.nodes, [{ id: gid('ProductVariant', mine[1].id) }]);

  const mixed = [input(mine[0], { price: '7' }), input(mine[1], { price: '-1' }), { price: '3' }, { id: gid('ProductVariant', '1'), price: '3' }];
  const none = await store.write(PRICES, { id, v: mixed });
  assert.equal(none.productVariants, null);
  assert.deepEqual(none.userErrors.map(e => [e.field.join('.'), e.code]), [['variants.1.price', 'GREATER_THAN_OR_EQUAL_TO'], ['variants.2.id', 'PRODUCT_VARIANT_ID_MISSING'], ['variants.3.id', 'PRODUCT_VARIANT_DOES_NOT_EXIST']]);
  assert.equal((await store.state('variants')).find(v => v.id === mine[0].id).price, '0.50');
  const part = await store.write(PRICES, { id, v: mixed, part: true });
  assert.deepEqual(part.productVariants.map(v => v.price), ['7.00']);
  assert.equal(part.userErrors.length, 3);
  assert.match((await store.gql(PRICES, { id, v: [{ id: gid('ProductVariant', mine[0].id), sku: 'X' }] })).errors[0].message, /sku/);
  assert.equal((await store.write(PRICES, { id, v: [input(mine[0], { inventoryQuantities: [] })] })).userErrors[0].code, 'NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE');
  assert.equal((await store.write(PRICES, { id: gid('Product', '1'), v: [] })).userErrors[0].code, 'PRODUCT_DOES_NOT_EXIST');
});

test('variants are created, put in order and deleted, and ids are never used again', async t => {
  const store = await start(t);
  const { product } = await store.write('mutation { productCreate(product: { title: "Ring", productOptions: [{ name: "Size", values: [{ name: "S" }, { name: "M" }] }] }) { product { id handle variants(first: 5) { nodes { id title } } } userErrors { message } } }');
  assert.deepEqual([product.handle, product.variants.nodes.map(v => v.title)], ['ring', ['S']]);
  const create = v => store.write('mutation($id: ID!, $v: [ProductVariantsBulkInput!]!) { productVariantsBulkCreate(productId: $id, variants: $v) { productVariants { id title inventoryQuantity } product { options { optionValues { name hasVariants } } } userErrors { field message code } } }', { id: product.id, v });
  const of = (name, more = {}) => ({ optionValues: [{ optionName: 'Size', name }], ...more });
  const [location] = await store.state('locations');
  const made = await create([of('M', { price: '5', inventoryQuantities: [{ locationId: gid('Location', location.id), availableQuantity: 4 }] }), of('L')]);
  assert.deepEqual(made.productVariants.map(v => [v.title, v.inventoryQuantity]), [['M', 4], ['L', 0]]);
  assert.deepEqual(made.product.options[0].optionValues, ['S', 'M', 'L'].map(name => ({ name, hasVariants: true })));
  assert.deepEqual((await create([of('XL'), of('M')])).userErrors, [{ field: ['variants', '1'], message: "The variant 'M' already exists. Please change at least one option value.", code: 'VARIANT_ALREADY_EXISTS_CHANGE_OPTION_VALUE' }]);
  assert.equal((await create([{ price: '1' }])).userErrors[0].code, 'NEED_TO_ADD_OPTION_VALUES');
  assert.match((await create(Array.from({ length: 2047 }, (_, n) => of(`N${n}`)))).userErrors[0].message, /maximum of 2048 variants/);

  const titles = async () => (await store.gql('query($id: ID!) { product(id: $id) { variants(first: 9) { nodes { title position } } } }', { id: product.id })).data.product.variants.nodes.map(v => `${v.position} ${v.title}`);
  await store.write('mutation($id: ID!, $p: [ProductVariantPositionInput!]!) { productVariantsBulkReorder(productId: $id, positions: $p) { userErrors { code } } }', { id: product.id, p: [{ id: made.productVariants[1].id, position: 1 }] });
  assert.deepEqual(await titles(), ['1 L', '2 S', '3 M']);
  const remove = ids => store.write('mutation($id: ID!, $v: [ID!]!) { productVariantsBulkDelete(productId: $id, variantsIds: $v) { product { id } userErrors { field code } } }', { id: product.id, v: ids });
  assert.deepEqual((await remove([made.productVariants[1].id])).userErrors, []);
  assert.equal((await remove([made.productVariants[1].id])).userErrors[0].code, 'AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT');
  assert.deepEqual(await titles(), ['1 S', '2 M']);
  assert.ok(!(await create([of('L')])).productVariants.some(v => v.id === made.productVariants[1].id));
  assert.equal((await remove([made.productVariants[0].id, product.variants.nodes[0].id, (await create([of('Z')])).productVariants[0].id, ...(await store.state('variants')).filter(v => v.title === 'L').map(v => gid('ProductVariant', v.id)).slice(-1)])).userErrors[0].code, 'CANNOT_DELETE_LAST_VARIANT');
});

test('new variants take the place of the default one, or stand beside it', async t => {
  const store = await start(t);
  const make = async strategy => {
    const { product } = await store.write('mutation { productCreate(product: { title: "Plain" }) { product { id } } }');
    const made = await store.write('mutation($id: ID!, $v: [ProductVariantsBulkInput!]!, $s: ProductVariantsBulkCreateStrategy) { productVariantsBulkCreate(productId: $id, variants: $v, strategy: $s) { product { options { optionValues { name } } variants(first: 5) { nodes { title } } } userErrors { code } } }', { id: product.id, s: strategy, v: [{ optionValues: [{ optionName: 'Title', name: 'Other' }] }] });
    assert.deepEqual(made.userErrors, []);
    assert.deepEqual(made.product.options[0].optionValues.map(v => v.name), made.product.variants.nodes.map(v => v.title));
    return made.product.variants.nodes.map(v => v.title);
  };
  assert.deepEqual(await make('DEFAULT'), ['Other']);
  assert.deepEqual(await make('PRESERVE_STANDALONE_VARIANT'), ['Default Title', 'Other']);
});

test('a first option takes the place of the default variant; options are created, renamed, ordered and deleted', async t => {
  const store = await start(t);
  const { product } = await store.write('mutation { productCreate(product: { title: "Plain" }) { product { id options { id name } variants(first: 1) { nodes { id title price } } } userErrors { message } } }');
  assert.deepEqual([product.options[0].name, product.variants.nodes[0].title, product.variants.nodes[0].price], ['Title', 'Default Title', '0.00']);
  const { id } = product;
  const shape = 'product { options { id name optionValues { id name hasVariants } } variants(first: 50) { nodes { id title } } } userErrors { field message code }';
  const create = (options, strategy) => store.write(`mutation($id: ID!, $o: [OptionCreateInput!]!, $s: ProductOptionCreateVariantStrategy) { productOptionsCreate(productId: $id, options: $o, variantStrategy: $s) { ${shape} } }`, { id, o: options, s: strategy });
  const option = (name, ...values) => ({ name, values: values.map(v => ({ name: v })) });
  const first = await create([option('Color', 'Red', 'Blue')]);
  assert.deepEqual(first.product.variants.nodes, [{ id: product.variants.nodes[0].id, title: 'Red' }]);
  const second = await create([option('Size', 'S', 'M')], 'CREATE');
  assert.deepEqual(second.product.variants.nodes.map(v => v.title), ['Red / S', 'Red / M']);
  assert.equal((await create([option('Size', 'X')])).userErrors[0].code, 'OPTION_ALREADY_EXISTS');
  assert.equal((await create([option('A', 'x'), option('B', 'y')])).userErrors[0].code, 'OPTIONS_OVER_LIMIT');
  assert.equal((await create([option('Big', ...Array.from({ length: 1025 }, (_, n) => `v${n}`))], 'CREATE')).userErrors[0].code, 'TOO_MANY_VARIANTS_CREATED');

  const [color, size] = second.product.options;
  const update = variables => store.write(`mutation($id: ID!, $o: OptionUpdateInput!, $add: [OptionValueCreateInput!], $set: [OptionValueUpdateInput!], $del: [ID!], $s: ProductOptionUpdateVariantStrategy) { productOptionUpdate(productId: $id, option: $o, optionValuesToAdd: $add, optionValuesToUpdate: $set, optionValuesToDelete: $del, variantStrategy: $s) { ${shape} } }`, { id, ...variables });
  const renamed = await update({ o: { id: color.id, name: 'Colour' }, add: [{ name: 'Green' }], set: [{ id: color.optionValues[0].id, name: 'Crimson' }], s: 'MANAGE' });
  assert.deepEqual(renamed.product.options[0].optionValues.map(v => v.name), ['Crimson', 'Blue', 'Green']);
  assert.deepEqual(renamed.product.variants.nodes.map(v => v.title), ['Crimson / S', 'Crimson / M', 'Green / S', 'Green / M']);
  assert.equal((await update({ o: { id: color.id }, del: [color.optionValues[0].id] })).userErrors[0].code, 'OPTION_VALUE_HAS_VARIANTS');
  const reordered = await store.write(`mutation($id: ID!, $o: [OptionReorderInput!]!) { productOptionsReorder(productId: $id, options: $o) { ${shape} } }`, { id, o: [{ name: 'Size', values: [{ name: 'M' }, { name: 'S' }] }, { name: 'Colour' }] });
  assert.deepEqual(reordered.product.variants.nodes.map(v => v.title), ['M / Crimson', 'M / Green', 'S / Crimson', 'S / Green']);
  const del = (options, strategy) => store.write(`mutation($id: ID!, $o: [ID!]!, $s: ProductOptionDeleteStrategy) { productOptionsDelete(productId: $id, options: $o, strategy: $s) { deletedOptionsIds ${shape} } }`, { id, o: options, s: strategy });
  assert.equal((await del([size.id])).userErrors[0].code, 'CANNOT_DELETE_OPTION_WITH_MULTIPLE_VALUES');
  assert.equal((await del([size.id], 'NON_DESTRUCTIVE')).userErrors[0].code, 'CANNOT_USE_NON_DESTRUCTIVE_STRATEGY');
  assert.deepEqual((await del([size.id], 'POSITION')).product.variants.nodes.map(v => v.title), ['Crimson', 'Green']);
});

test('metafields: set and deleted together, compared by digest, checked against definition and type', async t => {
  const store = await start(t);
  const [product] = await store.state('products'), [variant] = await store.state('variants');
  const set = async (...list) => store.write('mutation($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) { metafields { id namespace key type value compareDigest } userErrors { field message code elementIndex } } }', { m: list.map(m => ({ ownerId: gid('Product', product.id), ...m })) });
  const made = await set({ namespace: 'mine', key: 'note', type: 'single_line_text_field', value: 'ünï 👩‍🚀', compareDigest: null }, { ownerId: gid('ProductVariant', variant.id), namespace: 'custom', key: 'pack_size', value: '12' });
  assert.deepEqual(made.metafields.map(m => [m.type, m.value]), [['single_line_text_field', 'ünï 👩‍🚀'], ['number_integer', '12']]);
  const again = await set({ namespace: 'mine', key: 'note', value: 'second', compareDigest: made.metafields[0].compareDigest });
  assert.equal(again.metafields[0].id, made.metafields[0].id);
  const code = async (...list) => { const { metafields, userErrors } = await set(...list); assert.equal(metafields, null); return userErrors[0].code; };
  assert.equal(await code({ namespace: 'mine', key: 'note', value: 'third', compareDigest: made.metafields[0].compareDigest }), 'STALE_OBJECT');
  assert.equal(await code({ namespace: 'mine', key: 'note', value: 'third', compareDigest: null }), 'STALE_OBJECT');
  assert.equal(await code({ namespace: 'mine', key: 'note', value: 'third', compareDigest: 'x' }), 'INVALID_COMPARE_DIGEST');
  assert.equal(await code({ namespace: 'mine', key: 'other', value: 'x' }), 'BLANK');
  assert.equal(await code({ namespace: 'custom', key: 'reviews', type: 'single_line_text_field', value: 'x' }), 'INVALID_TYPE');
  assert.equal(await code({ namespace: 'mine', key: 'note', value: 'fine' }, { namespace: 'custom', key: 'organic', value: 'maybe' }), 'INVALID_VALUE');
  assert.equal(await code(...Array(26).fill({ namespace: 'mine', key: 'note', value: 'x' })), 'LESS_THAN_OR_EQUAL_TO');
  assert.equal((await store.state('metafields')).find(m => m.key === 'note').value, 'second', 'nothing of a refused call is kept');
  const { deletedMetafields } = await store.write('mutation($m: [MetafieldIdentifierInput!]!) { metafieldsDelete(metafields: $m) { deletedMetafields { ownerId namespace key } userErrors { message } } }', { m: [{ ownerId: gid('Product', product.id), namespace: 'mine', key: 'note' }, { ownerId: gid('Product', product.id), namespace: 'mine', key: 'never' }] });
  assert.deepEqual(deletedMetafields, [{ ownerId: gid('Product', product.id), namespace: 'mine', key: 'note' }, null]);
  assert.ok(!(await store.state('metafields')).some(m => m.key === 'note'));
});

test('productSet makes, replaces lists, keeps what it does not name, and finds by handle and custom id', async t => {
  const store = await start(t);
  const input = {
    title: 'Set', tags: ['a'], productOptions: [{ name: 'Size', values: [{ name: 'S' }, { name: 'M' }] }], metafields: [{ namespace: 'erp', key: 'article_no', value: 'A-NEW' }, { namespace: 'custom', key: 'reviews', value: '4' }],
    variants: [{ optionValues: [{ optionName: 'Size', name: 'S' }], price: '1', sku: 'S1' }, { optionValues: [{ optionName: 'Size', name: 'M' }], price: '2' }],
  };
  const made = await store.write(SET, { i: input });
  assert.deepEqual(made.userErrors, []);
  const { product } = made, [small, medium] = product.variants.nodes;
  assert.deepEqual([small.title, small.sku, medium.price], ['S', 'S1', '2.00']);
  const again = await store.write(SET, { who: { customId: { namespace: 'erp', key: 'article_no', value: 'A-NEW' } }, i: { metafields: [input.metafields[0]], productOptions: [{ name: 'Size', values: [{ name: 'M' }, { name: 'L' }] }], variants: [{ optionValues: [{ optionName: 'Size', name: 'L' }], price: '3' }, { id: medium.id, optionValues: [{ optionName: 'Size', name: 'M' }] }] } });
  assert.deepEqual(again.userErrors, []);
  assert.deepEqual([again.product.id, again.product.title, again.product.tags], [product.id, 'Set', ['a']]);
  assert.deepEqual(again.product.variants.nodes.map(v => [v.title, v.price]), [['L', '3.00'], ['M', '2.00']]);
  assert.equal(again.product.variants.nodes[1].id, medium.id);
  assert.deepEqual(again.product.metafields.nodes.map(m => m.key), ['article_no']);
  assert.equal(again.product.options[0].id, product.options[0].id);

  const code = async (i, who = { id: product.id }) => (await store.write(SET, { who, i })).userErrors[0]?.code;
  assert.equal(await code({ variants: input.variants }), 'PRODUCT_OPTIONS_INPUT_MISSING');
  assert.equal(await code({ productOptions: input.productOptions }), 'VARIANTS_INPUT_MISSING');
  assert.equal(await code({ title: 'x' }, { id: gid('Product', '1') }), 'PRODUCT_DOES_NOT_EXIST');
  assert.equal(await code({ title: 'x', handle: (await store.state('products'))[0].handle }), 'HANDLE_NOT_UNIQUE');
  assert.equal(await code({ title: 'x', handle: 'a' }, { handle: 'b' }), 'INPUT_MISMATCH');
  assert.equal(await code({ ...input, variants: [input.variants[0], input.variants[0]] }), 'INVALID_VARIANT');
  const one = name => ({ optionValues: [{ optionName: 'Size', name }] });
  const many = n => Array.from({ length: n }, (_, k) => `v${k}`);
  assert.equal(await code({ productOptions: [{ name: 'Size', values: many(2048).map(name => ({ name })) }], variants: many(2049).map(one) }), 'VARIANTS_OVER_LIMIT');
  assert.deepEqual((await store.gql('query($id: ID!) { product(id: $id) { title variantsCount { count } } }', { id: product.id })).data.product, { title: 'Set', variantsCount: { count: 2 } });
});

test('an id of one’s own needs a definition; then a product that was made under it is found, not made again', async t => {
  const store = await start(t);
  const customId = { namespace: 'mine_own', key: 'product_id', value: 'p-1' };
  const lookUp = () => store.gql('query($i: ProductIdentifierInput!) { productByIdentifier(identifier: $i) { id title } }', { i: { customId } });
  for (const answer of [await lookUp(), await store.gql(SET, { who: { customId }, i: { title: 'x' } })]) {
    assert.deepEqual([answer.errors[0].message, answer.errors[0].extensions.code], ["Metafield definition of type 'id' is required when using custom ids.", 'NOT_FOUND']);
  }
  const define = () => store.write('mutation($d: MetafieldDefinitionInput!) { metafieldDefinitionCreate(definition: $d) { createdDefinition { id name type { name } } userErrors { field code } } }', { d: { name: 'Own id', namespace: 'mine_own', key: 'product_id', type: 'id', ownerType: 'PRODUCT' } });
  assert.equal((await define()).createdDefinition.type.name, 'id');
  assert.equal((await define()).userErrors[0].code, 'TAKEN');
  const first = await store.write(SET, { who: { customId }, i: { title: 'Own' } });
  assert.deepEqual(first.product.metafields.nodes, [{ namespace: 'mine_own', key: 'product_id', type: 'id', value: 'p-1' }]);
  assert.equal((await store.write(SET, { who: { customId }, i: { title: 'Own again' } })).product.id, first.product.id);
  assert.equal((await store.write(SET, { who: { customId }, i: { metafields: [{ namespace: 'custom', key: 'reviews', value: '1' }] } })).userErrors[0].code, 'METAFIELD_MISMATCH');
  assert.equal((await store.write(SET, { i: { title: 'Other', metafields: [customId] } })).userErrors[0].code, 'INVALID_METAFIELD');
  await store.end('SIGKILL');
  await store.spawn();
  assert.deepEqual((await lookUp()).data.productByIdentifier, { id: first.product.id, title: 'Own again' });
  assert.equal((await store.gql('{ metafieldDefinitions(first: 5, ownerType: PRODUCT, namespace: "mine_own") { nodes { key } } }')).data.metafieldDefinitions.nodes.length, 1);
});

test('productSet of a product with 2,048 variants, 250 tags and 25 metafields, asynchronously and whole', async t => {
  const store = await start(t);
  const sizes = Array.from({ length: 2048 }, (_, n) => `Größe ${n}`);
  const { productSetOperation: operation, userErrors } = await store.write(SET, { sync: false, i: {
    title: 'Große Auswahl 👩‍🚀 مجموعة', tags: Array.from({ length: 250 }, (_, n) => `tag ${n}`), productOptions: [{ name: 'Size', values: sizes.map(name => ({ name })) }],
    metafields: Array.from({ length: 25 }, (_, n) => ({ namespace: 'mine', key: `key_${n}`, type: 'json', value: JSON.stringify({ n, text: '防水' }) })),
    variants: sizes.map((name, n) => ({ optionValues: [{ optionName: 'Size', name }], price: String(n), sku: `BIG-${n}` })),
  } });
  assert.deepEqual(userErrors, []);
  assert.equal(operation.status, 'CREATED');
  let done;
  do done = await store.write('query($id: ID!) { productOperation(id: $id) { status product { id variantsCount { count } tags } ... on ProductSetOperation { userErrors { message } } } }', { id: operation.id }); while (done.status !== 'COMPLETE');
  assert.deepEqual([done.product.variantsCount.count, done.product.tags.length, done.userErrors], [2048, 250, []]);
  const bare = done.product.id.split('/').at(-1);
  const variants = (await store.state('variants')).filter(v => v.productId === bare);
  assert.deepEqual([variants[2047].sku, variants[2047].price, variants[2047].title, new Set(variants.map(v => v.id)).size], ['BIG-2047', '2047.00', 'Größe 2047', 2048]);
  assert.equal((await store.state('metafields')).filter(m => m.ownerId === bare).length, 25);
});

test('publishing, collections by hand, deleting now and later', async t => {
  const store = await start(t);
  const publications = await store.state('publications'), collections = await store.state('collections');
  const product = (await store.state('products')).find(p => p.publishedAt !== null), id = gid('Product', product.id);
  const publish = (name, publicationId) => store.write(`mutation($id: ID!, $i: [PublicationInput!]!) { ${name}(id: $id, input: $i) { publishable { ... on Product { publishedAt resourcePublicationsV2(first: 5) { nodes { publication { id } } } } } userErrors { field message } } }`, { id, i: [{ publicationId }] });
  assert.equal((await publish('publishableUnpublish', gid('Publication', publications[0].id))).publishable.publishedAt, null);
  assert.ok((await publish('publishablePublish', gid('Publication', publications[2].id))).publishable.resourcePublicationsV2.nodes.some(n => n.publication.id === gid('Publication', publications[2].id)));
  assert.equal((await publish('publishablePublish', gid('Publication', '1'))).userErrors.length, 1);

  const picks = collections.find(c => c.title === 'Coming soon');
  await store.write('mutation($p: ProductUpdateInput!) { productUpdate(product: $p) { userErrors { message } } }', { p: { id, collectionsToJoin: [gid('Collection', picks.id)] } });
  assert.deepEqual((await store.state('collection-members')).filter(m => m.collectionId === picks.id).map(m => m.productId), [product.id]);
  await store.write(SET, { who: { id }, i: { collections: [] } });
  assert.deepEqual((await store.state('collection-members')).filter(m => m.collectionId === picks.id), []);

  const remove = (one, synchronous) => store.write('mutation($i: ProductDeleteInput!, $s: Boolean) { productDelete(input: $i, synchronous: $s) { deletedProductId productDeleteOperation { id status } userErrors { field message } } }', { i: { id: one }, s: synchronous });
  assert.equal((await remove(id)).deletedProductId, id);
  assert.deepEqual((await remove(id)).userErrors, [{ field: ['id'], message: 'Product does not exist' }]);
  const [other] = await store.state('products');
  const later = await remove(gid('Product', other.id), false);
  assert.equal(later.deletedProductId, null);
  let done;
  do done = (await store.gql('query($id: ID!) { productOperation(id: $id) { status ... on ProductDeleteOperation { deletedProductId } } }', { id: later.productDeleteOperation.id })).data.productOperation; while (done.status !== 'COMPLETE');
  assert.equal(done.deletedProductId, gid('Product', other.id));
  const { nodes } = (await store.gql('{ events(first: 5, query: "subject_type:PRODUCT AND action:destroy") { nodes { ... on BasicEvent { subjectId } } } }')).data.events;
  assert.deepEqual(nodes.map(n => n.subjectId), [id, gid('Product', other.id)]);
});

test('what was written survives kill -9, in every kind of row', async t => {
  const store = await start(t);
  const [one, two] = (await store.state('products')).map(p => gid('Product', p.id));
  await store.write(UPDATE, { p: { id: one, title: 'Kept', handle: 'kept', redirectNewHandle: true } });
  const made = await store.write(SET, { i: { title: 'Made', files: [{ originalSource: 'https://example.com/a.jpg', alt: 'A' }], productOptions: [{ name: 'Size', values: [{ name: 'S' }] }], variants: [{ optionValues: [{ optionName: 'Size', name: 'S' }], sku: 'M-1', file: { originalSource: 'https://example.com/a.jpg' } }] } });
  assert.deepEqual(made.userErrors, []);
  await store.demo('POST', 'edit', { kind: 'product', id: made.product.id, set: { vendor: 'Silent' }, touch: false });
  await store.write(UPDATE, { p: { id: made.product.id, title: 'Made again' } });
  await store.write('mutation($i: ProductDeleteInput!) { productDelete(input: $i) { deletedProductId } }', { i: { id: two } });
  while ((await store.state('files')).some(f => f.status === 'UPLOADED')) await new Promise(resolve => setTimeout(resolve, 20));
  const before = await store.all();
  assert.equal(before.products.find(p => p.title === 'Made again').vendor, 'Silent');
  assert.ok(before.variants.find(v => v.sku === 'M-1').mediaId);
  await store.end('SIGKILL');
  await store.spawn();
  assert.deepEqual(await store.all(), before);
  const lines = await store.bulkLines('{ products { edges { node { id title vendor handle } } } }');
  assert.deepEqual(lines.map(l => l.title).sort(), before.products.map(p => p.title).sort());
});
