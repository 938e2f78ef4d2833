/** What clients did and were told, and whether some order of it explains everything (linearizability, after Wing and Gong). */

/** Files have a content id; directories are 'dir'. */
type Model = ReadonlyMap<string, number | 'dir'>;

export type Call =
  | { readonly kind: 'write'; readonly path: string; readonly id: number; readonly exclusive: boolean }
  | { readonly kind: 'mkdir'; readonly path: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'rm'; readonly path: string }
  | { readonly kind: 'read'; readonly path: string }
  | { readonly kind: 'readdir'; readonly path: string };

/** What came of a call. 'unknown': it may have taken effect, or do so later. */
export type Outcome =
  | { readonly kind: 'ok'; readonly id?: number; readonly names?: readonly string[] }
  | { readonly kind: 'error'; readonly code: string }
  | { readonly kind: 'unknown' };

export interface Operation {
  readonly client: string;
  readonly call: Call;
  readonly invoked: number;
  returned: number;
  outcome: Outcome;
}

/** Search steps after which a history counts as undecided. */
const STEPS_MAX = 300_000;

export class History {
  readonly operations: Operation[] = [];
  #events = 0;

  /** Until `end`, the outcome is unknown. */
  begin(client: string, call: Call): Operation {
    const operation: Operation = { client, call, invoked: ++this.#events, returned: Infinity, outcome: { kind: 'unknown' } };
    this.operations.push(operation);
    return operation;
  }

  end(operation: Operation, outcome: Outcome): void {
    operation.outcome = outcome;
    if (outcome.kind !== 'unknown') operation.returned = ++this.#events;
  }

  /** It says nothing about the state of the file system. */
  drop(operation: Operation): void {
    this.operations.splice(this.operations.indexOf(operation), 1);
  }

  /** Looks for an order that explains every outcome. Undecided when that takes too long. */
  verdict(): 'linearizable' | 'undecided' | 'not linearizable' {
    return search(this.operations);
  }

  /** For people. */
  lines(): string[] {
    return this.operations.map(
      ({ client, call, invoked, returned, outcome }) =>
        `${invoked}-${returned} ${client} ${JSON.stringify(call)} -> ${JSON.stringify(outcome)}`,
    );
  }
}

function search(operations: readonly Operation[]): 'linearizable' | 'undecided' | 'not linearizable' {
  const sorted = operations.toSorted((a, b) => a.invoked - b.invoked);
  const seen = new Set<string>();
  let steps = 0;
  interface Frame {
    readonly model: Model;
    readonly done: ReadonlySet<number>;
    /** All before it are done. */
    readonly first: number;
  }
  const stack: Frame[] = [{ model: new Map([['/', 'dir']]), done: new Set(), first: 0 }];
  for (let frame = stack.pop(); frame !== undefined; frame = stack.pop()) {
    if (++steps > STEPS_MAX) return 'undecided';
    const candidates = candidatesOf(sorted, frame.done, frame.first);
    if (candidates.every((i) => sorted[i]!.outcome.kind === 'unknown')) return 'linearizable';
    const next: Frame[] = [];
    for (const i of candidates) {
      const operation = sorted[i]!;
      const model = carryOut(frame.model, operation);
      if (model === null) continue;
      const done = new Set(frame.done).add(i);
      let { first } = frame;
      while (done.has(first)) done.delete(first++);
      const key = `${first}|${[...done].sort((a, b) => a - b).join()}|${[...model].sort().join(';')}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const step = { model, done, first };
      // What changes nothing may as well come first.
      if (model === frame.model && operation.outcome.kind !== 'unknown') {
        next.length = 0;
        next.push(step);
        break;
      }
      next.push(step);
    }
    // Unknown ones last: most often they are not needed.
    stack.push(...next.reverse());
  }
  return 'not linearizable';
}

/** Operations that may be the next: no other one that is left had ended when they began. */
function candidatesOf(sorted: readonly Operation[], done: ReadonlySet<number>, first: number): number[] {
  let firstReturn = Infinity;
  const open: number[] = [];
  for (let i = first; i < sorted.length; i++) {
    if (done.has(i)) continue;
    const operation = sorted[i]!;
    if (operation.invoked > firstReturn) break;
    open.push(i);
    firstReturn = Math.min(firstReturn, operation.returned);
  }
  const known = open.filter((i) => sorted[i]!.outcome.kind !== 'unknown' && sorted[i]!.invoked < firstReturn);
  const unknown = open.filter((i) => sorted[i]!.outcome.kind === 'unknown');
  return [...known, ...unknown];
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

/** The state after an operation with this outcome; null when it cannot have had it here. */
function carryOut(model: Model, { call, outcome }: Operation): Model | null {
  const wanted = outcome.kind === 'error' ? outcome.code : 'ok';
  if (codeOf(model, call) !== wanted) return null;
  if (wanted !== 'ok') return model;
  switch (call.kind) {
    case 'write':
      return new Map(model).set(call.path, call.id);
    case 'mkdir':
      return new Map(model).set(call.path, 'dir');
    case 'rename': {
      if (call.from === call.to) return model;
      const after = new Map(model);
      after.set(call.to, after.get(call.from) ?? 0);
      after.delete(call.from);
      return after;
    }
    case 'rm':
      return new Map([...model].filter(([path]) => path !== call.path && !path.startsWith(`${call.path}/`)));
    case 'read':
      return outcome.kind === 'ok' && model.get(call.path) === outcome.id ? model : null;
    case 'readdir': {
      const names = [...model.keys()].filter((path) => path !== '/' && parentOf(path) === call.path).sort();
      const shown = outcome.kind === 'ok' ? outcome.names : undefined;
      const prefix = call.path === '/' ? '/' : `${call.path}/`;
      return shown?.map((name) => prefix + name).join() === names.join() ? model : null;
    }
  }
}

/** What a call is answered here. Directories and files never bear each other's names in a workload. */
function codeOf(model: Model, call: Call): string {
  switch (call.kind) {
    case 'write':
      if (!model.has(parentOf(call.path))) return 'ENOENT';
      return call.exclusive && model.has(call.path) ? 'EEXIST' : 'ok';
    case 'mkdir':
      if (!model.has(parentOf(call.path))) return 'ENOENT';
      return model.has(call.path) ? 'EEXIST' : 'ok';
    case 'rename':
      return model.has(call.from) && model.has(parentOf(call.to)) ? 'ok' : 'ENOENT';
    case 'rm':
    case 'read':
    case 'readdir':
      return model.has(call.path) ? 'ok' : 'ENOENT';
  }
}
