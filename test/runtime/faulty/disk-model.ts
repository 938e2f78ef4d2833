/** What a power cut may leave of a folder: by the calls that were made, and not by how they are undone. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import fc from 'fast-check';
import { UnlinkedFiles } from '../../../src/runtime/faulty/unlinked-files.js';
import { UndoDisk } from '../../../src/runtime/faulty/undo-disk.js';
import { Closers } from '../../../src/runtime/node/base/closers.js';
import { NodeDisk } from '../../../src/runtime/node/node-disk.js';
import { DfsError } from '../../../src/shared/errors.js';
import type { Disk, DiskFile } from '../../../src/shared/runtime.js';

export type Step =
  | { readonly do: 'write'; readonly name: string; readonly position: number; readonly bytes: number; readonly fill: number }
  | { readonly do: 'truncate'; readonly name: string; readonly sizeBytes: number }
  | { readonly do: 'sync' | 'close' | 'remove'; readonly name: string }
  | { readonly do: 'rename'; readonly name: string; readonly to: string }
  | { readonly do: 'syncDirectory'; readonly directory: string };

const DIRECTORIES = ['.', 'q'];
const NAMES = ['a', 'b', 'c', 'q/a', 'q/b'];

const name = fc.constantFrom(...NAMES);
/** Small files and large ones, so that tears fall into both. */
const place = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 20_000 }));
export const arbitrarySteps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('write' as const),
        name,
        position: place,
        bytes: place,
        fill: fc.integer({ min: 1, max: 255 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('truncate' as const), name, sizeBytes: place }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('sync' as const, 'close' as const, 'remove' as const), name }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('rename' as const), name, to: name }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('syncDirectory' as const), directory: fc.constantFrom(...DIRECTORIES) }),
    },
  ),
  { minLength: 1, maxLength: 25 },
);

/** A file, whatever it is called: what it holds, what is certain of it, and what came since. */
interface ModelFile {
  content: Buffer;
  durable: Buffer;
  since: { readonly content: Buffer; readonly write: { readonly position: number; readonly bytes: number } | null }[];
}

type Names = Map<string, ModelFile>;

class Model {
  /** As processes see them, by path. */
  readonly seen: Names = new Map();
  /** By directory: what its names stood for at the last sync, and after each change since. */
  readonly states = new Map<string, Names[]>(DIRECTORIES.map((directory) => [directory, [new Map()]]));

  file(path: string): ModelFile {
    let file = this.seen.get(path);
    if (file === undefined) {
      file = { content: Buffer.alloc(0), durable: Buffer.alloc(0), since: [] };
      this.seen.set(path, file);
      this.changed(posix.dirname(path));
    }
    return file;
  }

  write(path: string, position: number, data: Buffer): void {
    const file = this.file(path);
    if (data.length === 0) return;
    const content = Buffer.alloc(Math.max(file.content.length, position + data.length));
    file.content.copy(content);
    data.copy(content, position);
    this.#set(file, content, { position, bytes: data.length });
  }

  truncate(path: string, sizeBytes: number): void {
    const file = this.file(path);
    const content = Buffer.alloc(sizeBytes);
    file.content.copy(content);
    this.#set(file, content, null);
  }

  sync(path: string): void {
    const file = this.file(path);
    file.durable = file.content;
    file.since = [];
  }

  changed(directory: string): void {
    this.states.get(directory)?.push(new Map([...this.seen].filter(([path]) => posix.dirname(path) === directory)));
  }

  syncDirectory(directory: string): void {
    const states = this.states.get(directory) ?? [];
    states.splice(0, states.length - 1);
  }

  #set(file: ModelFile, content: Buffer, write: { readonly position: number; readonly bytes: number } | null): void {
    file.content = content;
    file.since.push({ content, write });
  }
}

/** Tells what is impossible about a file that survived; undefined: nothing. */
function impossibleContent(file: ModelFile, found: Buffer): string | undefined {
  if (file.since.length === 0) return found.equals(file.durable) ? undefined : 'it was synced, and is another one';
  const longest = Math.max(file.durable.length, ...file.since.map(({ content }) => content.length));
  if (found.length > longest) return `it has ${found.length} bytes and never had more than ${longest}`;
  for (let at = 0; at < found.length; at++) {
    // Zero: a hole, where a later write survived and an earlier one did not.
    const possible = [file.durable[at] ?? 0, 0, ...file.since.map(({ content }) => content[at] ?? 0)];
    const isHoleOnly = at < file.durable.length && file.since.every(({ content }) => at < content.length && content[at] !== 0);
    if (!possible.includes(found[at] ?? 0) || (isHoleOnly && found[at] === 0 && file.durable[at] !== 0)) {
      return `byte ${at} is ${found[at] ?? 0}, and never was`;
    }
  }
  return undefined;
}

function filesIn(dir: string): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const directory of DIRECTORIES) {
    for (const entry of readdirSync(join(dir, directory))) {
      const path = posix.join(directory, entry);
      if (statSync(join(dir, path)).isFile()) found.set(path, readFileSync(join(dir, path)));
    }
  }
  return found;
}

/** Everything that a power cut cannot have left, of one directory: no state that it was in since its last sync fits. */
function impossible(model: Model, directory: string, found: ReadonlyMap<string, Buffer>): string[] {
  const here = new Map([...found].filter(([path]) => posix.dirname(path) === directory));
  const reasons = (model.states.get(directory) ?? []).map((names): string[] => {
    if ([...names.keys()].sort().join() !== [...here.keys()].sort().join())
      return [`${directory} holds ${[...here.keys()].join()}`];
    return [...names].flatMap(([path, file]) => {
      const reason = impossibleContent(file, here.get(path) ?? Buffer.alloc(0));
      return reason === undefined ? [] : [`${path}: ${reason}`];
    });
  });
  return reasons.some((own) => own.length === 0) ? [] : (reasons.at(-1) ?? []);
}

/** The disk; files that it opens are found in `opened`, too. */
function collecting(disk: NodeDisk, opened: DiskFile[]): Disk {
  const open = disk.open.bind(disk);
  return Object.assign(disk, {
    open: async (...args: Parameters<Disk['open']>) => {
      const file = await open(...args);
      opened.push(file);
      return file;
    },
  });
}

export interface Cut {
  readonly impossible: readonly string[];
  /** Some of what was seen is not there any more, or is torn. */
  readonly hasLost: boolean;
  /** Left in the folder's parent beside the folder. */
  readonly beside: readonly string[];
}

/** Takes the steps on a real folder, cuts its power, and compares. @param plant breaks the disk that is stepped on */
export async function cutAfter(
  steps: readonly Step[],
  choiceSeed: number,
  plant: (disk: Disk) => Disk = (disk) => disk,
): Promise<Cut> {
  const parent = mkdtempSync(join(tmpdir(), 'distrifs-undo-'));
  const dir = join(parent, 'data');
  const opened: DiskFile[] = [];
  const undo = new UndoDisk(collecting(new NodeDisk(dir, new Closers()), opened), new UnlinkedFiles(dir));
  const disk = plant(undo);
  const model = new Model();
  const open = new Map<string, DiskFile>();
  try {
    await undo.makeDirectory('q');
    await undo.syncDirectory('.');
    const handle = async (path: string): Promise<DiskFile> => {
      const file = open.get(path) ?? (await disk.open(path, 'create'));
      open.set(path, file);
      model.file(path);
      return file;
    };
    for (const step of steps) {
      if (step.do === 'write') {
        const data = Buffer.alloc(step.bytes, step.fill);
        await (await handle(step.name)).write(data, step.position);
        model.write(step.name, step.position, data);
      } else if (step.do === 'truncate') {
        await (await handle(step.name)).truncate(step.sizeBytes);
        model.truncate(step.name, step.sizeBytes);
      } else if (step.do === 'sync') {
        await (await handle(step.name)).sync();
        model.sync(step.name);
      } else if (step.do === 'close') {
        await open.get(step.name)?.close();
        open.delete(step.name);
      } else if (step.do === 'syncDirectory') {
        await disk.syncDirectory(step.directory);
        model.syncDirectory(step.directory);
      } else if (model.seen.has(step.name)) {
        const [from, to] = [step.name, step.do === 'rename' ? step.to : null];
        if (to === from) continue;
        if (to === null) await disk.remove(from);
        else await disk.rename(from, to);
        const [file, handleOfIt] = [model.seen.get(from), open.get(from)];
        model.seen.delete(from);
        open.delete(from);
        if (to !== null && file !== undefined) model.seen.set(to, file);
        if (to !== null) open.delete(to);
        if (to !== null && handleOfIt !== undefined) open.set(to, handleOfIt);
        for (const directory of new Set([posix.dirname(from), posix.dirname(to ?? from)])) model.changed(directory);
      }
    }
    const seen = filesIn(dir);
    await undo.powerCut(choiceSeed);
    const found = filesIn(dir);
    const isSame = seen.size === found.size && [...seen].every(([path, bytes]) => found.get(path)?.equals(bytes) === true);
    const beside = readdirSync(parent).filter((entry) => entry !== 'data');
    return { impossible: DIRECTORIES.flatMap((directory) => impossible(model, directory, found)), hasLost: !isSame, beside };
  } catch (error) {
    throw error instanceof DfsError ? new Error(`${error.message} after ${JSON.stringify(steps)}`, { cause: error }) : error;
  } finally {
    // What was closed already says so.
    await Promise.allSettled(opened.map((file) => file.close()));
    rmSync(parent, { recursive: true, force: true });
  }
}
