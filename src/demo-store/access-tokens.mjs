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

  constructor({ shop, plan, timeScale, clientId, clientSecret, journal }) {
    Object.assign(this, { shop, plan, timeScale, clientId, clientSecret, journal });
  }

  #bucket(name) {
    if (!this.#buckets.has(name)) this.#buckets.set(name, new LeakyBucket(this.plan, { timeScale: this.timeScale }));
    return this.#buckets.get(name);
  }

  /** `name` or `name:scope,scope` from the command line. */
  addFixed(text) {
    const [token, scopes] = text.split(':');
    this.add(fixed(token, scopes?.split(',')));
  }

  /** A further token that never ends and survives a restart. */
  addKept(token, scopes) {
    const entry = fixed(token, scopes);
    this.journal?.append(entry);
    this.add(entry);
  }

  add({ token, scopes, bucket, issuedAt, expiresAt }) {
    this.#tokens.set(token, { token, granted: scopes, scopes: withImplied(scopes), bucket: this.#bucket(bucket), issuedAt, expiresAt });
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
    if (form.client_secret !== this.clientSecret) return [401, { error: 'invalid_client', error_description: 'Client authentication failed due to an invalid client secret' }];
    const now = this.shop.now();
    const entry = { type: 'token', token: `shpat_${randomBytes(16).toString('hex')}`, scopes: ALL_SCOPES, bucket: 'app', issuedAt: now, expiresAt: now + LIFETIME_SECONDS * 1000 };
    this.journal?.append(entry);
    this.add(entry);
    return [200, { access_token: entry.token, scope: ALL_SCOPES.join(','), expires_in: LIFETIME_SECONDS }];
  }
}

function fixed(token, scopes = ALL_SCOPES) {
  return { type: 'token', token, scopes, bucket: `token ${token}`, issuedAt: 0, expiresAt: null };
}
