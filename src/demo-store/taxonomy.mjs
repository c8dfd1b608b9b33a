import { readFileSync } from 'node:fs';

/** The categories of the demo store, in the shape of TaxonomyCategory and in the order of the file. */
export const categories = new Map();

/** Still served, but no longer in the file. */
const ARCHIVED = new Set(['aa-1-1-4', 'bt-5']);
const VERSION = '2026-10';

for (const line of readFileSync(new URL('taxonomy.txt', import.meta.url), 'utf8').split('\n')) {
  const match = /^(gid:\/\/shopify\/TaxonomyCategory\/([a-z0-9-]+))\s*: (.+)$/.exec(line);
  if (!match) continue;
  const [, id, code, fullName] = match;
  const parts = code.split('-');
  const ancestors = parts.map((_, n) => parts.slice(0, n).join('-')).filter(Boolean).reverse();
  categories.set(code, {
    typename: 'TaxonomyCategory', id, code, fullName,
    name: fullName.split(' > ').at(-1),
    level: parts.length, isRoot: parts.length === 1, isArchived: ARCHIVED.has(code), childrenIds: [],
    parentId: ancestors.length ? gid(ancestors[0]) : null,
    ancestorIds: ancestors.map(gid),
  });
}

for (const category of categories.values()) if (category.parentId !== null) categories.get(codeOf(category.parentId)).childrenIds.push(category.id);
for (const category of categories.values()) category.isLeaf = category.childrenIds.length === 0;

/** The list that the arguments of `taxonomy.categories` ask for: without one, the top level. */
export function categoriesBy({ search, childrenOf, descendantsOf, siblingsOf }) {
  const all = [...categories.values()];
  if (search != null) { const words = search.toLowerCase().split(/\s+/).filter(Boolean); return all.filter(c => words.every(word => c.fullName.toLowerCase().includes(word))); }
  if (childrenOf != null) return all.filter(c => c.parentId === childrenOf);
  if (descendantsOf != null) return all.filter(c => c.ancestorIds.includes(descendantsOf));
  if (siblingsOf != null) { const known = categories.get(codeOf(siblingsOf)); return known ? all.filter(c => c !== known && c.parentId === known.parentId) : []; }
  return all.filter(c => c.isRoot);
}

/** The file as Shopify publishes it (dist/en/categories.txt). */
export function categoriesFile() {
  const live = [...categories.values()].filter(c => !c.isArchived), width = Math.max(...live.map(c => c.id.length));
  return [`# Shopify Product Taxonomy - Categories: ${VERSION}`, '# Format: {GID} : {Ancestor name} > ... > {Category name}', '', ...live.map(c => `${c.id.padEnd(width)} : ${c.fullName}`), ''].join('\n');
}

function gid(code) {
  return `gid://shopify/TaxonomyCategory/${code}`;
}

function codeOf(id) {
  return id.replace('gid://shopify/TaxonomyCategory/', '');
}
