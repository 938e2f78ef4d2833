/** The general nemesis, from the seeds that a user would try first. A longer campaign: npm run soak */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, run } from './processes.js';

interface SeedLine {
  readonly event: string;
  readonly seed: number;
  readonly verdict: string;
  readonly digest: string;
  readonly reasons: readonly string[];
}

const NEMESIS = join(ROOT, 'examples', 'nemesis.yaml');
const SEEDS = 40;
const LIMIT_MS = 480_000;

async function simulate(...args: readonly string[]): Promise<SeedLine[]> {
  const { stdout, stderr } = await run('lab', ['sim', NEMESIS, '--json', '--no-record', ...args], {
    timeoutMs: LIMIT_MS,
  });
  expect(stderr).toBe('');
  const lines = stdout.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as SeedLine).filter(({ event }) => event === 'seed');
}

test(
  `lab sim examples/nemesis.yaml keeps every promise from ${SEEDS} seeds, each a run of its own, equal wherever it runs`,
  async () => {
    const seeds = await simulate('--seeds', String(SEEDS), '--from', '1', '--jobs', '2');
    expect(
      seeds.filter(({ verdict }) => verdict !== 'pass').map(({ seed, verdict, reasons }) => ({ seed, verdict, reasons })),
    ).toEqual([]);
    expect(seeds.map(({ seed }) => seed)).toEqual(Array.from({ length: SEEDS }, (_, index) => index + 1));
    expect(new Set(seeds.map(({ digest }) => digest)).size).toBe(SEEDS);
    // In a thread, after others; and alone, without threads.
    const [alone] = await simulate('--seeds', '1', '--from', String(SEEDS));
    expect(alone?.digest).toBe(seeds.at(-1)?.digest);
  },
  LIMIT_MS,
);
