/** The folders and files that runs write to, created before any run starts: an error here is an error in the arguments. */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectoriesSync } from '../../runtime/node/base/make-directories.js';
import { DfsError } from '../../shared/errors.js';
import { resolveShape } from '../../supervisor/api/cluster-options.js';
import { makeGivenFolder } from '../../supervisor/folder/lab-folder.js';
import { readLabRecord } from '../../supervisor/folder/lab-record.js';
import type { Scenario } from '../scenario/model/scenario.js';
import { messageOf } from '../../shared/error-text.js';

export interface RunPlaces {
  /** The cluster's folder, for a single run only. */
  readonly dir?: string;
  /** Folder of the run folders. */
  readonly record?: string;
  /** Path of a file. */
  readonly junit?: string;
}

/** The word after the option is its value: `--record b.yaml` takes a scenario file as the folder. */
const RECORD_IS_FILE = '--record takes a folder; give scenario files before this option';

function makeFolder(path: string, what: string): void {
  try {
    makeDirectoriesSync(path);
  } catch (error) {
    const reason = messageOf(error);
    throw new DfsError('INVALID_ARGUMENT', `Cannot make the folder ${what}: ${reason}`, { cause: error });
  }
}

function makeRecordFolder(record: string): void {
  if (isFile(record)) throw new DfsError('INVALID_ARGUMENT', `Cannot record runs in "${record}", a file: ${RECORD_IS_FILE}`);
  makeFolder(record, `"${record}" for records (give another one with --record, or use --no-record)`);
}

function isFile(path: string): boolean {
  try {
    return !statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/**
 * Creates the places that are missing.
 * @param cluster shape of the cluster that is to run in `dir`
 * @throws DfsError naming the place, when it cannot be created or holds something else
 */
export function makeRunPlaces({ dir, record, junit }: RunPlaces, cluster: Scenario['cluster']): void {
  if (dir !== undefined) resolveShape({ ...cluster, dir }, readLabRecord(makeGivenFolder(dir))?.shape ?? null);
  if (record !== undefined) makeRecordFolder(record);
  if (junit !== undefined) makeFolder(dirname(junit), `of "${junit}"`);
}
