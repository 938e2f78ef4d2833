/** The masters a client knows: those it was given, and those that others named as the leader; and which of them is asked first. */
import { parseAddress } from '../../shared/address.js';
import type { Rpc, RpcCallOptions, RpcChannel, RpcMethod } from '../../shared/runtime.js';

/** Known at once, given and named together. More than a group ever has: room for a group whose masters all were replaced. */
export const MASTERS_MAX = 16;

interface KnownMaster {
  /** Given, not only named: never forgotten. */
  readonly isConfigured: boolean;
  channel: RpcChannel | null;
  /** Calls under way. */
  asking: number;
  /** Its last call was not answered in time: others are asked before it. */
  isSilent: boolean;
}

export class KnownMasters {
  readonly #rpc: Rpc;
  /** By host:port. Given ones first, then named ones, the one named last at the end. 1..MASTERS_MAX */
  readonly #masters = new Map<string, KnownMaster>();
  #first: string;

  /** @param configured host:port, at least one and MASTERS_MAX at most; what is named twice counts once */
  constructor(rpc: Rpc, configured: readonly string[]) {
    this.#rpc = rpc;
    for (const address of configured) this.#add(address, true);
    this.#first = configured[0] ?? '';
  }

  get size(): number {
    return this.#masters.size;
  }

  /** All of them, in the order in which they are best asked: the leader as far as it is known, and silent ones last. */
  inOrder(): string[] {
    const addresses = [...this.#masters.keys()];
    const at = addresses.indexOf(this.#first);
    const fromFirst = [...addresses.slice(at), ...addresses.slice(0, at)];
    const isSilent = (address: string): boolean => this.#masters.get(address)?.isSilent === true;
    return [...fromFirst.filter((address) => !isSilent(address)), ...fromFirst.filter(isSilent)];
  }

  /**
   * Takes in a master that another one named. Where there is no room, the one that was named longest ago goes.
   * @returns whether it can be asked: not when it is no address, or every other one is in use
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

  /** It answered as only the leader does: it is asked first from now on. */
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

  /** A call to it has been without an answer for longer than it should. */
  fellSilent(address: string): void {
    const master = this.#masters.get(address);
    if (master !== undefined) master.isSilent = true;
    this.moveOn(address);
  }

  /** One call. @throws DfsError as RpcChannel.call */
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

  /** It said something, whatever it was. */
  spoke(address: string): void {
    const master = this.#masters.get(address);
    if (master !== undefined) master.isSilent = false;
  }

  /** Lets go of every connection. */
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

/** What a master names is not believed unseen. */
function isAddress(text: string): boolean {
  try {
    return parseAddress(text).port > 0;
  } catch {
    return false;
  }
}
