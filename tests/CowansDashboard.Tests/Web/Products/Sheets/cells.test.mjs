import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const source = await readFile(new URL('../../../../../src/CowansDashboard.Web/wwwroot/sheet/cells.js', import.meta.url), 'utf8');
const { Cells } = await import(`data:text/javascript,${encodeURIComponent(source)}`);

// A sheet of one column over a server that answers at once and remembers what it heard.
async function typed(rows, length) {
  const heard = [];
  const server = {
    invokeMethodAsync: async (name, ...more) => {
      if (name === 'Rows') return { rows: Array.from({ length: more[2] }, () => ({ n: 'Jumper', c: [null] })), edits: [] };
      heard.push(more[2]);
      return [];
    },
  };
  const cells = new Cells(server, { sheet: 's', entity: 'product', rows, columns: [{ key: 'seo_description' }], edits: [], most: 50_000 }, () => {});
  await cells.ensure(Array.from({ length: rows }, (_, row) => row));
  cells.set(Array.from({ length: rows }, (_, row) => [row, 0, `${row} ${'a'.repeat(length)}`]), 'cells pasted');
  await cells.send();
  return heard;
}

test('long texts go in several messages, each of which the wire takes, and all arrive in order', async () => {
  const heard = await typed(2_000, 600);

  assert.ok(heard.length > 1);
  for (const batch of heard) assert.ok(JSON.stringify(batch).length < 300_000);
  assert.deepEqual(heard.flat().map(([row]) => row), Array.from({ length: 2_000 }, (_, row) => row));
});

test('short texts go by two thousand, and one that is longer than all goes alone', async () => {
  assert.deepEqual((await typed(3_000, 5)).map(batch => batch.length), [2_000, 1_000]);
  assert.deepEqual((await typed(2, 400_000)).map(batch => batch.length), [1, 1]);
});
