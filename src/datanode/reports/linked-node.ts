/** What a link to a master needs of its node. */
import type { CopyProgress } from '../../protocol/generated/distrifs/v1/CopyProgress.js';
import type { NodeStats } from '../../protocol/generated/distrifs/v1/NodeStats.js';
import type { Command__Output } from '../../protocol/generated/distrifs/v1/Command.js';
import type { DfsError } from '../../shared/errors.js';
import type { Timings } from '../../shared/profile.js';
import type { Runtime } from '../../shared/runtime.js';
import type { NodeIdentity } from '../base/identity.js';
import type { CommandIssuer } from '../commands/command-executor.js';
import type { ChunkStore } from '../store/chunk-store.js';
import type { SharedScan } from './shared-scan.js';

export interface LinkedNode {
  readonly runtime: Pick<Runtime, 'clock' | 'random' | 'rpc' | 'log'>;
  readonly identity: NodeIdentity;
  readonly store: ChunkStore;
  readonly scan: SharedScan;
  readonly timings: Timings;
  readonly rack: string;
  /** host:port of the data port, as others reach it. */
  readonly address: string;
  readonly stats: () => Promise<NodeStats>;
  /** The copies that wait or are under way. */
  readonly copies: () => CopyProgress[];
  /**
   * Accepts a term that a master leads in. Resolves when that is durable, and nothing is under way any more that an earlier leader
   * commanded and that could make a report untrue.
   */
  readonly acceptTerm: (term: number, master: string) => Promise<void>;
  /** Carries commands of the accepted term out. @param term what the master said that its term is */
  readonly takeCommands: (commands: readonly Command__Output[], term: number, giver: CommandIssuer) => void;
  /** The leader knows this node now: the other masters will soon. @param master host:port */
  readonly registered: (master: string) => void;
  /** A master serves another cluster. */
  readonly foreign: (error: DfsError) => void;
}
