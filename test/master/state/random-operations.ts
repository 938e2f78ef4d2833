/** Random operations of every kind, as a leader would log them: few names and few sessions, so that they meet. */
import fc from 'fast-check';
import type { LogOperation } from '../../../src/master/state/operations/log-operation.js';
import { encodeEntryData } from '../../../src/master/state/operations/log-entry.js';
import type { CommittedEntry } from '../../../src/master/state/tables/replicated-state.js';
import { StateMachine } from '../../../src/master/state/operations/state-machine.js';
import { CHUNK, CLUSTER_ID } from '../script.js';

const SESSION_TIMEOUT_MS = 500;

/** What to do, and three numbers that say with what. */
export interface Step {
  readonly kind: (typeof KINDS)[number];
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

const KINDS = [
  'mkdir',
  'create',
  'assign',
  'commit',
  'complete',
  'write',
  'abandon',
  'delete',
  'rename',
  'purge',
  'skip-ids',
  'open-session',
  'close-session',
  'renew-session',
  'expire',
  'register-node',
  'register-master',
  'retry',
  'begin-term',
  'remove-node',
] as const;

/** So that there is much at a time. */
const RARE: readonly string[] = [
  'purge',
  'skip-ids',
  'open-session',
  'close-session',
  'renew-session',
  'expire',
  'begin-term',
  'remove-node',
];

const number = fc.nat({ max: 1_000_000 });
export const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(...KINDS.map((kind) => ({ arbitrary: fc.constant(kind), weight: RARE.includes(kind) ? 1 : 4 }))),
  a: number,
  b: number,
  c: number,
});

/** A state machine to which random steps are done. */
export class RandomOperations {
  readonly machine = new StateMachine();
  readonly entries: CommittedEntry[] = [];
  readonly #sessions: Numbered[] = [];
  readonly #files: number[] = [];
  #last: LogOperation | null = null;
  #nowMs = 1_000;
  #term = 1;

  constructor() {
    this.#log({
      operation: 'initCluster',
      initCluster: {
        clusterId: CLUSTER_ID,
        groupId: '',
        defaultReplication: 3,
        defaultChunkSizeBytes: CHUNK,
        minReplicas: 1,
        sessionTimeoutMs: SESSION_TIMEOUT_MS,
        founders: [{ masterId: 'm-1', address: 'm-1:1' }],
      },
    });
    this.#openSession();
  }

  do(step: Step): void {
    const { kind, a, b, c } = step;
    const fileId = pick(this.#files, a);
    const session = (c % 8 === 0 ? undefined : this.#writerOf(fileId)) ?? pick(this.#sessions, c);
    switch (kind) {
      case 'mkdir':
        this.#mutate(session, (header) => ({
          operation: 'makeDirectory',
          makeDirectory: { header, path: pathOf(a), recursive: b % 3 === 0, owner: 'ö', group: '', mode: 0o755 },
        }));
        break;
      case 'create':
        this.#create(a, b, session);
        break;
      case 'assign':
        // Sometimes far on: a file with more places than an entry forgets at once.
        this.#assign(fileId, b % 4 === 0 ? b % 1_100 : b % 3, session);
        break;
      case 'commit':
        this.#commit(fileId, b % 3, session);
        break;
      case 'complete':
        this.#complete(fileId, session);
        break;
      case 'write':
        this.#write(a, b, session);
        break;
      case 'abandon':
        this.#mutate(session, (header) => ({
          operation: 'abandonFile',
          abandonFile: { header, fileId: fileId ?? 0 },
        }));
        break;
      case 'delete':
        this.#mutate(session, (header) => {
          const request = { header, path: this.#pathThere(a), recursive: b % 4 !== 0 };
          return c % 3 === 0
            ? { operation: 'deleteUnfinished', deleteUnfinished: { request, fileId: fileId ?? 0 } }
            : { operation: 'delete', delete: request };
        });
        break;
      case 'rename':
        this.#mutate(session, (header) => ({
          operation: 'rename',
          rename: { header, fromPath: this.#pathThere(a), toPath: pathOf(b), keepsLimits: c % 4 > 0 },
        }));
        break;
      case 'skip-ids':
        this.#log({ operation: 'skipChunkIds', skipChunkIds: { upToChunkId: this.machine.state.chunks.nextId - 2 + (a % 9) } });
        break;
      case 'purge':
        this.#log({ operation: 'purge', purge: { limit: a % 4 === 0 ? 400 : a % 6 } });
        break;
      case 'open-session':
        this.#openSession();
        break;
      case 'close-session':
        this.#log({ operation: 'closeSession', closeSession: { clusterId: CLUSTER_ID, sessionId: session?.id ?? 0 } });
        break;
      case 'renew-session':
        this.#log({ operation: 'renewSession', renewSession: { clusterId: CLUSTER_ID, sessionId: session?.id ?? 0 } });
        break;
      case 'expire':
        this.#nowMs += a % (2 * SESSION_TIMEOUT_MS);
        this.#log({ operation: 'expireSessions', expireSessions: {} });
        if (this.machine.state.sessions.size === 0) this.#openSession();
        break;
      case 'register-node':
        this.#log({
          operation: 'registerNode',
          registerNode: { nodeId: `dn-${a % 3}`, incarnation: `i${b % 3}`, address: `a:${c % 3}`, rack: '' },
        });
        break;
      case 'remove-node':
        this.#log({ operation: 'removeNode', removeNode: { nodeId: `dn-${a % 3}`, incarnation: `i${b % 3}` } });
        break;
      case 'register-master':
        this.#log({
          operation: 'registerMaster',
          registerMaster: { masterId: `m-${a % 4}`, address: `m-${a % 4}:${b % 3}`, isNew: c % 2 === 0 },
        });
        break;
      case 'retry':
        if (this.#last !== null) this.#log(this.#last);
        break;
      case 'begin-term':
        this.#term += 1;
        this.#append(null);
        break;
    }
  }

  #writerOf(fileId: number | undefined): Numbered | undefined {
    const file = this.machine.state.tree.get(fileId ?? 0);
    return file?.kind === 'file' ? this.#sessions.find(({ id }) => id === file.pending?.sessionId) : undefined;
  }

  /** A path of the tree, where the number names one. */
  #pathThere(a: number): string {
    const { tree } = this.machine.state;
    const inode = tree.get(2 + (a % tree.nextId));
    return (inode?.kind === 'directory' || inode?.pending === null ? tree.pathOf(inode) : null) ?? pathOf(a);
  }

  #openSession(): void {
    const { sessionId } = this.#log({ operation: 'openSession', openSession: { clientName: 'random', skippedIds: 0 } });
    if (sessionId !== undefined) this.#sessions.push({ id: sessionId, sequence: 0 });
  }

  #create(a: number, b: number, session: Numbered | undefined) {
    const takeOverFileId = b % 5 === 0 ? (this.#files.at(-1) ?? 0) : 0;
    const attributes = { overwrite: b % 2 === 0, owner: 'o', group: '組', mode: 0o644 };
    const shape = { replication: 1 + (b % 3), chunkSizeBytes: 0, ...attributes, firstChunk: null };
    const { createFile } = this.#mutate(session, (header) => {
      const create = { request: { header, path: pathOf(a), ...shape }, takeOverFileId };
      const assign = { request: null, ...this.#plan(b) };
      return b % 7 < 4
        ? { operation: 'createFile', createFile: create }
        : { operation: 'createPlanned', createPlanned: { create, assign } };
    });
    if (createFile !== undefined) this.#files.push(createFile.fileId);
    return createFile?.fileId;
  }

  #assign(fileId: number | undefined, index: number, session: Numbered | undefined): void {
    this.#mutate(session, (header) => ({
      operation: 'assignChunk',
      assignChunk: {
        request: {
          header,
          fileId: fileId ?? 0,
          index,
          excludedNodeIds: [],
          localNodeId: '',
          expectedBytes: 0,
        },
        ...this.#plan(index),
      },
    }));
  }

  #plan(index: number) {
    const pipeline = [{ nodeId: 'dn-1', address: 'dn-1:1' }];
    // Entries of version 0.1.0 have no stamp.
    return { term: this.#term, pipeline, versionStamp: index % 3 === 0 ? 0 : 77 + index };
  }

  #commit(fileId: number | undefined, index: number, session: Numbered | undefined): void {
    const file = this.machine.state.tree.get(fileId ?? 0);
    const chunkId = file?.kind === 'file' ? (file.chunkIds[index] ?? 0) : 0;
    const chunk = this.machine.state.chunks.get(chunkId);
    this.#mutate(session, (header) => ({
      operation: 'commitVersion',
      commitVersion: {
        header,
        fileId: fileId ?? 0,
        chunkId,
        fromVersion: chunk?.version ?? 0,
        toVersion: chunk?.reserved ?? 0,
        lengthBytes: CHUNK,
        nodeIds: ['dn-1'],
      },
    }));
  }

  #complete(fileId: number | undefined, session: Numbered | undefined): void {
    const file = this.machine.state.tree.get(fileId ?? 0);
    const chunkCount = file?.kind === 'file' ? file.chunkIds.length : 0;
    const first = this.machine.state.chunks.get((file?.kind === 'file' ? file.chunkIds[0] : 0) ?? 0);
    this.#mutate(session, (header) => {
      const request = { header, fileId: fileId ?? 0, lengthBytes: chunkCount * CHUNK, chunkCount, onlyChunk: null };
      if (first === undefined || first.version > 0) return { operation: 'completeFile', completeFile: request };
      const { id: chunkId, version: fromVersion, reserved: toVersion } = first;
      const onlyChunk = { chunkId, fromVersion, toVersion, nodeIds: ['dn-1'] };
      return { operation: 'completeWritten', completeWritten: { ...request, onlyChunk } };
    });
  }

  /** A whole file: rarely one by chance. */
  #write(a: number, b: number, session: Numbered | undefined): void {
    const fileId = this.#create(a, 2 * b + 4, session);
    for (let index = 0; index < b % 3; index += 1) {
      this.#assign(fileId, index, session);
      this.#commit(fileId, index, session);
    }
    this.#complete(fileId, session);
  }

  #mutate(session: Numbered | undefined, build: (header: Header) => LogOperation) {
    if (session !== undefined) session.sequence += 1;
    const sequence = session?.sequence ?? 1;
    // Some answers stay unacknowledged.
    const header = {
      clusterId: CLUSTER_ID,
      sessionId: session?.id ?? 0,
      sequence,
      ackedBelow: Math.max(1, sequence - (sequence % 5)),
    };
    this.#last = build(header);
    return this.#log(this.#last);
  }

  #log(operation: LogOperation) {
    this.#nowMs += this.entries.length % 2;
    return this.#append(encodeEntryData({ ...operation, logTimeMs: this.#nowMs, wallTimeMs: 5_000_000 + this.#nowMs }));
  }

  #append(data: Uint8Array | null) {
    const entry = { index: this.machine.appliedIndex + 1, term: this.#term, data };
    this.entries.push(entry);
    return this.machine.apply(entry);
  }
}

interface Numbered {
  readonly id: number;
  sequence: number;
}

interface Header {
  readonly clusterId: string;
  readonly sessionId: number;
  readonly sequence: number;
  readonly ackedBelow: number;
}

function pick<T>(from: readonly T[], at: number): T | undefined {
  // The last ones: older ones are gone, as a rule.
  return from.at(-1 - (at % Math.max(1, Math.min(4, from.length))));
}

const NAMES = ['a', 'b', 'ü', '\u{1f600}'];

/** One to three names. */
function pathOf(a: number): string {
  const depth = 1 + (a % 3);
  return Array.from({ length: depth }, (_, i) => `/${NAMES[Math.floor(a / 3 ** (i + 1)) % (i === 0 ? 2 : 4)] ?? ''}`).join('');
}
