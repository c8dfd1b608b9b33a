import assert from 'node:assert/strict';
import test from 'node:test';
import { getOperationAST, parse } from 'graphql';
import { actualCost, assumptions, multiplier, requestedCost } from '../query-cost.mjs';
import { theSchema } from './support.mjs';

function cost(query, variables = {}, details) {
  const document = parse(query);
  return requestedCost(theSchema().schema, document, getOperationAST(document), variables, details);
}

test('the multiplier of a connection grows with the logarithm of its page', () => {
  assert.deepEqual([1, 10, 25, 50, 100, 250].map(multiplier), [1, 4, 6, 7, 9, 11]);
});

test('known figures come out', () => {
  assert.equal(cost('{ products(first: 250) { nodes { id } } }'), 13);
  assert.equal(cost('{ products(first: 250) { edges { node { id } } pageInfo { hasNextPage } } }'), 13);
  assert.equal(cost('{ product(id: "gid://shopify/Product/1") { variants(first: 250) { nodes { inventoryItem { id } } } } }'), 25);
  assert.equal(cost('{ shop { name } }'), 1);
});

test('a list of objects counts once and value objects are free', () => {
  assert.equal(cost('{ product(id: "gid://shopify/Product/1") { options { id optionValues { id } } } }'), 3);
  assert.equal(cost('{ productVariant(id: "gid://shopify/ProductVariant/1") { inventoryItem { unitCost { amount } measurement { weight { value } } } } }'), 2);
});

test('an interface costs its dearest type', () => {
  const media = inner => cost(`{ product(id: "gid://shopify/Product/1") { media(first: 1) { nodes { id ${inner} } } } }`);
  assert.equal(media(''), 4);
  assert.equal(media('... on MediaImage { image { url } originalSource { url } } ... on Video { originalSource { url } }'), 6);
});

test('a mutation costs ten, whatever it selects, and the growing ones more', () => {
  assert.equal(cost('mutation { bulkOperationRunQuery(query: "") { bulkOperation { id } userErrors { message } } }'), 10);
  const set = cost('mutation($i: ProductSetInput!) { productSet(input: $i) { product { id } } }', { i: { variants: [{}, {}], metafields: [{}] } });
  assert.ok(Math.abs(set - 10.8) < 1e-9);
  assert.equal(cost('mutation { metafieldsSet(metafields: [{ownerId: "gid://shopify/Product/1", key: "a", value: "b"}, {ownerId: "gid://shopify/Product/1", key: "c", value: "d"}]) { metafields { id } } }'), 14);
});

test('variables size a page, skipped fields cost nothing, aliases count each', () => {
  assert.equal(cost('query($n: Int!) { products(first: $n) { nodes { id } } }', { n: 10 }), 6);
  assert.equal(cost('query($yes: Boolean!) { shop { name } products(first: 10) @include(if: $yes) { nodes { id } } }', { yes: false }), 1);
  assert.equal(cost('{ a: shop { name } b: shop { name } }'), 2);
  assert.equal(cost('{ shop { name } shop { id } }'), 1);
});

test('a page over 250 is refused, except the variants of a root product', () => {
  assert.throws(() => cost('{ products(first: 251) { nodes { id } } }'), /cannot exceed 250/);
  assert.throws(() => cost('{ products(first: 1) { nodes { variants(first: 251) { nodes { id } } } } }'), /cannot exceed 250/);
  assert.equal(cost('{ product(id: "gid://shopify/Product/1") { variants(first: 2048) { nodes { id } } } }'), 18);
});

test('the debug header names each field with its cost', () => {
  const details = [];
  cost('{ products(first: 10) { nodes { id } } }', {}, details);
  assert.deepEqual(details, [
    { path: ['products', 'nodes', 'id'], definedCost: 0, requestedTotalCost: 0, requestedChildrenCost: null },
    { path: ['products'], definedCost: 2, requestedTotalCost: 6, requestedChildrenCost: 4 },
  ]);
});

test('nodes counts once like any list, or is sized by its ids when the store is told so', () => {
  const query = 'query($ids: [ID!]!) { nodes(ids: $ids) { ... on Product { id category { id } } } }', ids = Array(250).fill('gid://shopify/Product/1');
  assert.equal(cost(query, { ids }), 2);
  assumptions.dearNodes = true;
  try { assert.equal(cost(query, { ids }), 22); } finally { assumptions.dearNodes = false; }
});

test('the actual cost follows what came back', () => {
  const actual = (query, data) => { const document = parse(query); return actualCost(theSchema().schema, document, getOperationAST(document), {}, data); };
  const variants = '{ product(id: "gid://shopify/Product/1") { variants(first: 250) { nodes { inventoryItem { id } } } } }';
  assert.equal(actual(variants, { product: null }), 1, 'measured at Shopify');
  const media = '{ product(id: "gid://shopify/Product/1") { media(first: 9) { nodes { ... on Video { sources { url } } ... on Model3d { sources { filesize } } } } } }';
  assert.equal(actual(media, { product: { media: { nodes: [{ sources: [{ filesize: 1 }] }] } } }), 5, 'two types with one field name');
  assert.equal(actual(variants, { product: { variants: { nodes: [] } } }), 3);
  assert.equal(actual(variants, { product: { variants: { nodes: Array(10).fill({ inventoryItem: { id: 'x' } }) } } }), 11);
  assert.equal(actual(variants, { product: { variants: { nodes: Array(250).fill({ inventoryItem: { id: 'x' } }) } } }), 25);
});
