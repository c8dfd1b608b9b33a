// What a spreadsheet holds in the browser: rows as they were read, what is typed over them, and the way back. Nothing
// here draws, and no key waits for the server: it reads rows by blocks and hears of typed cells a moment later.
const Block = 200;
const SendAfter = 120;
const MostKept = 1_500_000;
const MostUndo = 200;
const MostSent = 250_000;
const Patience = 30_000;

export class Cells {
  #blocks = new Map();
  #unsent = new Map();
  #unkept = new Map();
  #timer = 0;
  #sending = Promise.resolve();
  #batch = 0;
  #undone = [];
  #done = [];
  #age = 0;

  // settings: sheet, entity, rows, columns [{key, label, kind, number, choices, lines}], edits [[row, key, text, wrong, offer]], most
  constructor(server, settings, changed) {
    Object.assign(this, { server, settings, changed, columns: settings.columns, rows: settings.rows, edits: new Map(), count: 0 });
    for (const [row, key, text, wrong, offer] of settings.edits) this.#put(row, key, { text, wrong, offer });
  }

  get undoWords() { return this.#done.at(-1)?.words; }
  get redoWords() { return this.#undone.at(-1)?.words; }
  get isBehind() { return this.#unsent.size > 0 || this.#unkept.size > 0; }

  // ---- rows ------------------------------------------------------------------------------------------------

  row(at) {
    const block = this.#blocks.get(Math.floor(at / Block));
    return Array.isArray(block) ? block[at % Block] : undefined;
  }

  cell(at, column) { return decode(this.row(at)?.c[column]); }

  edit(at, key) { return this.edits.get(at)?.get(key); }

  text(at, column) { return this.edit(at, this.columns[column].key)?.text ?? this.cell(at, column).text; }

  // Reads the blocks that hold these rows; what is there already costs nothing.
  async ensure(rows) {
    const wanted = new Set();
    for (const at of rows) wanted.add(Math.floor(at / Block));
    await Promise.all([...wanted].map(block => this.#load(block)));
  }

  // Whatever was read is read again when it is looked at.
  forget() {
    this.#age++;
    this.#blocks.clear();
  }

  #load(block) {
    const known = this.#blocks.get(block);
    if (known) return known instanceof Promise ? known : Promise.resolve();
    const age = this.#age;
    const reading = this.#call('Rows', this.settings.entity, block * Block, Block).then(answer => {
      if (age !== this.#age) return;
      this.#blocks.set(block, answer.rows);
      for (const [row, key, text, wrong, offer] of answer.edits)
        if (!this.#unsent.has(`${row}|${key}`)) this.#put(row, key, text === null ? null : { text, wrong, offer });
      this.changed();
    }, failure => {
      if (age === this.#age) this.#blocks.delete(block);
      throw failure;
    });
    this.#blocks.set(block, reading);
    return reading;
  }

  // ---- typing ----------------------------------------------------------------------------------------------

  // changes: [row, column, text]; a text of null takes the cell back. Rows must have been read.
  set(changes, words) {
    const steps = [];
    for (const [row, column, wanted] of changes) {
      const { key } = this.columns[column];
      const cell = this.cell(row, column);
      const before = this.edit(row, key);
      if (cell.locked || (!before && wanted === cell.text)) continue;
      const after = wanted === null || (wanted === cell.text && !before?.offer) ? null : wanted;
      if ((before?.text ?? null) === after) continue;
      steps.push({ row, key, seen: cell.value, before: before?.text ?? null, after });
    }
    if (!steps.length) return 0;
    if (this.count + steps.filter(step => step.before === null).length > this.settings.most) return -1;
    this.#done.push({ steps, words });
    if (this.#done.length > MostUndo) this.#done.shift();
    this.#undone.length = 0;
    this.#apply(steps, 'after');
    return steps.length;
  }

  undo() { return this.#step(this.#done, this.#undone, 'before'); }
  redo() { return this.#step(this.#undone, this.#done, 'after'); }

  #step(from, to, side) {
    const action = from.pop();
    if (!action) return null;
    to.push(action);
    this.#apply(action.steps, side);
    return action.steps[0];
  }

  // After a save or a discard the steps lead to values that nobody sees any more.
  forgetSteps() { this.#done.length = this.#undone.length = 0; this.changed(); }

  #apply(steps, side) {
    for (const step of steps) {
      const text = step[side];
      const was = this.edit(step.row, step.key);
      this.#put(step.row, step.key, text === null ? null : { text, wrong: null, offer: was?.offer ?? null });
      this.#unsent.set(`${step.row}|${step.key}`, [step.row, step.key, text, step.seen]);
    }
    clearTimeout(this.#timer);
    this.#later(SendAfter);
    this.changed();
  }

  #put(row, key, edit) {
    let cells = this.edits.get(row);
    if (cells?.has(key)) this.count--;
    if (!edit) {
      cells?.delete(key);
      if (cells?.size === 0) this.edits.delete(row);
      return;
    }
    if (!cells) this.edits.set(row, cells = new Map());
    cells.set(key, edit);
    this.count++;
  }

  // ---- to the server ---------------------------------------------------------------------------------------

  // A call that was under way when the wire was cut is never answered.
  #call(method, ...more) {
    let watch;
    return Promise.race([
      this.server.invokeMethodAsync(method, ...more),
      new Promise((_, give) => { watch = setTimeout(() => give(new Error('No answer')), Patience); }),
    ]).finally(() => clearTimeout(watch));
  }

  #later(pause) { this.#timer = setTimeout(() => this.send().catch(() => { /* it is tried again */ }), pause); }

  // One batch after the other, so that an older text never lands over a newer one.
  send() {
    clearTimeout(this.#timer);
    return this.#sending = this.#sending.then(() => this.#sendAll(), () => this.#sendAll());
  }

  async #sendAll() {
    while (this.#unsent.size) {
      const cells = this.#nextBatch();
      const number = ++this.#batch;
      for (const [name, cell] of cells) {
        this.#unsent.delete(name);
        this.#unkept.set(name, [number, cell]);
      }
      this.#remember();
      try {
        const answer = await this.#call('Typed', this.settings.entity, number, cells.map(([, cell]) => cell));
        for (const [row, key, text, wrong, offer] of answer)
          if (!this.#unsent.has(`${row}|${key}`)) this.#put(row, key, text === null ? null : { text, wrong, offer });
      } catch (failure) {
        // The wire is cut: what was not heard is sent again.
        for (const [name, cell] of cells) if (!this.#unsent.has(name)) this.#unsent.set(name, cell);
        this.#later(2_000);
        throw failure;
      }
      this.changed();
    }
  }

  // No more at once than the wire takes: a message that is too long would cut it each time it is sent.
  #nextBatch() {
    const batch = [];
    let length = 0;
    for (const entry of this.#unsent) {
      length += JSON.stringify(entry[1]).length;
      if (batch.length && (batch.length >= 2_000 || length > MostSent)) break;
      batch.push(entry);
    }
    return batch;
  }

  // The server keeps them: the browser need not.
  kept(number) {
    for (const [name, [batch]] of this.#unkept) if (batch <= number) this.#unkept.delete(name);
    this.#remember();
  }

  get #place() { return `cowans-sheet-${this.settings.sheet}-${this.settings.entity}`; }

  // For a page that is gone before the server kept the last keys. A browser that keeps nothing takes nothing up.
  #remember() {
    try {
      const text = this.#unkept.size ? JSON.stringify([...this.#unkept.values()].map(([, cell]) => cell)) : '';
      if (text && text.length < MostKept) sessionStorage.setItem(this.#place, text);
      else sessionStorage.removeItem(this.#place);
    } catch { /* see above */ }
  }

  takeUp() {
    try {
      const cells = JSON.parse(sessionStorage.getItem(this.#place) ?? '[]');
      for (const [row, key, text, seen] of cells) {
        this.#put(row, key, text === null ? null : { text, wrong: null, offer: null });
        this.#unsent.set(`${row}|${key}`, [row, key, text, seen]);
      }
      if (cells.length) this.send().catch(() => { /* it is tried again */ });
    } catch { /* see above */ }
  }

  // An answer of the server about one cell.
  answer([row, key, text, wrong, offer]) {
    this.#put(row, key, text === null ? null : { text, wrong, offer });
    this.changed();
  }

  // Everything the server holds, in place of everything here.
  replace(edits) {
    this.edits.clear();
    this.count = 0;
    for (const [row, key, text, wrong, offer] of edits) this.#put(row, key, { text, wrong, offer });
    for (const [name, [row, key, text]] of this.#unsent) if (name) this.#put(row, key, text === null ? null : { text, wrong: null, offer: null });
  }
}

// "text" where the value is that text, null for nothing, [text, value, base, inConflict, isLocked] for the rest.
const Nothing = { text: '', value: null, base: null };

function decode(cell) {
  if (cell === undefined) return { ...Nothing, unread: true };
  if (cell === null) return Nothing;
  if (typeof cell === 'string') return { text: cell, value: cell, base: null };
  const [text, value, base, conflict, locked] = cell;
  return { text, value, base: base ?? null, conflict: Boolean(conflict), locked: Boolean(locked) };
}
