import assert from 'node:assert/strict';
import test from 'node:test';
import { families } from '../wording.mjs';
import { categories, categoriesBy } from '../taxonomy.mjs';
import { RunningStore } from './support.mjs';

test('the tree is whole, deep and many, and holds what products use', () => {
  const all = [...categories.values()];
  assert.ok(all.length > 800 && Math.max(...all.map(c => c.level)) >= 6);
  assert.equal(new Set(all.map(c => c.fullName)).size, all.length);
  for (const c of all) {
    assert.equal(c.fullName, [...c.ancestorIds.map(id => all.find(a => a.id === id).name)].reverse().concat(c.name).join(' > '));
    assert.deepEqual([c.level, c.isRoot, c.isLeaf], [c.ancestorIds.length + 1, c.parentId === null, c.childrenIds.length === 0]);
  }
  for (const { category } of families) assert.ok(category === null || categories.has(category), category);
});

test('the queries and the file say the same', async t => {
  const store = await RunningStore.start(t, ['--products', '20']);
  const ask = async args => (await store.gql(`{ taxonomy { categories(first: 250${args}) { nodes { id name fullName level isLeaf isRoot isArchived parentId childrenIds ancestorIds } pageInfo { hasNextPage } } } }`)).data.taxonomy.categories.nodes;
  const gid = code => `gid://shopify/TaxonomyCategory/${code}`;
  assert.deepEqual((await ask('')).map(c => c.name), categoriesBy({}).map(c => c.name));
  assert.ok((await ask('')).every(c => c.level === 1 && c.isRoot));
  assert.deepEqual((await ask(`, childrenOf: "${gid('aa-1-18')}"`)).map(c => c.name), ['Ankle Socks', 'Athletic Socks', 'Crew Socks', 'Dress Socks', 'Knee Socks', 'No-Show Socks']);
  assert.ok((await ask(`, descendantsOf: "${gid('ap-2-1')}"`)).some(c => c.id === gid('ap-2-1-1-2-1')));
  assert.ok((await ask(`, siblingsOf: "${gid('aa-1-13-8')}"`)).every(c => c.parentId === gid('aa-1-13') && c.name !== 'T-Shirts'));
  assert.ok((await ask(', search: "t-shirts tops"')).some(c => c.id === gid('aa-1-13-8')));
  const archived = [...categories.values()].filter(c => c.isArchived);
  assert.deepEqual((await ask(`, childrenOf: "${archived[0].parentId}"`)).filter(c => c.isArchived).map(c => c.id), [archived[0].id]);

  const response = await fetch(`${store.url}/taxonomy/categories.txt`);
  assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8');
  const lines = (await response.text()).split('\n').filter(line => line && !line.startsWith('#')).map(line => /^(gid:\S+)\s+: (.+)$/.exec(line).slice(1));
  assert.deepEqual(lines, [...categories.values()].filter(c => !c.isArchived).map(c => [c.id, c.fullName]));
  assert.ok(archived.length > 0 && lines.length + archived.length === categories.size);
});
