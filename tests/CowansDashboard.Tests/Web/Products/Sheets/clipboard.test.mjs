import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

// The module is served to browsers as it is; a data address lets node take it for a module whatever its ending.
const source = await readFile(new URL('../../../../../src/CowansDashboard.Web/wwwroot/sheet/clipboard.js', import.meta.url), 'utf8');
const { parse, print } = await import(`data:text/javascript,${encodeURIComponent(source)}`);

const cases = [
  ['one cell', 'a', [['a']]],
  ['one cell of Excel ends its row', 'a\r\n', [['a']]],
  ['nothing', '', []],
  ['a block', '1\t2\r\n3\t4\r\n', [['1', '2'], ['3', '4']]],
  ['old line ends', '1\t2\r3\t4', [['1', '2'], ['3', '4']]],
  ['the last line is not ended', '1\n2', [['1'], ['2']]],
  ['empty cells at the ends', '\ta\t\n\t\t', [['', 'a', ''], ['', '', '']]],
  ['a tab at the very end is an empty cell', 'a\t', [['a', '']]],
  ['an empty line in between is an empty row', 'a\n\nb', [['a'], [''], ['b']]],
  ['ragged rows are filled up', 'a\tb\tc\nd', [['a', 'b', 'c'], ['d', '', '']]],
  ['a line break in quotes', '"first\nsecond"\tb', [['first\nsecond', 'b']]],
  ['a Windows line break in quotes is one line break', '"first\r\nsecond"\tb', [['first\nsecond', 'b']]],
  ['a tab in quotes', '"a\tb"\tc', [['a\tb', 'c']]],
  ['doubled quotes', '"12"" frame"', [['12" frame']]],
  ['nothing but quotes', '""\t""""', [['', '"']]],
  ['a quote within a cell is a sign', '12" frame\tb', [['12" frame', 'b']]],
  ['a quote that opens and does not close is a sign', '"quoted\tb\nc\td', [['"quoted', 'b'], ['c', 'd']]],
  ['text behind closing quotes makes them signs', '"a" b\tc', [['"a" b', 'c']]],
  ['the mark that some programs put first', '\uFEFFa\tb', [['a', 'b']]],
  ['signs beyond the first plane', '🧶\t"Größe\nXL"', [['🧶', 'Größe\nXL']]],
];

for (const [name, text, rows] of cases) test(`pasted: ${name}`, () => assert.deepEqual(parse(text), rows));

test('what is copied is pasted as it was', () => {
  const signs = ['', 'a', '"', '""', '12" frame', 'a\tb', 'first\nsecond', 'ends with "', ' spaced ', '"both"\tends"', 'a,b;c'];
  let seed = 7;
  const next = most => (seed = (seed * 1103515245 + 12345) % 2147483648) % most;
  for (let round = 0; round < 500; round++) {
    const wide = 1 + next(4);
    const rows = Array.from({ length: 1 + next(4) }, () => Array.from({ length: wide }, () => signs[next(signs.length)]));
    // A clipboard cannot tell one empty cell at its end from the end of the row before it.
    if (wide === 1 && rows.at(-1)[0] === '') continue;
    assert.deepEqual(parse(print(rows)), rows);
  }
});

test('a hundred thousand cells are read in one go', () => {
  const rows = Array.from({ length: 10_000 }, (_, row) => Array.from({ length: 10 }, (_, column) => `${row}.${column}`));
  assert.deepEqual(parse(print(rows)), rows);
});
