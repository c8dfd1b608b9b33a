// Shopify's query cost: scalars 0, objects 1, mutations 10, connections 2 + child × floor(2·ln(max(2, n))).
import { getNamedType, getNullableType, GraphQLError, isAbstractType, isCompositeType, isListType, isObjectType, Kind } from 'graphql';
import { getArgumentValues, getDirectiveValues } from 'graphql/execution/values.js';
import { GraphQLIncludeDirective, GraphQLSkipDirective } from 'graphql';
import { PAGE_LIMIT } from './connections.mjs';

export const MAX_QUERY_COST = 1000;

/** Small values that cost nothing. */
const FREE = new Set(['MoneyV2', 'MoneyBag', 'MailingAddress', 'Weight', 'InventoryItemMeasurement', 'Attribute', 'TaxLine', 'CurrencyFormats', 'PageInfo']);
const FREE_ROOTS = new Set(['__schema', '__type']);
const MUTATION = 10;
const PAGE_LIMITS = { 'QueryRoot.productTags': 5000, 'QueryRoot.productTypes': 1000, 'QueryRoot.productVendors': 1000 };
const ROOT_PRODUCT_VARIANTS = 2048;

/**
 * What is not known for certain. `dearNodes`: whether nodes(ids:) is sized by its ids as a connection is by its page
 * (--dear-nodes) or counts once like any list (as documented rules say).
 */
export const assumptions = { dearNodes: false };

export const multiplier = n => Math.floor(2 * Math.log(Math.max(2, n)));
const isConnection = type => isObjectType(type) && type.name.endsWith('Connection');

/**
 * The cost of an operation before it runs; throws what Shopify finds in arguments before running it.
 * `details` collects what the header Shopify-GraphQL-Cost-Debug: 1 shows.
 */
export function requestedCost(schema, document, operation, variables, details) {
  const walk = new Walk(schema, document, variables, details);
  const root = operation.operation === 'mutation' ? schema.getMutationType() : schema.getQueryType();
  return walk.selections(root, operation.selectionSet, [], operation.operation === 'mutation');
}

class Walk {
  constructor(schema, document, variables, details) {
    this.schema = schema;
    this.variables = variables;
    this.details = details;
    this.fragments = new Map(document.definitions.filter(d => d.kind === Kind.FRAGMENT_DEFINITION).map(d => [d.name.value, d]));
  }

  /** Fields of a selection set as [{ type, node }], fragments opened. */
  fields(type, selectionSet, into = []) {
    for (const node of selectionSet.selections) {
      if (!isIncluded(node, this.variables)) continue;
      if (node.kind === Kind.FIELD) into.push({ type, node });
      else {
        const fragment = node.kind === Kind.FRAGMENT_SPREAD ? this.fragments.get(node.name.value) : node;
        const on = fragment.typeCondition ? this.schema.getType(fragment.typeCondition.name.value) : type;
        this.fields(on, fragment.selectionSet, into);
      }
    }
    return into;
  }

  /** An interface or union costs the dearest of its possible types. */
  selections(type, selectionSet, path, isMutation = false) {
    const common = new Map(), byType = new Map();
    for (const { type: on, node } of this.fields(type, selectionSet)) {
      const group = on === type || !isAbstractType(type) ? common : byType.get(on) ?? byType.set(on, new Map()).get(on);
      const key = node.alias?.value ?? node.name.value;
      group.set(key, [...(group.get(key) ?? []), { on, node }]);
    }
    const sum = group => [...group.entries()].reduce((total, [key, nodes]) => total + this.field(nodes, [...path, key], isMutation), 0);
    const special = [...byType.values()].map(sum);
    return sum(common) + (special.length ? Math.max(...special) : 0);
  }

  field(nodes, path, isMutation) {
    const { on, node } = nodes[0];
    const name = node.name.value;
    if (name === '__typename' || FREE_ROOTS.has(name)) return 0;
    const definition = on.getFields()[name];
    const type = getNamedType(definition.type);
    if (!isCompositeType(type)) {
      this.details?.push({ path, definedCost: 0, requestedTotalCost: 0, requestedChildrenCost: null });
      return 0;
    }
    const selectionSet = { kind: Kind.SELECTION_SET, selections: nodes.flatMap(n => n.node.selectionSet?.selections ?? []) };
    const args = getArgumentValues(definition, node, this.variables);

    let own, children;
    if (isMutation) {
      own = MUTATION + dynamicCost(name, args);
      children = this.connectionsIn(type, selectionSet, path);
    } else if (isConnection(type)) {
      const n = this.pageSize(on, name, args, path, node);
      const child = this.childCost(type, selectionSet, path);
      own = 2;
      children = child * multiplier(n);
    } else if (assumptions.dearNodes && name === 'nodes' && on === this.schema.getQueryType()) {
      own = 0;
      children = (1 + this.selections(type, selectionSet, path)) * multiplier(args.ids.length);
    } else {
      own = FREE.has(type.name) || type.name.endsWith('Edge') ? 0 : 1;
      children = this.selections(type, selectionSet, path);
    }
    this.details?.push({ path, definedCost: own, requestedTotalCost: own + children, requestedChildrenCost: children });
    return own + children;
  }

  /** What one row of a connection costs: the larger of `nodes` and `edges { node }`, which show the same rows. */
  childCost(connectionType, selectionSet, path) {
    let child = 0;
    for (const { node } of this.fields(connectionType, selectionSet)) {
      const name = node.name.value;
      if (name === 'nodes') child = Math.max(child, this.row(connectionType.getFields().nodes.type, node, [...path, 'nodes']));
      if (name === 'edges') {
        const edge = getNamedType(connectionType.getFields().edges.type);
        for (const inner of this.fields(edge, node.selectionSet)) {
          if (inner.node.name.value === 'node') child = Math.max(child, this.row(edge.getFields().node.type, inner.node, [...path, 'edges', 'node']));
        }
      }
    }
    return child;
  }

  row(wrapped, node, path) {
    const type = getNamedType(wrapped);
    if (!isCompositeType(type)) return 0;
    return (FREE.has(type.name) ? 0 : 1) + this.selections(type, node.selectionSet, path);
  }

  /** A mutation is flat, except for connections selected in what it returns. */
  connectionsIn(type, selectionSet, path) {
    let total = 0;
    for (const { type: on, node } of this.fields(type, selectionSet)) {
      if (node.name.value.startsWith('__')) continue;
      const inner = getNamedType(on.getFields()[node.name.value].type);
      const at = [...path, node.alias?.value ?? node.name.value];
      if (isConnection(inner)) total += this.field([{ on, node }], at, false);
      else if (isCompositeType(inner)) total += this.connectionsIn(inner, node.selectionSet, at);
    }
    return total;
  }

  pageSize(on, name, { first, last }, path, node) {
    const wrong = message => { throw new GraphQLError(message, { nodes: [node], path, extensions: { code: 'BAD_REQUEST' } }); };
    const size = first ?? last;
    if (size === undefined || size === null) return 1; // the resolver answers with an error
    const isRootProduct = path.length === 2 && on.name === 'Product' && name === 'variants';
    const limit = PAGE_LIMITS[`${on.name}.${name}`] ?? (isRootProduct ? ROOT_PRODUCT_VARIANTS : PAGE_LIMIT);
    if (size > limit) wrong(`${first != null ? 'first' : 'last'} cannot exceed ${limit}`);
    return size;
  }
}

/** Mutations whose cost grows with what they write. */
function dynamicCost(name, args) {
  const many = list => list?.length ?? 0;
  switch (name) {
    case 'productSet': {
      const variants = args.input?.variants ?? [];
      return 0.2 * variants.length + 0.6 * variants.filter(v => v.file).length + 0.4 * variants.reduce((n, v) => n + many(v.metafields), 0)
        + 0.4 * many(args.input?.metafields) + 1.9 * many(args.input?.files);
    }
    case 'productCreate':
    case 'productUpdate': return 0.4 * many((args.product ?? args.input)?.metafields) + 1.9 * many(args.media);
    case 'metafieldsSet': {
      const weights = { Order: 10, Product: 4, ProductVariant: 2, Collection: 1, Customer: 1, Shop: 1 };
      const owners = new Set(args.metafields?.map(m => m.ownerId));
      return [...owners].reduce((sum, owner) => sum + (weights[/gid:\/\/shopify\/(\w+)\//.exec(owner)?.[1]] ?? 0), 0);
    }
    case 'stagedUploadsCreate': return 1;
    default: return 0;
  }
}

function isIncluded(node, variables) {
  return getDirectiveValues(GraphQLSkipDirective, node, variables)?.if !== true && getDirectiveValues(GraphQLIncludeDirective, node, variables)?.if !== false;
}

/** The cost of what was really returned: the same rules with the rows that came back. */
export function actualCost(schema, document, operation, variables, data) {
  if (!data) return operation.operation === 'mutation' ? MUTATION : 0;
  const walk = new Walk(schema, document, variables);
  const root = operation.operation === 'mutation' ? schema.getMutationType() : schema.getQueryType();

  const ofObject = (type, selectionSets, value, isRoot) => {
    const real = value.__typename && isAbstractType(type) ? schema.getType(value.__typename) : type;
    const groups = new Map();
    for (const selectionSet of selectionSets) {
      for (const { type: on, node } of walk.fields(real, selectionSet)) {
        const key = node.alias?.value ?? node.name.value;
        if (!(key in value) || (on !== real && isObjectType(on) && isObjectType(real))) continue;
        groups.set(key, [...(groups.get(key) ?? []), { on, node }]);
      }
    }
    let total = 0;
    for (const [key, nodes] of groups) total += ofField(nodes, value[key], isRoot);
    return total;
  };

  const ofField = (nodes, value, isRoot) => {
    const { on, node } = nodes[0];
    const name = node.name.value;
    if (name.startsWith('__')) return 0;
    const definition = on.getFields()[name];
    if (!definition) return 0; // without __typename a row of another type looks like this one
    const type = getNamedType(definition.type);
    if (!isCompositeType(type)) return 0;
    if (value === null || value === undefined) return isRoot && operation.operation === 'mutation' ? MUTATION : isConnection(type) || FREE.has(type.name) ? 0 : 1; // measured: a product that is null costs 1
    const sets = nodes.map(n => n.node.selectionSet);
    if (isRoot && operation.operation === 'mutation') return MUTATION + dynamicCost(name, getArgumentValues(definition, node, variables));
    if (isConnection(type)) {
      const rows = [];
      for (const { node: inner } of sets.flatMap(set => walk.fields(type, set))) {
        const list = value[inner.alias?.value ?? inner.name.value];
        if (inner.name.value === 'nodes') rows.push({ inner, type: getNamedType(type.getFields().nodes.type), list });
        if (inner.name.value === 'edges') {
          const edge = getNamedType(type.getFields().edges.type);
          for (const { node: leaf } of walk.fields(edge, inner.selectionSet)) {
            if (leaf.name.value === 'node') rows.push({ inner: leaf, type: getNamedType(edge.getFields().node.type), list: list?.map(e => e[leaf.alias?.value ?? 'node']) });
          }
        }
      }
      const widest = rows.map(({ inner, type: rowType, list }) => {
        const real = (list ?? []).filter(Boolean);
        if (!real.length || !isCompositeType(rowType)) return 0;
        const each = real.reduce((sum, row) => sum + 1 + ofObject(rowType, [inner.selectionSet], row), 0) / real.length;
        return each * multiplier(real.length);
      });
      return 2 + Math.ceil(Math.max(0, ...widest));
    }
    const list = isListType(getNullableType(definition.type));
    const values = (list ? value : [value]).filter(Boolean);
    if (!values.length) return 0;
    const own = FREE.has(type.name) || type.name.endsWith('Edge') ? 0 : 1;
    const each = values.map(v => own + ofObject(type, sets, v));
    if (assumptions.dearNodes && name === 'nodes' && on === schema.getQueryType()) return Math.ceil(each.reduce((a, b) => a + b, 0) / each.length * multiplier(each.length));
    return Math.max(...each);
  };

  return ofObject(root, [operation.selectionSet], data, true);
}
