/**
 * The two small files in a lab's folder.
 *   lab.json      what the lab is: its shape, nodes and addresses. Stays as long as the folder.
 *   running.json  who runs it now: there only while it runs, or after the lab was killed.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DfsError } from '../../shared/errors.js';
import type { ClusterShape } from '../api/cluster-options.js';
import type { ProcessIdentity } from './process-identity.js';
import type { NodeRole, RuntimeKind } from '../api/cluster-status.js';

/** Raised when a file changes so that an older lab cannot read it. */
const FORMAT = 1;

export interface LabNode {
  readonly id: string;
  readonly role: NodeRole;
  readonly rack: string;
  /** host:port, the node's own for the lab's life. */
  readonly address: string;
}

/** What the lab must remember of the masters' group. */
export interface GroupRecord {
  /** The lab's own; the cluster's id is made of it. */
  readonly clusterKey: string;
  /** Masters that have served: an empty folder of one of these is a lost disk, and no longer a founder's. */
  readonly founded: readonly string[];
  /** Masters that lost their disk and are not voters again yet. */
  readonly rejoining: readonly string[];
}

export interface LabRecord {
  readonly format: number;
  readonly shape: ClusterShape;
  readonly nodes: readonly LabNode[];
  /** How its nodes were hosted the last time; left out: as processes. */
  readonly runtime?: RuntimeKind;
  /** Left out by labs that had one master only. */
  readonly group?: GroupRecord;
}

export interface RunningRecord {
  readonly format: number;
  /** The process that runs the lab. */
  readonly owner: ProcessIdentity;
  /** The folder goes when the lab ends. */
  readonly temporary: boolean;
  /** The control socket. */
  readonly control: string;
  /** Name of the scenario whose run it is; left out: a lab that people act on. */
  readonly scenario?: string;
  readonly children: readonly (ProcessIdentity & { readonly id: string })[];
}

/** The lab that a folder holds; null when it holds none. @throws DfsError IO_ERROR on a file that is not one of ours */
export function readLabRecord(dir: string): LabRecord | null {
  // Written by writeLabRecord only; the format number guards against other versions.
  return readRecord(join(dir, 'lab.json')) as LabRecord | null;
}

/** Who runs the lab in a folder; null when nobody does. @throws DfsError IO_ERROR on a file that is not one of ours */
export function readRunningRecord(dir: string): RunningRecord | null {
  // Written by writeRunningRecord only.
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
    throw new DfsError('IO_ERROR', `Cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (error) {
    throw new DfsError('IO_ERROR', `${path} is damaged: it is not JSON`, { cause: error });
  }
  if (typeof record !== 'object' || record === null || !('format' in record) || record.format !== FORMAT) {
    throw new DfsError('IO_ERROR', `${path} was written by another version of the lab, or is not a file of the lab`);
  }
  return { ...record, format: FORMAT };
}

/** Replaces the file as a whole, so that no reader finds half of it. */
function writeRecord(path: string, record: object): void {
  writeFileSync(`${path}.tmp`, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}
