// Fetches Shopify's published Admin schema into .schema/ (git-ignored): 14 MB download, 0.9 MB kept.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { schemaFile } from './schema.mjs';

const PACKAGE = '@shopify/dev-mcp@1.16.0';
const INSIDE = 'package/dist/data/admin_2026-10.json.gz';

if (existsSync(schemaFile) && !process.argv.includes('--force')) {
  console.log(`The schema is already there: ${schemaFile}`);
  process.exit(0);
}

const folder = mkdtempSync(join(tmpdir(), 'shopify-schema-'));
try {
  console.log(`Packing ${PACKAGE} …`);
  execFileSync('npm', ['pack', PACKAGE, '--silent'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  const archive = readdirSync(folder).find(name => name.endsWith('.tgz'));
  if (!archive) throw new Error(`npm pack left no archive in ${folder}`);
  execFileSync('tar', ['-xzf', archive, INSIDE], { cwd: folder, stdio: 'inherit' });
  mkdirSync(join(schemaFile, '..'), { recursive: true });
  cpSync(join(folder, INSIDE), schemaFile);
  console.log(`The schema is ready: ${schemaFile}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
