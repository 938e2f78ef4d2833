/** Acts on a running lab from another process, over its control socket. */
import { request } from 'node:http';
import { resolve } from 'node:path';
import { DfsError, isErrorCode } from '../../shared/errors.js';
import { LABS_DIR, labEntries } from '../../supervisor/folder/lab-folder.js';
import { CommandRefused } from './command-refused.js';
import { findRunningLab, runningLabs } from './running-labs.js';
import type { RefusedPart } from './command-refused.js';
import type { FaultAnswer } from '../../supervisor/api/lab-faults.js';
import type {
  ActRequest,
  EnvironmentAnswer,
  FailureAnswer,
  FaultRequest,
  FaultsAnswer,
  LiftRequest,
  LoadAnswer,
  LoadRequest,
  StatusAnswer,
} from './control-messages.js';
import { messageOf } from '../../shared/error-text.js';

/** A restart of many nodes takes this long at worst. */
const ANSWER_WITHIN_MS = 60_000;
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;

export class ControlClient {
  readonly #socketPath: string;

  private constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  /**
   * Finds a running lab.
   * @param dir its folder; default: the newest that runs, except clusters of scenarios
   * @param entries where labs may run, the newest first
   * @throws DfsError NOT_FOUND when there is none
   */
  static find(dir?: string, entries: () => readonly string[] = labEntries): ControlClient {
    const lab = findRunningLab(dir, entries);
    if (lab !== null) return new ControlClient(lab.control);
    // Only scenarios run, if anything does.
    const ofScenarios = dir === undefined ? [...runningLabs(entries())].map((running) => running.dir) : [];
    throw new DfsError('NOT_FOUND', noLab(dir, ofScenarios));
  }

  async status(): Promise<StatusAnswer> {
    // The same release answers; its control-server.ts says what.
    return (await this.#call('GET', '/v1/status')) as StatusAnswer;
  }

  async environment(): Promise<EnvironmentAnswer> {
    // As above.
    return (await this.#call('GET', '/v1/env')) as EnvironmentAnswer;
  }

  /** @throws DfsError of the cluster */
  async act(act: ActRequest): Promise<void> {
    await this.#call('POST', '/v1/act', act);
  }

  /** The answer says when a fault had no effect. @throws DfsError of the cluster */
  async fault(fault: FaultRequest): Promise<FaultAnswer> {
    // As above.
    return (await this.#call('POST', '/v1/fault', fault)) as FaultAnswer;
  }

  async faults(): Promise<FaultsAnswer> {
    // As above.
    return (await this.#call('GET', '/v1/faults')) as FaultsAnswer;
  }

  /** @throws DfsError NOT_FOUND when it is not active */
  async lift(what: LiftRequest): Promise<FaultAnswer> {
    // As above.
    return (await this.#call('POST', '/v1/lift', what)) as FaultAnswer;
  }

  /** How the steady load does; starts or stops it before, when asked to. @throws DfsError INVALID_ARGUMENT, or what the cluster says */
  async load(change?: LoadRequest): Promise<LoadAnswer> {
    // As above.
    return (await (change === undefined ? this.#call('GET', '/v1/load') : this.#call('POST', '/v1/load', change))) as LoadAnswer;
  }

  /** Asks the lab to end. */
  async down(): Promise<void> {
    await this.#call('POST', '/v1/down', {});
  }

  #call(method: string, path: string, body?: object): Promise<unknown> {
    return new Promise((resolvePromise, reject) => {
      const call = request(
        { socketPath: this.#socketPath, method, path, timeout: ANSWER_WITHIN_MS, agent: false },
        (response) => {
          const parts: Buffer[] = [];
          let bytes = 0;
          response.on('data', (part: Buffer) => {
            bytes += part.length;
            if (bytes > ANSWER_BYTES_MAX) response.destroy(new Error('the answer is too long'));
            else parts.push(part);
          });
          response.on('error', (error) => reject(lost(error)));
          response.on('end', () => {
            try {
              const answer: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
              if (response.statusCode === 200) resolvePromise(answer);
              else reject(failureOf(answer));
            } catch (error) {
              reject(lost(error));
            }
          });
        },
      );
      call.on('timeout', () =>
        call.destroy(
          new Error(`it has not answered within ${ANSWER_WITHIN_MS / 1_000} s; what was asked of it may still be carried out`),
        ),
      );
      call.on('error', (error) => reject(lost(error)));
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

/** @param ofScenarios where scenarios run, the newest first */
function noLab(dir: string | undefined, ofScenarios: readonly string[]): string {
  const start = 'start one with "lab up"';
  if (dir !== undefined) return `No lab is running in "${resolve(dir)}": ${start}`;
  const [newest] = ofScenarios;
  if (newest === undefined) return `No lab is running (none in ${LABS_DIR}): ${start}`;
  return `No lab is up: ${start}. A scenario runs in ${newest}; "lab status --dir ${newest}" looks at it`;
}

function lost(error: unknown): DfsError {
  const reason = messageOf(error);
  return new DfsError('UNAVAILABLE', `Cannot reach the running lab: ${reason}`, { cause: error });
}

/** Each is checked: a command line marks the column of one, and names the option of another by its path. */
function isRefusedPart(value: unknown): value is RefusedPart {
  if (typeof value !== 'object' || value === null || !('message' in value) || typeof value.message !== 'string') return false;
  const hasColumn = 'column' in value && Number.isSafeInteger(value.column) && Number(value.column) > 0;
  return hasColumn || ('path' in value && Array.isArray(value.path));
}

function failureOf(answer: unknown): DfsError {
  // As above: what an answer of the same release has.
  const { code, message, problems } =
    typeof answer === 'object' && answer !== null ? (answer as { [key in keyof FailureAnswer]?: unknown }) : {};
  const said = typeof message === 'string' ? message : 'The lab failed';
  if (Array.isArray(problems) && problems.every(isRefusedPart)) return new CommandRefused(said, problems);
  return new DfsError(typeof code === 'string' && isErrorCode(code) ? code : 'INTERNAL', said);
}
