// The box in which one cell is typed. It lies over the cell, holds what is typed until Enter or Tab, and drops it on
// Escape. A cell that can only be one of a few things offers these.
export class Editor {
  #box = null;

  constructor(view, done) { Object.assign(this, { view, done }); }

  get isOpen() { return this.#box !== null; }

  // replaces: what is typed next takes the place of what stood there.
  open(replaces) {
    const { view } = this, { cells, at } = view;
    const row = view.rowAt(at.row), column = cells.columns[at.column];
    if (row === undefined || !column || !cells.row(row) || cells.cell(row, at.column).locked) return false;
    view.show();
    view.draw();
    const text = cells.text(row, at.column);
    const box = this.#box = column.choices.length ? this.#choice(column, text) : this.#text(column, replaces ? '' : text);
    const place = view.place({ top: at.row, bottom: at.row, left: at.column, right: at.column });
    Object.assign(box.style, { top: `${place.top}px`, left: `${place.left}px`, minWidth: `${place.width}px`, minHeight: `${place.height}px` });
    box.setAttribute('aria-label', `${column.label}, ${cells.row(row).n}`);
    view.body.append(box);
    box.focus({ preventScroll: true });
    if (!replaces && box.select) box.setSelectionRange(box.value.length, box.value.length);
    this.fit();
    box.addEventListener('keydown', event => this.#key(event));
    box.addEventListener('input', () => this.fit());
    box.addEventListener('blur', () => { if (this.#box === box) this.close(true); });
    return true;
  }

  #text(column, text) {
    const box = document.createElement('textarea');
    box.className = `sheet-box${column.number ? ' num' : ''}`;
    box.rows = 1;
    box.spellcheck = false;
    box.autocomplete = 'off';
    if (column.number) box.inputMode = 'decimal';
    box.value = text;
    return box;
  }

  #choice(column, text) {
    const box = document.createElement('select');
    box.className = 'sheet-box';
    const known = column.choices.includes(text);
    for (const choice of known ? column.choices : [text, ...column.choices]) box.add(new Option(choice || 'none', choice, false, choice === text));
    box.addEventListener('change', () => { if (this.#box === box) this.close(true); });
    return box;
  }

  // As wide and as high as what is typed, within the sheet.
  fit() {
    const box = this.#box;
    if (!box || box.tagName !== 'TEXTAREA') return;
    box.style.height = 'auto';
    const room = this.view.grid.clientWidth - 40;
    if (box.scrollWidth > box.clientWidth) box.style.width = `${Math.min(room, Math.max(box.scrollWidth + 12, 320))}px`;
    box.style.height = `${Math.min(220, box.scrollHeight + 2)}px`;
  }

  #key(event) {
    if (event.isComposing) return;
    const { key } = event;
    if (key === 'Escape') { this.close(false); event.preventDefault(); }
    else if (key === 'Enter' && event.altKey && this.#box.tagName === 'TEXTAREA') { this.#box.setRangeText('\n', this.#box.selectionStart, this.#box.selectionEnd, 'end'); this.fit(); event.preventDefault(); }
    else if (key === 'Enter') { this.close(true, event.shiftKey ? 'up' : 'down'); event.preventDefault(); }
    else if (key === 'Tab') { this.close(true, event.shiftKey ? 'left' : 'right'); event.preventDefault(); }
    else if ((event.ctrlKey || event.metaKey) && key === 's') { this.close(true); return; }
    event.stopPropagation();
  }

  close(keeps, move) {
    const box = this.#box;
    if (!box) return;
    this.#box = null;
    const text = box.value, had = box.contains(document.activeElement);
    box.remove();
    if (had || move) this.view.grid.focus({ preventScroll: true });
    this.done(keeps ? text : null, move);
  }
}
