// Takes the pictures in docs/pictures of a started dashboard: each page light, dark and on a phone.
//   DASHBOARD_PASSWORD=… node docs/take-pictures.mjs --email you@example.com [--address http://127.0.0.1:5080] [--only schedules,removed]
// It drives the computer's own Chromium (CHROMIUM names another) and needs a shop that was pulled.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, 'pictures');
const tools = join(here, 'node_modules');

const looks = {
  light: { theme: 'light', viewport: { width: 1440, height: 900 } },
  dark: { theme: 'dark', viewport: { width: 1440, height: 900 } },
  phone: { theme: 'light', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
};

// `find` opens the first link of its kind on the page at `path`; `act` does there what a person would do to come to the page.
const pages = [
  { name: 'sign-in', title: 'Signing in', path: '/sign-in', door: true },
  { name: 'overview', title: 'Overview', path: '/' },
  { name: 'products', title: 'Products', path: '/products' },
  { name: 'product', title: 'A product', path: '/products', find: ':is(a[href*="/products/"], a[href^="products/"]):not([href*="products/new"])' },
  { name: 'removed', title: 'Removed products', path: '/products?sync=removed' },
  { name: 'spreadsheet', title: 'A spreadsheet of variants', path: '/products', act: openSpreadsheet },
  { name: 'collections', title: 'Collections', path: '/collections' },
  { name: 'collection', title: 'A collection', path: '/collections?sort=-products', find: '.prod a[href*="collections/"]' },
  { name: 'categories', title: 'Categories', path: '/categories' },
  { name: 'product-types', title: 'Product types', path: '/product-types' },
  { name: 'conflicts', title: 'Conflicts', path: '/conflicts' },
  { name: 'history', title: 'History', path: '/history', find: 'a[href*="history/"], a[href*="set="]' },
  { name: 'sync', title: 'Sync', path: '/sync' },
  { name: 'push-plan', title: 'A push plan', path: '/sync/push', find: 'a[href*="sync/push/"]' },
  { name: 'run', title: 'A run', path: '/sync', find: 'a[href*="sync/runs/"]' },
  { name: 'drift', title: 'Drift', path: '/drift' },
  { name: 'webhooks', title: 'Webhooks', path: '/webhooks' },
  { name: 'schedules', title: 'Schedules', path: '/schedules' },
  { name: 'settings', title: 'Settings', path: '/settings' },
];

async function openSpreadsheet(page) {
  for (let row = 1; row <= 8; row++) await page.locator('.grid-rows input[type=checkbox]:visible').nth(row).click();
  await page.getByRole('button', { name: 'Spreadsheet' }).click();
  await page.waitForURL('**/products/sheet/**');
  await settle(page);
  await page.locator('a[href*="of=variants"]').click();
}

function readSettings() {
  const { values } = parseArgs({ options: { address: { type: 'string', default: 'http://127.0.0.1:5080' }, email: { type: 'string' }, only: { type: 'string' } } });
  const password = process.env.DASHBOARD_PASSWORD;
  if (!values.email || !password) {
    throw new Error('Give --email of an account that signs in, and its password in the environment as DASHBOARD_PASSWORD');
  }
  return { ...values, password };
}

/** playwright-core is no dependency of the product: it is fetched here, into a folder that git ignores. */
function loadPlaywright() {
  const require = createRequire(import.meta.url);
  try {
    return require('playwright-core');
  } catch {
    console.log('Installing playwright-core …');
    execFileSync('npm', ['install', '--prefix', here, '--no-save', '--no-package-lock', '--no-audit', '--no-fund', 'playwright-core@1'], { stdio: 'inherit' });
    return require(join(tools, 'playwright-core'));
  }
}

async function signIn(page, { email, password }) {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail', { exact: true }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(address => !address.pathname.startsWith('/sign-in')).catch(() => {
    throw new Error(`${email} could not sign in: ${page.url()}`);
  });
}

/** Waits until nothing on the page is loading any more: no skeleton, all pictures there, fonts ready. */
async function settle(page) {
  await page.locator('h1:visible, h2:visible').first().waitFor();
  await page.waitForFunction(() => {
    // Pictures below the fold, or in what a phone hides, are fetched only when somebody gets to see them.
    const seen = [...document.images].filter(image => image.offsetParent && image.getBoundingClientRect().top < innerHeight);
    return !document.querySelector('.skeleton, [aria-busy="true"]') && seen.every(image => image.complete);
  });
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(500);
}

async function takeOne(page, { name, path, find, act }, look) {
  await page.goto(path);
  await settle(page);
  if (find) {
    const href = await page.locator(find).first().getAttribute('href', { timeout: 10_000 });
    await page.goto(new URL(href, page.url()).href);
    await settle(page);
  }
  if (act) {
    await act(page);
    await settle(page);
  }
  await page.screenshot({ path: join(folder, `${name}-${look}.png`) });
  console.log(`${name}-${look}.png`);
}

async function takeAll(browser, settings, look) {
  const { theme, ...options } = looks[look];
  const context = await browser.newContext({ ...options, baseURL: settings.address, locale: 'en-GB', colorScheme: theme });
  await context.addCookies([{ name: 'cowans-theme', value: theme, url: settings.address }]);
  const page = await context.newPage();
  const wanted = pages.filter(one => !settings.only || settings.only.split(',').includes(one.name));
  for (const one of wanted.filter(one => one.door)) await takeOne(page, one, look);
  await signIn(page, settings);
  for (const one of wanted.filter(one => !one.door)) await takeOne(page, one, look);
  await context.close();
}

function writeIndex() {
  const row = ({ name, title }) => `| ${title} | ${Object.keys(looks).map(look => `![${title}, ${look}](${name}-${look}.png)`).join(' | ')} |`;
  const head = `| | ${Object.keys(looks).join(' | ')} |\n|---|${Object.keys(looks).map(() => '---').join('|')}|`;
  writeFileSync(join(folder, 'README.md'), `# Pictures\n\nTaken of the demo shop by \`docs/take-pictures.mjs\`.\n\n${head}\n${pages.map(row).join('\n')}\n`);
}

try {
  const settings = readSettings();
  const { chromium } = loadPlaywright();
  mkdirSync(folder, { recursive: true });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
  });
  for (const look of Object.keys(looks)) await takeAll(browser, settings, look);
  await browser.close();
  writeIndex();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
