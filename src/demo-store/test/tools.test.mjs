import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { RunningStore } from './support.mjs';

const tool = name => fileURLToPath(new URL(`../${name}`, import.meta.url));

function aFolder(t, files) {
  const folder = mkdtempSync(join(tmpdir(), 'demo-store-tools-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

function validated(t, files) {
  const { status, stdout } = spawnSync(process.execPath, [tool('validate-documents.mjs'), aFolder(t, files)], { encoding: 'utf8' });
  return { status, lines: stdout.trimEnd().split('\n') };
}

test('documents that Shopify takes pass, with their cost', t => {
  const { status, lines } = validated(t, {
    'Page.graphql': 'query Page($n: Int = 10) { products(first: $n) { nodes { id } } }',
    'BulkTags.graphql': 'query BulkTags($filter: String) { products(query: $filter) { edges { node { id tags } } } }',
    'BulkStatus.graphql': 'query BulkStatus($id: ID!) { bulkOperation(id: $id) { status } }',
  });
  assert.equal(status, 0);
  assert.deepEqual(lines, ['ok   BulkStatus.graphql (cost 1)', 'ok   BulkTags.graphql (bulk query)', 'ok   Page.graphql (cost 6)']);
});

test('fragments in files of their own are lent to the documents that use them, also from one to another', t => {
  const files = {
    'Page.graphql': 'query Page { products(first: 2) { nodes { ...Named } } }',
    'Named.graphql': 'fragment Named on Product { id ...Searched }',
    'Searched.graphql': 'fragment Searched on Product { seo { title } }',
  };
  assert.deepEqual(validated(t, files), { status: 0, lines: ['ok   Page.graphql (cost 4)'] });
  const unused = validated(t, { ...files, 'Alone.graphql': 'fragment Alone on Product { id }' });
  assert.equal(unused.status, 1);
  assert.match(unused.lines.at(-1), /^FAIL Alone: a fragment that no document uses/);
});

test('errors, deprecated fields, arguments and enum values, broken bulk rules and empty folders fail', t => {
  const bad = {
    'Field.graphql': ['{ shop { colour } }', /Cannot query field "colour"/],
    'Deprecated.graphql': ['{ product(id: "gid://shopify/Product/1") { bodyHtml } }', /Product\.bodyHtml is deprecated/],
    'Argument.graphql': ['mutation { productUpdate(input: {id: "gid://shopify/Product/1"}) { product { id } } }', /argument "input" is deprecated/],
    'Enum.graphql': ['{ metafieldDefinitions(first: 1, ownerType: MEDIA_IMAGE) { nodes { id } } }', /MEDIA_IMAGE" is deprecated/],
    'ProductsBulk.graphql': ['{ products { nodes { id } } }', /Selecting via 'nodes' is not supported/],
    'Two.graphql': ['query A { shop { name } } query B { shop { name } }', /one operation per file/],
  };
  const { status, lines } = validated(t, Object.fromEntries(Object.entries(bad).map(([name, [text]]) => [name, text])));
  assert.equal(status, 1);
  for (const [name, [, message]] of Object.entries(bad)) assert.match(lines.find(line => line.startsWith(`FAIL ${name}`)) ?? lines.join(), message);
  assert.equal(validated(t, {}).status, 1);
});

test('write-jsonl writes what a bulk query returns', async t => {
  const query = 'query Q($filter: String) { products(query: $filter) { edges { node { id title variants { edges { node { id sku } } } } } } }';
  const folder = aFolder(t, { 'Q.graphql': query });
  const out = join(folder, 'out.jsonl');
  const report = JSON.parse(execFileSync(process.execPath, [tool('write-jsonl.mjs'), '--products', '150', '--query', join(folder, 'Q.graphql'), '--out', out], { encoding: 'utf8' }));
  const written = readFileSync(out, 'utf8').trimEnd().split('\n').map(line => JSON.parse(line));
  assert.equal(report.lines, written.length);
  const store = await RunningStore.start(t, ['--products', '150']);
  assert.deepEqual(written, await store.bulkLines('{ products { edges { node { id title variants { edges { node { id sku } } } } } } }'));
  execFileSync(process.execPath, [tool('write-jsonl.mjs'), '--products', '150', '--kind', 'ProductVariant', '--query', join(folder, 'Q.graphql'), '--out', out]);
  assert.deepEqual(readFileSync(out, 'utf8').trimEnd().split('\n').map(line => JSON.parse(line)), written.filter(line => line.__parentId));
});
