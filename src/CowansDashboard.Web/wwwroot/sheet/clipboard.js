// A block of cells as spreadsheets put it on the clipboard: tabs between cells, line ends between rows. A cell that
// holds a tab, a line end or a quote stands in quotes, its own quotes doubled. Pure.

// A quote that opens no cell, and one that is never closed, is only a sign.
export function parse(text) {
  const source = text.replace(/^\uFEFF/, '');
  const rows = [];
  let row = [], at = 0;
  while (at < source.length) {
    const [cell, end] = source[at] === '"' ? quoted(source, at) : plain(source, at);
    row.push(cell);
    at = end;
    if (at >= source.length) break;
    if (source[at] === '\t') {
      at++;
      if (at >= source.length) row.push('');
      continue;
    }
    at += source[at] === '\r' && source[at + 1] === '\n' ? 2 : 1;
    rows.push(row);
    row = [];
  }
  if (row.length) rows.push(row);
  const width = Math.max(0, ...rows.map(cells => cells.length));
  return rows.map(cells => [...cells, ...Array(width - cells.length).fill('')]);
}

export const print = rows => rows.map(row => row.map(quote).join('\t')).join('\n');

const quote = cell => /[\t\r\n]/.test(cell) || cell.startsWith('"') ? `"${cell.replaceAll('"', '""')}"` : cell;

const isEnd = sign => sign === undefined || sign === '\t' || sign === '\n' || sign === '\r';

function plain(source, from) {
  let at = from;
  while (!isEnd(source[at])) at++;
  return [source.slice(from, at), at];
}

function quoted(source, from) {
  let cell = '';
  for (let at = from + 1; at < source.length; at++) {
    if (source[at] !== '"') { cell += source[at]; continue; }
    if (source[at + 1] === '"') { cell += '"'; at++; continue; }
    return isEnd(source[at + 1]) ? [cell.replaceAll('\r\n', '\n'), at + 1] : plain(source, from);
  }
  return plain(source, from);
}
