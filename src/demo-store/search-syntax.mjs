// Shopify's search syntax: field:value, comparators, AND OR NOT -, quotes, * and parentheses.
// https://shopify.dev/docs/api/usage/search-syntax

/** A tree: { and: [] } | { or: [] } | { not } | { field, operator, value, quoted }; null when the text is empty. */
export function parseSearch(text) {
  const tokens = tokenize(text);
  let at = 0;
  const peek = () => tokens[at];
  const word = name => peek()?.kind === 'word' && peek().text.toUpperCase() === name;

  function any() {
    const parts = [every()];
    while (word('OR')) { at++; parts.push(every()); }
    return combine('or', parts);
  }

  function every() {
    const parts = [];
    while (at < tokens.length && peek().kind !== ')' && !word('OR')) {
      if (word('AND')) { at++; continue; }
      parts.push(one());
    }
    return combine('and', parts);
  }

  function one() {
    if (word('NOT') || peek()?.kind === '-') { at++; const inner = one(); return inner && { not: inner }; }
    const token = tokens[at++];
    if (!token) return null;
    if (token.kind === '(') {
      const inner = any();
      if (peek()?.kind === ')') at++;
      return inner;
    }
    if (token.kind === 'term') return { field: token.field.toLowerCase(), operator: token.operator, value: token.value, quoted: token.quoted };
    return { field: null, operator: '=', value: token.text, quoted: token.kind === 'quoted' };
  }

  const tree = any();
  return tree;
}

function combine(name, parts) {
  const real = parts.filter(Boolean);
  return real.length === 0 ? null : real.length === 1 ? real[0] : { [name]: real };
}

function tokenize(text) {
  const tokens = [];
  let at = 0;
  const quotedAt = start => {
    const quote = text[start];
    let value = '', end = start + 1;
    while (end < text.length && text[end] !== quote) {
      if (text[end] === '\\' && end + 1 < text.length) end++;
      value += text[end++];
    }
    return { value, end: Math.min(end + 1, text.length) };
  };
  const bareAt = start => {
    let value = '', end = start;
    while (end < text.length && !/[\s()]/.test(text[end])) {
      if (text[end] === '\\' && end + 1 < text.length) end++;
      value += text[end++];
    }
    return { value, end };
  };

  while (at < text.length) {
    const c = text[at];
    if (/\s/.test(c)) { at++; continue; }
    if (c === '(' || c === ')') { tokens.push({ kind: c }); at++; continue; }
    if (c === '-' && at + 1 < text.length && !/\s/.test(text[at + 1])) { tokens.push({ kind: '-' }); at++; continue; }
    if (c === '"' || c === "'") { const { value, end } = quotedAt(at); tokens.push({ kind: 'quoted', text: value }); at = end; continue; }
    const field = /^([A-Za-z_][A-Za-z0-9_.-]*(?:\.[A-Za-z0-9_.$:-]+)?):(<=|>=|<|>)?/.exec(text.slice(at));
    if (field) {
      let start = at + field[0].length;
      while (text[start] === ' ' && field[2]) start++;
      const quoted = text[start] === '"' || text[start] === "'";
      const { value, end } = quoted ? quotedAt(start) : bareAt(start);
      tokens.push({ kind: 'term', field: field[1], operator: field[2] ?? '=', value, quoted });
      at = end;
      continue;
    }
    const { value, end } = bareAt(at);
    tokens.push({ kind: 'word', text: value });
    at = end === at ? at + 1 : end;
  }
  return tokens;
}

/**
 * A test for rows out of the query text. `fields` maps a search field to a maker of tests:
 * (term, context) => row => boolean. A field that it does not know is ignored with a warning, as Shopify does.
 */
export function compileSearch(text, fields, context) {
  const warnings = [];
  const tree = text ? parseSearch(text) : null;
  if (!tree) return { test: null, warnings, tree: null };

  const build = node => {
    if (node.and || node.or) {
      const tests = (node.and ?? node.or).map(build).filter(Boolean);
      if (!tests.length) return null;
      return node.and ? row => tests.every(t => t(row)) : row => tests.some(t => t(row));
    }
    if (node.not) { const inner = build(node.not); return inner && (row => !inner(row)); }
    const make = node.field === null ? fields.default : fields[node.field] ?? (/^metafields\./.test(node.field) ? fields.metafields : undefined);
    if (!make) {
      warnings.push({ field: node.field ?? 'default', message: 'Invalid search field for this query.', code: 'invalid_field' });
      return null;
    }
    return make(node, context);
  };
  return { test: build(tree), warnings, tree };
}

// --- makers of tests ---------------------------------------------------------------------------------------------

const order = { '<': (a, b) => a < b, '<=': (a, b) => a <= b, '>': (a, b) => a > b, '>=': (a, b) => a >= b };

export const time = read => (term, context) => {
  if (term.value === '*') return row => read(row) !== null;
  const range = readTime(term, context);
  if (!range) throw new SearchError(`Invalid timestamp for query filter \`${term.field}\`.`);
  const [from, to] = range; // [from, to): one second, or a whole day, month or year
  if (term.operator === '=') return row => { const t = read(row); return t !== null && t >= from && t < to; };
  const compare = order[term.operator];
  return row => { const t = read(row); return t !== null && compare(t, from); };
};

export const number = read => term => {
  const wanted = Number(term.value);
  if (Number.isNaN(wanted)) return () => false;
  const compare = order[term.operator] ?? ((a, b) => a === b);
  return row => [read(row)].flat().some(value => value !== null && compare(Number(value), wanted));
};

/** Ids compare as integers of any size; a global id is accepted too. */
export const id = read => term => {
  const values = term.value.split(',').map(v => v.trim().replace(/^gid:\/\/shopify\/\w+\//, '')).filter(v => /^\d+$/.test(v));
  if (!values.length) return () => false;
  if (term.operator === '=') { const set = new Set(values); return row => [read(row)].flat().some(v => set.has(v)); }
  const compare = order[term.operator], wanted = BigInt(values[0]);
  return row => [read(row)].flat().some(v => compare(BigInt(v), wanted));
};

export const flag = read => term => row => read(row) === (term.value.toLowerCase() === 'true');

const same = value => {
  const wanted = value.toLowerCase();
  if (wanted === '*') return text => text !== null && text !== '';
  if (wanted.endsWith('*')) { const start = wanted.slice(0, -1); return text => text !== null && text.toLowerCase().startsWith(start); }
  return text => text !== null && text.toLowerCase() === wanted;
};

/** The whole value, whatever its case; `abc*` for its beginning; a comma outside quotes lists several. */
export const exact = read => term => {
  const tests = (term.quoted ? [term.value] : term.value.split(',')).filter(v => v !== '' || term.quoted).map(v => same(v));
  return row => { const values = read(row); return Array.isArray(values) ? values.some(v => tests.some(t => t(v))) : tests.some(t => t(values)); };
};

/** Words in a row anywhere in the text, the last one as a beginning when it ends in *. */
export const words = read => term => {
  if (term.value === '*') return row => [read(row)].flat().some(Boolean);
  const wanted = split(term.value.replace(/\*$/, ''));
  const open = term.value.endsWith('*');
  if (!wanted.length) return () => false;
  return row => [read(row)].flat().some(text => text && containsRun(split(text), wanted, open));
};

const split = text => text.toLowerCase().split(/[^\p{L}\p{N}\p{M}]+/u).filter(Boolean);

function containsRun(text, wanted, open) {
  for (let at = 0; at + wanted.length <= text.length; at++) {
    let k = 0;
    while (k < wanted.length && (text[at + k] === wanted[k] || (open && k === wanted.length - 1 && text[at + k].startsWith(wanted[k])))) k++;
    if (k === wanted.length) return true;
  }
  return false;
}

export class SearchError extends Error {}

/**
 * [from, to) in milliseconds. Without quotes Shopify ignores the time of day and takes the date in the shop's own
 * zone, which has cost many a sync its rows; quoted times without a zone are the shop's too.
 */
function readTime(term, { now, timeZone }) {
  let text = term.value.trim();
  if (text.toLowerCase() === 'now') return [now(), now() + 1000];
  if (!term.quoted) text = text.replace(/[T ].*$/i, '');
  const match = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?)?)?$/i.exec(text);
  if (!match) return null;
  const [, y, mo, d, h, mi, s, zone] = match;
  const local = Date.UTC(Number(y), Number(mo ?? 1) - 1, Number(d ?? 1), Number(h ?? 0), Number(mi ?? 0), Number(s ?? 0));
  if (Number.isNaN(local)) return null;
  if (h !== undefined && zone) return [Date.parse(text.replace(' ', 'T')), Date.parse(text.replace(' ', 'T')) + 1000];
  const end = h !== undefined ? local + 1000 : d !== undefined ? local + 86_400_000 : mo !== undefined ? Date.UTC(Number(y), Number(mo), 1) : Date.UTC(Number(y) + 1, 0, 1);
  return [toUtc(local, timeZone), toUtc(end, timeZone)];
}

const formats = new Map();

/** Turns the wall clock of a zone (as if it were UTC) into the real moment. */
function toUtc(wall, timeZone) {
  let format = formats.get(timeZone);
  if (!format) formats.set(timeZone, format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' }));
  const wallOf = utc => {
    const p = Object.fromEntries(format.formatToParts(utc).map(part => [part.type, Number(part.value)]));
    return Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute, p.second);
  };
  let utc = wall - (wallOf(wall) - wall);
  utc = wall - (wallOf(utc) - utc);
  return utc;
}

export { split as splitWords };
