/** The storage of a member: passes everything on, and tells the judge what was given and what is durable. */
import type { Members, Snapshot, SnapshotPiece, WriteBatch } from '../../../src/raft/types.js';
import type { MemberStorage, StorageFigures } from '../../../src/master/log/member-storage.js';
import type { StateCopy } from '../../../src/master/state/tables/replicated-state.js';
import type { SimProcess } from '../../../src/runtime/memory/sim-process.js';
import { describeWrite } from '../../raft/sim/trace-line.js';
import type { Witness } from './group-judge.js';
import type { GroupSimulation } from './group-simulation.js';

export class WatchedStorage implements MemberStorage {
  readonly #sim: GroupSimulation;
  readonly #witness: Witness;
  readonly #storage: MemberStorage;
  readonly #process: SimProcess;

  constructor(sim: GroupSimulation, witness: Witness, storage: MemberStorage, process: SimProcess) {
    this.#sim = sim;
    this.#witness = witness;
    this.#storage = storage;
    this.#process = process;
  }

  get figures(): StorageFigures {
    return this.#storage.figures;
  }

  get queuedBytes(): number {
    return this.#storage.queuedBytes;
  }

  get wantsCheckpoint(): boolean {
    return this.#storage.wantsCheckpoint;
  }

  write(batch: WriteBatch): Promise<void> {
    if (!this.#process.isAlive) return this.#storage.write(batch);
    const { name, shadow } = this.#witness;
    const first = batch.entries[0]?.index ?? 0;
    this.#sim.trace(() => `${name} writes ${describeWrite(batch)}`);
    this.#sim.judge.written(name, batch.entries, batch.snapshot?.term ?? shadow.termAt(first - 1));
    shadow.given(batch);
    return this.#storage.write(batch).then(() => {
      shadow.persisted();
      this.#sim.trace(() => `${name} has #${batch.number} on disk`);
    });
  }

  storePiece(piece: SnapshotPiece): Promise<void> {
    return this.#storage.storePiece(piece);
  }

  /** In small pieces: a snapshot takes several. */
  readPiece(snapshotId: string | null, offset: number, bytesMax: number): Promise<SnapshotPiece | null> {
    return this.#storage.readPiece(snapshotId, offset, Math.min(bytesMax, this.#sim.plan.pieceBytes));
  }

  async checkpoint(entry: Pick<Snapshot, 'index' | 'term'>, members: Members, copy: StateCopy): Promise<number> {
    const index = await this.#storage.checkpoint(entry, members, copy);
    this.#sim.trace(() => `${this.#witness.name} has a checkpoint of ${entry.index}, and needs nothing before ${index}`);
    return index;
  }

  close(): Promise<void> {
    return this.#storage.close();
  }
}
