import './menus.js';
import './toasts.js';

// Starts Blazor, keeps the theme, and opens and closes what needs no server.
const backoff = [0, 500, 1000, 2000, 3000, 5000, 8000, 10000];

const cookie = (name, value) => {
  document.cookie = `cowans-${name}=${value}; path=/; max-age=${value === '' ? 0 : 31536000}; samesite=lax`;
};

function theme(choice) {
  if (choice === 'light' || choice === 'dark') document.documentElement.dataset.theme = choice;
  else delete document.documentElement.dataset.theme;
  cookie('theme', choice === 'os' ? '' : choice);
}

document.addEventListener('click', event => {
  const on = selector => event.target.closest?.(selector);
  const choice = on('[data-theme-choice]');
  if (choice) { theme(choice.dataset.themeChoice); choice.closest('[popover]')?.hidePopover(); }
  const opens = on('[data-opens]');
  if (opens) document.getElementById(opens.dataset.opens)?.showModal();
  const closes = on('[data-closes]');
  if (closes) document.getElementById(closes.dataset.closes)?.close();
  if (event.target.matches?.('dialog.keys')) event.target.close();
  if (on('a.skip')) {
    // Not by its address: with a base address, "#main" would lead to the first page.
    event.preventDefault();
    document.getElementById('main')?.focus();
  }
  // A link inside a menu has done its work once it was followed.
  if (on('[popover] a')) on('[popover]').hidePopover();
}, true);

document.addEventListener('change', event => {
  if (event.target.matches?.('[data-keys-switch]')) localStorage.setItem('cowans-keys', event.target.checked ? 'on' : 'off');
});
document.addEventListener('toggle', event => {
  for (const each of event.target.querySelectorAll?.('[data-theme-choice]') ?? []) each.ariaChecked = each.dataset.themeChoice === (document.documentElement.dataset.theme ?? 'os');
  const mark = event.target.querySelector?.('[data-keys-switch]');
  if (mark) mark.checked = localStorage.getItem('cowans-keys') !== 'off';
  // Only keys that the present page answers to are listed.
  for (const row of event.target.querySelectorAll?.('[data-needs]') ?? []) row.hidden = !document.querySelector(row.dataset.needs);
}, true);

const bar = document.getElementById('components-reconnect-modal');
new MutationObserver(async () => {
  if (!/components-reconnect-(rejected|failed)/.test(bar.className)) return;
  // The server answered but no longer knows this page (it was restarted): come back as soon as it is healthy.
  for (let wait = 0; ; wait = Math.min(wait + 500, 5000)) {
    await new Promise(done => setTimeout(done, wait));
    const healthy = await fetch('/health', { cache: 'no-store' }).then(answer => answer.ok, () => false);
    if (healthy) { location.reload(); return; }
  }
}).observe(bar, { attributes: true, attributeFilter: ['class'] });

// The frame that the server drew while nobody was connected goes as soon as the page itself is there.
const waiting = document.getElementsByClassName('waiting');
const drawn = () => document.querySelector('.app:not(.waiting), .first, .plain, .door');
new MutationObserver(() => { if (waiting.length && drawn()) [...waiting].forEach(frame => frame.remove()); }).observe(document.body, { childList: true, subtree: false });

Blazor.start({
  circuit: {
    reconnectionOptions: {
      maxRetries: Number.MAX_SAFE_INTEGER,
      retryIntervalMilliseconds: attempt => backoff[Math.min(attempt, backoff.length - 1)],
    },
  },
});
