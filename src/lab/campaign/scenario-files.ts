/** Reads all files of a batch before any run starts. */
import { resolve } from 'node:path';
import { readScenario } from '../scenario/grammar/read-scenario.js';
import type { ErrorEvent } from '../scenario/grammar/problem-event.js';
import type { Scenario } from '../scenario/model/scenario.js';

export interface ScenarioFile {
  /** The path as given. */
  readonly file: string;
  /** The scenario's name, with the file's name when another file has the same scenario name. */
  readonly label: string;
  readonly scenario: Scenario;
  /** Text of the file. */
  readonly source: string;
}

export type ReadFiles =
  | { readonly ok: true; readonly files: readonly ScenarioFile[] }
  | { readonly ok: false; readonly problems: readonly ErrorEvent[] };

export interface ReadOptions {
  /** The option for more runs of one file, named in the message about a duplicate file. */
  readonly moreRuns: string;
}

/** The scenarios, or all problems of the files. Never rejects. @param paths of YAML files */
export async function readScenarioFiles(paths: readonly string[], { moreRuns }: ReadOptions): Promise<ReadFiles> {
  const read = await Promise.all(paths.map(async (file) => ({ file, read: await readScenario(file) })));
  const problems: ErrorEvent[] = [];
  const fit: Omit<ScenarioFile, 'label'>[] = [];
  const seen = new Set<string>();
  for (const { file, read: result } of read) {
    if (seen.has(resolve(file))) {
      // A second run of the same seeds only looks like additional evidence.
      problems.push({ event: 'error', message: `"${file}" is given twice: use ${moreRuns} for more runs of one file`, file });
      continue;
    }
    seen.add(resolve(file));
    if (!result.ok) {
      problems.push(...result.problems);
      continue;
    }
    const { scenario, source } = result;
    fit.push({ file, scenario, source });
  }
  if (problems.length > 0) return { ok: false, problems };
  const isShared = (name: string): boolean => fit.filter(({ scenario }) => scenario.name === name).length > 1;
  const labelled = fit.map((entry) => {
    const { name } = entry.scenario;
    return { ...entry, label: isShared(name) ? `${name} (${entry.file})` : name };
  });
  return { ok: true, files: labelled };
}
