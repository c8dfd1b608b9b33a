// The keys, the mouse and the clipboard of a spreadsheet. What they do is seen at once; the server hears of it after.
import { Bars, count } from '/sheet/bars.js';
import { Cells } from '/sheet/cells.js';
import { parse, print } from '/sheet/clipboard.js';
import { Editor } from '/sheet/editor.js';
import { View } from '/sheet/view.js';

const MostAtOnce = 50_000;

export function open(host, server, settings) { return new Sheet(host, server, settings); }

class Sheet {
  constructor(host, server, settings) {
    Object.assign(this, { host, server });
    this.stop = new AbortController();
    // A clipboard's events come to the document's selection, which a grid has not.
    for (const name of ['copy', 'cut', 'paste']) document.addEventListener(name, event => {
      if (document.activeElement !== this.view.grid) return;
      if (name === 'paste') this.paste(event); else this.copy(event, name === 'cut');
    }, { signal: this.stop.signal });
    document.addEventListener('visibilitychange', () => this.cells.send().catch(() => { /* it is tried again */ }), { signal: this.stop.signal });
    this.show(settings);
  }

  show(settings) {
    this.view?.end();
    this.cells = new Cells(this.server, settings, () => this.view?.ask());
    this.view = new View(this.host, this.cells);
    this.bars = new Bars(this.view, {
      fill: () => this.fill(), clear: () => this.clear(), back: () => this.back(), undo: () => this.undo(), redo: () => this.redo(),
      cellBack: () => this.change([[this.view.rowAt(this.view.at.row), this.view.at.column, null]], 'a cell taken back'),
      mine: (row, key) => this.settle('KeepMine', row, key), theirs: (row, key) => this.settle('TakeTheirs', row, key), next: which => this.next(which),
    });
    this.view.drawn = () => this.bars.draw();
    this.editor = new Editor(this.view, (text, move) => this.typed(text, move));
    this.listen();
    this.only(settings.onlyChanged);
    this.cells.takeUp();
    this.focus();
  }

  // A cell that looks chosen takes what is typed; who is somewhere else already stays there.
  focus() {
    const { activeElement: now } = document;
    if (!now || now === document.body || now.matches('h1, main')) this.view.grid.focus({ preventScroll: true });
  }

  // ---- what the server asks for ----------------------------------------------------------------------------

  async flush() {
    this.editor.close(true);
    try { await this.cells.send(); } catch { /* the wire is cut: it is tried again */ }
  }

  kept(batch) { this.cells.kept(batch); }

  refresh(edits, forgetSteps) {
    this.cells.replace(edits);
    if (forgetSteps) this.cells.forgetSteps();
    this.cells.forget();
    if (this.view.only) this.only(true); else this.view.ask();
    this.bars.draw();
    this.focus();
  }

  only(changed) {
    this.view.only = changed ? [...this.cells.edits.keys()].sort((a, b) => a - b) : null;
    this.view.rows();
    this.bars.draw();
  }

  end() { this.stop.abort(); this.view.end(); }

  // ---- moving ----------------------------------------------------------------------------------------------

  go(row, column, extends_ = false) {
    const { view } = this;
    view.at = { row: clamp(row, view.shown - 1), column: clamp(column, this.cells.columns.length - 1) };
    if (!extends_) view.from = { ...view.at };
    view.show();
    view.ask();
  }

  // The corner that moves while Shift is held; the other one stays.
  extend(row, column) { this.go(row, column, true); }

  // All of a row, of a column or of both. The hand stays at the beginning: what is typed lands there, not in the last cell.
  whole({ row, column }, from = row) {
    const { view } = this, last = this.cells.columns.length - 1;
    view.from = { row: from ?? view.shown - 1, column: column ?? last };
    view.at = { row: row ?? 0, column: column ?? 0 };
    view.show();
    view.ask();
  }

  move(down, right, extends_) {
    const { at } = this.view;
    (extends_ ? this.extend : this.go).call(this, at.row + down, at.column + right);
  }

  // Where Ctrl with an arrow leads: the end of a run of filled cells, or the next filled one; at unread rows to the end.
  edge(down, right) {
    const { view, cells } = this, { at } = view;
    const last = { row: view.shown - 1, column: cells.columns.length - 1 };
    const text = (row, column) => cells.row(view.rowAt(row)) ? cells.text(view.rowAt(row), column) : null;
    let { row, column } = at;
    const inside = () => row + down >= 0 && row + down <= last.row && column + right >= 0 && column + right <= last.column;
    const startsFilled = inside() && text(row, column) && text(row + down, column + right);
    while (inside()) {
      const next = text(row + down, column + right);
      if (next === null) return { row: down > 0 ? last.row : down < 0 ? 0 : row, column };
      if (startsFilled && !next) break;
      row += down; column += right;
      if (!startsFilled && next) break;
    }
    return { row, column };
  }

  key(event) {
    if (event.target !== this.view.grid || event.isComposing) return;
    const { view, cells } = this, { at } = view;
    const control = event.ctrlKey || event.metaKey, shift = event.shiftKey;
    const page = Math.max(1, Math.floor((view.grid.clientHeight - view.head.offsetHeight) / view.height) - 1);
    const goTo = (row, column) => (shift ? this.extend : this.go).call(this, row, column);
    const arrows = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
    if (event.altKey && !(event.key === 'ArrowDown')) return;
    let done = true;
    if (arrows[event.key] && event.altKey) this.editor.open(false);
    else if (arrows[event.key] && control) { const { row, column } = this.edge(...arrows[event.key]); goTo(row, column); }
    else if (arrows[event.key]) this.move(...arrows[event.key], shift);
    else if (event.key === 'Home') goTo(control ? 0 : at.row, 0);
    else if (event.key === 'End') goTo(control ? view.shown - 1 : at.row, cells.columns.length - 1);
    else if (event.key === 'PageDown') goTo(at.row + page, at.column);
    else if (event.key === 'PageUp') goTo(at.row - page, at.column);
    else if (event.key === 'Tab') done = this.tab(shift);
    else if (event.key === 'Escape') done = this.escape();
    else if (event.key === 'Enter' || event.key === 'F2') this.editor.open(false);
    else if (event.key === 'Delete' || event.key === 'Backspace') this.clear();
    else if (control && !event.altKey) done = this.command(event.key.toLowerCase(), shift);
    else if (event.key === ' ' && shift) this.whole({ row: at.row, column: null });
    else if (event.key === ' ' && this.toggle()) { /* a yes became a no */ }
    else if ([...event.key].length === 1 || event.key === 'Process') {
      // The key itself is typed into the box that opens.
      if (this.editor.open(true)) { event.stopPropagation(); return; }
    } else done = false;
    if (event.key !== 'Escape') this.leaves = false;
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
  }

  command(key, shift) {
    if (key === 'z' && !shift) this.undo();
    else if (key === 'y' || key === 'z') this.redo();
    else if (key === 'd') this.fill();
    else if (key === 'a') this.whole({ row: null, column: null });
    else if (key === 's') this.flush().then(() => document.querySelector('[data-save]:not(:disabled)')?.click());
    else return false;
    return true;
  }

  // After Escape, and behind the last cell, Tab leads out of the sheet.
  tab(back) {
    if (this.leaves) return false;
    const { at, shown } = this.view, last = this.cells.columns.length - 1;
    if (back ? at.row === 0 && at.column === 0 : at.row >= shown - 1 && at.column === last) return false;
    if (back) this.go(at.column === 0 ? at.row - 1 : at.row, at.column === 0 ? last : at.column - 1);
    else this.go(at.column === last ? at.row + 1 : at.row, at.column === last ? 0 : at.column + 1);
    return true;
  }

  escape() {
    const { at, from } = this.view;
    this.leaves = true;
    if (at.row === from.row && at.column === from.column) return false;
    this.go(at.row, at.column);
    return true;
  }

  // ---- changing --------------------------------------------------------------------------------------------

  // changes: [row, column, text] by rows of the sheet.
  change(changes, words) {
    const changed = this.cells.set(changes, words);
    if (changed < 0) this.tell(`At most ${count(this.cells.settings.most, 'cell')} can be unsaved at once. Save first.`);
    else if (changed > 0) this.view.say(`${words}: ${count(changed, 'cell')}`);
    return changed;
  }

  tell(words) { this.server.invokeMethodAsync('Say', words).catch(() => { /* the wire is cut */ }); }

  typed(text, move) {
    const { at } = this.view;
    if (text !== null) this.change([[this.view.rowAt(at.row), at.column, text]], 'a cell typed');
    if (move) this.move(...{ up: [-1, 0], down: [1, 0], left: [0, -1], right: [0, 1] }[move], false);
    this.view.ask();
  }

  toggle() {
    const { at } = this.view, row = this.view.rowAt(at.row);
    const { choices } = this.cells.columns[at.column];
    if (choices.length !== 2 || !this.cells.row(row)) return false;
    this.change([[row, at.column, choices[this.cells.text(row, at.column) === choices[0] ? 1 : 0]]], 'a cell typed');
    return true;
  }

  // Cells of a block, once its rows are read; too many are said, not done.
  async cellsOf(block) {
    const rows = [];
    for (let place = block.top; place <= block.bottom; place++) rows.push(this.view.rowAt(place));
    if (rows.length * (block.right - block.left + 1) > MostAtOnce) {
      this.tell(`That is more than ${count(MostAtOnce, 'cell')} at once. Choose fewer, or use Edit… in the list of products.`);
      return null;
    }
    await this.cells.ensure(rows);
    return rows;
  }

  async over(block, text, words) {
    const rows = await this.cellsOf(block);
    if (!rows) return;
    const changes = [];
    rows.forEach((row, down) => {
      for (let column = block.left; column <= block.right; column++) {
        const wanted = text(down, column - block.left, row, column);
        if (wanted !== undefined) changes.push([row, column, wanted]);
      }
    });
    this.change(changes, words);
  }

  clear() { return this.over(this.view.block, () => '', 'cells cleared'); }

  back() { return this.over(this.view.block, (down, right, row, column) => this.cells.edit(row, this.cells.columns[column].key) ? null : undefined, 'cells taken back'); }

  fill(source = 1) {
    const { block } = this.view;
    if (block.bottom - block.top < source) return undefined;
    const top = Array.from({ length: source }, (_, down) => this.view.rowAt(block.top + down));
    return this.over(block, (down, right, row, column) => down < source ? undefined : this.cells.text(top[down % source], column), 'cells filled down');
  }

  undo() { this.walk(this.cells.undo(), 'Taken back'); }
  redo() { this.walk(this.cells.redo(), 'Done again'); }

  walk(step, words) {
    if (!step) return;
    const place = this.view.only ? this.view.only.indexOf(step.row) : step.row;
    const column = this.cells.columns.findIndex(each => each.key === step.key);
    if (place >= 0 && column >= 0) this.go(place, column);
    this.view.say(words);
  }

  next(which) {
    const { view, cells } = this;
    const found = [];
    for (const [row, edits] of cells.edits) for (const [key, edit] of edits) {
      const column = cells.columns.findIndex(each => each.key === key), place = view.only ? view.only.indexOf(row) : row;
      if (which(edit) && column >= 0 && place >= 0) found.push([place, column]);
    }
    found.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const { at } = view;
    const [row, column] = found.find(([place, each]) => place > at.row || (place === at.row && each > at.column)) ?? found[0] ?? [];
    if (row === undefined) this.tell('It stands in a column that is not shown. Choose it under Columns.');
    else { this.go(row, column); view.grid.focus({ preventScroll: true }); }
  }

  async settle(method, row, key) {
    await this.flush();
    const answer = await this.server.invokeMethodAsync(method, this.cells.settings.entity, row, key);
    this.cells.answer(answer);
    if (method === 'TakeTheirs') { this.cells.forget(); this.view.ask(); }
  }

  // ---- clipboard and mouse ---------------------------------------------------------------------------------

  async copy(event, cuts) {
    event.preventDefault();
    const { block } = this.view;
    const texts = rows => rows.map(row => this.cells.columns.slice(block.left, block.right + 1).map((_, right) => this.cells.text(row, block.left + right)));
    const places = Array.from({ length: block.bottom - block.top + 1 }, (_, down) => this.view.rowAt(block.top + down));
    // The browser takes text only during the event; rows that were never looked at come a moment later.
    if (places.every(row => this.cells.row(row))) event.clipboardData.setData('text/plain', print(texts(places)));
    else { const rows = await this.cellsOf(block); if (rows) await navigator.clipboard?.writeText(print(texts(rows))); }
    this.view.say(`${count(places.length * (block.right - block.left + 1), 'cell')} copied`);
    if (cuts) await this.clear();
  }

  // A block of the size that was copied, from the upper left cell; one cell, or a block that fits, fills all that is chosen.
  async paste(event) {
    event.preventDefault();
    const pasted = parse(event.clipboardData.getData('text/plain'));
    if (!pasted.length) return;
    const { view } = this, { block } = view;
    const [high, wide] = [pasted.length, pasted[0].length];
    const chosen = { high: block.bottom - block.top + 1, wide: block.right - block.left + 1 };
    const repeats = chosen.high % high === 0 && chosen.wide % wide === 0;
    const bottom = block.top + (repeats ? chosen.high : high) - 1, right = block.left + (repeats ? chosen.wide : wide) - 1;
    const target = { top: block.top, left: block.left, bottom: Math.min(bottom, view.shown - 1), right: Math.min(right, this.cells.columns.length - 1) };
    await this.over(target, (down, along) => pasted[down % high][along % wide], 'cells pasted');
    view.from = { row: target.top, column: target.left };
    this.extend(target.bottom, target.right);
    if (target.bottom < bottom || target.right < right) this.tell('Part of what was pasted lies outside of the sheet and was left out.');
  }

  listen() {
    const { grid } = this.view;
    const on = (name, act, options) => grid.addEventListener(name, act, options);
    on('keydown', event => this.key(event));
    on('dblclick', event => { if (this.placeOf(event)) this.editor.open(false); });
    on('pointerdown', event => { if (event.button === 0 && event.pointerType !== 'touch') this.press(event); });
    on('click', event => { if (event.pointerType === 'touch') this.tap(event); });
  }

  placeOf(event) {
    const cell = event.target.closest?.('[role=gridcell], [role=rowheader], [role=columnheader]');
    if (!cell) return null;
    const row = cell.closest('.sheet-row'), column = cell.dataset.column;
    return { row: row ? Number(row.dataset.place) : null, column: column === undefined ? null : Number(column) };
  }

  tap(event) {
    const place = this.placeOf(event);
    if (place?.row == null || place.column === null) return;
    const { at } = this.view;
    if (place.row === at.row && place.column === at.column) this.editor.open(false);
    else this.go(place.row, place.column);
  }

  press(event) {
    if (event.target.closest('.sheet-box')) return;
    const { view } = this;
    const fills = event.target === view.handle, place = this.placeOf(event);
    if (!fills && !place) return;
    event.preventDefault();
    this.editor.close(true);
    view.grid.focus({ preventScroll: true });
    const source = view.block;
    // A head chooses all of its row or column.
    const isHead = !fills && (place.row === null || place.column === null);
    if (isHead) this.whole(place, event.shiftKey && place.row !== null ? view.from.row : place.row);
    else if (!fills) (event.shiftKey ? this.extend : this.go).call(this, place.row, place.column);
    const drag = new AbortController();
    const moved = move => {
      const under = this.placeOf({ target: document.elementFromPoint(move.clientX, move.clientY) ?? view.grid });
      if (under?.row == null) return;
      if (fills) { view.from = { row: source.top, column: source.left }; this.extend(Math.max(source.bottom, under.row), source.right); }
      else if (place.row !== null) this.extend(under.row, isHead ? 0 : under.column ?? 0);
    };
    window.addEventListener('pointermove', moved, { signal: drag.signal });
    window.addEventListener('pointerup', () => { drag.abort(); if (fills) this.fill(source.bottom - source.top + 1); }, { signal: drag.signal });
  }
}

const clamp = (value, most) => Math.max(0, Math.min(value, most));
