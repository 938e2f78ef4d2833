/** All replicated state of a cluster in one place: what the operations of the log work on. */
import { DfsError } from '../../../shared/errors.js';
import { BOOTSTRAP_INCARNATION } from '../../base/identity.js';
import { ChunkTable } from './chunk-table.js';
import { StateDigest } from './digest.js';
import type { KnownMaster } from './known-master.js';
import type { KnownNode } from './known-node.js';
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

export class MasterState {
  readonly digest = new StateDigest();
  readonly chunks = new ChunkTable(this.digest);
  readonly tree = new NamespaceTree(this.digest, this.chunks);
  readonly sessions = new SessionTable(this.digest);
  readonly nodes = new Map<string, KnownNode>();
  readonly masters = new Map<string, KnownMaster>();
  /** That no master has had yet. */
  nextIncarnation = BOOTSTRAP_INCARNATION + 1;
  /** null before the cluster is made. */
  settings: ClusterSettings | null = null;
  /** Of the last applied entry. */
  term = 0;
  /** Of the last applied entry; never goes back. */
  logTimeMs = 0;
  appliedIndex = 0;

  /** @throws DfsError NOT_INITIALIZED before the cluster is made */
  requireSettings(): ClusterSettings {
    if (this.settings !== null) return this.settings;
    throw new DfsError('NOT_INITIALIZED', 'The log does not begin with the creation of a cluster');
  }

  /** Puts a master into its table, in place of the one with this id. */
  putMaster(master: KnownMaster): void {
    this.#put(this.masters, master);
  }

  /** Puts a datanode into its table, in place of the one with this id. */
  putNode(node: KnownNode): void {
    this.#put(this.nodes, node);
  }

  /** Takes a datanode out of its table; nothing happens when it is not there. */
  dropNode(nodeId: string): void {
    const node = this.nodes.get(nodeId);
    if (node === undefined) return;
    this.digest.remove(node);
    this.nodes.delete(nodeId);
  }

  #put<T extends KnownMaster | KnownNode>(table: Map<string, T>, member: T): void {
    const old = table.get(member.id);
    if (old !== undefined) this.digest.remove(old);
    table.set(member.id, member);
    this.digest.put(member);
  }
}

/** When an operation takes effect. */
export interface EntryTime {
  /** Log time: sessions live by it. */
  readonly logMs: number;
  /** Unix milliseconds of the leader's wall clock: modification times. */
  readonly wallMs: number;
}
