// Toasts stand above whatever is docked at the foot of the page (selection bar, pager, foot of a sheet, status bar, the
// phone's tabs), so that none of it is covered. <toast-dock> looks again as long as it shows one.
const docked = '.bulk, .pager, .sheet-foot, .cats .qf, .foot, .tabbar';
const near = 8;

function edge() {
  let top = innerHeight;
  const bars = [...document.querySelectorAll(docked)].map(bar => bar.getBoundingClientRect()).filter(bar => bar.height > 0);
  // From the bottom up, each bar that stands on the one before.
  for (let on = true; on;) {
    const next = bars.find(bar => Math.abs(bar.bottom - top) <= near && bar.top < top - 1);
    on = Boolean(next);
    if (next) top = next.top;
  }
  return innerHeight - top;
}

customElements.define('toast-dock', class extends HTMLElement {
  connectedCallback() {
    this.watch = new MutationObserver(() => this.follow());
    this.watch.observe(this, { childList: true });
    this.follow();
  }

  follow() {
    clearTimeout(this.again);
    if (!this.childElementCount) return;
    this.style.setProperty('--toast-lift', `${edge()}px`);
    this.again = setTimeout(() => this.follow(), 250);
  }

  disconnectedCallback() {
    this.watch.disconnect();
    clearTimeout(this.again);
  }
});
