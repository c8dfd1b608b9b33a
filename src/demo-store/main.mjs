// Starts the demo store. See README.md for what it offers.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AccessRules } from './access-scopes.mjs';
import { AccessTokens } from './access-tokens.mjs';
import { BulkOperations } from './bulk-operations.mjs';
import { Calls } from './calls.mjs';
import { apply, ChangeError } from './changes.mjs';
import { Control } from './control.mjs';
import { productsOfCsv } from './csv.mjs';
import { makeFieldResolver } from './execution.mjs';
import { Faults } from './faults.mjs';
import { GraphqlEndpoint } from './graphql-endpoint.mjs';
import { Jobs } from './jobs.mjs';
import { Journal } from './journal.mjs';
import { plans } from './leaky-bucket.mjs';
import { MutationCounts } from './mutation-counts.mjs';
import { Mutations } from './mutations.mjs';
import { assumptions } from './query-cost.mjs';
import { API_VERSION, loadSchema } from './schema.mjs';
import { makeServer } from './server.mjs';
import { StagedUploads } from './staged-uploads.mjs';
import { Shop } from './shop.mjs';
import { Deliveries } from './webhook-deliveries.mjs';
import { Subscriptions } from './webhook-subscriptions.mjs';
import { Secrets, Webhooks } from './webhooks.mjs';

const MAX_PRODUCTS = 2_000_000;

class SettingError extends Error {}

function readSettings() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        port: { type: 'string', default: '5090' },
        data: { type: 'string' },
        products: { type: 'string', default: '1000' },
        seed: { type: 'string', default: '1' },
        plan: { type: 'string', default: 'standard' },
        shop: { type: 'string', default: 'demo-store.myshopify.com' },
        'time-zone': { type: 'string', default: 'America/New_York' },
        csv: { type: 'string', multiple: true, default: [] },
        token: { type: 'string', multiple: true, default: [] },
        'client-id': { type: 'string', default: 'demo-client' },
        'client-secret': { type: 'string', default: 'demo-secret' },
        'bulk-ms': { type: 'string', default: '0' },
        'bulk-line-ms': { type: 'string', default: '0' },
        'job-ms': { type: 'string', default: '20' },
        'time-scale': { type: 'string', default: '1' },
        'orders-per-minute': { type: 'string', default: '0' },
        'dear-nodes': { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new SettingError(error.message);
  }
  const whole = (name, low, high) => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < low || value > high) throw new SettingError(`--${name} must be a whole number from ${low} to ${high}, not '${values[name]}'`);
    return value;
  };
  if (!values.data) throw new SettingError('--data FOLDER is needed: the shop keeps its state there');
  if (!plans.includes(values.plan)) throw new SettingError(`--plan must be one of ${plans.join(', ')}, not '${values.plan}'`);
  if (!(Number(values['time-scale']) > 0)) throw new SettingError(`--time-scale must be a number above 0, not '${values['time-scale']}'`);
  try { new Intl.DateTimeFormat('en-US', { timeZone: values['time-zone'] }); } catch { throw new SettingError(`--time-zone '${values['time-zone']}' is not a time zone`); }
  if (!(Number(values['orders-per-minute']) >= 0 && Number(values['orders-per-minute']) <= 6000)) throw new SettingError(`--orders-per-minute must be a number from 0 to 6000, not '${values['orders-per-minute']}'`);
  for (const file of values.csv) if (!existsSync(file)) throw new SettingError(`--csv ${file}: there is no such file`);
  return {
    port: whole('port', 0, 65_535), data: resolve(values.data), products: whole('products', 0, MAX_PRODUCTS), seed: whole('seed', 0, 2 ** 31 - 1), plan: values.plan, domain: values.shop,
    timeZone: values['time-zone'], csv: values.csv, tokens: values.token.length ? values.token : ['demo-token'], clientId: values['client-id'], clientSecret: values['client-secret'],
    bulkMs: whole('bulk-ms', 0, 86_400_000), bulkLineMs: whole('bulk-line-ms', 0, 60_000), jobMs: whole('job-ms', 0, 3_600_000), timeScale: Number(values['time-scale']), ordersPerMinute: Number(values['orders-per-minute']), dearNodes: values['dear-nodes'],
  };
}

/** A folder belongs to one shop: another size or seed would make other rows out of the same changes. */
function claimFolder({ data, products, seed }) {
  mkdirSync(data, { recursive: true });
  const file = join(data, 'shop.json');
  if (!existsSync(file)) {
    const shop = { products, seed, secret: randomBytes(24).toString('hex') };
    writeFileSync(file, JSON.stringify(shop));
    return shop;
  }
  const known = JSON.parse(readFileSync(file, 'utf8'));
  if (known.products !== products || known.seed !== seed) throw new SettingError(`${data} holds a shop of ${known.products} products, seed ${known.seed}: start it with these, or give another --data folder`);
  return known;
}

function start(settings) {
  const { schema, access } = loadSchema();
  assumptions.dearNodes = settings.dearNodes;
  const folder = claimFolder(settings);
  const shop = new Shop(settings);
  const faults = new Faults(() => shop.now());
  shop.faults = faults;
  const rules = new AccessRules(schema, access);
  const journal = new Journal(join(settings.data, 'journal.ndjson'));
  const secrets = new Secrets(settings.clientSecret, journal);
  const tokens = new AccessTokens({ ...settings, shop, secrets, journal });
  for (const token of settings.tokens) tokens.addFixed(token);
  const uploads = new StagedUploads({ shop, folder: join(settings.data, 'uploads'), secret: folder.secret });
  const bulk = new BulkOperations({ ...settings, shop, uploads, fieldResolver: makeFieldResolver(rules), schema, rules, faults, journal, folder: join(settings.data, 'bulk'), secret: folder.secret });

  const counts = new MutationCounts();
  const jobs = new Jobs({ shop, faults, journal, jobMs: settings.jobMs / settings.timeScale });
  const mutations = new Mutations({ shop, schema, journal, faults, jobs, counts });
  bulk.mutations = mutations;

  const subscriptions = new Subscriptions({ shop, schema, journal });
  const deliveries = new Deliveries({ shop, subscriptions, secrets, version: () => faults.on('api-version')?.served ?? API_VERSION, retryScale: settings.timeScale });
  const webhooks = new Webhooks({ shop, subscriptions, deliveries });
  bulk.subscriptions = subscriptions;
  bulk.webhooks = webhooks;

  const loaded = new Set();
  for (const entry of journal.read()) {
    if (entry.type === 'bulk') bulk.restore(entry);
    else if (entry.type === 'token') tokens.add(entry);
    else if (entry.type === 'mutation' || entry.type === 'key') { mutations.restore(entry); if (entry.line) bulk.restoreLine(entry.line); }
    else if (entry.type === 'job') jobs.restore(entry);
    else if (entry.type === 'subscription') subscriptions.restore(entry);
    else if (entry.type === 'app-configuration') subscriptions.restoreConfiguration(entry);
    else if (entry.type === 'client-secret') secrets.restore(entry);
    else if (entry.type === 'app-scopes') tokens.changeApp(entry);
    else { apply(shop, entry); if (entry.type === 'csv') loaded.add(entry.hash); }
  }
  journal.open();
  mutations.webhooks = webhooks; // what the journal told was fired when it happened
  for (const file of settings.csv) {
    const text = readFileSync(file, 'utf8');
    const hash = createHash('sha256').update(text).digest('hex');
    if (loaded.has(hash)) continue;
    const entry = { type: 'csv', hash, products: productsOfCsv(text, shop.nowInSeconds()) };
    apply(shop, entry);
    journal.append(entry);
  }

  const calls = new Calls(bulk);
  const endpoint = new GraphqlEndpoint({ schema, rules, shop, tokens, bulk, mutations, jobs, faults, calls, subscriptions });
  const control = new Control({ shop, faults, calls, counts, journal, tokens, webhooks, subscriptions, deliveries, secrets });
  const server = makeServer({ shop, endpoint, tokens, bulk, uploads, faults, control });

  server.on('error', error => fail(error.code === 'EADDRINUSE' ? `port ${settings.port} is taken: choose another with --port, or 0 for any free one` : error.message));
  server.listen(settings.port, '127.0.0.1', () => {
    shop.baseUrl = `http://127.0.0.1:${server.address().port}`;
    bulk.resume();
    jobs.resume();
    if (settings.ordersPerMinute > 0) setInterval(() => orderSomething(control), 60_000 / settings.ordersPerMinute);
    console.log(`demo store ready on ${shop.baseUrl}`);
  });

  const stop = () => {
    bulk.stopped = true;
    jobs.stopped = true;
    deliveries.stopped = true;
    journal.close();
    server.closeAllConnections();
    server.close(() => process.exit(0));
    setTimeout(() => process.exit(0), 500).unref();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** --orders-per-minute: customers who come by themselves. */
function orderSomething(control) {
  try {
    control.order({ seed: control.shop.seed });
  } catch (error) {
    if (!(error instanceof ChangeError)) throw error; // nothing to order
  }
}

function fail(message) {
  console.error(`demo store: ${message}`);
  process.exit(1);
}

try {
  start(readSettings());
} catch (error) {
  if (!(error instanceof SettingError) && !/schema is missing/.test(error.message)) throw error;
  fail(error.message);
}
