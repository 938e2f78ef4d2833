/** The masters a client knows: those it was given, and those that others named as the leader; and which of them is asked first. */
import { parseAddress } from '../../shared/address.js';
import type { Rpc, RpcCallOptions, RpcChannel, RpcMethod } from '../../shared/runtime.js';

/** Maximum number of known masters, more than a group has, so that a client can follow a group whose masters were all replaced. */
export const MASTERS_MAX = 16;

interface KnownMaster {
  /** True for a configured master, which is never dropped. */
  readonly isConfigured: boolean;
  channel: RpcChannel | null;
  /** Number of calls under way. */
  asking: number;
  /** The last call was not answered in time: other masters are asked first. */
  isSilent: boolean;
}

export class KnownMasters {
  readonly #rpc: Rpc;
  /** By host:port. Configured masters first, then named masters in the order of their naming. 1..MASTERS_MAX */
  readonly #masters = new Map<string, KnownMaster>();
  #first: string;
  #isReached = false;

  /** @param configured host:port, 1 to MASTERS_MAX; duplicates count once */
  constructor(rpc: Rpc, configured: readonly string[]) {
    this.#rpc = rpc;
    for (const address of configured) this.#add(address, true);
    this.#first = configured[0] ?? '';
  }

  /** True once a master has answered anything, if only that it does not lead. */
  get isReached(): boolean {
    return this.#isReached;
  }

  get size(): number {
    return this.#masters.size;
  }

  /** All masters in the order in which to ask them: the presumed leader first, silent masters last. */
  inOrder(): string[] {
    const addresses = [...this.#masters.keys()];
    const at = addresses.indexOf(this.#first);
    const fromFirst = [...addresses.slice(at), ...addresses.slice(0, at)];
    const isSilent = (address: string): boolean => this.#masters.get(address)?.isSilent === true;
    return [...fromFirst.filter((address) => !isSilent(address)), ...fromFirst.filter(isSilent)];
  }

  /**
   * Adds a master named by another master. When the list is full, the master named longest ago is dropped.
   * @returns false when the text is not an address, or all other entries are in use
   */
  learn(address: string): boolean {
    const known = this.#masters.get(address);
    if (known?.isConfigured === true) return true;
    if (known !== undefined) {
      this.#masters.delete(address);
      this.#masters.set(address, known);
      return true;
    }
    if (!isAddress(address) || (this.#masters.size >= MASTERS_MAX && !this.#forgetOne())) return false;
    this.#add(address, false);
    return true;
  }

  /** Records an answer that only a leader gives: this master is asked first from now on. */
  leads(address: string): void {
    if (this.#masters.has(address)) this.#first = address;
  }

  /**
   * It does not lead, or does not answer: another one is asked first, unless another call has seen to that already.
   * @param to the address of the supposed leader, where it is known
   */
  moveOn(from: string, to?: string): void {
    if (this.#first !== from) return;
    this.#first = to ?? this.inOrder().find((address) => address !== from) ?? from;
  }

  /** Records that a call to this master is unanswered for longer than expected. */
  fellSilent(address: string): void {
    const master = this.#masters.get(address);
    if (master !== undefined) master.isSilent = true;
    this.moveOn(address);
  }

  /** Makes one call. @throws DfsError as RpcChannel.call */
  async ask<RequestIn, RequestOut, ResponseIn, ResponseOut>(
    address: string,
    method: RpcMethod<RequestIn, RequestOut, ResponseIn, ResponseOut>,
    request: RequestIn,
    options: RpcCallOptions,
  ): Promise<ResponseOut> {
    const master = this.#masters.get(address) ?? this.#add(address, false);
    master.channel ??= this.#rpc.connect(address);
    master.asking++;
    try {
      return await master.channel.call(method, request, options);
    } finally {
      master.asking--;
    }
  }

  /** Records that a master answered. */
  reached(): void {
    this.#isReached = true;
  }

  /** Records that a call to this master ended in time, with an answer or without. */
  spoke(address: string): void {
    const master = this.#masters.get(address);
    if (master !== undefined) master.isSilent = false;
  }

  /** Closes all connections. */
  close(): void {
    for (const { channel } of this.#masters.values()) channel?.close();
  }

  #add(address: string, isConfigured: boolean): KnownMaster {
    const master = { isConfigured, channel: null, asking: 0, isSilent: false };
    this.#masters.set(address, master);
    return master;
  }

  #forgetOne(): boolean {
    for (const [address, master] of this.#masters) {
      if (master.isConfigured || master.asking > 0 || address === this.#first) continue;
      master.channel?.close();
      this.#masters.delete(address);
      return true;
    }
    return false;
  }
}

/** Validates an address named by a master. */
function isAddress(text: string): boolean {
  try {
    return parseAddress(text).port > 0;
  } catch {
    return false;
  }
}
