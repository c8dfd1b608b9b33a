// A shop with everything around its mutations, in this process, and the same again from its journal.
import { execute, parse } from 'graphql';
import { apply } from '../changes.mjs';
import { makeFieldResolver, resolveType } from '../execution.mjs';
import { Faults } from '../faults.mjs';
import { Jobs } from '../jobs.mjs';
import { MutationCounts } from '../mutation-counts.mjs';
import { Mutations } from '../mutations.mjs';
import { stateKinds } from '../state-dump.mjs';
import { ALL_SCOPES } from '../access-scopes.mjs';
import { aContext, aShop, theSchema } from './support.mjs';

export const everything = shop => Object.fromEntries(Object.keys(stateKinds).map(kind => [kind, [...stateKinds[kind](shop)]]));

export function random(seed) {
  let x = seed;
  const next = n => { x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + 0x9e3779b9 | 0; return ((x ^ (x >>> 12)) >>> 0) % n; };
  return { next, of: list => list[next(list.length)], some: list => list.filter(() => next(2)) };
}

export function aWritable(entries = [], products = 30) {
  const { schema, rules } = theSchema();
  const shop = aShop(products), faults = new Faults(() => shop.now());
  const journal = { append: entry => entries.push(structuredClone(entry)) };
  const jobs = new Jobs({ shop, faults, journal }), counts = new MutationCounts();
  const mutations = new Mutations({ shop, schema, journal, faults, jobs, counts });
  const fieldResolver = makeFieldResolver(rules);
  const run = (query, variables) => execute({ schema, document: parse(query), variableValues: variables, fieldResolver, typeResolver: resolveType, contextValue: { ...aContext(shop, ALL_SCOPES), mutations, jobs } });
  return { shop, mutations, entries, counts, run };
}

export function replayed(entries, products) {
  const twin = aWritable([], products);
  for (const entry of entries) if (entry.type === 'mutation' || entry.type === 'key') twin.mutations.restore(entry); else if (entry.type !== 'job') apply(twin.shop, entry);
  return twin.shop;
}
