// Keys of the grid, and rows that are dragged onto a collection. Keys move between rows and press what is there; the server hears
// only the press.
let stop_, dragged = null, byTouch = false;

const grid = () => document.querySelector('[data-grid]');
const rows = () => [...(grid()?.querySelectorAll('tbody tr') ?? [])];
const link = row => row?.querySelector('a.product');
const typing = target => target instanceof HTMLElement
  && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && target.type !== 'checkbox');

function move(step) {
  const all = rows();
  const at = all.indexOf(document.activeElement?.closest('tr') ?? all.find(row => row.classList.contains('cur')));
  const row = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  link(row)?.focus();
  row?.scrollIntoView({ block: 'nearest' });
}

function keydown(event) {
  if (event.defaultPrevented || !grid() || typing(event.target) || document.querySelector('dialog[open]')) return;
  if ((event.ctrlKey || event.metaKey) && event.key === 'a' && !event.shiftKey && rows().length) {
    // First the page, then everything that matches.
    const page = grid().querySelector('thead input[type=checkbox]');
    const all = document.querySelector('[data-select-all]');
    (page && !page.checked ? page : all)?.click();
    event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem('cowans-keys') === 'off') return;
  const inPanel = document.querySelector('.panel [data-key="j"]');
  if (event.key === 'j' && !inPanel) { move(1); event.preventDefault(); }
  else if (event.key === 'k' && !inPanel) { move(-1); event.preventDefault(); }
  else if (event.key === 'x') {
    const row = document.activeElement?.closest('tr') ?? rows().find(each => each.classList.contains('cur'));
    row?.querySelector('input[type=checkbox]')?.click();
  } else if (event.key === 'Enter' && !document.activeElement?.closest('a, button, input, [role=tab]')) {
    link(rows().find(row => row.classList.contains('cur')))?.click();
  }
}

// A click on a product's name shows it beside the grid like a click elsewhere in its row; Enter opens its page, and a
// click with Ctrl or Shift another tab.
function click(event) {
  const name = event.target.closest?.('a.product');
  if (!name || event.button !== 0) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey) { event.stopPropagation(); return; }
  event.preventDefault();
  if (event.detail > 0) return;
  event.stopPropagation();
  const list = location.search ? `?from=${encodeURIComponent(location.pathname + location.search)}` : '';
  Blazor.navigateTo(name.getAttribute('href') + list);
}

// The rows that are selected go together, any other row alone. A finger scrolls; it has the bulk edit.
function drags(page, signal) {
  const on = (name, hear) => document.addEventListener(name, hear, { signal });
  const over = event => event.target.closest?.('[data-drop]');
  const mark = where => document.querySelectorAll('.drop.over').forEach(each => each !== where && each.classList.remove('over'));
  const ended = () => {
    if (!dragged) return;
    mark(null);
    if (!dragged.dropped) page.invokeMethodAsync('DragEnded');
    dragged = null;
  };
  on('pointerdown', event => { byTouch = event.pointerType === 'touch'; ended(); });
  // A row that is drawn anew under the hand is not there any more to say that its drag is over; while one is held, no pointer moves.
  on('pointermove', event => { if (event.buttons === 0) ended(); });
  on('dragstart', event => {
    const row = event.target.closest?.('[data-grid] tr[draggable]');
    if (!row) return;
    if (byTouch) { event.preventDefault(); return; }
    dragged = { dropped: false };
    const held = document.createElement('div');
    held.className = 'drag-held';
    held.textContent = row.classList.contains('sel') && grid().dataset.held || link(row)?.textContent || '';
    document.body.append(held);
    event.dataTransfer.clearData();
    event.dataTransfer.setData('text/plain', held.textContent);
    event.dataTransfer.effectAllowed = 'copy';
    event.dataTransfer.setDragImage(held, -12, -6);
    // A browser takes the picture after this; what changes the page now would end the drag.
    setTimeout(() => { held.remove(); page.invokeMethodAsync('DragBegan', Number(row.dataset.p)); });
  });
  for (const name of ['dragenter', 'dragover']) on(name, event => {
    if (!dragged || !event.target.closest?.('.panel')) { mark(null); return; }
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    const where = over(event);
    mark(where);
    where?.classList.add('over');
  });
  on('drop', event => {
    if (!dragged || !event.target.closest?.('.panel')) return;
    event.preventDefault();
    dragged.dropped = true;
    const where = over(event);
    mark(null);
    if (where) page.invokeMethodAsync('Dropped', Number(where.dataset.drop));
    else document.querySelector('[data-drops] input')?.focus();
  });
  on('dragend', ended);
}

// For a reload of this tab. A browser that keeps nothing (private windows, full storage) has nothing to take up.
export function keepSelection(key, text) {
  try {
    if (text) sessionStorage.setItem(key, text);
    else sessionStorage.removeItem(key);
  } catch { /* see above */ }
}

export function selection(key) {
  try { return sessionStorage.getItem(key); } catch { return null; }
}

export function start(page) {
  stop_ = new AbortController();
  drags(page, stop_.signal);
  document.addEventListener('keydown', keydown, { signal: stop_.signal });
  document.addEventListener('click', click, { signal: stop_.signal, capture: true });
}

export function stop() { stop_?.abort(); }
