/** Runs a scenario file on processes, once or several times, from reading it to the verdict and exit code. */
import { randomInt } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import type { BreakableCluster, ClusterOptions } from '../types.js';
import type { Repetition } from '../runs/run-results.js';
import { connectFileClient } from './connect-client.js';
import { isTemporary } from './final-state.js';
import { ProcessRun } from './process-run.js';
import type { ScenarioWorld } from './process-run.js';
import { readScenario } from './read-scenario.js';
import { repetitionSeeds } from './repetitions.js';
import { textLines } from './run-events.js';
import type { RunEvent } from './run-events.js';
import { EXIT } from './verdict-event.js';

export interface RunScenarioOptions {
  /** Path of the YAML file. */
  readonly file: string;
  /** Instead of the seed in the file. */
  readonly seed?: number;
  /** Runs, one after the other, each from a seed of its own. Left out: one. */
  readonly repeat?: number;
  /** One JSON object a line instead of text. */
  readonly json: boolean;
  /** Keeps the cluster's data. Left out: a fresh folder, removed at the end. Not with several runs. */
  readonly dir?: string;
  /** Keeps a record of each run in a folder below this one, for `lab check`. */
  readonly record?: string;
  /** Fires when a person interrupts: the cluster is cleaned up and the exit code is 130. */
  readonly signal: AbortSignal;
  /** A line of results, without the line feed. */
  readonly write: (line: string) => void;
  /** A line about what is wrong. */
  readonly writeError: (line: string) => void;
}

const REAL_WORLD: ScenarioWorld = {
  connect: connectFileClient,
  startCluster: async (options: ClusterOptions): Promise<BreakableCluster> => {
    const { Cluster } = await import('../cluster.js');
    return Cluster.start(options);
  },
  temporaryFiles: async (control) => {
    const folders = await Promise.all(control.datanodes().map(({ dataDir }) => readdir(dataDir)));
    return folders.flat().filter(isTemporary).length;
  },
};

/** The exit codes that a run may have, the worst first. */
const BY_WEIGHT: readonly number[] = [EXIT.interrupted, EXIT.fail, EXIT.labFailed, EXIT.unknown, EXIT.pass];

function sumText(codes: readonly number[], runs: number): string {
  const count = (code: number): number => codes.filter((other) => other === code).length;
  const others = codes.length - count(EXIT.pass) - count(EXIT.fail) - count(EXIT.unknown);
  return (
    `${codes.length} of ${runs} runs: ${count(EXIT.pass)} pass, ${count(EXIT.fail)} fail, ${count(EXIT.unknown)} unknown` +
    (others > 0 ? `, ${others} did not end` : '')
  );
}

/**
 * Runs the scenario. Never rejects.
 * @returns the exit code, of several runs that of the worst: 0 pass, 1 a promise broken, 2 unknown, 254 bad file, 255 the lab itself
 * failed, 130 interrupted
 */
export async function runScenario(options: RunScenarioOptions, world: ScenarioWorld = REAL_WORLD): Promise<number> {
  const { file, json, signal, write, writeError, repeat: runs = 1 } = options;
  const print = (event: RunEvent): void => {
    if (json) write(JSON.stringify(event));
    else for (const line of textLines(event)) (event.event === 'error' ? writeError : write)(line);
  };
  if (runs > 1 && options.dir !== undefined) {
    print({ event: 'error', message: 'Several runs cannot share one folder: leave out either --dir or --repeat' });
    return EXIT.badFile;
  }
  const read = await readScenario(file);
  if (!read.ok) {
    for (const problem of read.problems) print(problem);
    return EXIT.badFile;
  }
  const { scenario, source } = read;
  const firstSeed = options.seed ?? scenario.seed ?? randomInt(2 ** 32);
  const firstFrom = options.seed !== undefined ? 'option' : scenario.seed === undefined ? 'chance' : 'file';
  const codes: number[] = [];
  for (const [index, seed] of repetitionSeeds(firstSeed, runs).entries()) {
    const repetition: Repetition | undefined = runs === 1 ? undefined : { number: index + 1, of: runs, firstSeed };
    const seedFrom = index === 0 ? firstFrom : 'repetition';
    const { dir, record } = options;
    const run = new ProcessRun({ scenario, source, seed, seedFrom, repetition, dir, record, signal, print }, world);
    codes.push(await run.run());
    if (signal.aborted) break;
  }
  if (runs > 1) {
    if (!json) write(sumText(codes, runs));
    else write(JSON.stringify({ event: 'summary', runs: codes.length, exitCodes: codes }));
  }
  return BY_WEIGHT.find((code) => codes.includes(code)) ?? EXIT.labFailed;
}
