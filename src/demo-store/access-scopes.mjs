// Which access scope a field needs, from Shopify's schema file, and the error Shopify gives without it.
import { getNamedType, GraphQLError, isObjectType } from 'graphql';

export const ALL_SCOPES = [
  'read_products', 'write_products', 'read_inventory', 'write_inventory', 'read_locations', 'read_publications', 'write_publications',
  'read_files', 'write_files', 'read_orders', 'read_customers', 'read_draft_orders', 'write_draft_orders', 'read_reports', 'read_metaobjects',
];

/** Write access includes reading. */
export function withImplied(scopes) {
  const all = new Set(scopes);
  for (const scope of scopes) if (scope.startsWith('write_')) all.add(scope.replace('write_', 'read_'));
  return all;
}

export class AccessRules {
  #known = new Map();

  constructor(schema, access) {
    this.schema = schema;
    this.access = access;
  }

  /** What the field asks for, or null: its own rule, else the rule of the type it returns (of a connection's rows). */
  ruleFor(parentType, field) {
    const key = `${parentType.name}.${field.name}`;
    let rule = this.#known.get(key);
    if (rule === undefined) {
      let type = getNamedType(field.type);
      if (isObjectType(type) && type.name.endsWith('Connection') && type.getFields().nodes) type = getNamedType(type.getFields().nodes.type);
      rule = this.access.get(key) ?? this.access.get(type.name) ?? null;
      this.#known.set(key, rule);
    }
    return rule;
  }

  isAllowed(rule, scopes) {
    return rule === null || (rule.all ? rule.scopes.every(s => scopes.has(s)) : rule.scopes.some(s => scopes.has(s)));
  }

  denied(field, rule) {
    return new GraphQLError(`Access denied for ${field.name} field. Required access: ${rule.text}`, {
      extensions: { code: 'ACCESS_DENIED', documentation: 'https://shopify.dev/api/usage/access-scopes', requiredAccess: rule.text },
    });
  }
}
