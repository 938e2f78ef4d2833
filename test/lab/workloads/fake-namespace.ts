/** A file system in memory that answers after a while, for workloads to be tried on; it can be made to lie. */
import { DfsError } from '../../../src/shared/errors.js';
import type { ErrorCode } from '../../../src/shared/errors.js';
import type { SeededRandom } from '../../../src/runtime/faults/seeded-random.js';
import type { Operation, OperationKind } from '../../../src/lab/history/operation.js';
import type { FileClient } from '../../../src/lab/workloads/file-client.js';
import { fingerprint } from '../../../src/lab/workloads/file-content.js';
import type { RunClock } from '../../../src/lab/workloads/run-clock.js';
import { answer } from '../checkers/brute-force.js';
import type { Tree } from '../checkers/brute-force.js';

/** What it does wrong, once in a while. */
export type Lie =
  'stale-read' | 'lost-delete' | 'create-replaces' | 'rename-copies' | 'short-list' | 'late-again' | 'wrong-bytes';

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'NOT_FOUND',
  EEXIST: 'ALREADY_EXISTS',
  ENOTDIR: 'NOT_A_DIRECTORY',
  EISDIR: 'IS_A_DIRECTORY',
  ENOTEMPTY: 'NOT_EMPTY',
  EINVAL: 'INVALID_ARGUMENT',
};

const LIE_ONE_IN = 4;
const LATENCY_MS_MAX = 20;
const LATE_MS = 2_000;

export class FakeNamespace {
  #tree: Tree = new Map();
  #earlier: Tree = new Map();
  readonly #contents = new Map<string, Uint8Array>();

  constructor(
    readonly clock: RunClock,
    readonly random: SeededRandom,
    readonly lie?: Lie,
  ) {}

  client(): FileClient & { crash(): void } {
    let isDead = false;
    const call = async (kind: OperationKind, path: string, more: Partial<Operation> = {}): Promise<ReturnType<typeof answer>> => {
      await this.#pause();
      const told = this.#apply({ id: 1, client: 'c', kind, path, invokedMs: 0, completedMs: 0, outcome: 'ok', ...more });
      await this.#pause();
      // A dead process hears no answer.
      if (isDead) await new Promise(() => undefined);
      if (told.code !== 'ok') throw new DfsError(CODES[told.code] ?? 'INTERNAL', `${kind} ${path}: ${told.code}`);
      return told;
    };
    const write = async (kind: 'create' | 'overwrite', path: string, content: Uint8Array): Promise<void> => {
      const sha256 = fingerprint(content);
      this.#contents.set(sha256, content);
      await call(kind, path, { sha256 });
    };
    const done = (told: Promise<unknown>): Promise<void> => told.then(() => undefined);
    return {
      mkdir: (path) => done(call('mkdir', path, { parents: true })),
      makeDirectory: (path) => done(call('mkdir', path)),
      readdir: async (path) => (await call('list', path)).names ?? [],
      createFile: (path, content) => write('create', path, content),
      writeFile: (path, content) => write('overwrite', path, content),
      writeStream: (path, source) => write('overwrite', path, Buffer.concat([...source.pieces()])),
      readStream: async (path, onPiece, range) => {
        const { seen = '' } = await call('read', path);
        onPiece((this.#contents.get(seen) ?? new Uint8Array()).subarray(range?.startByte, range?.endByte));
      },
      readFile: async (path) => {
        const { seen = '' } = await call('read', path);
        const content = this.#contents.get(seen) ?? new Uint8Array();
        return this.#lies('wrong-bytes') ? content.map((byte) => byte ^ 1) : content;
      },
      rename: (path, toPath) => done(call('rename', path, { toPath })),
      rm: (path) => done(call('delete', path)),
      removeTree: (path) => done(call('delete', path, { recursive: true })),
      exists: (path) =>
        call('stat', path).then(
          () => true,
          () => false,
        ),
      close: async () => undefined,
      crash: () => {
        isDead = true;
      },
    };
  }

  #pause(): Promise<void> {
    return this.clock.sleep(this.random.integer(1, LATENCY_MS_MAX));
  }

  #lies(lie: Lie): boolean {
    return this.lie === lie && this.random.integer(1, LIE_ONE_IN) === 1;
  }

  #apply(operation: Operation): ReturnType<typeof answer> {
    if (operation.kind === 'read' && this.#lies('stale-read')) return answer(this.#earlier, operation);
    const isForced = operation.kind === 'create' && this.#lies('create-replaces');
    const told = answer(this.#tree, isForced ? { ...operation, kind: 'overwrite' } : operation);
    const before = this.#tree;
    if (operation.kind === 'list' && told.names !== undefined && this.#lies('short-list'))
      return { ...told, names: told.names.slice(1) };
    if (operation.kind === 'delete' && this.#lies('lost-delete')) return told;
    this.#tree = told.tree;
    const held = before.get(operation.path);
    if (operation.kind === 'rename' && told.code === 'ok' && held !== undefined && this.#lies('rename-copies'))
      this.#tree = new Map([...this.#tree, [operation.path, held]]);
    if (before !== this.#tree) this.#earlier = before;
    if (operation.kind === 'overwrite' && this.#lies('late-again'))
      void this.clock.sleep(LATE_MS).then(() => {
        this.#tree = answer(this.#tree, operation).tree;
      });
    return told;
  }
}
