// Bulk mutations: one mutation over the lines of an uploaded file, in no order that a client could count on. A line that
// is refused, or fails, ends with its errors and does not end the others.
import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';
import { execute, getNamedType, Kind, parse, validate } from 'graphql';
import { resolveType } from './execution.mjs';
import { eachField, firstUnserved } from './bulk-rules.mjs';

const SLICE_MS = 12;
const MAX_CONNECTIONS = 1;

/** { errors: [message], document } of a mutation that is to run in bulk. */
export function checkBulkMutation(schema, text) {
  let document;
  try {
    document = parse(text);
  } catch (error) {
    return { errors: [`Invalid bulk mutation: syntax error, ${error.message.replace(/^Syntax Error: /, '')}`] };
  }
  const operations = document.definitions.filter(d => d.kind === Kind.OPERATION_DEFINITION);
  if (operations.length !== 1) return { errors: ['Invalid bulk mutation: the document must contain exactly one operation.'] };
  if (operations[0].operation !== 'mutation') return { errors: ['Invalid operation type. Only `mutation` operations are supported.'] };
  const invalid = validate(schema, document);
  if (invalid.length) return { errors: invalid.map(error => `Invalid bulk mutation: ${error.message}`) };
  const errors = [];
  let roots = 0, connections = 0;
  eachField(schema, document, (parent, field) => {
    if (parent === schema.getMutationType()) { roots++; if (field.name.startsWith('bulkOperation')) errors.push(`You can't use ${field.name} within a bulk mutation operation.`); }
    if (getNamedType(field.type).name.endsWith('Connection')) connections++;
  });
  if (roots !== 1) errors.push('Bulk mutations must contain exactly one top-level field.');
  if (connections > MAX_CONNECTIONS) errors.push('Bulk mutations cannot contain more than 1 connection.');
  return { errors, document, unserved: firstUnserved(schema, document) };
}

/** The numbers of the lines in the order in which they are executed: shuffled, always the same for the same operation. */
export function shuffled(count, hash) {
  return Array.from({ length: count }, (_, n) => ({ n, key: hash(n) })).sort((a, b) => a.key - b.key || a.n - b.n).map(one => one.n);
}

/** Executes what is not executed yet of an operation's lines, and writes one line of result for each. */
export class BulkMutationRun {
  constructor({ operation, document, schema, fieldResolver, context, lines, executed, msPerLine, seed }) {
    Object.assign(this, { operation, document, schema, fieldResolver, context, executed, msPerLine, seed });
    this.lines = lines;
  }

  async run({ cancelled, until, halt }) {
    const { operation } = this;
    const answered = this.#resultsSoFar();
    this.fd = openSync(operation.file, 'a');
    try {
      // Executed, but killed before the result was written: Shopify would not know the answer either.
      for (const n of this.executed) if (!answered.has(n)) this.#write(JSON.stringify({ errors: [{ message: 'Internal error. Looks like something went wrong on our end.' }], __lineNumber: n }));
      const id = Number(operation.id.slice(-6));
      const order = shuffled(this.lines.length, n => this.context.shop.generator.hash(n + id * 31, 700 + this.seed)).filter(n => !answered.has(n) && !this.executed.has(n));
      const end = Math.ceil(this.lines.length * until);
      let slice = performance.now(), due = slice;
      for (const n of order) {
        if (cancelled()) return false;
        if (operation.objectCount >= end) break;
        while (halt !== null && operation.objectCount >= halt) { if (cancelled()) return false; await sleep(50); }
        this.#write(await this.#line(n));
        if (this.msPerLine) {
          due += this.msPerLine;
          if (due - performance.now() > 4) await sleep(due - performance.now());
        }
        if (performance.now() - slice > SLICE_MS) { await breathe(); slice = performance.now(); }
      }
      return !cancelled();
    } finally {
      closeSync(this.fd);
    }
  }

  async #line(n) {
    const answer = text => JSON.stringify({ ...text, __lineNumber: n });
    let variables;
    try { variables = JSON.parse(this.lines[n]); } catch { variables = null; }
    if (variables === null || typeof variables !== 'object' || Array.isArray(variables)) return answer({ errors: [{ message: 'The line is not a JSON object.' }] });
    const { data, errors } = await execute({
      schema: this.schema, document: this.document, variableValues: variables, fieldResolver: this.fieldResolver, typeResolver: resolveType,
      contextValue: { ...this.context, warnings: [], line: [this.operation.id, n] },
    });
    return answer({ ...(data ? { data } : {}), ...(errors ? { errors: errors.map(e => ({ message: e.message, path: e.path, extensions: e.extensions })) } : {}) });
  }

  #write(text) {
    const bytes = Buffer.from(`${text}\n`);
    writeSync(this.fd, bytes);
    this.operation.fileSize += bytes.length;
    this.operation.objectCount++;
    this.operation.rootObjectCount = this.operation.objectCount;
  }

  /** The numbers of the lines that an earlier start of the program answered; half a line at the end is dropped. */
  #resultsSoFar() {
    const { operation } = this;
    Object.assign(operation, { objectCount: 0, rootObjectCount: 0, fileSize: 0 });
    if (!existsSync(operation.file)) return new Set();
    const bytes = readFileSync(operation.file), whole = bytes.lastIndexOf(10) + 1;
    truncateSync(operation.file, whole);
    const numbers = bytes.toString('utf8', 0, whole).split('\n').filter(Boolean).map(text => JSON.parse(text).__lineNumber);
    Object.assign(operation, { objectCount: numbers.length, rootObjectCount: numbers.length, fileSize: whole });
    return new Set(numbers);
  }
}
