// The lines above and below a spreadsheet: what the cell under the hand holds, what can be done with the chosen cells,
// and how many are changed.
import { add } from './view.js';

export class Bars {
  constructor(view, acts) {
    this.view = view;
    this.acts = acts;
    const tools = add(view.bar, 'div', 'sheet-tools', { role: 'toolbar', 'aria-label': 'Change the chosen cells' });
    this.chosen = add(tools, 'span', 'small dim nowrap');
    this.tools = {};
    for (const [act, label] of [['fill', 'Fill down'], ['clear', 'Clear'], ['back', 'Take back'], ['undo', 'Undo'], ['redo', 'Redo']]) {
      const button = this.tools[act] = add(tools, 'button', act === 'undo' ? 'btn s end' : 'btn s', { type: 'button' });
      button.textContent = label;
      button.addEventListener('click', () => { acts[act](); view.grid.focus({ preventScroll: true }); });
    }
    this.cell = add(view.bar, 'div', 'sheet-cell', { 'aria-live': 'off' });
    this.counts = add(view.foot, 'div', 'sheet-counts');
    this.keys = add(view.foot, 'div', 'sheet-keys only-wide');
    for (const [keys, label] of [[['F2'], 'edit'], [['Ctrl', 'D'], 'fill down'], [['Ctrl', 'Z'], 'take back'], [['Ctrl', 'S'], 'save']]) {
      const one = add(this.keys, 'span', '');
      for (const key of keys) add(one, 'kbd', '').textContent = key;
      one.append(` ${label}`);
    }
  }

  draw() {
    const { view } = this, { cells, block } = view;
    const rows = block.bottom - block.top + 1, columns = block.right - block.left + 1;
    const size = rows * columns;
    this.chosen.textContent = view.shown === 0 ? 'No rows' : `${count(size, 'cell')}:`;
    this.tools.fill.disabled = rows < 2;
    this.tools.undo.disabled = !cells.undoWords;
    this.tools.redo.disabled = !cells.redoWords;
    this.tools.undo.title = cells.undoWords ? `Next back: ${cells.undoWords} (Ctrl Z)` : '';
    this.tools.redo.title = cells.redoWords ? `${cells.redoWords} (Ctrl Y)` : '';
    this.#here();
    this.#foot(size, rows, columns);
  }

  #here() {
    const { view } = this, { cells, at } = view;
    this.cell.replaceChildren();
    if (view.shown === 0 || !cells.columns.length) return;
    const row = view.rowAt(at.row), column = cells.columns[at.column];
    const value = cells.cell(row, at.column), edit = cells.edit(row, column.key), read = cells.row(row);
    add(this.cell, 'span', 'sheet-at ell').textContent = `${column.label}, ${read?.n ?? '…'}`;
    if (value.base !== null) this.#part('theirs', `${value.base || 'none'} in Shopify`);
    if (value.base !== null) this.#part('pv', `${value.text || 'none'} pending`);
    else if (edit) this.#part('dim', `${value.text || 'none'} in the copy`);
    if (edit) this.#part('strong', `${edit.text || 'none'} unsaved`);
    if (value.conflict) add(this.cell, 'a', 'st conflict', { href: '/conflicts' }).textContent = 'In conflict with Shopify';
    if (value.locked) this.#part('dim', column.lockedWords);
    if (read?.g) this.#part('wrong', 'Deleted meanwhile');
    if (edit?.wrong) this.#part('wrong', edit.wrong);
    if (edit?.offer) {
      this.#part('st conflict', `${edit.offer.by ?? 'Somebody else'} saved ${edit.offer.text || 'none'} meanwhile`);
      this.#button('Take theirs', () => this.acts.theirs(row, column.key));
      this.#button('Keep mine', () => this.acts.mine(row, column.key));
    } else if (edit) this.#button(`Take this cell back to ${value.text || 'none'}`, () => this.acts.cellBack());
  }

  #part(css, words) { add(this.cell, 'span', `sheet-part ${css}`, { dir: 'auto' }).textContent = words; }

  #button(words, act) {
    const button = add(this.cell, 'button', 'btn link small', { type: 'button' });
    button.textContent = words;
    button.addEventListener('click', () => { act(); this.view.grid.focus({ preventScroll: true }); });
  }

  #foot(size, rows, columns) {
    const { cells } = this.view;
    let wrong = 0, offers = 0;
    for (const edits of cells.edits.values()) for (const edit of edits.values()) { if (edit.wrong) wrong++; if (edit.offer) offers++; }
    this.counts.replaceChildren();
    add(this.counts, 'span', '').textContent = `${count(size, 'cell')} chosen, ${rows.toLocaleString('en-GB')} × ${columns}`;
    add(this.counts, 'span', 'st pending').textContent = `${cells.count.toLocaleString('en-GB')} unsaved`;
    if (wrong) this.#jump('st bad', `${wrong.toLocaleString('en-GB')} to repair`, edit => edit.wrong);
    if (offers) this.#jump('st conflict', `${offers.toLocaleString('en-GB')} changed by others`, edit => edit.offer);
  }

  #jump(css, words, which) {
    const button = add(this.counts, 'button', `btn link ${css}`, { type: 'button', title: 'Go to the next one' });
    button.textContent = words;
    button.addEventListener('click', () => this.acts.next(which));
  }
}

export const count = (number, one) => `${number.toLocaleString('en-GB')} ${one}${number === 1 ? '' : 's'}`;
