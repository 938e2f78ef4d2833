import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { programEntry } from '../../src/supervisor/host/program-entry.js';
import { ROOT } from '../tidy/sources.js';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** Each program with the variants of its code cache. */
const CACHES = [
  ['distrifs', 'main'],
  ['distrifs', 'master'],
  ['distrifs', 'datanode'],
  ['lab', 'main'],
  ['host-child', 'master'],
  ['host-child', 'datanode'],
  ['node-worker', 'master'],
  ['node-worker', 'datanode'],
] as const;

test('the build records a code cache for each program, and V8 accepts it', async () => {
  const code = `
    const { compile } = require(${JSON.stringify(join(ROOT, 'bin/load-bundle.cjs'))});
    const caches = ${JSON.stringify(CACHES)};
    console.log(JSON.stringify(caches.map(([name, variant]) => compile(name, variant).cachedDataRejected ?? 'no cache')));`;
  const env = { ...process.env, NODE_OPTIONS: '' };
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', code], { env });
  expect(JSON.parse(stdout)).toEqual(CACHES.map(() => false));
});

test('programEntry finds the bundle of a program, and the module where no bundle was made', () => {
  const moduleOf = (name: string): URL => new URL(`../../src/supervisor/host/${name}.js`, import.meta.url);
  expect(programEntry(moduleOf('host-child')).pathname).toMatch(/\/dist\/bundle\/host-child\.cjs$/);
  expect(programEntry(moduleOf('hosted-node')).pathname).toMatch(/\/dist\/supervisor\/host\/hosted-node\.js$/);
});

/** An installation with the program `distrifs` only. */
function installation(): string {
  const folder = mkdtempSync(join(tmpdir(), 'distrifs-installed-'));
  folders.push(folder);
  cpSync(join(ROOT, 'bin'), join(folder, 'bin'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  cpSync(join(ROOT, 'dist/bundle/distrifs'), join(folder, 'dist/bundle/distrifs'), { recursive: true });
  return folder;
}

const CACHE = 'dist/bundle/distrifs/main.cache';

test.each([
  ['a damaged cache', [], (folder: string) => writeFileSync(join(folder, CACHE), 'no cache')],
  ['no cache', [], (folder: string) => rmSync(join(folder, CACHE))],
  ['other flags of V8', ['--max-old-space-size=256'], () => undefined],
  ['source maps', ['--enable-source-maps'], () => undefined],
])('distrifs with %s starts as with a cache, and writes nothing', (_name, flags, change) => {
  const folder = installation();
  change(folder);
  const before = readdirSync(folder, { recursive: true });
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, join(folder, 'bin/distrifs.cjs'), '--version'], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(readdirSync(folder, { recursive: true })).toEqual(before);
});
