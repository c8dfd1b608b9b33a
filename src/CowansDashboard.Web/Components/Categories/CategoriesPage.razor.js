// Keys of the tree go to the server one by one; dragging needs it only at the drop.
const keys = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'Enter', ' ', 'Escape'];

let before = null;

export function attach(tree, page, mayEdit) {
  const item = event => event.target.closest?.('[data-cat]');
  const clear = () => tree.querySelectorAll('[data-drop]').forEach(each => delete each.dataset.drop);
  let dragged = null;
  let focused = null;
  // One tree at a time: what listened for the one before ends.
  before?.abort();
  before = new AbortController();

  // A line that moves to its new place loses the focus; the next key may come before the server gives it back.
  tree.addEventListener('focusin', event => { focused = item(event); });
  document.addEventListener('pointerdown', event => { if (!tree.contains(event.target)) focused = null; }, { signal: before.signal });
  new MutationObserver(() => {
    if (focused?.isConnected && document.activeElement === document.body) focused.focus({ preventScroll: true });
  }).observe(tree, { childList: true });

  tree.addEventListener('keydown', event => {
    const on = event.target.matches?.('[data-cat]') ? event.target : null;
    if (!on || !keys.includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    // Esc puts a lifted category back; otherwise it is the page's.
    if (event.key === 'Escape' && !tree.querySelector('.mv')) return;
    event.preventDefault();
    event.stopPropagation();
    page.invokeMethodAsync('Key', event.key, Number(on.dataset.cat));
  });
  tree.dataset.keys = '';
  if (!mayEdit) return;

  tree.addEventListener('dragstart', event => {
    dragged = item(event);
    if (!dragged) return;
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', dragged.textContent.trim());
  });
  tree.addEventListener('dragover', event => {
    const over = item(event);
    clear();
    if (!dragged || !over || over === dragged) return;
    event.preventDefault();
    const box = over.getBoundingClientRect();
    const at = (event.clientY - box.top) / box.height;
    over.dataset.drop = at < .3 ? 'before' : at > .7 ? 'after' : 'inside';
  });
  tree.addEventListener('dragleave', event => { if (!tree.contains(event.relatedTarget)) clear(); });
  tree.addEventListener('dragend', () => { dragged = null; clear(); });
  tree.addEventListener('drop', event => {
    const over = item(event);
    const where = over?.dataset.drop;
    clear();
    if (!dragged || !where) return;
    event.preventDefault();
    page.invokeMethodAsync('Dropped', Number(dragged.dataset.cat), Number(over.dataset.cat), where);
    dragged = null;
  });
}

export function focus(id) {
  const item = document.getElementById(id);
  item?.focus({ preventScroll: true });
  item?.scrollIntoView({ block: 'nearest' });
}
