import { readFileSync } from 'node:fs';

/** The categories of Shopify's taxonomy that the demo shop uses, in the shape of TaxonomyCategory. */
export const categories = new Map();

for (const line of readFileSync(new URL('taxonomy.txt', import.meta.url), 'utf8').split('\n')) {
  const match = /^(gid:\/\/shopify\/TaxonomyCategory\/([a-z0-9-]+))\s*: (.+)$/.exec(line);
  if (!match) continue;
  const [, id, code, fullName] = match;
  const parts = code.split('-');
  const ancestors = parts.map((_, n) => parts.slice(0, n).join('-')).filter(Boolean).reverse();
  categories.set(code, {
    typename: 'TaxonomyCategory', id, code, fullName,
    name: fullName.split(' > ').at(-1),
    level: parts.length, isRoot: parts.length === 1, isArchived: false,
    parentId: ancestors.length ? gid(ancestors[0]) : null,
    ancestorIds: ancestors.map(gid),
  });
}

for (const category of categories.values()) {
  category.childrenIds = [...categories.values()].filter(c => c.parentId === category.id).map(c => c.id);
  category.isLeaf = category.childrenIds.length === 0;
}

function gid(code) {
  return `gid://shopify/TaxonomyCategory/${code}`;
}
