/** All replicated state of a cluster in one place: what the operations of the log work on. */
import { ChunkTable } from './chunk-table.js';
import { StateDigest } from './digest.js';
import type { Digestible } from './digest.js';
import { FOUNDERS_INCARNATION } from './known-master.js';
import type { KnownMaster } from './known-master.js';
import { NamespaceTree } from './namespace-tree.js';
import { SessionTable } from './session-table.js';

/** Fixed when the cluster is made. */
export interface ClusterSettings {
  readonly clusterId: string;
  readonly defaultReplication: number;
  readonly defaultChunkSizeBytes: number;
  readonly minReplicas: number;
  readonly sessionTimeoutMs: number;
}

/** A datanode that has registered with this cluster. */
export class KnownNode implements Digestible {
  readonly id: string;
  readonly incarnation: string;
  readonly address: string;
  readonly rack: string;
  digestPart = 0;

  constructor(id: string, incarnation: string, address: string, rack: string) {
    this.id = id;
    this.incarnation = incarnation;
    this.address = address;
    this.rack = rack;
  }

  digestText(): string {
    return `n ${this.id} ${this.incarnation} ${this.address} ${this.rack}`;
  }
}

export class MasterState {
  readonly digest = new StateDigest();
  readonly chunks = new ChunkTable(this.digest);
  readonly tree = new NamespaceTree(this.digest, this.chunks);
  readonly sessions = new SessionTable(this.digest);
  readonly nodes = new Map<string, KnownNode>();
  readonly masters = new Map<string, KnownMaster>();
  /** That no master has had yet. */
  nextIncarnation = FOUNDERS_INCARNATION + 1;
  /** null before the cluster is made. */
  settings: ClusterSettings | null = null;
  /** Of the last applied entry. */
  term = 0;
  /** Of the last applied entry; never goes back. */
  logTimeMs = 0;
  appliedIndex = 0;
}

/** When an operation takes effect. */
export interface EntryTime {
  /** Log time: sessions live by it. */
  readonly logMs: number;
  /** Unix milliseconds of the leader's wall clock: modification times. */
  readonly wallMs: number;
}
