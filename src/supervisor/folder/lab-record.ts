/**
 * The two small files in a lab's folder.
 *   lab.json      the lab: its shape, nodes and addresses. Stays as long as the folder.
 *   running.json  the process that runs the lab: exists while the lab runs, or after the lab was killed.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DfsError } from '../../shared/errors.js';
import type { ClusterShape } from '../api/cluster-options.js';
import type { ProcessIdentity } from './process-identity.js';
import type { NodeRole, RuntimeKind } from '../api/cluster-status.js';
import { messageOf } from '../../shared/error-text.js';

/** Incremented when a file changes so that an older lab cannot read it. */
const FORMAT = 1;

export interface LabNode {
  readonly id: string;
  readonly role: NodeRole;
  readonly rack: string;
  /** host:port, fixed for the life of the lab. */
  readonly address: string;
}

/** State of the masters' group that the lab must remember. */
export interface GroupRecord {
  /** Random; the cluster's id is derived from it. */
  readonly clusterKey: string;
  /** Masters that have served: an empty folder of such a master is a lost disk, not that of a new master. */
  readonly founded: readonly string[];
  /** Masters that lost their disk and are not voters again yet. */
  readonly rejoining: readonly string[];
}

export interface LabRecord {
  readonly format: number;
  readonly shape: ClusterShape;
  readonly nodes: readonly LabNode[];
  /** How the nodes were hosted the last time. Default: as processes. */
  readonly runtime?: RuntimeKind;
  /** Absent in files of labs with one master only. */
  readonly group?: GroupRecord;
}

export interface RunningRecord {
  readonly format: number;
  /** The process that runs the lab. */
  readonly owner: ProcessIdentity;
  /** True when the folder is removed at the end of the lab. */
  readonly temporary: boolean;
  /** Path of the control socket. */
  readonly control: string;
  /** Name of the scenario that is running. Absent for an interactive lab. */
  readonly scenario?: string;
  readonly children: readonly (ProcessIdentity & { readonly id: string })[];
}

/** The lab in a folder; null when the folder holds none. @throws DfsError IO_ERROR on a file of another origin */
export function readLabRecord(dir: string): LabRecord | null {
  // Only writeLabRecord writes this file; the format number excludes other versions.
  return readRecord(join(dir, 'lab.json')) as LabRecord | null;
}

/** The process that runs the lab in a folder; null when there is none. @throws DfsError IO_ERROR on a file of another origin */
export function readRunningRecord(dir: string): RunningRecord | null {
  // Only writeRunningRecord writes this file.
  return readRecord(join(dir, 'running.json')) as RunningRecord | null;
}

export function writeLabRecord(dir: string, record: Omit<LabRecord, 'format'>): void {
  writeRecord(join(dir, 'lab.json'), { format: FORMAT, ...record });
}

export function writeRunningRecord(dir: string, record: Omit<RunningRecord, 'format'>): void {
  writeRecord(join(dir, 'running.json'), { format: FORMAT, ...record });
}

export function removeRunningRecord(dir: string): void {
  rmSync(join(dir, 'running.json'), { force: true });
}

function readRecord(path: string): { readonly format: number } | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw new DfsError('IO_ERROR', `Cannot read ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (error) {
    throw new DfsError('IO_ERROR', `${path} is damaged: the file is not JSON`, { cause: error });
  }
  if (typeof record !== 'object' || record === null || !('format' in record) || record.format !== FORMAT) {
    throw new DfsError('IO_ERROR', `${path} was written by another version of the lab, or is not a file of the lab`);
  }
  return { ...record, format: FORMAT };
}

/** Replaces the file atomically, so that no reader finds half of it. */
function writeRecord(path: string, record: object): void {
  writeFileSync(`${path}.tmp`, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}
