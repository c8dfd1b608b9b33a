import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ALL_SCOPES, AccessRules, withImplied } from '../access-scopes.mjs';
import { loadSchema } from '../schema.mjs';
import { Shop } from '../shop.mjs';

const main = fileURLToPath(new URL('../main.mjs', import.meta.url));
let loaded;

/** The schema is large: once per test process. */
export function theSchema() {
  if (!loaded) {
    const { schema, access } = loadSchema();
    loaded = { schema, access, rules: new AccessRules(schema, access) };
  }
  return loaded;
}

export const aShop = (products = 120, more = {}) => new Shop({ products, seed: 1, ...more });

export const aContext = (shop, scopes = ALL_SCOPES) => ({ shop, scopes: withImplied(scopes), warnings: [] });

/** A started demo store on a free port with its own folder. */
export class RunningStore {
  static async start(t, args = [], folder) {
    const store = new RunningStore();
    store.folder = folder ?? mkdtempSync(join(tmpdir(), 'demo-store-'));
    store.args = args;
    await store.spawn();
    t?.after(async () => { await store.end('SIGKILL'); rmSync(store.folder, { recursive: true, force: true }); });
    return store;
  }

  async spawn() {
    this.process = spawn(process.execPath, [main, '--port', '0', '--data', this.folder, ...this.args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.errors = '';
    this.process.stderr.on('data', text => { this.errors += text; });
    this.url = await new Promise((resolve, reject) => {
      let text = '';
      this.process.stdout.on('data', part => { text += part; const ready = /ready on (\S+)/.exec(text); if (ready) resolve(ready[1]); });
      this.process.once('exit', code => reject(new Error(`the demo store stopped with ${code}: ${this.errors}`)));
    });
  }

  async end(signal) {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return this.process.exitCode;
    const ended = new Promise(resolve => this.process.once('exit', resolve));
    this.process.kill(signal);
    return ended;
  }

  async raw(query, variables, { token = 'demo-token', version = '2026-10', headers = {} } = {}) {
    return fetch(`${this.url}/admin/api/${version}/graphql.json`, {
      method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Shopify-Access-Token': token, ...headers }, body: JSON.stringify({ query, variables }),
    });
  }

  async gql(query, variables, options) {
    return (await this.raw(query, variables, options)).json();
  }

  async demo(method, path, body) {
    const response = await fetch(`${this.url}/_demo/${path}`, { method, body: body && JSON.stringify(body) });
    return response.json();
  }

  async state(kind) {
    const text = await (await fetch(`${this.url}/_demo/state/${kind}`)).text();
    return text.split('\n').filter(Boolean).map(line => JSON.parse(line));
  }

  async runBulk(query, groupObjects = false) {
    const { data } = await this.gql('mutation($q: String!, $g: Boolean!) { bulkOperationRunQuery(query: $q, groupObjects: $g) { bulkOperation { id status } userErrors { field message code } } }', { q: query, g: groupObjects });
    return data.bulkOperationRunQuery;
  }

  /** Uploads lines as a client must: every parameter as given, the file last. Answers the path. */
  async upload(lines, change = form => form) {
    const { data } = await this.gql('mutation($i: [StagedUploadInput!]!) { stagedUploadsCreate(input: $i) { stagedTargets { url resourceUrl parameters { name value } } userErrors { field message } } }', { i: [{ resource: 'BULK_MUTATION_VARIABLES', filename: 'lines.jsonl', mimeType: 'text/jsonl', httpMethod: 'POST' }] });
    const [{ url, parameters }] = data.stagedUploadsCreate.stagedTargets;
    const form = new FormData();
    for (const { name, value } of parameters) form.append(name, value);
    form.append('file', new Blob([lines.map(line => typeof line === 'string' ? line : JSON.stringify(line)).join('\n')], { type: 'text/jsonl' }), 'lines.jsonl');
    const response = await fetch(url, { method: 'POST', body: change(form) });
    return { status: response.status, text: await response.text(), path: parameters.find(p => p.name === 'key').value };
  }

  async runBulkMutation(mutation, path) {
    const { data, errors } = await this.gql('mutation($m: String!, $p: String!) { bulkOperationRunMutation(mutation: $m, stagedUploadPath: $p) { bulkOperation { id status type } userErrors { field message code } } }', { m: mutation, p: path });
    if (!data) throw new Error(JSON.stringify(errors));
    return data.bulkOperationRunMutation;
  }

  async bulk(id) {
    return (await this.gql('query($id: ID!) { bulkOperation(id: $id) { status errorCode objectCount rootObjectCount fileSize url partialDataUrl completedAt } }', { id })).data.bulkOperation;
  }

  async ended(id) {
    for (;;) {
      const operation = await this.bulk(id);
      if (!['CREATED', 'RUNNING', 'CANCELING'].includes(operation.status)) return operation;
      await new Promise(resolve => setTimeout(resolve, 30));
    }
  }

  async bulkLines(query, groupObjects) {
    const { bulkOperation, userErrors } = await this.runBulk(query, groupObjects);
    if (!bulkOperation) throw new Error(JSON.stringify(userErrors));
    const operation = await this.ended(bulkOperation.id);
    if (!operation.url) return [];
    return (await (await fetch(operation.url)).text()).trimEnd().split('\n').map(line => JSON.parse(line));
  }
}
