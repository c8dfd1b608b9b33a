// Enter and the arrows walk up and down a column, as in a sheet; the server hears only what is typed.
export function walk(section) {
  section.addEventListener('keydown', event => {
    const box = event.target;
    if (!box.matches?.('input.cell') || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = event.key === 'ArrowDown' || event.key === 'Enter' && !event.shiftKey ? 1 : event.key === 'ArrowUp' || event.key === 'Enter' ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const column = [...section.querySelectorAll(`input.cell[data-col="${box.dataset.col}"]`)];
    const next = column[column.indexOf(box) + step];
    next?.focus();
    next?.select();
    next?.scrollIntoView({ block: 'nearest' });
  });
}
