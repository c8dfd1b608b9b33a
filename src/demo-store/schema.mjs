import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { buildClientSchema } from 'graphql';
import { makeScalarsStrict } from './scalars.mjs';

export const API_VERSION = '2026-10';
export const schemaFile = fileURLToPath(new URL(`.schema/admin_${API_VERSION}.json.gz`, import.meta.url));

/** Shopify's published schema, executable, with the access scopes that each type and field asks for. */
export function loadSchema() {
  if (!existsSync(schemaFile)) {
    throw new Error(`Shopify's schema is missing (${schemaFile}).\nFetch it once with: node src/demo-store/get-schema.mjs`);
  }
  const file = JSON.parse(gunzipSync(readFileSync(schemaFile)));
  const schema = buildClientSchema(file.data, { assumeValid: true });
  makeScalarsStrict(schema);

  const access = new Map();
  for (const item of file.offline_scopes.items) {
    if (!item.offlineScopes.length) continue;
    const key = item.type === 'type' ? item.typeName : `${item.typeName}.${item.fieldName}`;
    access.set(key, { text: item.requiredAccess.trim(), scopes: item.offlineScopes, all: / as well as |\bboth\b/.test(item.requiredAccess) });
  }
  return { schema, access };
}
