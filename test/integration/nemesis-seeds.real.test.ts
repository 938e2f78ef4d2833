/** The general nemesis, from seeds that rotate with the commit, on three masters and on one. A longer campaign: npm run soak */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { firstSeed, seedsText } from '../rotating-seeds.js';
import { ROOT, run } from './processes.js';

interface SeedLine {
  readonly event: string;
  readonly seed: number;
  readonly verdict: string;
  readonly digest: string;
  readonly reasons: readonly string[];
}

const NEMESIS = join(ROOT, 'examples', 'nemesis.yaml');
const folder = mkdtempSync(join(tmpdir(), 'distrifs-nemesis-'));
afterAll(() => rmSync(folder, { recursive: true }));
const SEEDS = 2;
const FROM = firstSeed(SEEDS);
const LIMIT_MS = 900_000;

/** The same with one master: its death stops everything, and its log is the only one. */
function withOneMaster(): string {
  const file = join(folder, 'one-master.yaml');
  const text = readFileSync(NEMESIS, 'utf8').replace('masters: 3', 'masters: 1').replace('name: nemesis', 'name: one-master');
  writeFileSync(file, text);
  return file;
}

async function simulate(scenario: string, ...args: readonly string[]): Promise<SeedLine[]> {
  const { stdout, stderr } = await run('lab', ['sim', scenario, '--json', '--no-record', ...args], {
    timeoutMs: LIMIT_MS,
  });
  expect(stderr).toBe('');
  const lines = stdout.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as SeedLine).filter(({ event }) => event === 'seed');
}

test.each([
  ['three masters', NEMESIS],
  ['one master', withOneMaster()],
])(
  `lab sim examples/nemesis.yaml with %s keeps every guarantee: ${seedsText(FROM, SEEDS)}`,
  async (_, scenario) => {
    const seeds = await simulate(scenario, '--seeds', String(SEEDS), '--from', String(FROM), '--jobs', '2');
    expect(
      seeds.filter(({ verdict }) => verdict !== 'pass').map(({ seed, verdict, reasons }) => ({ seed, verdict, reasons })),
    ).toEqual([]);
    expect(seeds.map(({ seed }) => seed)).toEqual(Array.from({ length: SEEDS }, (_unused, index) => FROM + index));
    expect(new Set(seeds.map(({ digest }) => digest)).size).toBe(SEEDS);
    // In a thread, after others; and alone, without threads.
    const [alone] = await simulate(scenario, '--seeds', '1', '--from', String(FROM + SEEDS - 1));
    expect(alone?.digest).toBe(seeds.at(-1)?.digest);
  },
  LIMIT_MS,
);
