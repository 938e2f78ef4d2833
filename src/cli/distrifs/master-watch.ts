/**
 * Watches a command until a master has answered, since a client tries wrong and dead addresses for a minute.
 *
 *   at once        a name that does not resolve is reported; when none resolves, the command ends
 *   after 2 s      "connecting to …"
 *   after 5 s      the command ends when every address has refused all connections
 */
import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { parseProxyUrl } from '../../runtime/node/net/http-connect.js';
import { type Address, formatAddress, parseAddress } from '../../shared/address.js';

const PROBE_EVERY_MS = 1_000;
const NOTICE_AFTER_PROBES = 2;
/** Together longer than a process needs to start: masters that are being restarted refuse connections too. */
const REFUSED_PROBES = 5;

/** Codes of an address that no program can be reached at. */
const REFUSALS: readonly string[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'];

/** A failure of all addresses, with the code of the last one. */
export class NoMasterError extends Error {
  override readonly name = 'NoMasterError';
  /** ENOTFOUND, EAI_AGAIN, ECONNREFUSED, ETIMEDOUT, … */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export interface MasterWatch {
  /** host:port of each master. */
  readonly masters: readonly string[];
  /** The CONNECT proxy, which then resolves the names and is the only address that can be probed. */
  readonly proxyUrl: string | undefined;
  readonly isConnected: () => boolean;
  readonly warn: (text: string) => void;
  /** Default: PROBE_EVERY_MS. */
  readonly probeEveryMs?: number;
  /** Ends the command. */
  readonly end: (error: NoMasterError) => void;
}

/** Watches until a master has answered, the command was ended, or `signal` fires. Never rejects. */
export async function watchMasters(watch: MasterWatch, signal: AbortSignal): Promise<void> {
  await Promise.all([watchNames(watch, signal), watchConnections(watch, signal)]).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

async function watchNames({ masters, proxyUrl, isConnected, warn, end }: MasterWatch, signal: AbortSignal): Promise<void> {
  const failures = await Promise.all(targetsOf(masters, proxyUrl).map(({ host }) => unresolved(host)));
  if (signal.aborted || isConnected()) return;
  const names = failures.filter((failure) => failure !== null);
  const texts = [...new Set(names.map(({ host, code }) => `the name "${host}" does not resolve (${code})`))];
  if (names.length < failures.length) for (const text of texts) warn(text);
  else if (names[0] !== undefined) end(new NoMasterError(names[0].code, `no master can be reached: ${texts.join('; ')}`));
}

async function unresolved(host: string): Promise<{ readonly host: string; readonly code: string } | null> {
  if (isIP(host) !== 0) return null;
  try {
    await lookup(host);
    return null;
  } catch (error) {
    return { host, code: codeOf(error) };
  }
}

async function watchConnections(watch: MasterWatch, signal: AbortSignal): Promise<void> {
  const { masters, proxyUrl, isConnected, warn, end, probeEveryMs = PROBE_EVERY_MS } = watch;
  const targets = targetsOf(masters, proxyUrl);
  let refusals = 0;
  for (let probes = 1; ; probes++) {
    const refused = Promise.all(targets.map((target) => refuses(target, probeEveryMs)));
    await delay(probeEveryMs, undefined, { signal, ref: false });
    if (isConnected()) return;
    if (probes === NOTICE_AFTER_PROBES) warn(`connecting to ${masters.join(', ')} …`);
    refusals = (await refused).every(Boolean) ? refusals + 1 : 0;
    if (refusals === REFUSED_PROBES) break;
  }
  const via = proxyUrl === undefined ? '' : ' (the proxy of grpc_proxy)';
  const shown = targets.map(formatAddress).join(', ');
  end(new NoMasterError('ECONNREFUSED', `no master can be reached: connections to ${shown}${via} are refused`));
}

/** Whether the system at this address refuses a connection, because no program listens. */
function refuses({ host, port }: Address, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: withinMs });
    const settle = (isRefused: boolean): void => {
      socket.destroy();
      resolve(isRefused);
    };
    socket.once('connect', () => settle(false));
    socket.once('timeout', () => settle(false));
    socket.once('error', (error) => settle(REFUSALS.includes(codeOf(error))));
  });
}

function targetsOf(masters: readonly string[], proxyUrl: string | undefined): readonly Address[] {
  if (proxyUrl === undefined) return masters.map(parseAddress);
  const { host, port } = parseProxyUrl(proxyUrl);
  return [{ host, port }];
}

function codeOf(error: unknown): string {
  // Several addresses of one name fail together.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error && 'code' in first ? String(first.code) : 'EIO';
}
