/** What a conformance suite needs of an implementation of Runtime: a world to run each test in, whether its time is real or virtual. */
import type { DfsError } from '../../../src/shared/errors.js';
import type { Disk, Runtime } from '../../../src/shared/runtime.js';

/** An implementation, as the suites see it. */
export interface Subject {
  readonly name: string;
  /** `World.cutPower` works. */
  readonly canCutPower: boolean;
  /**
   * Runs the body of a test in a fresh world, and removes that world afterwards.
   * @param seed decides everything that is left to chance, where the world can be seeded
   */
  readonly run: (body: (world: World) => Promise<void>, seed?: number) => Promise<void>;
}

/** One machine with a process on it. Its clock is the time that the test itself waits by. */
export interface World {
  /** Of the process that is tested. */
  readonly runtime: Runtime;
  /** The runtime of one more process on the same machine and in the same folder. */
  readonly another: () => Runtime;
  /** Resolves once `condition` holds; rejects after ten seconds of the world's time. */
  readonly until: (condition: () => boolean) => Promise<void>;
  /** host:port of a listener that never takes a connection up. */
  readonly silentAddress: () => Promise<string>;
  /** host:0, of a host that is another machine. */
  readonly foreignAddress: string;
  /** host:port, of a host that does not exist. */
  readonly unknownAddress: string;
  /**
   * Cuts the power and gives the disk to a new process. Only where `canCutPower`.
   * @param choiceSeed decides what of the unsynced changes is left
   */
  readonly cutPower: (choiceSeed: number) => Promise<Disk>;
  /** What `runtime.log` has written so far, oldest first. */
  readonly logLines: () => readonly LogLine[];
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Where a test listens: the system chooses the port. */
export const ANY_PORT = '127.0.0.1:0';

/** What a promise rejects with; its value as `{ resolved }` where it does not. */
export const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => ({ resolved: value }),
    (error: unknown) => error,
  );

/** What `expect(...).toMatchObject` looks for in a failure: its type and fields. */
export const dfsError = (code: DfsError['code'], fields: Partial<Pick<DfsError, 'retriable'>> = {}): object => ({
  name: 'DfsError',
  code,
  ...fields,
});
