// What Shopify refuses in a bulk query beyond the schema, in Shopify's own words.
import { getNamedType, getNullableType, isListType, isObjectType, Kind, parse, print, TypeInfo, validate, visit, visitWithTypeInfo } from 'graphql';
import { notServed } from './execution.mjs';
import { served } from './served-fields.mjs';

const MAX_CONNECTIONS = 5;
const MAX_NESTING = 2;
const isConnection = type => isObjectType(type) && type.name.endsWith('Connection');

/** { errors: [message], document }. */
export function checkBulkQuery(schema, text) {
  let document;
  try {
    document = parse(text);
  } catch (error) {
    const message = error.message.replace(/^Syntax Error: /, '').replace(/^Unexpected <EOF>\.$/, 'unexpected end of file');
    return { errors: [`Invalid bulk query: syntax error, ${message}`] };
  }
  const operations = document.definitions.filter(d => d.kind === Kind.OPERATION_DEFINITION);
  if (operations.length !== 1) return { errors: ['Invalid bulk query: the document must contain exactly one operation.'] };
  if (operations[0].operation !== 'query') return { errors: ['Invalid operation type. Only `query` operations are supported.'] };
  if (operations[0].variableDefinitions?.length) return { errors: ['Invalid bulk query: variables are not supported.'] };
  const invalid = validate(schema, document);
  if (invalid.length) return { errors: invalid.map(error => `Invalid bulk query: ${error.message}`) };

  const found = inspect(schema, document, operations[0]);
  const errors = [];
  if (found.withNodes.length) errors.push(`All connection fields in a bulk query must select their contents using 'edges' > 'node', e.g: 'products { edges { node {'. Selecting via 'nodes' is not supported. Invalid connection fields: '${found.withNodes.join("', '")}'.`);
  for (const name of found.topLevelNodes) errors.push(`Bulk queries cannot contain a top level \`${name}\` field.`);
  if (found.roots > 1) errors.push('Bulk queries must contain exactly one top-level field.');
  if (found.depth > MAX_NESTING + 1) errors.push(`Bulk queries cannot contain connections with a nesting depth greater than ${MAX_NESTING}.`);
  if (found.connections > MAX_CONNECTIONS) errors.push(`Bulk queries cannot contain more than ${MAX_CONNECTIONS} connections.`);
  if (found.withoutId.length) errors.push(`The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of 'ID' return type. Connection fields without 'id': ${found.withoutId.join(', ')}.`);
  if (found.inList) errors.push('Queries that contain a connection field within a list field are not currently supported.');
  if (found.noNode.length) errors.push(`Connection fields in a bulk query must return a type that implements Node: ${found.noNode.join(', ')}.`);
  if (found.connections === 0) errors.push('Bulk queries must contain at least one connection.');
  return { errors, document };
}

function inspect(schema, document, operation) {
  const fragments = new Map(document.definitions.filter(d => d.kind === Kind.FRAGMENT_DEFINITION).map(d => [d.name.value, d]));
  const found = { connections: 0, depth: 0, roots: 0, withNodes: [], topLevelNodes: [], withoutId: [], noNode: [], inList: false };
  const node = schema.getType('Node');

  const fieldsOf = (type, set) => set.selections.flatMap(s => {
    if (s.kind === Kind.FIELD) return [{ type, field: s }];
    const fragment = s.kind === Kind.FRAGMENT_SPREAD ? fragments.get(s.name.value) : s;
    return fieldsOf(fragment.typeCondition ? schema.getType(fragment.typeCondition.name.value) : type, fragment.selectionSet);
  });

  const walk = (type, set, depth, parent, listed) => {
    for (const { type: on, field } of fieldsOf(type, set)) {
      const name = field.name.value;
      if (name.startsWith('__') || !field.selectionSet) continue;
      const definition = on.getFields()[name];
      const inner = getNamedType(definition.type);
      if (!isConnection(inner)) {
        walk(inner, field.selectionSet, depth, parent, listed || isListType(getNullableType(definition.type)));
        continue;
      }
      found.connections++;
      found.depth = Math.max(found.depth, depth + 1);
      if (listed) found.inList = true;
      if (parent && !parent.hasId && !found.withoutId.includes(parent.name)) found.withoutId.push(parent.name);
      const rowType = getNamedType(inner.getFields().nodes?.type ?? getNamedType(inner.getFields().edges.type).getFields().node.type);
      const isNode = isObjectType(rowType) ? rowType.getInterfaces().includes(node) : rowType.name === 'Node' || schema.getPossibleTypes(rowType).every(t => t.getInterfaces().includes(node));
      if (!isNode) found.noNode.push(name);
      for (const { field: part } of fieldsOf(inner, field.selectionSet)) {
        if (part.name.value === 'nodes') found.withNodes.push(name);
        if (part.name.value !== 'edges') continue;
        const edge = getNamedType(inner.getFields().edges.type);
        for (const { field: row } of fieldsOf(edge, part.selectionSet)) {
          if (row.name.value !== 'node') continue;
          const hasId = fieldsOf(rowType, row.selectionSet).some(({ field: f }) => f.name.value === 'id' && !f.alias);
          walk(rowType, row.selectionSet, depth + 1, { name, hasId }, false);
        }
      }
    }
  };

  const query = schema.getQueryType();
  const roots = fieldsOf(query, operation.selectionSet);
  found.roots = roots.length;
  found.topLevelNodes = roots.map(r => r.field.name.value).filter(name => name === 'node' || name === 'nodes');
  walk(query, operation.selectionSet, 0, null, false);
  return found;
}

/** Each field that the document selects, as graphql-js types it: (parentType, field definition). */
export function eachField(schema, document, see) {
  const types = new TypeInfo(schema);
  visit(document, visitWithTypeInfo(types, {
    Field() {
      const parent = types.getParentType(), field = types.getFieldDef();
      if (parent && field && !field.name.startsWith('__')) see(parent, field);
    },
  }));
}

/** The first field that the demo store would not answer, as an error, or null. */
export function firstUnserved(schema, document) {
  let error = null;
  eachField(schema, document, (parent, field) => {
    if (error || !isObjectType(parent) || !served[parent.name]) return;
    if (!served[parent.name][field.name]) error = notServed(parent.name, field.name);
  });
  return error;
}

/** A bulk query takes no variables: whoever sends the document puts values in their place, or leaves the arguments out. */
export function withoutVariables(document) {
  return print(visit(document, {
    OperationDefinition: node => ({ ...node, variableDefinitions: [] }),
    Argument: node => node.value.kind === Kind.VARIABLE ? null : undefined,
  }));
}
