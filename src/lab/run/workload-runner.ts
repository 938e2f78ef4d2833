/** All clients of a workload: who they are, what they share, how they begin, and what they leave. */
import type { RunClock } from '../workloads/run-clock.js';
import { BrokenGuarantees } from '../workloads/broken-guarantees.js';
import type { FileClient } from '../workloads/file-client.js';
import { Ledger } from '../workloads/ledger.js';
import type { FileRecord } from '../workloads/ledger.js';
import type { Register } from '../workloads/register.js';
import type { ClientSlot, WorkloadEntry } from '../workloads/workload.js';
import { newCounters } from '../workloads/workload-counters.js';
import { openWorkload } from '../workloads/types/workload-openers.js';
import { perSecondOf } from '../workloads/workload-types.js';
import type { Workload, WorkloadType } from '../workloads/workload-types.js';
import { WrittenContents } from '../workloads/written-contents.js';

export interface WorkloadRunnerInputs {
  readonly workload: readonly Workload[];
  readonly seed: number;
  readonly clock: RunClock;
  /** Ends the work after the current operations. */
  readonly signal: AbortSignal;
  /** @param name `client-1` … */
  readonly connect: (name: string) => FileClient;
  /** Ends a client by a crash or a close, and connects its successor. */
  readonly replace: (lost: FileClient, name: string) => Promise<FileClient>;
  /** Every path is below it. Default: the root. */
  readonly root?: string;
}

/** What the checks at the end examine. */
export interface RunnerExpectations {
  readonly records: readonly FileRecord[];
  readonly sharedNames: readonly string[];
  readonly registers: readonly Register[];
}

/** What an entry of a workload was asked for, and what it did. */
export interface WorkloadPace {
  readonly type: WorkloadType;
  /** Default: as fast as it can. */
  readonly perSecond: number | undefined;
  /** Rounds of all its clients. */
  readonly rounds: number;
  readonly workedMs: number;
}

export class WorkloadRunner {
  readonly counters = newCounters();
  readonly promises = new BrokenGuarantees();
  readonly #inputs: WorkloadRunnerInputs;
  readonly #ledgers = new Map<WorkloadType, Ledger>();
  readonly #entries: readonly WorkloadEntry[];
  /** Of each entry. */
  readonly #rounds: number[];

  constructor(inputs: WorkloadRunnerInputs) {
    this.#inputs = inputs;
    const { seed, clock, signal, root = '' } = inputs;
    const written = new WrittenContents();
    const shared = { seed, clock, signal, root, written, counters: this.counters, brokenGuarantees: this.promises };
    this.#rounds = inputs.workload.map(() => 0);
    this.#entries = inputs.workload.map((workload, index) =>
      openWorkload(workload, {
        ...shared,
        ledger: this.#ledgerOf(workload.type),
        ordinal: index + 1,
        onRound: () => (this.#rounds[index] = (this.#rounds[index] ?? 0) + 1),
      }),
    );
  }

  /** @param workedMs how long the clients worked */
  paces(workedMs: number): WorkloadPace[] {
    return this.#inputs.workload.map((workload, index) => {
      return { type: workload.type, perSecond: perSecondOf(workload), rounds: this.#rounds[index] ?? 0, workedMs };
    });
  }

  /**
   * Prepares all clients, then starts their work.
   * @returns the work of each client; none rejects
   * @throws DfsError when a client cannot be prepared
   */
  async start(): Promise<Promise<void>[]> {
    const slots = this.#openSlots();
    // One after the other: a second maker would fail because the directory is there.
    for (const { entry, slot } of slots) await entry.prepare(slot);
    return slots.map(({ entry, slot }) => entry.run(slot));
  }

  expectations(): RunnerExpectations {
    const expectations = this.#entries.map((entry) => entry.expectations());
    return {
      records: [...this.#ledgers.values()].flatMap(({ acked, others }) => [...acked, ...others]),
      sharedNames: [...new Set(expectations.flatMap(({ sharedNames }) => sharedNames))],
      registers: expectations.flatMap(({ registers }) => registers),
    };
  }

  #openSlots(): { readonly entry: WorkloadEntry; readonly slot: ClientSlot }[] {
    const { workload, connect, replace } = this.#inputs;
    let clients = 0;
    return this.#entries.flatMap((entry, ordinal) =>
      Array.from({ length: workload[ordinal]?.clients ?? 0 }, (_, index) => {
        clients += 1;
        const name = `client-${clients}`;
        return { entry, slot: { name, index, client: connect(name), reconnect: (lost: FileClient) => replace(lost, name) } };
      }),
    );
  }

  #ledgerOf(type: WorkloadType): Ledger {
    const ledger = this.#ledgers.get(type) ?? new Ledger();
    this.#ledgers.set(type, ledger);
    return ledger;
  }
}
