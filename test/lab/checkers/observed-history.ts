/** Histories of the workload `metadata` as a right cluster gives them: a sequential file system, seen by clients that overlap and lose answers. */
import { SeededRandom } from '../../../src/runtime/faults/seeded-random.js';
import type { Operation } from '../../../src/lab/history/operation.js';
import { MetadataChooser, metadataDirectories } from '../../../src/lab/workloads/types/metadata-operations.js';
import type { MetadataOperation } from '../../../src/lab/workloads/types/metadata-operations.js';
import { answer } from './brute-force.js';
import type { Tree } from './brute-force.js';
import { sha } from './histories.js';

export interface ObservedOptions {
  readonly seed: number;
  readonly clients: number;
  /** Of all clients together. */
  readonly opsPerSecond: number;
  readonly names: number;
  readonly seconds: number;
  /** The master is away once in this time, for up to a third of it. */
  readonly outageEveryMs: number;
  /** One operation in so many ends with its client, whose place another one takes. */
  readonly crashOneIn: number;
  /** Breaks the promise of sessions: of the operations whose answers get lost, some take effect so much later. */
  readonly lateByMs?: number;
}

interface Timed {
  readonly operation: Omit<Operation, 'outcome'>;
  readonly isUnknown: boolean;
  /** Infinity: never. */
  readonly effectMs: number;
}

function asked(what: MetadataOperation, id: number): Pick<Operation, 'kind' | 'path' | 'toPath' | 'sha256' | 'recursive'> {
  const { kind, path } = what;
  if (kind === 'delete-tree') return { kind: 'delete', path, recursive: true };
  if (kind === 'create' || kind === 'overwrite') return { kind, path, sha256: sha(String(id)) };
  return kind === 'rename' ? { kind, path, toPath: what.toPath } : { kind, path };
}

function timings({
  seed,
  clients,
  opsPerSecond,
  names,
  seconds,
  outageEveryMs,
  crashOneIn,
  lateByMs = 0,
}: ObservedOptions): Timed[] {
  const timed: Timed[] = [];
  const outages: { fromMs: number; toMs: number }[] = [];
  const fate = new SeededRandom(String(seed), 'outages');
  for (let atMs = outageEveryMs; atMs < 1_000 * seconds; atMs += outageEveryMs)
    outages.push({ fromMs: atMs, toMs: atMs + fate.integer(100, outageEveryMs / 3) });
  const workload = { type: 'metadata' as const, clients, names, sizeBytesMin: 1, sizeBytesMax: 1 };
  for (let index = 1; index <= clients; index += 1) {
    const random = new SeededRandom(String(seed), `client ${index}`);
    const chooser = new MetadataChooser(workload, random);
    let session = index;
    for (let atMs = 10 + random.float(); atMs < 1_000 * seconds;) {
      const latencyMs = random.chance(0.02) ? random.integer(100, 3_000) : random.integer(2, 40);
      const what = asked(chooser.next(), index * 1_000_000 + timed.length);
      const outage = outages.find(({ fromMs, toMs }) => fromMs <= atMs + latencyMs && atMs <= toMs);
      const isCrash = random.integer(1, crashOneIn) === 1;
      const isUnknown = isCrash || (outage !== undefined && random.chance(0.5));
      const endMs = outage === undefined ? atMs + latencyMs : outage.toMs + latencyMs * random.float();
      const nextMs = Math.max(endMs + 0.001 + random.float(), atMs + (1_000 * clients) / opsPerSecond);
      // Too late for one that its session's next operation settles.
      const lateMs = lateByMs + (isCrash ? endMs + random.integer(0, 5_000) : endMs + (nextMs - endMs) * random.float());
      const effectMs = isUnknown
        ? [Infinity, atMs + random.float(), lateMs][random.integer(0, 2)]!
        : atMs + (endMs - atMs) * random.float();
      const times = { invokedMs: atMs, completedMs: isCrash ? null : endMs };
      timed.push({ operation: { id: 0, client: `c${index}`, session, ...what, ...times }, isUnknown, effectMs });
      if (isCrash) session += clients;
      atMs = nextMs;
    }
  }
  return timed;
}

/** @returns in order of invocation */
export function observedHistory(options: ObservedOptions): Operation[] {
  let tree: Tree = new Map(['/meta', ...metadataDirectories()].map((path) => [path, 'dir']));
  const setUp = metadataDirectories().map((path): Operation => ({
    id: 0,
    client: 'c0',
    kind: 'mkdir',
    path,
    parents: true,
    invokedMs: 0,
    completedMs: 1,
    outcome: 'ok',
  }));
  const operations = timings(options)
    .sort((a, b) => a.effectMs - b.effectMs)
    .map(({ operation, isUnknown, effectMs }): Operation => {
      const open: Operation = { ...operation, outcome: 'unknown' };
      if (effectMs === Infinity) return open;
      const told = answer(tree, open);
      tree = told.tree;
      if (isUnknown) return open;
      if (open.kind === 'stat') return { ...open, outcome: 'ok', exists: told.code === 'ok' };
      if (told.code !== 'ok') return { ...open, outcome: 'fail', error: told.code };
      const { seen, names } = told;
      return {
        ...open,
        outcome: 'ok',
        ...(seen === undefined ? {} : { sha256: seen }),
        ...(names === undefined ? {} : { names }),
      };
    });
  return [...setUp, ...operations]
    .sort((a, b) => a.invokedMs - b.invokedMs)
    .map((operation, index) => ({ ...operation, id: index + 1 }));
}
