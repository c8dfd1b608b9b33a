// Cursor connections. A list knows its length, its rows and the sort key of each row; a cursor carries the key, so
// that paging goes on at the right place when rows changed in between, and how far the pager has come: Shopify
// stops at 25,000 objects without a word.
import { GraphQLError } from 'graphql';

export const PAGE_LIMIT = 250;
export const PAGINATION_LIMIT = 25_000;

/** Rows that lie in an array, in their own order. The key is the row's id. */
export function arrayList(rows, idOf = row => row.gid) {
  return {
    length: rows.length,
    at: k => rows[k],
    keyAt: k => idOf(rows[k]),
    /** The place after the row with this key; when it is gone, the place where it was. */
    after(key, place) {
      const k = rows.findIndex(row => idOf(row) === key);
      return k < 0 ? Math.min(place, rows.length) : k + 1;
    },
    before(key, place) {
      const k = rows.findIndex(row => idOf(row) === key);
      return k < 0 ? Math.min(place, rows.length) : k;
    },
  };
}

/** Numbers sorted by (value, number), ascending; rows are made on demand. */
export function sortedList(numbers, valueOf, rowOf) {
  const search = (key, past) => {
    const [value, number] = key;
    let low = 0, high = numbers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const n = numbers[middle], v = valueOf(n);
      const smaller = v < value || (v === value && (past ? n <= number : n < number));
      if (smaller) low = middle + 1; else high = middle;
    }
    return low;
  };
  return {
    length: numbers.length,
    at: k => rowOf(numbers[k]),
    keyAt: k => [valueOf(numbers[k]), numbers[k]],
    after: key => search(key, true),
    before: key => search(key, false),
  };
}

export function reversed(list) {
  return {
    length: list.length,
    at: k => list.at(list.length - 1 - k),
    keyAt: k => list.keyAt(list.length - 1 - k),
    after: (key, place) => list.length - list.before(key, list.length - place),
    before: (key, place) => list.length - list.after(key, list.length - place),
  };
}

const encode = (key, place, passed) => Buffer.from(JSON.stringify({ k: key, p: place, n: passed })).toString('base64');

function decode(cursor) {
  try {
    const { k, p, n } = JSON.parse(Buffer.from(cursor, 'base64').toString('utf8'));
    if (k === undefined || !Number.isInteger(n)) throw new Error();
    return { key: k, place: p, passed: n };
  } catch {
    throw new GraphQLError(`Invalid cursor for current pagination sort.`, { extensions: { code: 'BAD_REQUEST' } });
  }
}

/** One page of the list, as Connection, Edge and PageInfo show it. */
export function page(list, { first, last, after, before }, limit = PAGE_LIMIT) {
  const wrong = message => { throw new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } }); };
  if (first == null && last == null) wrong('you must provide one of first or last');
  if (first != null && last != null) wrong('providing both first and last is not supported');
  const size = first ?? last;
  if (size < 0) wrong(`${first != null ? 'first' : 'last'} must be greater than or equal to 0`);
  if (size > limit) wrong(`${first != null ? 'first' : 'last'} cannot exceed ${limit}`);

  const from = after ? decode(after) : null, to = before ? decode(before) : null;
  let start = from ? list.after(from.key, from.place) : 0;
  let end = to ? list.before(to.key, to.place) : list.length;
  if (end < start) end = start;
  const available = end - start;

  const passed = (first != null ? from : to)?.passed ?? 0;
  const reachable = Math.max(0, PAGINATION_LIMIT - passed);
  const count = Math.min(size, available, reachable);
  const more = available > count && reachable > count;
  if (first != null) end = start + count; else start = end - count;

  const rows = [];
  for (let k = start; k < end; k++) {
    const node = list.at(k);
    if (node !== undefined) rows.push({ k, node });
  }
  const cursor = k => encode(list.keyAt(k), k + 1, first != null ? passed + (k - start) + 1 : passed + (end - k));
  return {
    get nodes() { return rows.map(row => row.node); },
    get edges() { return rows.map(({ k, node }) => ({ node, get cursor() { return cursor(k); } })); },
    pageInfo: {
      hasNextPage: first != null ? more : end < list.length,
      hasPreviousPage: first != null ? start > 0 : more,
      get startCursor() { return rows.length ? cursor(rows[0].k) : null; },
      get endCursor() { return rows.length ? cursor(rows.at(-1).k) : null; },
    },
  };
}

/** Count with Shopify's precision: exact up to the limit, then "at least". */
export function count(total, limit = 10_000) {
  return limit == null || total <= limit ? { count: total, precision: 'EXACT' } : { count: limit, precision: 'AT_LEAST' };
}
