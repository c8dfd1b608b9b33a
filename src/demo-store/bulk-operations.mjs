// Bulk operations: five queries and five mutations at a time. A query reads every row at the moment it writes it, into a
// file that is offered at a signed address for seven days; mutations are in bulk-mutations.mjs.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';
import { NoDeprecatedCustomRule, validate } from 'graphql';
import { BulkMutationRun, checkBulkMutation } from './bulk-mutations.mjs';
import { checkBulkQuery, eachField, firstUnserved } from './bulk-rules.mjs';
import { arrayList, reversed } from './connections.mjs';
import { gid } from './ids.mjs';
import { compileBulk } from './projector.mjs';
import { search } from './product-lists.mjs';
import { MAX_FILE } from './staged-uploads.mjs';
import { exact, id, time } from './search-syntax.mjs';

export const MAX_CONCURRENT = 5;
const KEPT_MS = 7 * 86_400_000;
const SLICE_MS = 12; // shared by what runs; then other requests get their turn
const FLUSH_AT = 512 * 1024;
const BLOCK = 60;
const LINES_BETWEEN_PAUSES = 256;
const ENDED = new Set(['COMPLETED', 'FAILED', 'CANCELED', 'EXPIRED']);

class Cancelled extends Error {}

/**
 * Writes lines of a compiled bulk query; `emit(text)` gets one line without its newline. Its generators pause after
 * every few hundred lines: a root row may have a million rows below it.
 */
export class LineWriter {
  objectCount = 0;
  rootObjectCount = 0;

  constructor(emit, context, grouped) {
    Object.assign(this, { emit, context, grouped });
  }

  /** Writes a line and says whether it is time for a pause. */
  line(compiled, source, parent) {
    const fields = compiled.write(source, this.context);
    this.emit(parent === null ? `{${fields}}` : `{${fields},"__parentId":"${parent}"}`);
    if (parent === null) this.rootObjectCount++;
    return ++this.objectCount % LINES_BETWEEN_PAUSES === 0;
  }

  /** One block of root rows. Ungrouped, a parent's children come at the block's end, after the next, or before it. */
  * block(root, rows, number) {
    if (this.grouped || !root.children.length) {
      for (const row of rows) {
        if (this.line(root, row, null)) yield;
        yield* this.below(root, row);
      }
      return;
    }
    const late = this.late;
    this.late = null;
    if (number % 3 === 2) yield* this.layer(root, rows);
    else for (const row of rows) this.line(root, row, null);
    if (number % 3 === 0) yield* this.layer(root, rows);
    if (late) yield* this.layer(root, late);
    if (number % 3 === 1) this.late = rows;
    if (number % 3 === 2) for (const row of rows) this.line(root, row, null);
  }

  * finish(root) {
    if (this.late) yield* this.layer(root, this.late);
    this.late = null;
  }

  * below(compiled, row) {
    for (const child of compiled.children) {
      const list = child.list(row, this.context);
      for (let k = 0; list && k < list.length; k++) {
        const node = list.at(k);
        if (node === undefined) continue;
        if (this.line(child, node, row.gid)) yield;
        if (child.children.length) yield* this.below(child, node);
      }
    }
  }

  /** All rows one level below, kind by kind, then the next level. */
  * layer(compiled, rows) {
    for (const child of compiled.children) {
      const nodes = [];
      for (const row of rows) {
        const list = child.list(row, this.context);
        for (let k = 0; list && k < list.length; k++) {
          const node = list.at(k);
          if (node === undefined) continue;
          if (this.line(child, node, row.gid)) yield;
          if (child.children.length) nodes.push(node);
        }
      }
      if (nodes.length) yield* this.layer(child, nodes);
    }
  }

  /** Every line of the list, block by block; pauses on the way and after each block. */
  * all(root, list, until = list.length) {
    for (let at = 0, number = 0; at < until; at += BLOCK, number++) {
      const rows = [];
      for (let k = at; k < Math.min(at + BLOCK, until); k++) { const row = list.at(k); if (row !== undefined) rows.push(row); }
      yield* this.block(root, rows, number);
      yield Math.min(at + BLOCK, until);
    }
    yield* this.finish(root);
  }
}

const linesOf = file => readFileSync(file, 'utf8').split('\n').filter(line => line.trim() !== '');

export class BulkOperations {
  #operations = new Map();
  #next = 6_100_000_000_001;
  #executed = new Map(); // lines of bulk mutations by operation
  maxConcurrent = 0;
  maxConcurrentMutations = 0;
  writing = 0;

  constructor({ shop, schema, rules, faults, journal, folder, secret, uploads, fieldResolver, bulkMs = 0, bulkLineMs = 0, timeScale = 1 }) {
    Object.assign(this, { shop, schema, rules, faults, journal, folder, secret, uploads, fieldResolver, bulkMs: bulkMs / timeScale, bulkLineMs: bulkLineMs / timeScale });
    mkdirSync(folder, { recursive: true });
  }

  // --- what GraphQL sees ---------------------------------------------------------------------------------------

  byId(id) {
    return this.#operations.get(id) ?? null;
  }

  list(args, shop, warnings) {
    const { test } = search(shop, args.query, {
      id: id(o => o.id),
      status: exact(o => o.shownStatus),
      operation_type: exact(o => o.kind),
      created_at: time(o => o.createdAt),
    }, warnings);
    const found = [...this.#operations.values()].filter(o => !test || test(o));
    const key = args.sortKey === 'COMPLETED_AT' ? o => o.completedAt ?? Infinity : o => o.createdAt;
    found.sort((a, b) => key(b) - key(a) || Number(b.id) - Number(a.id)); // newest first
    return args.reverse ? reversed(arrayList(found)) : arrayList(found);
  }

  get running() {
    return [...this.#operations.values()].filter(o => !ENDED.has(o.status));
  }

  runningOf(kind) {
    return this.running.filter(o => o.kind === kind);
  }

  start({ query, groupObjects }, { scopes, version, app }) {
    const refuse = (message, field = ['query'], code = 'INVALID') => ({ bulkOperation: null, userErrors: [{ field, message, code }] });
    const { errors, document } = checkBulkQuery(this.schema, query);
    if (errors.length) return { bulkOperation: null, userErrors: errors.map(message => ({ field: ['query'], message, code: 'INVALID' })) };
    const unserved = firstUnserved(this.schema, document);
    if (unserved) throw unserved;
    this.calls?.noteDeprecated('bulk query', validate(this.schema, document, [NoDeprecatedCustomRule]).map(e => e.message));
    const limit = this.faults.hit('bulk-limit', undefined, query);
    if (limit) return refuse('The maximum number of concurrent bulk query operations for this app and shop has been reached.', null, limit.code ?? 'LIMIT_REACHED');
    const running = this.runningOf('QUERY');
    if (running.length >= MAX_CONCURRENT) return refuse(`A bulk query operation for this app and shop is already in progress: ${running.map(o => o.gid).join(', ')}.`, null, 'OPERATION_IN_PROGRESS');

    const operation = this.#make({ id: String(this.#next), query, groupObjects, version, app, scopes: [...scopes], createdAt: this.shop.nowInSeconds() });
    this.#save(operation);
    this.maxConcurrent = Math.max(this.maxConcurrent, this.runningOf('QUERY').length);
    void this.#run(operation, document);
    return { bulkOperation: operation, userErrors: [] };
  }

  startMutation({ mutation, stagedUploadPath, groupObjects }, { scopes, version, app }) {
    const refuse = (field, code, ...messages) => ({ bulkOperation: null, userErrors: messages.map(message => ({ field, message, code })) });
    const { errors, document, unserved } = checkBulkMutation(this.schema, mutation);
    if (errors.length) return refuse(['mutation'], 'INVALID_MUTATION', ...errors);
    if (unserved) throw unserved;
    const limit = this.faults.hit('bulk-limit', undefined, mutation);
    if (limit || this.runningOf('MUTATION').length >= MAX_CONCURRENT) return refuse(null, limit?.code ?? 'LIMIT_REACHED', 'Bulk operations limit reached. Please try again later.');
    const uploaded = this.uploads.find(stagedUploadPath);
    if (!uploaded) return refuse(['stagedUploadPath'], 'NO_SUCH_FILE', "The JSONL file could not be found. Try uploading the file again, and check that you've entered the URL correctly for the stagedUploadPath mutation argument.");
    if (uploaded.size > MAX_FILE || linesOf(uploaded.file).length === 0) return refuse(['stagedUploadPath'], 'INVALID_STAGED_UPLOAD_FILE', 'The JSONL file submitted via the stagedUploadsCreate mutation is invalid. Update the file and try again.');
    const operation = this.#make({ kind: 'MUTATION', id: String(this.#next), query: mutation, stagedUploadPath, groupObjects, version, app, scopes: [...scopes], createdAt: this.shop.nowInSeconds() });
    this.#save(operation);
    this.maxConcurrentMutations = Math.max(this.maxConcurrentMutations, this.runningOf('MUTATION').length);
    void this.#run(operation, document);
    return { bulkOperation: operation, userErrors: [] };
  }

  cancel(id) {
    const operation = this.byId(id);
    if (!operation) return { bulkOperation: null, userErrors: [{ field: ['id'], message: 'Bulk operation does not exist' }] };
    if (ENDED.has(operation.status)) return { bulkOperation: operation, userErrors: [{ field: null, message: `A bulk operation cannot be canceled when it is ${operation.shownStatus.toLowerCase()}` }] };
    operation.status = 'CANCELING';
    this.#save(operation);
    return { bulkOperation: operation, userErrors: [] };
  }

  // --- state ---------------------------------------------------------------------------------------------------

  #make(fields) {
    const operations = this;
    const { shop } = this;
    this.#next = Math.max(this.#next, Number(fields.id) + 1);
    const operation = {
      typename: 'BulkOperation', kind: 'QUERY', stagedUploadPath: null, status: 'CREATED', app: null, errorCode: null, completedAt: null, objectCount: 0, rootObjectCount: 0, fileSize: 0, partial: false, ...fields,
      gid: gid('BulkOperation', fields.id),
      file: join(this.folder, `${fields.id}.jsonl`),
      get isExpired() { return this.completedAt !== null && shop.now() > this.completedAt + KEPT_MS; },
      get shownStatus() { return this.status === 'COMPLETED' && this.isExpired ? 'EXPIRED' : this.status; },
      get shownFileSize() { return this.status === 'COMPLETED' && this.objectCount > 0 ? String(this.fileSize) : null; },
      get url() { return this.status === 'COMPLETED' && this.objectCount > 0 && !this.isExpired ? operations.#address(this) : null; },
      get partialDataUrl() { return this.status === 'FAILED' && this.partial && !this.isExpired ? operations.#address(this) : null; },
    };
    this.#operations.set(operation.id, operation);
    return operation;
  }

  #save({ kind, stagedUploadPath, id, query, groupObjects, version, app, scopes, createdAt, status, errorCode, completedAt, objectCount, rootObjectCount, fileSize, partial }) {
    this.journal?.append({ type: 'bulk', kind, stagedUploadPath, id, query, groupObjects, version, app, scopes, createdAt, status, errorCode, completedAt, objectCount, rootObjectCount, fileSize, partial });
  }

  /** Takes an entry of the journal; the last one of an operation counts. */
  restore({ type, ...fields }) {
    this.#operations.delete(fields.id);
    this.#make(fields);
  }

  /** Takes what the journal says of a line of a bulk mutation: it is not executed again. */
  restoreLine([id, line]) {
    if (!this.#executed.has(id)) this.#executed.set(id, new Set());
    this.#executed.get(id).add(line);
  }

  /** After a restart: a query is read again from the beginning, a mutation goes on with the lines that are left. */
  resume() {
    for (const operation of this.#operations.values()) if (operation.isExpired) rmSync(operation.file, { force: true });
    for (const operation of this.running) {
      if (operation.status === 'CANCELING') { this.#end(operation, 'CANCELED'); continue; }
      Object.assign(operation, { status: 'CREATED', objectCount: 0, rootObjectCount: 0 });
      void this.#run(operation, (operation.kind === 'QUERY' ? checkBulkQuery : checkBulkMutation)(this.schema, operation.query).document);
    }
  }

  #end(operation, status, more = {}) {
    Object.assign(operation, { status, completedAt: this.shop.nowInSeconds(), ...more });
    this.#save(operation);
    this.webhooks?.bulkEnded(operation);
  }

  // --- running -------------------------------------------------------------------------------------------------

  async #run(operation, document) {
    const cancelled = () => operation.status === 'CANCELING' || this.stopped;
    const failed = this.faults.hit('bulk-failed', undefined, operation.query);
    const stuck = this.faults.hit('bulk-stuck', undefined, operation.query);
    const held = this.faults.on('bulk-hold', undefined, operation.query);
    const lingering = this.faults.on('bulk-linger', undefined, operation.query);
    try {
      await sleep(Math.min(200, this.bulkMs * 0.05));
      if (operation.status === 'CREATED') operation.status = 'RUNNING';
      if (held) await this.faults.until(held, cancelled);
      if (this.#isDenied(operation, document)) return this.#end(operation, 'FAILED', { errorCode: 'ACCESS_DENIED' });
      if (operation.kind === 'MUTATION') await this.#mutate(operation, document, cancelled, { failed, stuck });
      else await this.#write(operation, document, cancelled, { failed, stuck });
      if (lingering) await this.#linger(operation, lingering, cancelled);
      if (failed) return this.#end(operation, 'FAILED', { errorCode: failed.code ?? null, partial: Boolean(failed.partial) });
      this.#end(operation, 'COMPLETED');
    } catch (error) {
      if (this.stopped) return; // the next start reads it again
      if (operation.kind === 'QUERY') rmSync(operation.file, { force: true });
      if (error instanceof Cancelled) return this.#end(operation, 'CANCELED');
      console.error(`bulk operation ${operation.id} failed: ${error.stack}`);
      this.#end(operation, 'FAILED', { errorCode: 'INTERNAL_SERVER_ERROR' });
    }
  }

  async #linger(operation, fault, cancelled) {
    fault.used++;
    await this.faults.until(fault, cancelled);
    if (cancelled()) throw new Cancelled();
  }

  #isDenied(operation, document) {
    const scopes = new Set(operation.scopes.filter(s => !this.faults.on('scope-removed')?.scopes?.includes(s)));
    let denied = false;
    eachField(this.schema, document, (parent, field) => { denied ||= !this.rules.isAllowed(this.rules.ruleFor(parent, field), scopes); });
    return denied;
  }

  async #mutate(operation, document, cancelled, { failed, stuck }) {
    const { file } = this.uploads.find(operation.stagedUploadPath) ?? {};
    if (!file) throw new Error('the uploaded file is gone');
    const context = { shop: this.shop, bulk: this, mutations: this.mutations, jobs: this.mutations.jobs, subscriptions: this.subscriptions, app: operation.app, scopes: new Set(operation.scopes), version: operation.version, versions: [] };
    const run = new BulkMutationRun({ operation, document, schema: this.schema, fieldResolver: this.fieldResolver, context, lines: linesOf(file), executed: this.#executed.get(operation.id) ?? new Set(), msPerLine: this.bulkLineMs, seed: this.shop.seed });
    if (!await run.run({ cancelled, until: failed ? 0.5 : 1, halt: stuck ? stuck.afterRows ?? 0 : null })) throw new Cancelled();
  }

  async #write(operation, document, cancelled, { failed, stuck }) {
    const context = { shop: this.shop, bulk: this, scopes: new Set(operation.scopes), version: operation.version, warnings: [] };
    const nulls = this.faults.hit('null-field', undefined, operation.query);
    const root = compileBulk(this.schema, document, nulls ? [nulls.field] : []);
    const file = await open(operation.file, 'w');
    let pending = [], pendingLength = 0, slice = performance.now();
    const writer = new LineWriter(text => { pending.push(text, '\n'); pendingLength += text.length + 1; }, context, operation.groupObjects);
    const flush = async () => {
      if (!pendingLength) return;
      const bytes = Buffer.from(pending.join(''));
      pending = []; pendingLength = 0;
      await file.write(bytes);
      operation.fileSize += bytes.length;
      operation.objectCount = writer.objectCount;
      operation.rootObjectCount = writer.rootObjectCount;
    };
    this.writing++;
    try {
      operation.fileSize = 0;
      const list = root.list({}, context) ?? { length: 0 };
      const began = performance.now();
      const until = failed ? Math.ceil(list.length / 2) : list.length;
      const halt = stuck ? Math.min(until, stuck.afterRows ?? 0) : -1;
      const standStill = async () => { await flush(); while (!cancelled()) await sleep(50); throw new Cancelled(); };
      if (halt === 0) await standStill();
      for (const done of writer.all(root, list, until)) {
        if (cancelled()) throw new Cancelled();
        if (halt >= 0 && done >= halt) await standStill();
        if (pendingLength > FLUSH_AT) await flush();
        if (performance.now() - slice > SLICE_MS / this.writing) { await breathe(); slice = performance.now(); operation.objectCount = writer.objectCount; operation.rootObjectCount = writer.rootObjectCount; }
        if (!this.bulkMs || done === undefined) continue;
        const due = began + this.bulkMs * Math.min(1, done / Math.max(1, list.length)); // --bulk-ms: rows are read evenly over the time
        while (performance.now() < due && !cancelled()) { await flush(); await sleep(Math.min(50, due - performance.now())); }
      }
      while (!list.length && performance.now() < began + this.bulkMs && !cancelled()) await sleep(50);
      await flush();
    } finally {
      this.writing--;
      await file.close();
    }
  }

  // --- download ------------------------------------------------------------------------------------------------

  #sign(id, expires) {
    return createHmac('sha256', this.secret).update(`${id} ${expires}`).digest('hex');
  }

  #address(operation) {
    const expires = Math.floor((operation.completedAt + KEPT_MS) / 1000);
    return `${this.shop.baseUrl}/bulk-results/${operation.id}.jsonl?Expires=${expires}&Signature=${this.#sign(operation.id, expires)}`;
  }

  /** { file, size } for a download, or { status, code } that says why not. */
  result(id, expires, signature) {
    const operation = this.byId(id);
    const wanted = Buffer.from(this.#sign(id, expires)), given = Buffer.from(signature ?? '');
    if (!operation || wanted.length !== given.length || !timingSafeEqual(wanted, given)) return { status: 403, code: 'SignatureDoesNotMatch' };
    if (this.shop.now() / 1000 > Number(expires)) return { status: 400, code: 'ExpiredToken' };
    if (!existsSync(operation.file)) return { status: 404, code: 'NoSuchKey' };
    return { file: operation.file, size: statSync(operation.file).size, query: operation.query };
  }
}
