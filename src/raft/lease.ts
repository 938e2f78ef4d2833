/**
 * How long a leader may answer reads without asking whether it still leads (thesis §6.4.1). A member that has answered a heartbeat
 * helps no other to depose this leader for an election timeout: while a majority is bound like that, no other member can lead.
 *
 *   leader    ──┬ round begins ────────────────── the lease ends ┬──────▶
 *               ╰──▶ heard                                       :
 *   follower  ───────┴ bound, at least as long as the lease ─────┴ ─ ─ ┬ may vote ──▶
 *
 * The lease counts from when the round began, as the answer says only that the follower has heard it at some time since.
 */
export class Lease {
  readonly #leaseTicks: number;
  /** The first round of each tick that the lease looks back on, oldest first. */
  readonly #begun: { readonly round: number; readonly tick: number }[] = [];
  #tick = 0;
  #isVoid = false;

  /** @param leaseTicks 0: it never holds */
  constructor(leaseTicks: number) {
    this.#leaseTicks = leaseTicks;
  }

  tick(): void {
    this.#tick += 1;
    if (this.#tick - (this.#begun[0]?.tick ?? this.#tick) >= this.#leaseTicks) this.#begun.shift();
  }

  /** A question goes out for the first time. */
  began(round: number): void {
    if (this.#leaseTicks > 0 && this.#begun.at(-1)?.tick !== this.#tick) this.#begun.push({ round, tick: this.#tick });
  }

  /** @param round that members who are bound by it have answered, or a later one: this leader and they are a majority */
  holds(round: number): boolean {
    const oldest = this.#begun[0];
    return !this.#isVoid && oldest !== undefined && round >= oldest.round;
  }

  /**
   * A member was asked to take over, and all vote for it, bound or not. The lease never holds again in this term: that request, and the
   * votes that it asks for, may still be on their way after this leader has given the transfer up.
   */
  end(): void {
    this.#isVoid = true;
  }
}
