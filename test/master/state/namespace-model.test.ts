/** Random sequences of namespace operations against a model that could not be simpler: a set of paths. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Script } from '../script.js';

/** Path to kind. The root is not in it. */
class Model {
  readonly #entries = new Map<string, 'file' | 'directory'>();

  paths(): string[] {
    return ['/', ...Array.from(this.#entries, ([path, kind]) => (kind === 'file' ? path : `${path}/`))].sort();
  }

  mkdir(path: string): string {
    const parent = this.#parentProblem(path);
    if (parent !== null) return parent;
    if (this.#entries.has(path)) return 'ALREADY_EXISTS';
    this.#entries.set(path, 'directory');
    return 'ok';
  }

  mkdirs(path: string): string {
    const parts = path.split('/').slice(1);
    const steps = parts.map((_, i) => `/${parts.slice(0, i + 1).join('/')}`);
    const blocked = steps.find((step) => this.#entries.get(step) === 'file');
    if (blocked !== undefined) return blocked === path ? 'ALREADY_EXISTS' : 'NOT_A_DIRECTORY';
    for (const step of steps) this.#entries.set(step, 'directory');
    return 'ok';
  }

  write(path: string): string {
    const parent = this.#parentProblem(path);
    if (parent !== null) return parent;
    if (this.#entries.get(path) === 'directory') return 'IS_A_DIRECTORY';
    this.#entries.set(path, 'file');
    return 'ok';
  }

  delete(path: string, recursive: boolean): string {
    const parent = this.#parentProblem(path);
    if (parent !== null) return parent;
    if (!this.#entries.has(path)) return 'NOT_FOUND';
    const below = this.#below(path);
    if (below.length > 0 && !recursive) return 'NOT_EMPTY';
    for (const gone of [path, ...below]) this.#entries.delete(gone);
    return 'ok';
  }

  rename(from: string, to: string): string {
    const fromParent = this.#parentProblem(from);
    if (fromParent !== null) return fromParent;
    const kind = this.#entries.get(from);
    if (kind === undefined) return 'NOT_FOUND';
    const toParent = this.#parentProblem(to);
    if (toParent !== null) return toParent;
    if (from === to) return 'ok';
    if (kind === 'directory' && to.startsWith(`${from}/`)) return 'INVALID_ARGUMENT';
    const target = this.#entries.get(to);
    if (target === 'file' && kind === 'directory') return 'NOT_A_DIRECTORY';
    if (target === 'directory' && kind === 'file') return 'IS_A_DIRECTORY';
    if (target === 'directory' && this.#below(to).length > 0) return 'NOT_EMPTY';
    const moved = [from, ...this.#below(from)].map((path) => [path, this.#entries.get(path)] as const);
    for (const [path] of moved) this.#entries.delete(path);
    for (const [path, what] of moved) if (what !== undefined) this.#entries.set(to + path.slice(from.length), what);
    return 'ok';
  }

  #below(path: string): string[] {
    return [...this.#entries.keys()].filter((other) => other.startsWith(`${path}/`));
  }

  #parentProblem(path: string): string | null {
    const parts = path.split('/').slice(1, -1);
    for (const [i] of parts.entries()) {
      const kind = this.#entries.get(`/${parts.slice(0, i + 1).join('/')}`);
      if (kind === undefined) return 'NOT_FOUND';
      if (kind === 'file') return 'NOT_A_DIRECTORY';
    }
    return null;
  }
}

const path = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 }).map((names) => `/${names.join('/')}`);
const operation = fc.oneof(
  fc.record({ kind: fc.constant('mkdir' as const), path }),
  fc.record({ kind: fc.constant('mkdirs' as const), path }),
  fc.record({ kind: fc.constant('write' as const), path }),
  fc.record({ kind: fc.constant('delete' as const), path, recursive: fc.boolean() }),
  fc.record({ kind: fc.constant('rename' as const), from: path, to: path }),
  fc.record({ kind: fc.constant('purge' as const), limit: fc.integer({ min: 1, max: 5 }) }),
);

/** An empty file in one go. */
function write(script: Script, where: string): string {
  const created = script.create(where, { overwrite: true });
  if (created.createFile === undefined) return created.error?.code ?? 'ok';
  return script.complete(created.createFile.fileId, 0, 0).error?.code ?? 'ok';
}

test('namespace: every sequence of operations answers as the model, keeps a tree, and replays to the same digest', () => {
  fc.assert(
    fc.property(fc.array(operation, { minLength: 1, maxLength: 60 }), (operations) => {
      const script = new Script();
      const model = new Model();
      for (const step of operations) {
        if (step.kind === 'mkdir') expect(script.mkdir(step.path).error?.code ?? 'ok').toBe(model.mkdir(step.path));
        else if (step.kind === 'mkdirs') expect(script.mkdir(step.path, true).error?.code ?? 'ok').toBe(model.mkdirs(step.path));
        else if (step.kind === 'write') expect(write(script, step.path)).toBe(model.write(step.path));
        else if (step.kind === 'delete') {
          expect(script.delete(step.path, step.recursive).error?.code ?? 'ok').toBe(model.delete(step.path, step.recursive));
        } else if (step.kind === 'rename') {
          expect(script.rename(step.from, step.to).error?.code ?? 'ok').toBe(model.rename(step.from, step.to));
        } else {
          script.apply({ operation: 'purge', purge: { limit: step.limit } });
        }
      }
      expect(script.paths()).toEqual(model.paths());
      while (script.machine.state.tree.purgeBacklog > 0) script.apply({ operation: 'purge', purge: { limit: 3 } });
      const visible = model.paths();
      expect(script.machine.state.tree.directoryCount).toBe(visible.filter((entry) => entry.endsWith('/')).length);
      expect(script.machine.state.tree.fileCount).toBe(visible.filter((entry) => !entry.endsWith('/')).length);
      script.expectReplayEqual();
    }),
    { numRuns: 300, seed: 20 },
  );
});
