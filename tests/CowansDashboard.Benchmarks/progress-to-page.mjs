// How late browsers show the progress of a run: from the published tick to the changed page.
//   DASHBOARD_PASSWORD=… node progress-to-page.mjs --email you@example.com [--address http://127.0.0.1:5080 …] [--pages 10] [--pulls 3]
// Opens the Sync page many times in the computer's own Chromium (CHROMIUM names another), starts pulls, and reads the
// clock in the page at every change. Several --address are nodes of one database: the first starts the pulls, the
// pages are shared out among all. All clocks are this computer's.
import { parseArgs } from 'node:util';
import { call, launch, openPages, readPassword, spread } from './open-pages.mjs';

const limit = 250;

function readSettings() {
  const { values } = parseArgs({
    options: {
      address: { type: 'string', multiple: true, default: ['http://127.0.0.1:5080'] },
      email: { type: 'string' },
      pages: { type: 'string', default: '10' },
      pulls: { type: 'string', default: '3' },
    },
  });
  return { ...values, password: readPassword(values.email), pages: Number(values.pages), pulls: Number(values.pulls) };
}

/** Runs inside the page: notes the age of every tick at the moment in which the page has changed. */
function noteAges() {
  window.ages = [];
  const note = element => window.ages.push(Date.now() - Number(element.dataset.published));
  new MutationObserver(changes => {
    const told = new Set();
    for (const { target, type, addedNodes } of changes) {
      if (type === 'attributes') told.add(target);
      for (const node of addedNodes) {
        if (node.dataset?.published) told.add(node);
      }
    }
    told.forEach(note);
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-published'] });
}

async function pull(address, token) {
  const { id } = await call(address, 'sync/parallel/start', token, { kind: 'full' });
  for (;;) {
    const { status } = await call(address, `sync/parallel/status?id=${id}`, token);
    if (status === 'succeeded') return;
    if (!['enqueued', 'running', 'waiting'].includes(status)) throw new Error(`The pull is ${status}`);
    await new Promise(later => setTimeout(later, 500));
  }
}

const settings = readSettings();
const browser = await launch();
let missed = false;
try {
  const share = Math.ceil(settings.pages / settings.address.length);
  const nodes = [];
  for (const address of settings.address) nodes.push(await openPages(browser, settings, address, '/sync', share, noteAges));
  const { accessToken } = await call(settings.address[0], 'auth/login', null, { email: settings.email, password: settings.password });
  for (let i = 0; i < settings.pulls; i++) await pull(settings.address[0], accessToken);
  console.log(`progress in pages: ${settings.pages} open pages, ${settings.pulls} pulls`);
  for (const { address, pages } of nodes) {
    const ages = (await Promise.all(pages.map(page => page.evaluate(() => window.ages)))).flat();
    const at = spread(ages);
    missed ||= !(at(0.95) < limit);
    console.log(`  ${address}  ${ages.length} changes  p50 ${at(0.5)} ms  p95 ${at(0.95)} ms  most ${at(1)} ms  limit p95 ${limit} ms`);
  }
} finally {
  await browser.close();
}
process.exitCode = missed ? 1 : 0;
