// The eye beside a password shows it while it is pressed in.
document.addEventListener('click', event => {
  const eye = event.target.closest?.('[data-reveal]');
  if (!eye) return;
  const box = document.getElementById(eye.dataset.reveal);
  const shown = box.type === 'password';
  box.type = shown ? 'text' : 'password';
  eye.setAttribute('aria-pressed', String(shown));
  box.focus();
});

// One press, one request: a second press while the server checks the password would count as another try.
document.addEventListener('submit', event => {
  const button = event.target.querySelector('button[type="submit"]');
  if (!button) return;
  if (button.dataset.sent) { event.preventDefault(); return; }
  button.dataset.sent = 'yes';
  addEventListener('pageshow', () => delete button.dataset.sent, { once: true });
});
