// How late browsers show what happens in a shop: from the change in the demo store to the changed row on an open page.
//   DASHBOARD_PASSWORD=… node webhooks-to-page.mjs --email you@example.com [--address http://127.0.0.1:5080 …] [--shop http://127.0.0.1:5081] [--pages 4] [--changes 200]
// Opens the list of products several times in Chromium, changes titles in the demo store at irregular moments, twice a
// second on average, and reads the clock in the page when the title is there. Several --address are nodes of one
// database: the pages are shared out among all. All clocks are this computer's.
import { parseArgs } from 'node:util';
import { launch, openPages, readPassword, spread } from './open-pages.mjs';

const limit = 1000;
const most = 60_000;
// The titles of an earlier run are still in the shop.
const mark = Date.now().toString(36);

function readSettings() {
  const { values } = parseArgs({
    options: {
      address: { type: 'string', multiple: true, default: ['http://127.0.0.1:5080'] },
      shop: { type: 'string', default: 'http://127.0.0.1:5081' },
      email: { type: 'string' },
      pages: { type: 'string', default: '4' },
      changes: { type: 'string', default: '200' },
    },
  });
  return { ...values, password: readPassword(values.email), pages: Number(values.pages), changes: Number(values.changes) };
}

/** Runs inside the page: notes when each changed title was first there. */
function noteTitles() {
  window.seen = {};
  const look = text => {
    for (const [, number] of (text ?? '').matchAll(/Heard (\w+-\d+)/g)) window.seen[number] ??= Date.now();
  };
  new MutationObserver(changes => {
    for (const { target, type, addedNodes } of changes) {
      if (type === 'characterData') look(target.data);
      for (const node of addedNodes) look(node.textContent);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

async function shopProducts(shop) {
  const lines = await (await fetch(new URL('/_demo/state/products', shop))).text();
  return lines.split('\n', 50).filter(line => line !== '').map(line => JSON.parse(line).id);
}

/** Changes titles one after the other; answers when each change was begun. */
async function change({ shop, changes }) {
  const products = await shopProducts(shop);
  const begun = [];
  for (let i = 0; i < changes; i++) {
    begun.push(Date.now());
    const answer = await fetch(new URL('/_demo/edit', shop), {
      method: 'POST',
      body: JSON.stringify({ kind: 'product', id: products[i % products.length], set: { title: `Heard ${mark}-${i}` } }),
    });
    if (!answer.ok) throw new Error(`The shop answered ${answer.status}: ${await answer.text()}`);
    await new Promise(later => setTimeout(later, 100 + Math.random() * 800));
  }
  return begun;
}

async function seenBy(page, changes) {
  const all = ([mark, count]) => Object.keys(window.seen).filter(one => one.startsWith(mark)).length >= count;
  await page.waitForFunction(all, [mark, changes], { timeout: most }).catch(() => {});
  return page.evaluate(() => window.seen);
}

const settings = readSettings();
const browser = await launch();
let missed = false;
try {
  const share = Math.ceil(settings.pages / settings.address.length);
  const nodes = [];
  for (const address of settings.address) nodes.push(await openPages(browser, settings, address, '/products', share, noteTitles));
  for (const page of nodes.flatMap(node => node.pages)) await page.locator('table.products tbody tr').first().waitFor();
  const begun = await change(settings);
  console.log(`webhooks in pages: ${share * nodes.length} open lists of products, ${begun.length} titles changed in the shop`);
  for (const { address, pages } of nodes) {
    const lags = [];
    let never = 0;
    for (const page of pages) {
      const seen = await seenBy(page, begun.length);
      begun.forEach((at, i) => (seen[`${mark}-${i}`] === undefined ? never++ : lags.push(seen[`${mark}-${i}`] - at)));
    }
    const at = spread(lags);
    const reached = never === 0 && at(0.95) < limit;
    missed ||= !reached;
    console.log(`  ${address}  ${lags.length} seen, ${never} never   p50 ${at(0.5)} ms   p95 ${at(0.95)} ms   most ${at(1)} ms   goal p95 < ${limit} ms   ${reached ? 'reached' : 'MISSED'}`);
  }
} finally {
  await browser.close();
}
process.exitCode = missed ? 1 : 0;
