// Menus and small boxes by keyboard: the focus goes in when one opens, arrows, Home and End move in it, Esc and Tab
// close a menu, and the focus comes back to what opened it. <float-box> is a box that Blazor draws under its button;
// the browser's own popovers return the focus themselves.
const stops = 'button, a[href], input, select, textarea, [tabindex="0"]';
const reachable = element => !element.disabled && element.tabIndex >= 0 && element.getClientRects().length > 0;
const within = box => [...box.querySelectorAll(stops)].filter(reachable);
const typed = element => /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName) && !/^(checkbox|button)$/.test(element.type);
const nowhere = () => !document.activeElement || document.activeElement === document.body;

function enter(box) {
  if (box.contains(document.activeElement)) return;
  const all = within(box);
  (all.find(each => each.matches('[aria-checked="true"], [aria-current="true"]')) ?? all[0])?.focus();
}

// From whatever opened the first of several boxes that follow each other.
let opener;

customElements.define('float-box', class extends HTMLElement {
  connectedCallback() {
    const from = document.activeElement;
    if (from && from !== document.body && !from.closest('float-box, .veil')) opener = from;
    // Blazor fills the element after it has put it into the page.
    requestAnimationFrame(() => { if (this.isConnected) enter(this); });
    this.watch = new MutationObserver(() => { if (nowhere()) enter(this); });
    this.watch.observe(this, { childList: true, subtree: true });
  }

  disconnectedCallback() {
    this.watch.disconnect();
    queueMicrotask(() => {
      if (!nowhere() || document.querySelector('float-box')) return;
      (opener?.isConnected ? opener : document.querySelector(this.dataset.back))?.focus();
    });
  }
});

const close = box => box.matches('[popover]') ? box.hidePopover() : box.parentElement.querySelector(':scope > .veil')?.click();

function step(event, all, at) {
  switch (event.key) {
    case 'ArrowDown': return all[(at + 1) % all.length];
    case 'ArrowUp': return all[(at - 1 + all.length) % all.length];
    case 'Home': return all[0];
    case 'End': return all.at(-1);
  }
  // A letter goes to the next entry that begins with it.
  if (event.key.length !== 1 || event.key === ' ' || !event.target.closest('[role=menu]')) return undefined;
  const letter = event.key.toLowerCase();
  return [...all.slice(at + 1), ...all.slice(0, at + 1)].find(each => each.textContent.trim().toLowerCase().startsWith(letter));
}

document.addEventListener('keydown', event => {
  const box = event.target.closest?.('float-box, .menu[popover]');
  if (!box || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = within(box);
  const at = all.indexOf(document.activeElement);
  const menu = box.matches('[role=menu]');
  if (event.key === 'Escape') {
    event.preventDefault();
    event.stopPropagation();
    close(box);
  } else if (event.key === 'Tab' && menu) {
    close(box);
  } else if (event.key === 'Tab' && box.matches('float-box') && all.length) {
    // What lies behind is under the veil: Tab goes round.
    if (event.shiftKey ? at <= 0 : at === all.length - 1) {
      all.at(event.shiftKey ? -1 : 0).focus();
      event.preventDefault();
    }
  } else if (!typed(event.target)) {
    const to = step(event, all, at);
    if (to) {
      to.focus();
      event.preventDefault();
    }
    // No key of the page behind works while a box is open.
    if (event.key.length === 1) event.stopPropagation();
  }
}, true);

document.addEventListener('toggle', event => {
  if (event.newState === 'open' && event.target.matches?.('.menu[popover]')) enter(event.target);
}, true);

// A box with a list beneath it: arrows walk through the list and Enter takes what is marked, instead of sending the form.
document.addEventListener('keydown', event => {
  if (event.target.matches?.('[data-steps]') && ['ArrowDown', 'ArrowUp', 'Enter'].includes(event.key)) event.preventDefault();
});
