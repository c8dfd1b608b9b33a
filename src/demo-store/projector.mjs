// Compiles the selection of a bulk query into functions that write JSON text, which is many times faster than
// executing graphql-js for each row and must give the same values (a test compares the two).
import { getNamedType, getNullableType, isAbstractType, isCompositeType, isListType, isObjectType, Kind } from 'graphql';
import { getArgumentValues } from 'graphql/execution/values.js';
import { resolverOf } from './execution.mjs';

const isConnection = type => isObjectType(type) && type.name.endsWith('Connection');
const AWKWARD = /["\\\u0000-\u001f\u2028\u2029\ud800-\udfff]/;

export const quote = text => text.length < 400 && !AWKWARD.test(text) ? `"${text}"` : JSON.stringify(text);

/**
 * { list(context), row: compiled } for a validated document. A compiled row has `write(source, context)`, which gives
 * the fields of one line without braces, and `children`: the connections below it. `nulls` names fields, such as
 * Product.tags, that are written as null whatever they hold.
 */
export function compileBulk(schema, document, nulls = []) {
  const compiler = new Compiler(schema, document, nulls);
  const operation = document.definitions.find(d => d.kind === Kind.OPERATION_DEFINITION);
  return compiler.root(operation.selectionSet);
}

class Compiler {
  constructor(schema, document, nulls) {
    this.schema = schema;
    this.nulls = nulls;
    this.fragments = new Map(document.definitions.filter(d => d.kind === Kind.FRAGMENT_DEFINITION).map(d => [d.name.value, d]));
  }

  root(selectionSet) {
    const children = [];
    this.object(this.schema.getQueryType(), [selectionSet], children, source => source);
    return children[0];
  }

  /** Merged fields of selection sets on a concrete type: Map key → [nodes]. */
  collect(type, selectionSets, into = new Map()) {
    for (const set of selectionSets) {
      for (const node of set.selections) {
        if (node.kind === Kind.FIELD) {
          const key = node.alias?.value ?? node.name.value;
          into.set(key, [...(into.get(key) ?? []), node]);
          continue;
        }
        const fragment = node.kind === Kind.FRAGMENT_SPREAD ? this.fragments.get(node.name.value) : node;
        const on = fragment.typeCondition ? this.schema.getType(fragment.typeCondition.name.value) : type;
        if (on === type || (isAbstractType(on) && this.schema.isSubType(on, type))) this.collect(type, [fragment.selectionSet], into);
      }
    }
    return into;
  }

  /** A writer of the fields of an object; connections met on the way go to `children` with the path to their owner. */
  object(type, selectionSets, children, path) {
    const fields = [];
    for (const [key, nodes] of this.collect(type, selectionSets)) {
      const name = nodes[0].name.value;
      const prefix = `${JSON.stringify(key)}:`;
      if (name === '__typename') { const text = `${prefix}${quote(type.name)}`; fields.push(() => text); continue; }
      if (this.nulls.includes(`${type.name}.${name}`)) { fields.push(() => `${prefix}null`); continue; }
      const definition = type.getFields()[name];
      const args = getArgumentValues(definition, nodes[0], {});
      const resolve = resolverOf(type.name, name);
      const inner = getNamedType(definition.type);
      const sets = nodes.map(n => n.selectionSet).filter(Boolean);
      if (isConnection(inner)) {
        children.push(this.connection(inner, sets, args, resolve, path));
        continue;
      }
      const value = this.value(getNullableType(definition.type), inner, sets, children, (source, context) => {
        const owner = path(source, context);
        return owner === null || owner === undefined ? null : resolve(owner, args, context);
      });
      fields.push((source, context) => prefix + value(resolve(source, args, context), context));
    }
    return (source, context) => {
      let text = '';
      for (let k = 0; k < fields.length; k++) text += k === 0 ? fields[k](source, context) : ',' + fields[k](source, context);
      return text;
    };
  }

  value(type, inner, sets, children, path) {
    if (isListType(type)) {
      const item = this.value(getNullableType(type.ofType), inner, sets, [], path);
      return (list, context) => {
        if (list === null || list === undefined) return 'null';
        let text = '[';
        for (let k = 0; k < list.length; k++) text += (k ? ',' : '') + item(list[k], context);
        return text + ']';
      };
    }
    if (!isCompositeType(inner)) {
      return value => {
        if (value === null || value === undefined) return 'null';
        if (typeof value === 'string') return quote(value);
        return typeof value === 'object' ? JSON.stringify(value) : String(value);
      };
    }
    const write = this.composite(inner, sets, children, path);
    return (value, context) => value === null || value === undefined ? 'null' : `{${write(value, context)}}`;
  }

  composite(type, sets, children, path) {
    if (!isAbstractType(type)) return this.object(type, sets, children, path);
    const byType = new Map();
    for (const possible of this.schema.getPossibleTypes(type)) {
      const only = (source, context) => { const owner = path(source, context); return owner?.typename === possible.name ? owner : null; };
      const below = [];
      byType.set(possible.name, this.object(possible, sets, below, only));
      children.push(...below);
    }
    return (value, context) => byType.get(value.typename)(value, context);
  }

  connection(type, sets, args, resolve, path) {
    const edge = getNamedType(type.getFields().edges.type);
    const node = getNamedType(edge.getFields().node.type);
    const edgeSets = this.collect(type, sets).get('edges')?.map(n => n.selectionSet) ?? [];
    const nodeSets = this.collect(edge, edgeSets).get('node')?.map(n => n.selectionSet) ?? [];
    const children = [];
    const write = this.composite(node, nodeSets, children, source => source);
    return {
      write,
      children,
      list(source, context) {
        const owner = path(source, context);
        return owner === null || owner === undefined ? null : resolve.listOf(owner, args, context);
      },
    };
  }
}
