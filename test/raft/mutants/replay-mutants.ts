/** Replays the planted bugs of a simulation at their recorded seeds, in a process of its own. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Outcome {
  readonly name: string;
  /** Null: the seed did not fail, or fails without the bug as well. */
  readonly seed: number | null;
  readonly problem: string;
}

/** @param folder with the patches */
export function mutantsIn(folder: URL): string[] {
  return readdirSync(folder).flatMap((file) => (file.endsWith('.patch') ? [file.slice(0, -'.patch'.length)] : []));
}

export function recordedSeeds(folder: URL): Record<string, number> {
  return JSON.parse(readFileSync(new URL('seeds.json', folder), 'utf8')) as Record<string, number>;
}

/** @param what the simulation: core or group @returns by name */
export function replayMutants(what: string): Map<string, Outcome> {
  const script = fileURLToPath(new URL('../../../scripts/sim-raft-mutants.mjs', import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [script, '--what', what, '--replay', '--json'], { encoding: 'utf8' });
  if (stderr !== '') throw new Error(stderr);
  const outcomes = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Outcome);
  return new Map(outcomes.map((outcome) => [outcome.name, outcome]));
}
