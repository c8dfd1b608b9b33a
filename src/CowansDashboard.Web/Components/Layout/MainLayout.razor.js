// Keys that work on every page. Nothing here asks the server: keys press what is already on the page.
//   [data-go="p"]     what "g p" follows        [data-search]  where "/" goes
//   [data-esc]        what Esc presses, the last visible one first
//   [data-key="j"]    what a single key presses on the present page
//   [data-save]       what Ctrl+S presses
const stop_ = new AbortController();
let waitingForGo = 0;

const typing = target => target instanceof HTMLElement
  && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(checkbox|radio|button)$/.test(target.type));
const visible = element => element.getClientRects().length > 0;
const keysDialog = () => document.getElementById('keys');
export const singleKeysOn = () => localStorage.getItem('cowans-keys') !== 'off';

function press(selector) {
  const found = [...document.querySelectorAll(selector)].filter(visible).at(-1);
  found?.click();
  return Boolean(found);
}

function escape(event) {
  if (document.querySelector('dialog[open], :popover-open')) return;   // the browser closes these itself
  if (typing(event.target)) { event.target.blur(); return; }
  if (press('[data-esc]')) event.preventDefault();
}

// Whoever types fast has pressed the keys before the server has said that there is something to save.
let endWaiting = null;
function save() {
  endWaiting?.();
  if (press('[data-save]:not(:disabled)') || document.querySelector('[data-save]')) return;
  const going = new AbortController(), coming = new MutationObserver(() => { if (press('[data-save]:not(:disabled)')) endWaiting?.(); });
  endWaiting = () => { coming.disconnect(); going.abort(); endWaiting = null; };
  coming.observe(document.body, { childList: true, subtree: true });
  // Who goes on typing has not asked for that to be saved.
  for (const kind of ['input', 'pointerdown', 'focusin']) document.addEventListener(kind, () => endWaiting?.(), { signal: going.signal });
  setTimeout(() => endWaiting?.(), 3000);
}

document.addEventListener('keydown', event => {
  if ((event.ctrlKey || event.metaKey) && event.key === 's' && !event.altKey && !event.shiftKey && (document.querySelector('[data-save]') || typing(event.target))) {
    event.preventDefault();   // the browser would save the page as a file
    save();
    return;
  }
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape') { escape(event); return; }
  if (typing(event.target) || document.querySelector('dialog[open], .rz-dialog') || !singleKeysOn()) return;

  if (event.timeStamp < waitingForGo) {
    waitingForGo = 0;
    if (press(`[data-go="${CSS.escape(event.key)}"]`)) event.preventDefault();
    return;
  }
  switch (event.key) {
    case '/': {
      const search = [...document.querySelectorAll('[data-search]')].find(visible);
      if (search) { event.preventDefault(); search.focus(); search.select?.(); }
      break;
    }
    case '?': event.preventDefault(); keysDialog()?.showModal(); break;
    case 'g': waitingForGo = event.timeStamp + 1200; break;
    case 'Enter':
      if (event.target.matches?.('body, main, h1') && press('[data-key="Enter"]')) event.preventDefault();
      break;
    default:
      if (event.key.length === 1 && press(`[data-key="${CSS.escape(event.key)}"]`)) event.preventDefault();
  }
}, { signal: stop_.signal });

export function stop() { stop_.abort(); }
