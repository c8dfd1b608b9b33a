// Pictures in their order: how many stand beside each other, keys, and dragging. The list keeps the focus itself, so that a
// picture which moves or scrolls out of sight loses no key.
const keys = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'Enter', ' ', 'Escape'];
const attached = new WeakMap();

export function attach(box, grid) {
  const end = new AbortController();
  const on = (name, hear) => box.addEventListener(name, hear, { signal: end.signal });
  const tile = event => event.target.closest?.('[data-m]');
  const clear = () => box.querySelectorAll('[data-drop]').forEach(each => delete each.dataset.drop);
  let dragged = null;

  const measure = () => {
    const phone = matchMedia('(max-width: 720px)').matches;
    const width = box.clientWidth - 32;
    if (width > 0) grid.invokeMethodAsync('Fits', phone ? 2 : Math.max(2, Math.floor((width + 14) / 160)), phone);
  };
  const sizes = new ResizeObserver(measure);
  sizes.observe(box);

  on('keydown', event => {
    if (event.target !== box || !keys.includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    // Esc puts a lifted picture back; otherwise it is the page's.
    if (event.key === 'Escape' && !box.querySelector('.lift')) return;
    event.preventDefault();
    event.stopPropagation();
    grid.invokeMethodAsync('Key', event.key);
  });
  on('dragstart', event => {
    const held = tile(event);
    dragged = held && box.hasAttribute('data-order') ? held.dataset.m : null;
    if (!dragged) return;
    held.classList.add('held');
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', held.querySelector('p')?.textContent ?? '');
  });
  on('dragover', event => {
    const over = tile(event);
    clear();
    if (!dragged || !over) return;
    event.preventDefault();
    const at = over.getBoundingClientRect();
    if (over.dataset.m !== dragged) over.dataset.drop = event.clientX < at.left + at.width / 2 ? 'before' : 'after';
  });
  on('dragleave', event => { if (!box.contains(event.relatedTarget)) clear(); });
  on('drop', event => {
    const over = tile(event);
    const where = over?.dataset.drop;
    clear();
    if (!dragged || !where) return;
    event.preventDefault();
    box.focus({ preventScroll: true });
    grid.invokeMethodAsync('Dropped', Number(dragged), Number(over.dataset.m), where === 'before');
    dragged = null;
  });
  // The picture that was dragged may have scrolled out of sight and be no element any more.
  document.addEventListener('dragend', () => {
    dragged = null;
    clear();
    box.querySelectorAll('.held').forEach(each => each.classList.remove('held'));
  }, { signal: end.signal });
  attached.set(box, () => { end.abort(); sizes.disconnect(); });
  box.dataset.keys = '';
  measure();
}

export function detach(box) {
  attached.get(box)?.();
}

export function show(box, row, height) {
  const top = 14 + row * height;
  if (top < box.scrollTop) box.scrollTop = Math.max(0, top - 14);
  else if (top + height > box.scrollTop + box.clientHeight) box.scrollTop = top + height - box.clientHeight;
}
