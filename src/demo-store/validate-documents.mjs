// Validates every *.graphql below a folder against Shopify's schema: no errors, nothing deprecated, and Shopify's rules
// for bulk queries where the file's name contains "Bulk" and the operation is a query. Files that hold fragments alone are
// lent to the documents that use them. One line per document.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Kind, NoDeprecatedCustomRule, parse, print, validate, valueFromASTUntyped } from 'graphql';
import { checkBulkQuery, firstUnserved, withoutVariables } from './bulk-rules.mjs';
import { requestedCost } from './query-cost.mjs';
import { loadSchema } from './schema.mjs';

const IDS = 10;
const folder = process.argv[2];
if (!folder) {
  console.error('usage: node validate-documents.mjs FOLDER');
  process.exit(2);
}

let schema;
try {
  ({ schema } = loadSchema());
} catch (error) {
  console.error(error.message);
  process.exit(2);
}

function* documents(path) {
  for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (entry.isDirectory() && !['node_modules', 'bin', 'obj', '.git'].includes(entry.name)) yield* documents(join(path, entry.name));
    else if (entry.isFile() && entry.name.endsWith('.graphql')) yield join(path, entry.name);
  }
}

const texts = [...documents(folder)].map(file => ({ file, text: readFileSync(file, 'utf8') }));
const isFragment = ({ text }) => /^fragment /m.test(text) && !/^(query|mutation|\{)/m.test(text);
const fragments = new Map(texts.filter(isFragment).map(({ text }) => [/^fragment (\w+)/m.exec(text)[1], text]));
const lent = new Set();

let bad = 0, seen = 0;
for (const { file, text } of texts.filter(one => !isFragment(one))) {
  seen++;
  const { problems, note } = check(file.split(/[\\/]/).at(-1), withFragments(text));
  if (problems.length) bad++;
  console.log(`${problems.length ? 'FAIL' : 'ok  '} ${relative(folder, file)}${problems.length ? `: ${problems.join(' | ')}` : note}`);
}
for (const name of [...fragments.keys()].filter(one => !lent.has(one))) {
  console.log(`FAIL ${name}: a fragment that no document uses`);
  bad++;
}
if (!seen) {
  console.log(`FAIL there is no .graphql file below ${folder}`);
  bad++;
}
process.exit(bad ? 1 : 0);

function withFragments(text) {
  const carried = new Set();
  for (let open = [text]; open.length;) {
    for (const [, name] of open.shift().matchAll(/\.\.\.(?!on\b)(\w+)/g)) {
      if (!fragments.has(name) || carried.has(name)) continue;
      carried.add(name);
      lent.add(name);
      open.push(fragments.get(name));
    }
  }
  return [text, ...[...carried].map(name => fragments.get(name))].join('\n');
}

function check(name, text) {
  let document;
  try { document = parse(text); } catch (error) { return { problems: [error.message] }; }
  const operations = document.definitions.filter(d => d.kind === Kind.OPERATION_DEFINITION);
  if (operations.length !== 1) return { problems: [`one operation per file, not ${operations.length}`] };
  const errors = validate(schema, document);
  if (errors.length) return { problems: errors.map(e => e.message) };
  const problems = validate(schema, document, [NoDeprecatedCustomRule]).map(e => e.message);
  const [operation] = operations;
  if (/Bulk/.test(name) && operation.operation === 'query' && !readsOperations(operation)) {
    problems.push(...checkBulkQuery(schema, withoutVariables(document)).errors);
    return { problems, note: ` (bulk query)${servedNote(document)}` };
  }
  return { problems, note: costNote(document, operation) + servedNote(document) };
}

/** Right for Shopify, but the demo store would answer with an error. */
function servedNote(document) {
  const unserved = firstUnserved(schema, document);
  return unserved ? ` – ${unserved.message}` : '';
}

/** Documents about bulk operations are no bulk queries themselves. */
function readsOperations(operation) {
  return operation.selectionSet.selections.some(s => /^(bulkOperations?|currentBulkOperation)$/.test(s.name?.value));
}

/** What the document would cost with whole pages of 250, or the size it sets itself, and ten ids wherever it takes a list. */
function costNote(document, operation) {
  try {
    const variables = {};
    for (const { variable, type, defaultValue } of operation.variableDefinitions ?? []) {
      const text = print(type);
      variables[variable.name.value] = defaultValue ? valueFromASTUntyped(defaultValue) : /^\[/.test(text) ? Array(IDS).fill('gid://shopify/Product/1') : /^Int/.test(text) ? 250 : 'gid://shopify/Product/1';
    }
    return ` (cost ${Math.ceil(requestedCost(schema, document, operation, variables))})`;
  } catch (error) {
    return ` (cost not known: ${error.message})`;
  }
}
