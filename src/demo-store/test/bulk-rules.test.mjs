import assert from 'node:assert/strict';
import test from 'node:test';
import { checkBulkQuery } from '../bulk-rules.mjs';
import { theSchema } from './support.mjs';

const errorsOf = query => checkBulkQuery(theSchema().schema, query).errors;
const row = inner => `{ products { edges { node { ${inner} } } } }`;

test('a plain bulk query passes, also with arguments, fragments and two levels below', () => {
  assert.deepEqual(errorsOf(row('id title')), []);
  assert.deepEqual(errorsOf('query Name { products(first: 5, query: "tag:sale") { edges { cursor node { ...F } } pageInfo { hasNextPage } } } fragment F on Product { id variants { edges { node { id metafields { edges { node { id } } } } } } }'), []);
  assert.deepEqual(errorsOf('{ publications { edges { node { id includedProducts { edges { node { id } } } } } } }'), []);
});

const refused = {
  'an empty query': ['', 'Invalid bulk query: syntax error, unexpected end of file'],
  'a mutation': ['mutation { bulkOperationCancel(id: "gid://shopify/BulkOperation/1") { bulkOperation { id } } }', 'Invalid operation type. Only `query` operations are supported.'],
  'no connection': ['{ shop { name } }', 'Bulk queries must contain at least one connection.'],
  'nodes in place of edges': ['{ products { nodes { id } } }', "All connection fields in a bulk query must select their contents using 'edges' > 'node', e.g: 'products { edges { node {'. Selecting via 'nodes' is not supported. Invalid connection fields: 'products'."],
  'a parent without its id': [row('title variants { edges { node { id } } }'), "The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of 'ID' return type. Connection fields without 'id': products."],
  'an aliased id': [row('key: id variants { edges { node { id } } }'), "The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of 'ID' return type. Connection fields without 'id': products."],
  'six connections': [row('id variants { edges { node { id } } } media { edges { node { id } } } metafields { edges { node { id } } } collections { edges { node { id } } } sellingPlanGroups { edges { node { id } } }'), 'Bulk queries cannot contain more than 5 connections.'],
  'three levels below': ['{ collections { edges { node { id products { edges { node { id variants { edges { node { id metafields { edges { node { id } } } } } } } } } } } } }', 'Bulk queries cannot contain connections with a nesting depth greater than 2.'],
  'rows that are no nodes': [row('id resourcePublicationsV2 { edges { node { isPublished } } }'), 'Connection fields in a bulk query must return a type that implements Node: resourcePublicationsV2.'],
  'two root fields': ['{ a: products { edges { node { id } } } b: collections { edges { node { id } } } }', 'Bulk queries must contain exactly one top-level field.'],
};

for (const [name, [query, message]] of Object.entries(refused)) {
  test(`refused: ${name}`, () => assert.deepEqual(errorsOf(query), [message]));
}

test('refused: a connection within a list, such as a source’s selections', () => {
  const errors = errorsOf('{ collections { edges { node { id sources { ... on CollectionConditionsSource { inclusion { selections { edges { node { variantIds } } } } } } } } } }');
  assert.ok(errors.includes('Queries that contain a connection field within a list field are not currently supported.'));
});

test('refused: node at the top, and what the schema does not know', () => {
  assert.deepEqual(errorsOf('{ node(id: "gid://shopify/Product/1") { id } }'), ['Bulk queries cannot contain a top level `node` field.', 'Bulk queries must contain at least one connection.']);
  assert.match(errorsOf(row('id colour'))[0], /^Invalid bulk query: Cannot query field "colour" on type "Product"/);
});
