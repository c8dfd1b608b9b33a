// Draws a spreadsheet: only the rows that are seen, each cell with its state in words for those who do not see it.
const Over = 8;
const MostOfOld = 24;

export class View {
  #drawn = new Map();
  #spare = [];
  #asked = false;
  #active = null;

  constructor(host, cells) {
    Object.assign(this, { host, cells, only: null, at: { row: 0, column: 0 }, from: { row: 0, column: 0 } });
    host.replaceChildren();
    this.bar = add(host, 'div', 'sheet-bar');
    this.grid = add(host, 'div', 'sheet-grid', { role: 'grid', tabindex: '0', 'aria-multiselectable': 'true', 'aria-label': cells.settings.label, 'aria-describedby': 'sheet-help', 'data-sheet-grid': '' });
    this.foot = add(host, 'div', 'sheet-foot');
    this.help = add(host, 'p', 'sr', { id: 'sheet-help' });
    this.help.textContent = 'Arrows move, typing replaces a cell, F2 or Enter edits it, Escape and then Tab leaves the sheet.';
    this.said = add(host, 'p', 'sr', { role: 'status', 'aria-live': 'polite' });
    this.columns();
    this.grid.addEventListener('scroll', () => this.ask(), { passive: true });
    this.watch = new ResizeObserver(() => { this.#measure(); this.ask(); });
    this.watch.observe(this.grid);
  }

  end() { this.watch.disconnect(); this.host.replaceChildren(); }

  columns() {
    const { columns } = this.cells;
    this.grid.replaceChildren();
    this.#drawn.clear();
    this.#spare = [];
    this.head = add(this.grid, 'div', 'sheet-head', { role: 'row', 'aria-rowindex': '1' });
    add(this.head, 'div', 'sheet-name', { role: 'columnheader', 'aria-colindex': '1', 'data-row-head': '' }).textContent = this.cells.settings.nameLabel;
    columns.forEach((column, i) => {
      const cell = add(this.head, 'div', column.number ? 'num' : '', { role: 'columnheader', 'aria-colindex': String(i + 2), 'data-column': String(i), title: column.label });
      cell.textContent = column.label;
    });
    this.body = add(this.grid, 'div', 'sheet-body', { role: 'rowgroup' });
    this.range = add(this.body, 'div', 'sheet-range', { 'aria-hidden': 'true' });
    this.handle = add(this.body, 'div', 'sheet-handle', { 'aria-hidden': 'true', title: 'Fill down' });
    this.note = add(this.body, 'div', 'sheet-note', { role: 'note' });
    this.grid.setAttribute('aria-colcount', String(columns.length + 1));
    this.grid.style.setProperty('--sheet-columns', columns.map(column => `${column.width}px`).join(' '));
    this.edges = columns.reduce((edges, column) => [...edges, edges.at(-1) + column.width], [0]);
    this.#measure();
    this.rows();
  }

  // Asking the browser for sizes between two drawings makes it lay out the page; they change with the window only.
  #measure() {
    if (!this.head) return;
    this.body.style.width = `${this.head.offsetWidth}px`;
    this.height = parseFloat(getComputedStyle(this.grid).getPropertyValue('--sheet-row')) || 29;
    this.size = { name: this.head.firstChild.offsetWidth, head: this.head.offsetHeight, width: this.grid.clientWidth, height: this.grid.clientHeight };
  }

  // The rows shown: all, or only those with changes.
  get shown() { return this.only?.length ?? this.cells.rows; }

  rowAt(place) { return this.only ? this.only[place] : place; }

  rows() {
    this.grid.setAttribute('aria-rowcount', String(this.shown + 1));
    this.body.style.height = `${this.shown * this.height}px`;
    const last = Math.max(0, this.shown - 1);
    this.at.row = Math.min(this.at.row, last);
    this.from.row = Math.min(this.from.row, last);
    this.at.column = Math.min(this.at.column, this.cells.columns.length - 1);
    this.from.column = Math.min(this.from.column, this.cells.columns.length - 1);
    for (const place of [...this.#drawn.keys()]) this.#release(place);
    this.draw();
  }

  // One drawing for all that happens before the next frame.
  ask() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => { this.#asked = false; if (this.grid.isConnected) { this.draw(); this.drawn?.(); } });
  }

  get block() {
    return {
      top: Math.min(this.at.row, this.from.row), bottom: Math.max(this.at.row, this.from.row),
      left: Math.min(this.at.column, this.from.column), right: Math.max(this.at.column, this.from.column),
    };
  }

  draw() {
    const top = this.grid.scrollTop, { height } = this.size;
    const first = Math.max(0, Math.floor(top / this.height) - Over);
    const last = Math.min(this.shown - 1, Math.ceil((top + height) / this.height) + Over);
    for (const place of [...this.#drawn.keys()]) if (place < first || place > last) this.#release(place);
    const missing = [];
    this.#active = null;
    for (let place = first; place <= last; place++) {
      const at = this.rowAt(place);
      if (!this.cells.row(at)) missing.push(at);
      this.#row(place, at);
    }
    this.grid.setAttribute('aria-activedescendant', this.#active ? 'sheet-active' : '');
    this.#outline();
    // While the wire is cut it is asked for again and again; what is there stays.
    if (missing.length) this.cells.ensure(missing).catch(() => setTimeout(() => this.ask(), 2_000));
  }

  #release(place) {
    const row = this.#drawn.get(place);
    row.remove();
    this.#drawn.delete(place);
    this.#spare.push(row);
  }

  #row(place, at) {
    let row = this.#drawn.get(place);
    if (!row) {
      row = this.#spare.pop() ?? this.#newRow();
      row.style.transform = `translateY(${place * this.height}px)`;
      row.setAttribute('aria-rowindex', String(place + 2));
      row.dataset.place = String(place);
      this.body.append(row);
      this.#drawn.set(place, row);
    }
    const { top, bottom, left, right } = this.block;
    const read = this.cells.row(at);
    const [name, ...cells] = row.children;
    row.classList.toggle('gone', Boolean(read?.g));
    const said = read ? read.n : '…';
    if (row.said !== said || row.at !== at) {
      Object.assign(row, { said, at });
      const [number, product, variant] = name.children;
      number.textContent = String(at + 1);
      product.textContent = read ? read.p : '…';
      variant.textContent = read?.v ?? '';
      name.title = read ? read.n : '';
    }
    cells.forEach((cell, column) => {
      const isActive = place === this.at.row && column === this.at.column;
      const isChosen = place >= top && place <= bottom && column >= left && column <= right;
      this.#cell(cell, at, column, isActive, isChosen);
      if (isActive) this.#active = cell;
    });
  }

  #newRow() {
    const row = document.createElement('div');
    row.className = 'sheet-row';
    row.setAttribute('role', 'row');
    const name = add(row, 'div', 'sheet-name', { role: 'rowheader', 'aria-colindex': '1' });
    add(name, 'span', 'sheet-number');
    add(name, 'span', 'sheet-product ell', { dir: 'auto' });
    add(name, 'span', 'sheet-variant ell', { dir: 'auto' });
    this.cells.columns.forEach((column, i) => add(row, 'div', '', { role: 'gridcell', 'aria-colindex': String(i + 2), 'data-column': String(i) }));
    return row;
  }

  #cell(cell, at, column, isActive, isChosen) {
    const { key, number, label } = this.cells.columns[column];
    const value = this.cells.cell(at, column);
    const edit = this.cells.edit(at, key);
    const state = edit?.wrong ? 'cellbad' : edit?.offer ? 'offered' : edit ? 'edited' : value.conflict ? 'fought' : value.base !== null ? 'waits' : '';
    const css = `${number ? 'num ' : ''}${state}${isActive ? ' act' : ''}${value.locked ? ' ro' : ''}${value.unread ? ' unread' : ''}`;
    if (cell.className !== css) cell.className = css;
    if (cell.chosen !== isChosen) { cell.chosen = isChosen; cell.setAttribute('aria-selected', isChosen ? 'true' : 'false'); }
    if (isActive) cell.id = 'sheet-active'; else if (cell.id) cell.removeAttribute('id');
    const text = edit ? edit.text : value.text;
    const before = edit ? value.text || 'none' : value.base === null ? null : value.base || 'none';
    const drawn = `${before ?? ''}\u0000${text}\u0000${state}\u0000${edit?.wrong ?? ''}`;
    if (cell.locked !== value.locked) { cell.locked = value.locked; if (value.locked) cell.setAttribute('aria-readonly', 'true'); else cell.removeAttribute('aria-readonly'); }
    if (cell.drawn === drawn) return;
    cell.drawn = drawn;
    if (before === null) cell.textContent = text;
    else {
      const was = document.createElement('s'), now = document.createElement(edit ? 'b' : 'span');
      // What it becomes comes first: in a narrow column the rest is cut off.
      now.textContent = text || 'none';
      was.textContent = before.length > MostOfOld ? `${before.slice(0, MostOfOld)}…` : before;
      cell.replaceChildren(now, was);
    }
    if (state) cell.setAttribute('aria-label', words(label, text, edit, value));
    else cell.removeAttribute('aria-label');
    cell.title = [edit?.wrong, before === null ? null : `${text || 'none'}, was ${before}`].filter(Boolean).join('\n');
    if (edit?.wrong) cell.setAttribute('aria-invalid', 'true'); else cell.removeAttribute('aria-invalid');
  }

  // Where a block of cells stands within the body.
  place({ top, bottom, left, right }) {
    const { edges } = this, { name } = this.size;
    return { top: top * this.height, left: name + edges[left], width: edges[right + 1] - edges[left], height: (bottom - top + 1) * this.height, name };
  }

  #outline() {
    const block = this.block;
    const isEmpty = this.shown === 0 || this.cells.columns.length === 0;
    this.range.hidden = this.handle.hidden = isEmpty;
    const wrong = isEmpty ? null : this.cells.edit(this.rowAt(this.at.row), this.cells.columns[this.at.column].key)?.wrong;
    this.note.hidden = !wrong;
    if (isEmpty) return;
    if (wrong) {
      const cell = this.place({ top: this.at.row, bottom: this.at.row, left: this.at.column, right: this.at.column });
      this.note.textContent = wrong;
      Object.assign(this.note.style, { top: `${cell.top + this.height + 4}px`, left: `${cell.left}px` });
    }
    const place = this.place(block);
    Object.assign(this.range.style, { top: `${place.top}px`, left: `${place.left}px`, width: `${place.width}px`, height: `${place.height}px` });
    Object.assign(this.handle.style, { top: `${place.top + place.height - 5}px`, left: `${place.left + place.width - 5}px` });
  }

  // The head and the names stand over the cells: what is chosen must not lie beneath them.
  show() {
    const place = this.place({ top: this.at.row, bottom: this.at.row, left: this.at.column, right: this.at.column });
    const { grid } = this;
    const { scrollTop: top, scrollLeft: left } = grid, room = this.size.height - this.size.head;
    if (place.top < top) grid.scrollTop = place.top;
    else if (place.top + this.height > top + room) grid.scrollTop = place.top + this.height - room;
    if (place.left - place.name < left) grid.scrollLeft = place.left - place.name;
    else if (place.left + place.width > left + this.size.width) grid.scrollLeft = place.left + place.width - this.size.width;
  }

  say(words) { this.said.textContent = ''; this.said.textContent = words; }
}

export function add(parent, tag, css, attributes = {}) {
  const element = document.createElement(tag);
  if (css) element.className = css;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  parent.append(element);
  return element;
}

function words(label, text, edit, value) {
  const said = [label, text || 'none'];
  if (edit) said.push('unsaved', `was ${value.text || 'none'}`);
  else if (value.base !== null) said.push('pending', `was ${value.base || 'none'}`);
  if (edit?.wrong) said.push(edit.wrong);
  if (edit?.offer) said.push('somebody else saved another value');
  if (value.conflict) said.push('in conflict with Shopify');
  return said.join(', ');
}
