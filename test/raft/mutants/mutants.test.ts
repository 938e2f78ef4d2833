/** The simulated groups find bugs of the core: each planted one fails at its recorded seed, which passes without it. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';

interface Outcome {
  readonly name: string;
  /** Null: the seed did not fail, or fails without the bug as well. */
  readonly seed: number | null;
  readonly problem: string;
}

const HERE = new URL('.', import.meta.url);
const NAMES = readdirSync(HERE).flatMap((file) => (file.endsWith('.patch') ? [file.slice(0, -'.patch'.length)] : []));

const REPLAY_MS_MAX = 240_000;

const outcomes = new Map<string, Outcome>();

beforeAll(() => {
  const script = fileURLToPath(new URL('../../../scripts/sim-raft-mutants.mjs', HERE));
  const { stdout, stderr } = spawnSync(process.execPath, [script, '--replay', '--json'], { encoding: 'utf8' });
  if (stderr !== '') throw new Error(stderr);
  for (const line of stdout.trim().split('\n')) {
    const outcome = JSON.parse(line) as Outcome;
    outcomes.set(outcome.name, outcome);
  }
}, REPLAY_MS_MAX);

test.each(NAMES)('sim:raft: the planted bug %s is found', (name) => {
  const outcome = outcomes.get(name);
  const why = `${outcome?.problem ?? 'it was not tried'}. A change of the core or of the simulation shifts what a seed does: npm run sim:raft:mutants -- ${name} --record`;
  expect(outcome?.seed, why).toEqual(expect.any(Number));
});

test('every recorded seed is of a planted bug', () => {
  const seeds = JSON.parse(readFileSync(new URL('seeds.json', HERE), 'utf8')) as Record<string, number>;
  expect(Object.keys(seeds).sort()).toEqual(NAMES.toSorted());
});
