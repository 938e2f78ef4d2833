/**
 * Lets other processes of this user act on a running lab: HTTP with JSON over a Unix socket in the lab's folder.
 *   GET /v1/status, GET /v1/env, POST /v1/act, POST /v1/down
 */
import { chmodSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { DfsError, toDfsError } from '../../shared/errors.js';
import type { ProfileName } from '../../shared/profile.js';
import type { ClusterControl, ControlAction, PartitionKind } from '../types.js';
import type { ActRequest, EnvironmentAnswer, FailureAnswer, StatusAnswer } from './control-messages.js';

const BODY_BYTES_MAX = 64 * 1024;
const CONNECTIONS_MAX = 64;
const REQUEST_TIMEOUT_MS = 10_000;

const ACTIONS: ReadonlySet<string> = new Set<ControlAction>([
  'kill',
  'stop',
  'restart',
  'pause',
  'resume',
  'partition',
  'isolate',
  'heal',
  'transfer-leadership',
]);

/** What the control socket gives access to. */
export interface LabControl extends ClusterControl {
  readonly profile: ProfileName;
}

export class ControlServer {
  readonly #server: Server;
  readonly #cluster: LabControl;

  private constructor(cluster: LabControl) {
    this.#cluster = cluster;
    this.#server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
      void this.#answer(request, response);
    });
    this.#server.maxConnections = CONNECTIONS_MAX;
  }

  /**
   * Listens on a socket that only this user may use.
   * @param path a leftover there is replaced
   * @throws DfsError IO_ERROR
   */
  static async start(path: string, cluster: LabControl): Promise<ControlServer> {
    const control = new ControlServer(cluster);
    rmSync(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      control.#server.once('error', (error) => {
        reject(new DfsError('IO_ERROR', `Cannot open the control socket ${path}: ${error.message}`, { cause: error }));
      });
      control.#server.listen(path, resolve);
    });
    chmodSync(path, 0o600);
    return control;
  }

  /** Stops listening, cuts what is under way, and removes the socket. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    // The answer to a request that led here may still be on its way.
    this.#server.closeIdleConnections();
    setTimeout(() => this.#server.closeAllConnections(), 100).unref();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const answer = await this.#dispatch(`${request.method ?? ''} ${request.url ?? ''}`, request);
      send(response, 200, answer);
    } catch (error) {
      const failure = toDfsError(error, 'The lab failed');
      const answer: FailureAnswer = { code: failure.code, message: failure.message };
      send(response, failure.code === 'INVALID_ARGUMENT' ? 400 : 500, answer);
    }
  }

  async #dispatch(route: string, request: IncomingMessage): Promise<object> {
    const cluster = this.#cluster;
    switch (route) {
      case 'GET /v1/status': {
        const answer: StatusAnswer = { dir: cluster.dir, ...(await cluster.status()) };
        return answer;
      }
      case 'GET /v1/env': {
        const masters = cluster.masters().map((master) => master.address);
        const answer: EnvironmentAnswer = { masters: masters.join(','), profile: cluster.profile, proxy: cluster.clientProxy() };
        return answer;
      }
      case 'POST /v1/act':
        await act(cluster, parseActRequest(await readBody(request)));
        return {};
      case 'POST /v1/down':
        // After the answer.
        setImmediate(() => void cluster.close());
        return {};
      default:
        throw new DfsError('INVALID_ARGUMENT', `The lab does not know the request "${route}"`);
    }
  }
}

/** Carries out what was asked. @throws DfsError */
async function act(cluster: ClusterControl, { action, nodes, kind }: ActRequest): Promise<void> {
  const options = kind === undefined ? {} : { kind };
  switch (action) {
    case 'partition':
      return cluster.partition(nodes, options);
    case 'isolate':
      return cluster.isolate(nodes, options);
    case 'heal':
      return cluster.heal(nodes.length === 0 ? undefined : nodes);
    case 'transfer-leadership':
      if (nodes.length > 1) throw new DfsError('INVALID_ARGUMENT', `Only one master can lead, and ${nodes.length} were named`);
      await cluster.transferLeadership(nodes[0]);
      return;
    default:
      return cluster[action](...nodes);
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  // Without an encoding set, a request gives Buffers.
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > BODY_BYTES_MAX)
      throw new DfsError('INVALID_ARGUMENT', `A request to the lab is longer than ${BODY_BYTES_MAX} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** @throws DfsError INVALID_ARGUMENT on anything that is not an ActRequest */
function parseActRequest(text: string): ActRequest {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new DfsError('INVALID_ARGUMENT', 'A request to the lab is not JSON', { cause: error });
  }
  const {
    action,
    nodes = [],
    kind,
  } = typeof body === 'object' && body !== null ? (body as Partial<Record<keyof ActRequest, unknown>>) : {};
  if (!isAction(action)) throw new DfsError('INVALID_ARGUMENT', `The lab does not know the action "${String(action)}"`);
  if (!Array.isArray(nodes) || !nodes.every((node): node is string => typeof node === 'string')) {
    throw new DfsError('INVALID_ARGUMENT', 'The nodes of a request to the lab must be a list of names');
  }
  if (kind !== undefined && !isKind(kind)) {
    throw new DfsError('INVALID_ARGUMENT', `Unknown kind of partition ${JSON.stringify(kind)}: use "stall" or "reset"`);
  }
  return { action, nodes, ...(kind === undefined ? {} : { kind }) };
}

function isAction(value: unknown): value is ControlAction {
  return typeof value === 'string' && ACTIONS.has(value);
}

function isKind(value: unknown): value is PartitionKind {
  return value === 'stall' || value === 'reset';
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(body));
}
