/** The address of each master: as it said itself, else as the log has it, else as it was when the cluster began. */
import type { BootstrapMaster } from '../base/config.js';

/** Masters that may be remembered: more than a group ever has. */
const KNOWN_MAX = 256;

export class PeerAddresses {
  readonly #bootstrap: ReadonlyMap<string, string>;
  readonly #logged: (masterId: string) => string | undefined;
  readonly #said = new Map<string, string>();

  /** @param logged the address that the replicated state has */
  constructor(bootstrapMasters: readonly BootstrapMaster[], logged: (masterId: string) => string | undefined) {
    this.#bootstrap = new Map(bootstrapMasters.map(({ id, address }) => [id, address]));
    this.#logged = logged;
  }

  /** A message of a master came, which names its address. */
  heard(masterId: string, address: string): void {
    if (this.#said.get(masterId) === address) return;
    if (this.#said.size >= KNOWN_MAX) this.#said.clear();
    this.#said.set(masterId, address);
  }

  /** host:port, or undefined. */
  addressOf(masterId: string): string | undefined {
    return this.#said.get(masterId) ?? this.#logged(masterId) ?? this.#bootstrap.get(masterId);
  }

  /** What a master has said of itself and the log does not say. */
  get unlogged(): { readonly masterId: string; readonly address: string }[] {
    return [...this.#said].flatMap(([masterId, address]) => {
      const logged = this.#logged(masterId);
      return logged === undefined || logged === address ? [] : [{ masterId, address }];
    });
  }
}
