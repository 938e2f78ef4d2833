/**
 * Guarantee 6, by the masters' answers. A request that reaches a master without connection to a majority of the masters cannot be
 * agreed upon, and must not be answered as if it were. The master may not know yet that it is cut off.
 *
 *   first request while cut off ──answered while cut off──▶ guarantee broken
 *                               ──refused, or healed before──▶ correct
 *
 * The watch does not affect the simulation.
 */
import { NamespaceService } from '../../protocol/services.js';
import type { RpcBinding, Runtime } from '../../shared/runtime.js';
import type { MinorityAnswer, MinorityFacts } from '../checkers/run-facts.js';

/** Limit of the answers that are kept. */
const ANSWERS_MAX = 20;
/** Method that is answered without the group. */
const OWN_WORD: readonly string[] = ['ReportBadReplica'];

/** Services whose requests only a majority can answer, by path. */
const WATCHED = new Map(
  Object.entries(NamespaceService)
    .filter(([name]) => !OWN_WORD.includes(name))
    .map(([name, method]) => [method.path, { name, decode: (bytes: Uint8Array): unknown => method.decodeRequest(bytes) }]),
);

/** A master at one moment. */
export interface WatchedMaster {
  readonly id: string;
  /** True when its process runs and is not paused. */
  readonly isAwake: boolean;
  /** Number of its process, which changes with a restart. */
  readonly pid: number | null;
}

export interface MajorityWorld {
  readonly masters: () => readonly WatchedMaster[];
  /** True when no fault cuts the link from one to the other. */
  readonly isLinked: (from: string, to: string) => boolean;
  /** Milliseconds. */
  readonly nowMs: () => number;
}

interface Cut {
  readonly sinceMs: number;
  readonly pid: number | null;
}

export class MajorityWatch {
  readonly #world: MajorityWorld;
  readonly #cuts = new Map<string, Cut>();
  /** Time at which each numbered mutation first reached any master: a later copy may receive the remembered answer. */
  readonly #firstSeenMs = new Map<string, number>();
  readonly #answers: MinorityAnswer[] = [];
  #tried = 0;

  constructor(world: MajorityWorld) {
    this.#world = world;
  }

  get facts(): MinorityFacts {
    return { tried: this.#tried, acknowledged: this.#answers };
  }

  /** Call it after a change of a link or a process. */
  notice(): void {
    const { nowMs } = this.#world;
    const masters = this.#world.masters();
    for (const master of masters) {
      const { id, pid } = master;
      if (!master.isAwake || this.#isWithMajority(id, masters)) this.#cuts.delete(id);
      else if (this.#cuts.get(id)?.pid !== pid) this.#cuts.set(id, { sinceMs: nowMs(), pid });
    }
  }

  /** @returns a runtime that behaves like `runtime`, and whose answers are checked */
  watching(masterId: string, runtime: Runtime): Runtime {
    const { rpc } = runtime;
    const watched = (binding: RpcBinding): RpcBinding => this.#watched(masterId, binding);
    return {
      ...runtime,
      rpc: {
        serve: (listen, bindings) => rpc.serve(listen, bindings.map(watched)),
        connect: (address) => rpc.connect(address),
      },
    };
  }

  #watched(masterId: string, binding: RpcBinding): RpcBinding {
    const method = WATCHED.get(binding.path);
    if (method === undefined) return binding;
    return {
      path: binding.path,
      handle: (request, context) => {
        const cut = this.#cutBefore(masterId, mutationKey(method.decode(request)));
        const answer = binding.handle(request, context);
        // The answer is observed, not changed or delayed.
        if (cut !== null) {
          answer.then(
            () => this.#answered(masterId, method.name, cut),
            () => (this.#tried += 1),
          );
        }
        return answer;
      },
    };
  }

  /** The cut during which a request arrives; null: there is no cut, or the same mutation arrived before the cut. */
  #cutBefore(masterId: string, mutation: string | null): Cut | null {
    const nowMs = this.#world.nowMs();
    let firstMs = nowMs;
    if (mutation !== null) {
      firstMs = this.#firstSeenMs.get(mutation) ?? nowMs;
      this.#firstSeenMs.set(mutation, firstMs);
    }
    const cut = this.#cuts.get(masterId);
    return cut !== undefined && cut.sinceMs < firstMs ? cut : null;
  }

  #answered(master: string, method: string, cut: Cut): void {
    // A request that arrived during the cut and was answered after the healing may have been agreed upon.
    if (this.#cuts.get(master) !== cut) return;
    this.#tried += 1;
    const cutOffMs = Math.round(this.#world.nowMs() - cut.sinceMs);
    if (this.#answers.length < ANSWERS_MAX) this.#answers.push({ master, method, cutOffMs });
  }

  /** Counts round trips to masters that are awake: a link in one direction makes no majority. */
  #isWithMajority(id: string, masters: readonly WatchedMaster[]): boolean {
    const { isLinked } = this.#world;
    const reached = masters.filter(
      (other) => other.id === id || (other.isAwake && isLinked(id, other.id) && isLinked(other.id, id)),
    );
    return reached.length > masters.length / 2;
  }
}

/** Session and number of a mutation; null: the request is a read, without either. */
function mutationKey(request: unknown): string | null {
  const { header } = request as { readonly header?: { readonly sessionId: number; readonly sequence: number } | null };
  return header === undefined || header === null ? null : `${header.sessionId}/${header.sequence}`;
}
