// What the scripts share that watch pages of a started dashboard in the computer's own Chromium (CHROMIUM names another).
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The password of the account comes by the environment: arguments are seen by everybody. */
export function readPassword(email) {
  const password = process.env.DASHBOARD_PASSWORD;
  if (!email || !password) {
    throw new Error('Give --email of an account that may pull, and its password in the environment as DASHBOARD_PASSWORD');
  }
  return password;
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

export const launch = () => loadPlaywright().chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--disable-background-timer-throttling', '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows'],
});

async function signIn(context, { email, password }) {
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.getByLabel('E-mail', { exact: true }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(address => !address.pathname.startsWith('/sign-in'));
  await page.close();
}

/** Signs in at a node and opens a path of it many times; `script` runs in each page before everything else. */
export async function openPages(browser, account, address, path, count, script) {
  const context = await browser.newContext({ baseURL: address });
  await signIn(context, account);
  await context.addInitScript(script);
  const pages = [];
  for (let i = 0; i < count; i++) {
    const page = await context.newPage();
    await page.goto(path);
    await page.locator('h1').first().waitFor();
    pages.push(page);
  }
  return { address, pages };
}

export async function call(address, path, token, body) {
  const answer = await fetch(`${address}/api/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()).data;
}

/** Says where a part of some milliseconds lies: `of(0.95)`. */
export function spread(milliseconds) {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  return part => sorted[Math.floor((sorted.length - 1) * part)];
}
