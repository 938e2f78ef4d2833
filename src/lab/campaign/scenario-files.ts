/** Reads the files of a batch: all of them before anything starts. */
import { resolve } from 'node:path';
import { readScenario } from '../scenario/grammar/read-scenario.js';
import type { ErrorEvent } from '../scenario/grammar/problem-event.js';
import type { Scenario } from '../scenario/model/scenario.js';

export interface ScenarioFile {
  /** As it was given. */
  readonly file: string;
  /** The scenario's name, and the file's too where another one has that name. */
  readonly label: string;
  readonly scenario: Scenario;
  /** The file as it was read. */
  readonly source: string;
}

export type ReadFiles =
  | { readonly ok: true; readonly files: readonly ScenarioFile[] }
  | { readonly ok: false; readonly problems: readonly ErrorEvent[] };

export interface ReadOptions {
  /** The option that makes more runs of one file, for the message about one that is given twice. */
  readonly moreRuns: string;
}

/** The scenarios, or all that is wrong with any of the files. Never rejects. @param paths of YAML files */
export async function readScenarioFiles(paths: readonly string[], { moreRuns }: ReadOptions): Promise<ReadFiles> {
  const read = await Promise.all(paths.map(async (file) => ({ file, read: await readScenario(file) })));
  const problems: ErrorEvent[] = [];
  const fit: Omit<ScenarioFile, 'label'>[] = [];
  const seen = new Set<string>();
  for (const { file, read: result } of read) {
    if (seen.has(resolve(file))) {
      // The same seeds again would only look like more evidence.
      problems.push({ event: 'error', message: `"${file}" is given twice: ${moreRuns} makes more runs of it`, file });
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
