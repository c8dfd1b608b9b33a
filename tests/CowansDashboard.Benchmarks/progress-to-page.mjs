// How late browsers show the progress of a run: from the published tick to the changed page.
//   DASHBOARD_PASSWORD=… node progress-to-page.mjs --email you@example.com [--address http://127.0.0.1:5080 …] [--pages 10] [--pulls 3]
// Opens the Sync page many times in the computer's own Chromium (CHROMIUM names another), starts pulls, and reads the
// clock in the page at every change. Several --address are nodes of one database: the first starts the pulls, the
// pages are shared out among all. All clocks are this computer's.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

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
  const password = process.env.DASHBOARD_PASSWORD;
  if (!values.email || !password) {
    throw new Error('Give --email of an account that may pull, and its password in the environment as DASHBOARD_PASSWORD');
  }
  return { ...values, password, pages: Number(values.pages), pulls: Number(values.pulls) };
}

function loadPlaywright() {
  const folder = join(tmpdir(), 'cowan-benchmark-tools');
  const require = createRequire(join(folder, 'index.js'));
  try {
    return require('playwright-core');
  } catch {
    execFileSync('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', 'playwright-core@1'], { stdio: 'inherit' });
    return require('playwright-core');
  }
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

async function signIn(context, { email, password }) {
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.getByLabel('E-mail', { exact: true }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(address => !address.pathname.startsWith('/sign-in'));
  await page.close();
}

async function openPages(browser, settings, address, count) {
  const context = await browser.newContext({ baseURL: address });
  await signIn(context, settings);
  await context.addInitScript(noteAges);
  const pages = [];
  for (let i = 0; i < count; i++) {
    const page = await context.newPage();
    await page.goto('/sync');
    await page.locator('h1').first().waitFor();
    pages.push(page);
  }
  return { address, pages };
}

async function call(address, path, token, body) {
  const answer = await fetch(`${address}/api/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()).data;
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
const browser = await loadPlaywright().chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--disable-background-timer-throttling', '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows'],
});
let missed = false;
try {
  const share = Math.ceil(settings.pages / settings.address.length);
  const nodes = [];
  for (const address of settings.address) nodes.push(await openPages(browser, settings, address, share));
  const { accessToken } = await call(settings.address[0], 'auth/login', null, { email: settings.email, password: settings.password });
  for (let i = 0; i < settings.pulls; i++) await pull(settings.address[0], accessToken);
  console.log(`progress in pages: ${settings.pages} open pages, ${settings.pulls} pulls`);
  for (const { address, pages } of nodes) {
    const ages = (await Promise.all(pages.map(page => page.evaluate(() => window.ages)))).flat().sort((a, b) => a - b);
    const at = part => ages[Math.floor((ages.length - 1) * part)];
    missed ||= !(at(0.95) < limit);
    console.log(`  ${address}  ${ages.length} changes  p50 ${at(0.5)} ms  p95 ${at(0.95)} ms  most ${ages.at(-1)} ms  limit p95 ${limit} ms`);
  }
} finally {
  await browser.close();
}
process.exitCode = missed ? 1 : 0;
