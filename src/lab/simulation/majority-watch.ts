/**
 * Promise 6 looked at from what masters answer: a request that reaches a master while it has no way to a majority of the masters
 * cannot be agreed upon, and is not answered as if it were. The master may not even know yet that it is cut off.
 *
 *   asked first while cut off ──answered while cut off──▶ a broken promise
 *                             ──refused, or healed before──▶ all is well
 *
 * Nothing of the simulation notices the look.
 */
import { NamespaceService } from '../../protocol/services.js';
import type { RpcBinding, Runtime } from '../../shared/runtime.js';
import type { MinorityAnswer, MinorityFacts } from '../checkers/run-facts.js';

/** The first of them are kept. */
const ANSWERS_MAX = 20;
/** The group is not asked about it. */
const OWN_WORD: readonly string[] = ['ReportBadReplica'];

/** Requests that only a majority can answer, by path. */
const WATCHED = new Map(
  Object.entries(NamespaceService)
    .filter(([name]) => !OWN_WORD.includes(name))
    .map(([name, method]) => [method.path, { name, decode: (bytes: Uint8Array): unknown => method.decodeRequest(bytes) }]),
);

/** A master as it is at a moment. */
export interface WatchedMaster {
  readonly id: string;
  /** Its process runs and is not paused. */
  readonly isAwake: boolean;
  /** Its process; another one after a restart. */
  readonly pid: number | null;
}

export interface MajorityWorld {
  readonly masters: () => readonly WatchedMaster[];
  /** True when nothing cuts the link from one to the other. */
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
  /** When each numbered mutation was first seen, at any master: a later copy may get the answer that is remembered. */
  readonly #firstSeenMs = new Map<string, number>();
  readonly #answers: MinorityAnswer[] = [];
  #tried = 0;

  constructor(world: MajorityWorld) {
    this.#world = world;
  }

  get facts(): MinorityFacts {
    return { tried: this.#tried, acknowledged: this.#answers };
  }

  /** A link or a process has changed. */
  notice(): void {
    const { nowMs } = this.#world;
    const masters = this.#world.masters();
    for (const master of masters) {
      const { id, pid } = master;
      if (!master.isAwake || this.#isWithMajority(id, masters)) this.#cuts.delete(id);
      else if (this.#cuts.get(id)?.pid !== pid) this.#cuts.set(id, { sinceMs: nowMs(), pid });
    }
  }

  /** @returns a runtime for the master that behaves as the one given, and whose answers are looked at */
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
        // Heard beside the answer itself, which goes its way as it would.
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

  /** The cut that a request comes into; null: there is none, or the same mutation was seen before it. */
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
    // What came while it was cut off, and was answered after it was healed, may have been agreed upon.
    if (this.#cuts.get(master) !== cut) return;
    this.#tried += 1;
    const cutOffMs = Math.round(this.#world.nowMs() - cut.sinceMs);
    if (this.#answers.length < ANSWERS_MAX) this.#answers.push({ master, method, cutOffMs });
  }

  /** Round trips to who is awake: a message of one direction alone makes no majority. */
  #isWithMajority(id: string, masters: readonly WatchedMaster[]): boolean {
    const { isLinked } = this.#world;
    const reached = masters.filter(
      (other) => other.id === id || (other.isAwake && isLinked(id, other.id) && isLinked(other.id, id)),
    );
    return reached.length > masters.length / 2;
  }
}

/** Session and number of a mutation; null: the request has none, it is a read. */
function mutationKey(request: unknown): string | null {
  const { header } = request as { readonly header?: { readonly sessionId: number; readonly sequence: number } | null };
  return header === undefined || header === null ? null : `${header.sessionId}/${header.sequence}`;
}
