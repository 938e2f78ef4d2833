/** The places that runs write to, made before anything starts: what is wrong with one is a mistake in the arguments. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DfsError } from '../../shared/errors.js';
import { resolveShape } from '../../supervisor/api/cluster-options.js';
import { makeGivenFolder } from '../../supervisor/folder/lab-folder.js';
import { readLabRecord } from '../../supervisor/folder/lab-record.js';
import type { Scenario } from '../scenario/model/scenario.js';

export interface RunPlaces {
  /** The cluster's folder: of one run only. */
  readonly dir?: string;
  /** Where run folders go. */
  readonly record?: string;
  /** A file. */
  readonly junit?: string;
}

/** What is behind the option is its value: `--record b.yaml` takes a scenario for it. */
const RECORD_IS_FILE = '--record takes a folder, and scenario files stand before it';

function makeFolder(path: string, what: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DfsError('INVALID_ARGUMENT', `Cannot make the folder ${what}: ${reason}`, { cause: error });
  }
}

function makeRecordFolder(record: string): void {
  if (isFile(record)) throw new DfsError('INVALID_ARGUMENT', `Cannot record runs in "${record}", a file: ${RECORD_IS_FILE}`);
  makeFolder(record, `"${record}" for records (give another one with --record, or --no-record)`);
}

function isFile(path: string): boolean {
  try {
    return !statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/**
 * Makes each that is missing.
 * @param cluster what is to run in `dir`
 * @throws DfsError naming the place, when it cannot be made or holds something else
 */
export function makeRunPlaces({ dir, record, junit }: RunPlaces, cluster: Scenario['cluster']): void {
  if (dir !== undefined) resolveShape({ ...cluster, dir }, readLabRecord(makeGivenFolder(dir))?.shape ?? null);
  if (record !== undefined) makeRecordFolder(record);
  if (junit !== undefined) makeFolder(dirname(junit), `of "${junit}"`);
}
