// How long a browser waits for the products of a collection: from the click on its address to the first screen of products with their titles.
//   DASHBOARD_PASSWORD=… node collection-to-page.mjs --email you@example.com [--address http://127.0.0.1:5080] [--rounds 20] [--members 5000]
// With --members the demo store's collection "Home page" gets so many products by hand first (it has to have them), and is pulled;
// --demo names the demo store where it is not the port behind the dashboard's.
// The largest collection of the shop stands beside the smallest that has products: what both take is the page, not its members.
import { parseArgs } from 'node:util';
import { call, launch, openPages, readPassword, spread } from './open-pages.mjs';

const { values } = parseArgs({
  options: { address: { type: 'string', default: 'http://127.0.0.1:5080' }, email: { type: 'string' }, rounds: { type: 'string', default: '20' }, members: { type: 'string' }, demo: { type: 'string' } },
});
const account = { email: values.email, password: readPassword(values.email) };

/** Puts products into the shop's hand-picked collection "Home page" until it holds as many, and waits for the pull. */
async function fill(members) {
  const { accessToken } = await call(values.address, 'auth/login', null, account);
  const demo = values.demo ?? values.address.replace(/\d+$/, port => String(Number(port) + 1));
  const rows = async kind => (await (await fetch(`${demo}/_demo/state/${kind}`)).text()).trim().split('\n').map(line => JSON.parse(line));
  const home = (await rows('collections')).find(one => one.handle === 'frontpage' || one.title === 'Home page');
  const add = (await rows('products')).slice(0, members).map(product => product.id);
  if (add.length < members) throw new Error(`The shop has ${add.length} products; start it with --demo-products ${members} or more`);
  const put = await fetch(`${demo}/_demo/members`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ id: home.id, add }) });
  if (!put.ok) throw new Error(`The demo store answers ${put.status}: ${await put.text()}`);
  const { id } = await call(values.address, 'sync/parallel/start', accessToken, { kind: 'full' });
  for (let status = ''; status !== 'succeeded'; await new Promise(later => setTimeout(later, 1_000))) {
    ({ status } = await call(values.address, `sync/parallel/status?id=${id}`, accessToken));
    if (status === 'failed') throw new Error('The pull failed; its run says why');
  }
}

async function collections() {
  const { accessToken } = await call(values.address, 'auth/login', null, account);
  const sorted = async sort => (await call(values.address, `collections?size=100&sort=${sort}`, accessToken)).filter(one => one.productsCount > 0);
  return [(await sorted('-products'))[0], (await sorted('products'))[0]];
}

/** Milliseconds until the first row of products has its titles. */
async function open(page, id) {
  await page.goto('about:blank');
  const begun = performance.now();
  await page.goto(`${values.address}/collections/${id}`, { waitUntil: 'commit' });
  await page.waitForFunction(() => { const title = document.querySelector('.mem-row .m p.strong'); return title && title.textContent !== '…'; }, null, { timeout: 60_000, polling: 'raf' });
  return performance.now() - begun;
}

if (values.members) await fill(Number(values.members));
const browser = await launch();
try {
  const { pages: [page] } = await openPages(browser, account, values.address, '/collections', 1, () => {});
  const [largest, smallest] = await collections();
  const times = new Map([[largest, []], [smallest, []]]);
  await open(page, largest.id);
  for (let i = 0; i < Number(values.rounds); i++) for (const [one, taken] of times) taken.push(await open(page, one.id));
  for (const [one, taken] of times) {
    const at = spread(taken);
    console.log(`${one.title}: ${one.productsCount} products   p50 ${at(0.5).toFixed(0)} ms   p95 ${at(0.95).toFixed(0)} ms`);
  }
  console.log(`the largest takes ${(spread(times.get(largest))(0.5) / spread(times.get(smallest))(0.5)).toFixed(2)} times the smallest`);
} finally {
  await browser.close();
}
