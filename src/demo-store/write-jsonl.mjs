// Writes to disk what a bulk query would return, without HTTP: for benchmarks.
// node write-jsonl.mjs --products N --seed S --query FILE.graphql --out FILE [--kind FILTER] [--grouped] [--base-url URL]
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parse } from 'graphql';
import { checkBulkQuery, firstUnserved, withoutVariables } from './bulk-rules.mjs';
import { LineWriter } from './bulk-operations.mjs';
import { compileBulk } from './projector.mjs';
import { loadSchema } from './schema.mjs';
import { Shop } from './shop.mjs';
import { ALL_SCOPES } from './access-scopes.mjs';

const { values } = parseArgs({
  options: {
    products: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' }, kind: { type: 'string' }, query: { type: 'string' }, out: { type: 'string' },
    grouped: { type: 'boolean', default: false }, 'base-url': { type: 'string', default: 'http://127.0.0.1:5090' },
  },
});
if (!values.query || !values.out) {
  console.error('write-jsonl: --query FILE.graphql and --out FILE are needed');
  process.exit(1);
}

const { schema } = loadSchema();
const shop = new Shop({ products: Number(values.products), seed: Number(values.seed) });
shop.baseUrl = values['base-url'];
const { errors, document } = checkBulkQuery(schema, withoutVariables(parse(readFileSync(values.query, 'utf8'))));
if (errors.length) {
  console.error(errors.map(e => `write-jsonl: ${e}`).join('\n'));
  process.exit(1);
}
const unserved = firstUnserved(schema, document);
if (unserved) {
  console.error(`write-jsonl: ${unserved.message}`);
  process.exit(1);
}

const context = { shop, scopes: new Set(ALL_SCOPES), warnings: [] };
const began = performance.now(), cpuBegan = process.cpuUsage();
const file = openSync(values.out, 'w');
let text = '', bytes = 0, written = 0;
const kinds = values.kind?.split('|');
const ownKind = line => /"id":"gid:\/\/shopify\/(\w+)\//.exec(line)?.[1]; // the first id of a line is its own
const writer = new LineWriter(line => {
  if (kinds && !kinds.includes(ownKind(line))) return;
  written++;
  text += line + '\n';
  if (text.length > 1 << 20) flush();
}, context, values.grouped);
const root = compileBulk(schema, document);
const list = root.list({}, context);
for (const _ of writer.all(root, list)); // the pauses are for servers
flush();
closeSync(file);
const seconds = (performance.now() - began) / 1000;
const cpu = process.cpuUsage(cpuBegan);
console.log(JSON.stringify({ cpuSeconds: Math.round((cpu.user + cpu.system) / 10_000) / 100, lines: written, bytes, seconds: Math.round(seconds * 100) / 100, linesPerSecond: Math.round(writer.objectCount / seconds) }));

function flush() {
  bytes += writeSync(file, text);
  text = '';
}
