// POST /admin/api/{version}/graphql.json: parse, validate, price, execute, and answer as Shopify does.
import { execute, getOperationAST, GraphQLError, NoDeprecatedCustomRule, parse, validate, specifiedRules, NoSchemaIntrospectionCustomRule } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import { makeFieldResolver, resolveType } from './execution.mjs';
import { TooManyVariants } from './writing.mjs';
import { actualCost, MAX_QUERY_COST, requestedCost } from './query-cost.mjs';

const STABLE = ['2026-01', '2026-04', '2026-07', '2026-10'];
const VERSIONS = [...STABLE, '2027-01', 'unstable'];
const KEPT_DOCUMENTS = 300;

/** The version that answers: a retired one falls forward to the oldest that is left; null for one that never was. */
export function servedVersion(asked) {
  if (VERSIONS.includes(asked)) return asked;
  return /^20\d\d-(01|04|07|10)$/.test(asked) && asked < STABLE[0] ? STABLE[0] : null;
}

export class GraphqlEndpoint {
  #documents = new Map();

  constructor({ schema, rules, shop, tokens, bulk, mutations, jobs, faults, calls, subscriptions }) {
    Object.assign(this, { schema, shop, tokens, bulk, mutations, jobs, faults, calls, subscriptions });
    this.fieldResolver = makeFieldResolver(rules);
    this.versions = VERSIONS.map(handle => ({ handle, displayName: handle === 'unstable' ? 'unstable' : handle, supported: STABLE.includes(handle) }));
  }

  /** { status, headers, body } for a request; `body` is an object. */
  async answer({ version, token: tokenText, payload, debug }) {
    const served = this.faults.on('api-version')?.served ?? servedVersion(version);
    if (served === null) return { status: 404, headers: {}, body: { errors: 'Not Found' } };
    const headers = { 'X-Shopify-API-Version': served };
    const token = this.tokens.find(tokenText ?? '', this.faults.on('token-expired')?.since ?? null);
    if (!token) return { status: 401, headers, body: { errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' } };
    if (typeof payload?.query !== 'string') return { status: 400, headers, body: { errors: { query: 'Required parameter missing or invalid' } } };
    const { status = 200, mutated = false, ...body } = await this.#run(payload, token, debug, served);
    return { status, headers, body, mutated };
  }

  async #run({ query, variables, operationName }, token, debug, version) {
    const prepared = this.#prepare(query);
    if (prepared.errors) return { errors: prepared.errors };
    const operation = getOperationAST(prepared.document, operationName);
    if (!operation) return { errors: [{ message: operationName ? `No operation named "${operationName}"` : 'An operation name is required' }] };
    const name = operation.name?.value ?? '(anonymous)';

    const coerced = getVariableValues(this.schema, operation.variableDefinitions ?? [], variables ?? {}, { maxErrors: 10 });
    if (coerced.errors) return { errors: coerced.errors.map(e => ({ ...toJson(e), extensions: { code: 'INVALID_VARIABLE', problems: [{ path: [], explanation: e.message }] } })) };

    const details = debug ? [] : undefined;
    let requested;
    try {
      requested = Math.ceil(requestedCost(this.schema, prepared.document, operation, coerced.coerced, details));
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      return { errors: [toJson(error)], data: null };
    }
    const { bucket } = token;
    if (requested > MAX_QUERY_COST) {
      this.calls.count(name, { refused: true });
      return {
        errors: [{ message: `Query cost is ${requested}, which exceeds the single query max cost limit (${MAX_QUERY_COST}).`, extensions: { code: 'MAX_COST_EXCEEDED', cost: requested, maxCost: MAX_QUERY_COST, documentation: 'https://shopify.dev/api/usage/rate-limits' } }],
        extensions: { cost: { requestedQueryCost: requested, actualQueryCost: null, throttleStatus: bucket.status() } },
      };
    }
    const storm = this.faults.hit('throttle-storm', name);
    if (storm || !bucket.take(requested)) {
      this.calls.count(name, { throttled: true });
      const throttleStatus = bucket.status();
      if (storm) throttleStatus.currentlyAvailable = Math.min(throttleStatus.currentlyAvailable, Math.max(0, requested - Math.ceil(throttleStatus.restoreRate / 10)));
      return {
        ...(storm?.status ? { status: storm.status } : {}), // newer docs show 200, some reports 429
        errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED', documentation: 'https://shopify.dev/api/usage/rate-limits' } }],
        extensions: { cost: { requestedQueryCost: requested, actualQueryCost: null, throttleStatus } },
      };
    }

    const removed = this.faults.on('scope-removed')?.scopes ?? [];
    const scopes = new Set([...token.scopes].filter(s => !removed.includes(s)));
    const context = { shop: this.shop, bulk: this.bulk, mutations: this.mutations, jobs: this.jobs, subscriptions: this.subscriptions, app: token.app, scopes, version, warnings: [], versions: this.versions };
    const result = await execute({ schema: this.schema, document: prepared.document, contextValue: context, variableValues: variables ?? {}, operationName, fieldResolver: this.fieldResolver, typeResolver: resolveType });
    if (result.errors?.some(e => e.originalError instanceof TooManyVariants)) {
      bucket.giveBack(requested);
      return { status: 429, errors: result.errors[0].message };
    }
    const data = result.data ? JSON.parse(JSON.stringify(result.data)) : null;
    const actual = Math.min(requested, Math.ceil(actualCost(this.schema, prepared.document, operation, coerced.coerced, data)));
    bucket.giveBack(requested - actual);
    this.calls.count(name, { points: actual, deprecated: prepared.deprecated });

    const body = { data };
    if (result.errors) body.errors = result.errors.map(toJson);
    if (operation.operation === 'mutation') body.mutated = true;
    body.extensions = { cost: { requestedQueryCost: requested, actualQueryCost: actual, throttleStatus: bucket.status() } };
    if (details) body.extensions.cost.fields = details;
    if (context.warnings.length) body.extensions.search = context.warnings;
    if (prepared.deprecated.length) body.extensions.deprecations = prepared.deprecated;
    return body;
  }

  /** Parsing and validation, remembered by text. */
  #prepare(query) {
    let prepared = this.#documents.get(query);
    if (prepared) return prepared;
    prepared = this.#check(query);
    if (this.#documents.size >= KEPT_DOCUMENTS) this.#documents.delete(this.#documents.keys().next().value);
    this.#documents.set(query, prepared);
    return prepared;
  }

  #check(query) {
    let document;
    try {
      document = parse(query);
    } catch (error) {
      return { errors: [{ ...toJson(error), message: error.message.replace(/^Syntax Error: /, 'syntax error, ') }] };
    }
    const errors = validate(this.schema, document, specifiedRules.filter(r => r !== NoSchemaIntrospectionCustomRule));
    if (errors.length) return { errors: errors.map(toJson) };
    return { document, deprecated: validate(this.schema, document, [NoDeprecatedCustomRule]).map(e => e.message) };
  }
}

function toJson(error) {
  if (error.originalError && !(error.originalError instanceof GraphQLError)) {
    console.error(error.originalError.stack);
    return { message: 'Internal error. Looks like something went wrong on our end.', extensions: { code: 'INTERNAL_SERVER_ERROR' }, path: error.path };
  }
  return error.toJSON ? error.toJSON() : { message: error.message };
}
