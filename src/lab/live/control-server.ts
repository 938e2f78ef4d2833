/**
 * Lets other processes of this user act on a running lab: HTTP with JSON over a Unix socket in the lab's folder.
 *   GET /v1/status, /v1/env, /v1/faults, /v1/load
 *   POST /v1/act, /v1/fault, /v1/lift, /v1/load, /v1/down
 * What GET asks for changes nothing; it is all that the cluster of a scenario answers.
 */
import { chmodSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ConnectionPlaces, type Place } from '../../shared/connection-places.js';
import { DfsError, toDfsError } from '../../shared/errors.js';
import type { ErrorCode } from '../../shared/errors.js';
import type { ProfileName } from '../../shared/profile.js';
import { CommandRefused } from './command-refused.js';
import { shortfallText } from '../run/fault-record.js';
import { namedStep } from '../../supervisor/api/named-step.js';
import type { ClusterControl } from '../../supervisor/api/cluster-control.js';
import type { LabFaults } from '../../supervisor/api/lab-faults.js';
import type { SteadyLoad } from '../../supervisor/api/steady-load.js';
import { NEVER_ON } from './never-on.js';
import type {
  ActAnswer,
  ActRequest,
  EnvironmentAnswer,
  FailureAnswer,
  FaultsAnswer,
  LoadAnswer,
  StatusAnswer,
} from './control-messages.js';
import { readActRequest, readFaultRequest, readLiftRequest, readLoadRequest } from './read-request.js';

const BODY_BYTES_MAX = 64 * 1024;
const CONNECTIONS_MAX = 64;
const REQUEST_TIMEOUT_MS = 10_000;
/** A Unix socket has no addresses: all its connections are of one machine. */
const SAME_MACHINE = 'localhost:0';

const HTTP_STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  INVALID_ARGUMENT: 400,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  UNIMPLEMENTED: 501,
};

/** What the control socket gives access to: a lab, or the cluster of a run, which accepts neither faults nor a load. */
export interface LabControl extends Pick<
  ClusterControl,
  'dir' | 'masters' | 'clientProxy' | 'status' | 'transferLeadership' | 'close'
> {
  readonly profile: ProfileName;
  readonly faults?: LabFaults;
  readonly load?: SteadyLoad;
  /** Name of the scenario whose run it belongs to. */
  readonly scenario?: string | undefined;
}

export class ControlServer {
  readonly #server: Server;
  readonly #cluster: LabControl;
  /** A connection without a whole request gives way to a new one. */
  readonly #places = new ConnectionPlaces(CONNECTIONS_MAX);
  readonly #placeOf = new WeakMap<Socket, Place>();

  private constructor(cluster: LabControl) {
    this.#cluster = cluster;
    this.#server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
      void this.#answer(request, response);
    });
    this.#server.on('connection', (socket) => {
      const place = this.#places.take(SAME_MACHINE, () => socket.destroy());
      if (place === null) {
        socket.destroy();
        return;
      }
      this.#placeOf.set(socket, place);
      socket.once('close', () => place.leave());
    });
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
      const gone = new AbortController();
      const place = this.#placeOf.get(request.socket);
      place?.inUse();
      response.once('close', () => {
        place?.atRest();
        if (!response.writableFinished) gone.abort();
      });
      const answer = await this.#dispatch(`${request.method ?? ''} ${request.url ?? ''}`, request, gone.signal);
      send(response, 200, answer);
    } catch (error) {
      const failure = toDfsError(error, 'The lab failed');
      const problems = failure instanceof CommandRefused ? { problems: failure.problems } : {};
      const answer: FailureAnswer = { code: failure.code, message: failure.message, ...problems };
      send(response, HTTP_STATUS[failure.code] ?? 500, answer);
    }
  }

  /** @param signal fires when the client has gone: what still waits for its turn is withdrawn */
  async #dispatch(route: string, request: IncomingMessage, signal: AbortSignal): Promise<object> {
    const cluster = this.#cluster;
    if (!route.startsWith('GET ')) assertNobodysRun(cluster);
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
        return act(cluster, readActRequest(await readBody(request)), signal);
      case 'POST /v1/fault': {
        const asked = readFaultRequest(await readBody(request));
        return 'command' in asked
          ? faultsOf(cluster).order(asked.command, signal)
          : faultsOf(cluster).orderStep(asked.step, signal);
      }
      case 'GET /v1/faults': {
        const answer: FaultsAnswer = { faults: (await cluster.faults?.list()) ?? [] };
        return answer;
      }
      case 'POST /v1/lift': {
        const asked = readLiftRequest(await readBody(request));
        if ('id' in asked) return faultsOf(cluster).lift(asked.id);
        return faultsOf(cluster).heal(asked.nodes.length === 0 ? undefined : asked.nodes);
      }
      case 'GET /v1/load': {
        const answer: LoadAnswer = { load: cluster.load?.status() ?? NEVER_ON };
        return answer;
      }
      case 'POST /v1/load': {
        const { run, ...options } = readLoadRequest(await readBody(request));
        const load = loadOf(cluster);
        await (run ? load.start(options) : load.stop());
        const answer: LoadAnswer = { load: load.status() };
        return answer;
      }
      case 'POST /v1/down':
        // After the answer.
        setImmediate(() => void cluster.close());
        return {};
      default:
        throw new DfsError('INVALID_ARGUMENT', `The lab does not know the request "${route}"`);
    }
  }
}

/** What is done from outside would be taken for the work of the scenario, or of its faults. */
function assertNobodysRun({ scenario }: LabControl): void {
  if (scenario === undefined) return;
  throw new DfsError(
    'PERMISSION_DENIED',
    `This cluster belongs to a run of the scenario "${scenario}": other commands cannot change it. End the run with Ctrl-C, or start a lab of your own with "lab up"`,
  );
}

function loadOf({ load }: LabControl): SteadyLoad {
  if (load !== undefined) return load;
  throw new DfsError('UNIMPLEMENTED', 'This lab has no load of its own');
}

function faultsOf({ faults }: LabControl): LabFaults {
  if (faults !== undefined) return faults;
  throw new DfsError('UNIMPLEMENTED', 'This lab takes no faults');
}

/** Carries out what was asked: a fault in its turn, with its proof. @throws DfsError UNAVAILABLE when it had no effect */
async function act(cluster: LabControl, { action, nodes, kind }: ActRequest, signal: AbortSignal): Promise<ActAnswer> {
  if (action === 'transfer-leadership') {
    if (nodes.length > 1) throw new DfsError('INVALID_ARGUMENT', `Only one master can lead, and ${nodes.length} were named`);
    await cluster.transferLeadership(nodes[0]);
    return {};
  }
  const faults = faultsOf(cluster);
  const answer =
    action === 'heal'
      ? await faults.heal(nodes.length === 0 ? undefined : nodes)
      : await faults.orderStep(namedStep(action, nodes, kind === undefined ? {} : { kind }), signal);
  const { effect, text, evidence } = answer;
  if (effect === 'none') throw new DfsError('UNAVAILABLE', `"${text}" ${shortfallText(answer)}: ${evidence}`);
  return answer;
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

function send(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(body));
}
