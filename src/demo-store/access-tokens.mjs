import { randomBytes } from 'node:crypto';
import { ALL_SCOPES, withImplied } from './access-scopes.mjs';
import { LeakyBucket } from './leaky-bucket.mjs';

export const LIFETIME_SECONDS = 86_399;

/**
 * Tokens and the bucket behind each. Tokens of the client-credentials grant belong to one app and share its bucket,
 * however many were handed out; a token given on the command line has its own.
 */
export class AccessTokens {
  #tokens = new Map();
  #buckets = new Map();
  #appScopes = new Map(); // where they were changed; null when the app is gone
  #first = undefined;

  constructor({ shop, plan, timeScale, clientId, secrets, journal }) {
    Object.assign(this, { shop, plan, timeScale, clientId, secrets, journal });
  }

  #bucket(name) {
    if (!this.#buckets.has(name)) this.#buckets.set(name, new LeakyBucket(this.plan, { timeScale: this.timeScale }));
    return this.#buckets.get(name);
  }

  /** `name` or `name:scope,scope` from the command line. */
  addFixed(text) {
    const [token, scopes] = text.split(':');
    this.#first ??= token;
    this.add(fixed(token, scopes?.split(',')));
  }

  /** A further token that never ends and survives a restart. */
  addKept(token, scopes) {
    const entry = fixed(token, scopes);
    this.journal?.append(entry);
    this.add(entry);
  }

  add({ token, scopes, bucket, issuedAt, expiresAt }) {
    this.#tokens.set(token, { token, app: bucket, granted: scopes, scopes: withImplied(scopes), bucket: this.#bucket(bucket), issuedAt, expiresAt });
  }

  /** The app of a token, as subscriptions know it; 'client-credentials' for that of the grant. Without a text the first token of the command line. */
  appOf(text = this.#first) {
    if (text === 'client-credentials') return 'app';
    const token = this.#tokens.get(text);
    if (!token) throw new Error(`no token is called '${text}'`);
    return token.app;
  }

  /** What the app may do; another list holds for all of its tokens. */
  scopesOf(app) {
    return [...this.#tokens.values()].find(t => t.app === app)?.granted ?? ALL_SCOPES;
  }

  /** Takes an entry of the journal: the app's tokens have other scopes, or none is good any more. */
  changeApp({ app, scopes }) {
    for (const [text, token] of this.#tokens) {
      if (token.app !== app) continue;
      if (scopes === null) this.#tokens.delete(text);
      else Object.assign(token, { granted: scopes, scopes: withImplied(scopes) });
    }
    this.#appScopes.set(app, scopes);
  }

  /** New scopes for every token of an app; null ends them all. */
  setScopes(app, scopes) {
    const entry = { type: 'app-scopes', app, scopes };
    this.changeApp(entry);
    this.journal?.append(entry);
  }

  /** The token when it is known and alive. */
  find(text, expiredSince) {
    const token = this.#tokens.get(text);
    if (!token || (token.expiresAt !== null && this.shop.now() >= token.expiresAt)) return null;
    return expiredSince !== null && token.issuedAt <= expiredSince ? null : token;
  }

  /** Answers a client-credentials grant: [status, body]. */
  grant(form) {
    if (form.grant_type !== 'client_credentials') return [400, { error: 'unsupported_grant_type', error_description: `grant_type must be client_credentials, not '${form.grant_type ?? ''}'` }];
    if (form.client_id !== this.clientId) return [400, { error: 'invalid_request', error_description: 'Could not find Shopify API application with api_key ' + (form.client_id ?? '') }];
    if (!this.secrets.all.includes(form.client_secret)) return [401, { error: 'invalid_client', error_description: 'Client authentication failed due to an invalid client secret' }];
    if (this.#appScopes.get('app') === null) return [400, { error: 'app_not_installed', error_description: 'The application is not installed on this shop' }];
    const now = this.shop.now();
    const entry = { type: 'token', token: `shpat_${randomBytes(16).toString('hex')}`, scopes: this.#appScopes.get('app') ?? ALL_SCOPES, bucket: 'app', issuedAt: now, expiresAt: now + LIFETIME_SECONDS * 1000 };
    this.journal?.append(entry);
    this.add(entry);
    return [200, { access_token: entry.token, scope: entry.scopes.join(','), expires_in: LIFETIME_SECONDS }];
  }
}

function fixed(token, scopes = ALL_SCOPES) {
  return { type: 'token', token, scopes, bucket: `token ${token}`, issuedAt: 0, expiresAt: null };
}
