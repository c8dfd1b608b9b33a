// Shows what this browser remembers: the switch of single keys, and which look was chosen.
let watcher;

export function start(keys) {
  keys.checked = localStorage.getItem('cowans-keys') !== 'off';
  const mark = () => {
    const chosen = document.documentElement.dataset.theme ?? 'os';
    for (const button of document.querySelectorAll('.looks [data-theme-choice]')) button.setAttribute('aria-pressed', String(button.dataset.themeChoice === chosen));
  };
  watcher = new MutationObserver(mark);
  watcher.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  mark();
}

export function stop() { watcher?.disconnect(); }
