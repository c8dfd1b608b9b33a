// Subscriptions to webhooks: each belongs to the app whose token made it. Journaled; the app's own configuration, which
// alone may hold the mandatory topics, is kept beside them and shows in no query.
import { GraphQLError } from 'graphql';
import { arrayList, reversed } from './connections.mjs';
import { gid } from './ids.mjs';
import { search } from './product-lists.mjs';
import { id as byId, time } from './search-syntax.mjs';
import { COMPLIANCE_TOPICS, topicsOf } from './webhook-topics.mjs';
import { only } from './writing.mjs';

const FIRST_ID = 1_590_000_000_000;
const STRIDE = 32_768;
const MAX_NAME = 50;
const SERVED_INPUT = ['uri', 'callbackUrl', 'format', 'includeFields', 'name', 'filter', 'metafieldNamespaces', 'metafields'];

const subscriptionSearch = { id: byId(s => s.id), created_at: time(s => s.createdAt), updated_at: time(s => s.updatedAt) };

export class Subscriptions {
  #list = new Map(); // by bare id
  #made = 0;
  #configured = new Map(); // by app: { uri, topics }

  constructor({ shop, schema, journal }) {
    Object.assign(this, { shop, journal });
    this.topics = topicsOf(schema);
    this.names = new Map([...this.topics].map(([value, { name }]) => [name, value]));
  }

  // --- what the deliveries ask -----------------------------------------------------------------------------------

  get all() {
    return [...this.#list.values()];
  }

  /** Those of a topic, as in a header, the apps' own configuration among them; of one app or of all. */
  of(topic, app) {
    const found = [];
    for (const one of this.#list.values()) if (one.topicName === topic && (app === undefined || one.app === app)) found.push(one);
    for (const [owner, { uri, topics }] of this.#configured) if (topics.includes(topic) && (app === undefined || owner === app)) found.push({ id: null, app: owner, topicName: topic, uri, includeFields: [], name: null });
    return found;
  }

  /** Whether anybody ever subscribed: until then nothing is noted of changes. */
  get isUsed() {
    return this.#made > 0 || this.#configured.size > 0;
  }

  has(subscription) {
    return subscription.id === null || this.#list.has(subscription.id);
  }

  /** Takes a subscription away without a word, as Shopify does after too many failures. */
  drop(id) {
    const known = this.#list.get(id);
    if (!known) return false;
    this.#list.delete(id);
    this.journal?.append({ type: 'subscription', id, deleted: true });
    return true;
  }

  dropAll(app) {
    for (const one of this.all) if (one.app === app) this.drop(one.id);
    this.configure(app, null);
  }

  /** What the app's own configuration subscribes to; null takes it away. */
  configure(app, uri, topics = COMPLIANCE_TOPICS) {
    const entry = { type: 'app-configuration', app, uri, topics };
    this.restoreConfiguration(entry);
    this.journal?.append(entry);
  }

  restoreConfiguration({ app, uri, topics }) {
    if (uri === null) this.#configured.delete(app);
    else this.#configured.set(app, { uri, topics });
  }

  /** Takes an entry of the journal. */
  restore({ type, deleted, ...fields }) {
    if (deleted) this.#list.delete(fields.id);
    else this.#list.set(fields.id, this.#shown(fields));
    this.#made = Math.max(this.#made, (Number(fields.id) - FIRST_ID - 1) / STRIDE);
  }

  #shown(fields) {
    return { typename: 'WebhookSubscription', gid: gid('WebhookSubscription', fields.id), topicName: this.topics.get(fields.topic).name, ...fields };
  }

  #save({ id, app, topic, uri, format, includeFields, name, createdAt, updatedAt }) {
    const entry = { type: 'subscription', id, app, topic, uri, format, includeFields, name, createdAt, updatedAt };
    this.restore(entry);
    this.journal?.append(entry);
    return this.#list.get(id);
  }

  // --- what GraphQL asks -----------------------------------------------------------------------------------------

  byId(id, app) {
    const one = this.#list.get(id);
    return one?.app === app ? one : null;
  }

  list(app, args, warnings) {
    const { test } = search(this.shop, args.query, subscriptionSearch, warnings);
    const uri = args.uri ?? args.callbackUrl;
    const found = this.all.filter(s => s.app === app && (!args.topics?.length || args.topics.includes(s.topic)) && (uri == null || s.uri === uri) && (args.format == null || s.format === args.format) && (!test || test(s)));
    found.sort((a, b) => (args.sortKey === 'ID' ? 0 : a.createdAt - b.createdAt) || Number(a.id) - Number(b.id));
    return args.reverse ? reversed(arrayList(found)) : arrayList(found);
  }

  create(app, scopes, { topic, webhookSubscription: input }) {
    const errors = [];
    const values = this.#read(input, errors, {});
    const { name, scopes: needed } = this.topics.get(topic);
    if (needed.length && !needed.some(scope => scopes.has(scope))) errors.push({ field: ['topic'], message: `You do not have permission to create or update webhooks with ${name} topic. This topic requires the ${needed.join(' or ')} scope.` });
    this.#checkTaken(app, null, { topic, ...values }, errors);
    if (errors.length) return { webhookSubscription: null, userErrors: errors };
    const at = this.shop.nowInSeconds();
    return { webhookSubscription: this.#save({ id: String(FIRST_ID + (this.#made + 1) * STRIDE + 1), app, topic, ...values, createdAt: at, updatedAt: at }), userErrors: [] };
  }

  update(app, id, { webhookSubscription: input }) {
    const known = this.byId(id, app);
    if (!known) return { webhookSubscription: null, userErrors: [{ field: ['id'], message: 'Webhook subscription does not exist' }] };
    const errors = [];
    const values = this.#read(input, errors, known);
    this.#checkTaken(app, id, { topic: known.topic, ...values }, errors);
    if (errors.length) return { webhookSubscription: null, userErrors: errors };
    return { webhookSubscription: this.#save({ ...known, ...values, updatedAt: this.shop.nowInSeconds() }), userErrors: [] };
  }

  remove(app, id) {
    const known = this.byId(id, app);
    if (!known) return { deletedWebhookSubscriptionId: null, userErrors: [{ field: ['id'], message: 'Webhook subscription does not exist' }] };
    this.drop(id);
    return { deletedWebhookSubscriptionId: known.gid, userErrors: [] };
  }

  #read(input, errors, known) {
    only('WebhookSubscriptionInput', input, SERVED_INPUT);
    for (const name of ['filter', 'metafieldNamespaces', 'metafields']) if (input[name]?.length) only('WebhookSubscriptionInput', { [name]: true }, []);
    if (input.format === 'XML') throw new GraphQLError('The demo store does not write webhooks as XML.', { extensions: { code: 'NOT_SERVED_BY_DEMO_STORE' } });
    const field = ['webhookSubscription', input.uri == null && input.callbackUrl != null ? 'callbackUrl' : 'uri'];
    const uri = (input.uri ?? input.callbackUrl ?? known.uri ?? '').trim();
    if (uri === '') errors.push({ field, message: "Address can't be blank" });
    else if (/^(pubsub:\/\/|arn:)/.test(uri)) throw new GraphQLError('The demo store delivers webhooks over HTTP only.', { extensions: { code: 'NOT_SERVED_BY_DEMO_STORE' } });
    else if (!/^https?:\/\/[^/\s]+/.test(uri) || !URL.canParse(uri)) errors.push({ field, message: 'Address is invalid' });
    const name = input.name === undefined ? known.name ?? null : input.name || null;
    if (name !== null && (name.length > MAX_NAME || !/^[\w-]+$/.test(name))) errors.push({ field: ['webhookSubscription', 'name'], message: `Name must be at most ${MAX_NAME} letters, digits, dashes and underscores` });
    return { uri, format: 'JSON', includeFields: input.includeFields ?? known.includeFields ?? [], name };
  }

  #checkTaken(app, id, { topic, uri, name }, errors) {
    if (this.all.some(s => s.app === app && s.id !== id && s.topic === topic && s.uri === uri && s.name === name)) errors.push({ field: ['webhookSubscription', 'uri'], message: 'Address for this topic has already been taken' });
  }
}
