/** A few RaftDrivers on virtual time, with disks that only count, a state that is a list, and a network of timers. */
import { DEFAULT_CONFIG } from '../../../src/raft/config.js';
import { bootstrapState } from '../../../src/raft/bootstrap.js';
import type { StoredState } from '../../../src/raft/member-state.js';
import type { Members, Message, Snapshot, SnapshotPiece, WriteBatch } from '../../../src/raft/types.js';
import { RaftDriver } from '../../../src/master/consensus/raft-driver.js';
import type { MemberStorage } from '../../../src/master/log/member-storage.js';
import type {
  CommittedEntry,
  ReplicatedState,
  StateCopy,
  StateRestore,
} from '../../../src/master/state/tables/replicated-state.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import type { DfsError } from '../../../src/shared/errors.js';
import type { Clock } from '../../../src/shared/runtime.js';

export const TICK_MS = 25;
const LINK_MS = 1;

/** Everything that was ever applied, as text. */
export class ListState implements ReplicatedState<string> {
  appliedIndex = 0;
  readonly items: string[] = [];

  apply({ index, data }: CommittedEntry): string {
    if (index !== this.appliedIndex + 1) throw new Error(`entry ${index} follows ${this.appliedIndex}`);
    this.appliedIndex = index;
    if (data === null) return '';
    const item = new TextDecoder().decode(data);
    if (item === 'bug') throw new Error('a bug in the state');
    this.items.push(item);
    return `${item} is item ${this.items.length}`;
  }

  checkpoint(): StateCopy {
    let bytes: Uint8Array | null = new TextEncoder().encode(JSON.stringify(this.items));
    return {
      index: this.appliedIndex,
      digest: this.digest(),
      next: () => {
        const next = bytes;
        bytes = null;
        return next;
      },
      end: () => (bytes = null),
    };
  }

  restore(): StateRestore {
    throw new Error('the storage restores');
  }

  digest(): string {
    return `${this.appliedIndex} ${this.items.join()}`;
  }
}

/** Keeps batches for ever, after `delayMs`; keeps one checkpoint. */
export class ListStorage implements MemberStorage {
  delayMs = 1;
  failure: DfsError | null = null;
  wantsCheckpoint = false;
  queuedBytes = 0;
  readonly figures = { logBytes: 0, checkpointIndex: 0, fsyncP50Ms: 0, nextCheckpointBytes: 0, fsyncP99Ms: 0 };
  stored: StoredState;
  checkpointItems: { readonly snapshot: Snapshot; readonly data: Uint8Array } | null = null;
  #pieces: Uint8Array[] = [];
  #last: Promise<void> = Promise.resolve();
  readonly #clock: Clock;
  readonly #state: ListState;

  constructor(stored: StoredState, state: ListState, clock: Clock) {
    this.stored = stored;
    this.#state = state;
    this.#clock = clock;
  }

  write(batch: WriteBatch): Promise<void> {
    const turn = this.#last.then(async () => {
      await this.#clock.sleep(this.delayMs);
      if (this.failure !== null) throw this.failure;
      this.#put(batch);
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #put({ snapshot, hardState, entries }: WriteBatch): void {
    if (snapshot !== null) {
      const data = Buffer.concat(this.#pieces);
      this.checkpointItems = { snapshot, data };
      this.stored = { ...this.stored, snapshot, entries: [] };
      this.#state.items.splice(0, Infinity, ...(JSON.parse(data.toString()) as string[]));
      this.#state.appliedIndex = snapshot.index;
    }
    const first = entries[0]?.index ?? Infinity;
    const kept = this.stored.entries.filter((entry) => entry.index < first);
    this.stored = { ...this.stored, hardState: hardState ?? this.stored.hardState, entries: [...kept, ...entries] };
  }

  async storePiece({ offset, data }: SnapshotPiece): Promise<void> {
    if (offset === 0) this.#pieces = [];
    this.#pieces.push(Uint8Array.from(data));
  }

  async readPiece(): Promise<SnapshotPiece | null> {
    const stored = this.checkpointItems;
    return stored === null ? null : { snapshot: stored.snapshot, offset: 0, data: stored.data, isLast: true };
  }

  async checkpoint({ index, term }: { index: number; term: number }, members: Members, copy: StateCopy): Promise<number> {
    this.wantsCheckpoint = false;
    this.checkpointItems = {
      snapshot: { index, term, members, id: String(index) },
      data: copy.next(Infinity) ?? new Uint8Array(0),
    };
    return index;
  }

  async close(): Promise<void> {
    await this.#last;
  }
}

export interface GroupMember {
  readonly id: string;
  readonly driver: RaftDriver<string>;
  readonly state: ListState;
  readonly storage: ListStorage;
  readonly log: string[];
  failure: DfsError | null;
}

export class DriverGroup {
  readonly sim = new Simulation({ seed: 'drivers' });
  readonly members = new Map<string, GroupMember>();
  /** `from>to` of links that lose everything. */
  readonly cuts = new Set<string>();
  readonly #clock = this.sim.machine('network').boot().clock;

  constructor(ids: readonly string[]) {
    const founders = ids.map((id) => ({ id, incarnation: 1, isVoter: true }));
    for (const id of ids) this.add(id, founders);
  }

  add(id: string, founders: Members): GroupMember {
    const { clock, random, log } = this.sim.machine(id).boot();
    const self = { id, incarnation: 1 };
    const state = new ListState();
    const stored = bootstrapState(self, founders);
    const storage = new ListStorage(stored, state, clock);
    const events: string[] = [];
    const driver = new RaftDriver<string>({
      raft: { ...DEFAULT_CONFIG, self, random: () => random.float() },
      stored,
      storage,
      state,
      send: (messages) => this.#carry(messages),
      clock,
      tickMs: TICK_MS,
      log,
      listener: {
        onElected: (term) => events.push(`led ${term}`),
        onDeposed: () => events.push('deposed'),
        restored: () => events.push(`restored ${state.appliedIndex}`),
      },
      onFailure: (error) => {
        const member = this.members.get(id);
        if (member !== undefined) member.failure = error;
      },
    });
    const member: GroupMember = { id, driver, state, storage, log: events, failure: null };
    this.members.set(id, member);
    driver.start();
    return member;
  }

  #carry(messages: readonly Message[]): void {
    for (const message of messages) {
      if (this.cuts.has(`${message.from.id}>${message.to.id}`)) continue;
      this.#clock.setTimer(LINK_MS, () => this.members.get(message.to.id)?.driver.step([message]));
    }
  }

  of(id: string): GroupMember {
    const member = this.members.get(id);
    if (member === undefined) throw new Error(`no member ${id}`);
    return member;
  }

  /** Cuts a member off, both ways. */
  isolate(id: string): void {
    for (const other of this.members.keys()) {
      this.cuts.add(`${id}>${other}`);
      this.cuts.add(`${other}>${id}`);
    }
  }

  get leader(): GroupMember | null {
    const leading = [...this.members.values()].filter(({ driver }) => driver.status.role === 'leader');
    return leading.toSorted((a, b) => b.driver.status.term - a.driver.status.term)[0] ?? null;
  }

  /** Waits until somebody leads, and has said so. */
  async untilLed(notId = ''): Promise<GroupMember> {
    const isLed = (): boolean =>
      this.leader !== null && this.leader.id !== notId && this.leader.log.at(-1)?.startsWith('led') === true;
    await this.sim.runUntil(isLed, { limitMs: 10_000 });
    return this.leader!;
  }
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
