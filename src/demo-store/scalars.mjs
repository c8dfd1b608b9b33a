import { GraphQLError, Kind, valueFromASTUntyped } from 'graphql';

const DECIMAL = /^-?\d+(\.\d+)?$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;

const text = test => value => typeof value === 'string' && test(value);
const decimal = value => (typeof value === 'string' && DECIMAL.test(value)) || (typeof value === 'number' && Number.isFinite(value));

const accepts = {
  Money: decimal,
  Decimal: decimal,
  UnsignedInt64: value => /^\d{1,20}$/.test(String(value)) && BigInt(value) < 2n ** 64n,
  BigInt: value => /^-?\d+$/.test(String(value)),
  Date: text(v => DATE.test(v) && !Number.isNaN(Date.parse(v))),
  DateTime: text(v => (DATE_TIME.test(v) || DATE.test(v)) && !Number.isNaN(Date.parse(v))),
  URL: text(v => URL.canParse(v) || v.startsWith('/')),
  Color: text(v => /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(v)),
  UtcOffset: text(v => /^[+-]\d{2}:\d{2}$/.test(v)),
  HTML: text(() => true),
  FormattedString: text(() => true),
  StorefrontID: text(() => true),
  ARN: text(v => v.startsWith('arn:')),
};

/** buildClientSchema gives custom scalars that accept everything: make them refuse what Shopify refuses. */
export function makeScalarsStrict(schema) {
  for (const [name, accept] of Object.entries(accepts)) {
    const type = schema.getType(name);
    if (!type) continue;
    const parse = value => {
      if (!accept(value)) throw new GraphQLError(`invalid ${name} '${typeof value === 'object' ? JSON.stringify(value) : value}'`);
      return typeof value === 'number' ? String(value) : value;
    };
    type.parseValue = parse;
    type.parseLiteral = (node, variables) => {
      const value = node.kind === Kind.INT || node.kind === Kind.FLOAT ? node.value : valueFromASTUntyped(node, variables);
      return parse(value);
    };
  }
}
