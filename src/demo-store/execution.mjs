// How graphql-js and the bulk projector get at a field: one table, one access rule, one error for what is not served.
import { GraphQLError } from 'graphql';
import { served } from './served-fields.mjs';

export const notServed = (typeName, fieldName) => new GraphQLError(`The demo store does not serve ${typeName}.${fieldName}.`, { extensions: { code: 'NOT_SERVED_BY_DEMO_STORE' } });

/** The resolver of a field: (source, args, context, info) => value; only mutations look at `info`. */
export function resolverOf(typeName, fieldName) {
  const table = served[typeName];
  if (table) return table[fieldName] ?? (() => { throw notServed(typeName, fieldName); });
  return source => {
    const value = source[fieldName];
    if (value === undefined) throw notServed(typeName, fieldName);
    return value;
  };
}

export function makeFieldResolver(rules) {
  return (source, args, context, info) => {
    const { parentType, fieldName } = info;
    const field = parentType.getFields()[fieldName];
    const rule = rules.ruleFor(parentType, field);
    if (!rules.isAllowed(rule, context.scopes)) throw rules.denied(field, rule);
    return resolverOf(parentType.name, fieldName)(source, args, context, info);
  };
}

export const resolveType = value => value.typename;
