/** A state machine driven by hand: entries as a leader would log them, with a replica that replays each to compare digests. */
import { expect } from 'vitest';
import type { LogOperation } from '../../src/master/state/operations/log-operation.js';
import type { Answer } from '../../src/master/state/tables/answer.js';
import { encodeEntryData } from '../../src/master/state/operations/log-entry.js';
import type { CommittedEntry } from '../../src/master/state/tables/replicated-state.js';
import { StateMachine } from '../../src/master/state/operations/state-machine.js';

export const CLUSTER_ID = '01234567-89ab-4def-8123-456789abcdef';
export const CHUNK = 65_536;

const placesOf = (nodeIds: readonly string[]) => nodeIds.map((nodeId) => ({ nodeId, address: `${nodeId}:1` }));

export class Script {
  readonly machine: StateMachine;
  readonly #entries: CommittedEntry[] = [];
  term = 1;
  #sequence = 0;
  sessionId = 0;
  nowMs = 1_000;

  constructor(settings: { readonly minReplicas?: number; readonly sessionTimeoutMs?: number } = {}, loaded?: StateMachine) {
    this.machine = loaded ?? new StateMachine();
    if (loaded !== undefined) return;
    this.apply({
      operation: 'initCluster',
      initCluster: {
        clusterId: CLUSTER_ID,
        groupId: '',
        defaultReplication: 3,
        defaultChunkSizeBytes: CHUNK,
        minReplicas: settings.minReplicas ?? 2,
        sessionTimeoutMs: settings.sessionTimeoutMs ?? 60_000,
        founders: [{ masterId: 'm-1', address: 'm-1:7000' }],
      },
    });
    this.sessionId = this.openSession();
  }

  openSession(): number {
    return this.apply({ operation: 'openSession', openSession: { clientName: 'test', skippedIds: 0 } }).sessionId ?? 0;
  }

  /** Applies an entry and keeps its bytes. */
  apply(operation: LogOperation): Answer {
    this.nowMs += 1;
    const data = encodeEntryData({ ...operation, logTimeMs: this.nowMs, wallTimeMs: 5_000_000 + this.nowMs });
    return this.#commit({ index: this.machine.appliedIndex + 1, term: this.term, data });
  }

  /** A term begins. */
  beginTerm(): void {
    this.term += 1;
    this.#commit({ index: this.machine.appliedIndex + 1, term: this.term, data: null });
  }

  #commit(entry: CommittedEntry): Answer {
    this.#entries.push(entry);
    return this.machine.apply(entry);
  }

  /** The same clients with another master, which has the state that this one has now. */
  continuedOn(machine: StateMachine): Script {
    const script = new Script({}, machine);
    script.#sequence = this.#sequence;
    script.sessionId = this.sessionId;
    script.nowMs = this.nowMs;
    script.term = this.term;
    return script;
  }

  /** The state of a master that recovers from the same log. */
  replayed(): StateMachine {
    const machine = new StateMachine();
    for (const entry of this.#entries) machine.apply(entry);
    return machine;
  }

  expectReplayEqual(): void {
    expect(this.replayed().digest()).toBe(this.machine.digest());
  }

  header(sequence = ++this.#sequence, sessionId = this.sessionId) {
    return { clusterId: CLUSTER_ID, sessionId, sequence, ackedBelow: 1 };
  }

  /** The same, and everything before is acknowledged. */
  ackingHeader() {
    const header = this.header();
    return { ...header, ackedBelow: header.sequence };
  }

  mkdir(path: string, recursive = false): Answer {
    const request = { header: this.ackingHeader(), path, recursive, owner: 'o', group: 'g', mode: 0o755 };
    return this.apply({ operation: 'makeDirectory', makeDirectory: request });
  }

  rename(fromPath: string, toPath: string, keepsLimits = true): Answer {
    return this.apply({ operation: 'rename', rename: { header: this.ackingHeader(), fromPath, toPath, keepsLimits } });
  }

  delete(path: string, recursive = false): Answer {
    return this.apply({ operation: 'delete', delete: { header: this.ackingHeader(), path, recursive } });
  }

  create(
    path: string,
    options: { overwrite?: boolean; takeOverFileId?: number; header?: ReturnType<Script['header']>; pipeline?: string[] } = {},
  ): Answer {
    const request = {
      header: options.header ?? this.ackingHeader(),
      path,
      replication: 0,
      chunkSizeBytes: 0,
      overwrite: options.overwrite ?? false,
      owner: 'o',
      group: 'g',
      mode: 0o644,
      firstChunk: null,
    };
    const create = { request, takeOverFileId: options.takeOverFileId ?? 0 };
    if (options.pipeline === undefined) return this.apply({ operation: 'createFile', createFile: create });
    const assign = { request: null, term: 1, pipeline: placesOf(options.pipeline), versionStamp: 0 };
    return this.apply({ operation: 'createPlanned', createPlanned: { create, assign } });
  }

  assign(fileId: number, index: number, nodeIds: readonly string[] = ['dn-1', 'dn-2', 'dn-3']): Answer {
    const request = { header: this.ackingHeader(), fileId, index, excludedNodeIds: [], localNodeId: '', expectedBytes: 0 };
    return this.apply({
      operation: 'assignChunk',
      assignChunk: { request, term: 1, pipeline: placesOf(nodeIds), versionStamp: 0 },
    });
  }

  commit(
    fileId: number,
    plan: { chunkId: number; fromVersion: number; version: number },
    lengthBytes = CHUNK,
    nodeIds: string[] = ['dn-1', 'dn-2', 'dn-3'],
  ): Answer {
    const { chunkId, fromVersion, version: toVersion } = plan;
    const header = this.ackingHeader();
    return this.apply({
      operation: 'commitVersion',
      commitVersion: { header, fileId, chunkId, fromVersion, toVersion, lengthBytes, nodeIds },
    });
  }

  complete(fileId: number, lengthBytes: number, chunkCount: number): Answer {
    const header = this.ackingHeader();
    return this.apply({ operation: 'completeFile', completeFile: { header, fileId, lengthBytes, chunkCount, onlyChunk: null } });
  }

  /** Commits the chunk of a file of one chunk, and completes the file. */
  completeWritten(
    fileId: number,
    { chunkId, fromVersion, version: toVersion }: { chunkId: number; fromVersion: number; version: number },
    lengthBytes = CHUNK,
    nodeIds: string[] = ['dn-1', 'dn-2', 'dn-3'],
  ): Answer {
    const request = { header: this.ackingHeader(), fileId, lengthBytes, chunkCount: 1 };
    const onlyChunk = { chunkId, fromVersion, toVersion, nodeIds };
    return this.apply({ operation: 'completeWritten', completeWritten: { ...request, onlyChunk } });
  }

  /** A whole file of full chunks. @returns its id */
  write(path: string, chunks = 1, overwrite = true): number {
    const fileId = this.create(path, { overwrite }).createFile?.fileId ?? 0;
    for (let index = 0; index < chunks; index += 1) {
      const plan = this.assign(fileId, index).assignChunk;
      expect(this.commit(fileId, plan!)).toEqual({});
    }
    expect(this.complete(fileId, chunks * CHUNK, chunks).error).toBeUndefined();
    return fileId;
  }

  /** Every path of the tree, sorted; directories end with a slash. */
  paths(): string[] {
    const { tree } = this.machine.state;
    const found: string[] = [];
    const visit = (path: string): void => {
      const inode = tree.lookup(path === '' ? '/' : path);
      if (inode.kind !== 'directory') {
        found.push(path);
        return;
      }
      found.push(`${path}/`);
      expect([...inode.names.after('')].sort()).toEqual([...inode.children.keys()].sort());
      for (const [name, child] of inode.children) {
        expect(child.parentId).toBe(inode.id);
        visit(`${path}/${name}`);
      }
    };
    visit('');
    return found.sort();
  }
}
