// The conflict that is open stays in sight while one walks along the queue.
export function reveal() {
  document.querySelector('[data-queue] .q.cur')?.scrollIntoView({ block: 'nearest' });
}
