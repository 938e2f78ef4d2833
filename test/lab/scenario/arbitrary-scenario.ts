/** Scenarios by chance, each as a file could describe it: for properties of what reads and writes them. */
import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { FaultSpec } from '../../../src/supervisor/api/fault.js';
import type { FaultKey } from '../../../src/supervisor/api/fault-row.js';
import { FAULT_WORDS, FAULTS, keysOf } from '../../../src/supervisor/api/fault-table.js';
import type { FaultWord } from '../../../src/supervisor/api/fault-table.js';
import { parseCondition } from '../../../src/lab/scenario/model/expression.js';
import type { Condition } from '../../../src/lab/scenario/model/expression.js';
import { matchingNodes, matchingNodesMax } from '../../../src/lab/scenario/model/matching-nodes.js';
import { nodeNames } from '../../../src/lab/scenario/model/scenario.js';
import { nodesMin } from '../../../src/lab/scenario/model/choose-nodes.js';
import { unfitFault } from '../../../src/lab/scenario/model/unfit-fault.js';
import { faultOf } from '../../../src/lab/scenario/grammar/read-fault.js';
import type { FaultFields } from '../../../src/lab/scenario/grammar/read-fault.js';
import type {
  Mode,
  Nemesis,
  Probe,
  Scenario,
  ScenarioCluster,
  Selector,
  Step,
} from '../../../src/lab/scenario/model/scenario.js';
import { traitsOf, WORKLOAD_TYPES } from '../../../src/lab/workloads/workload-types.js';
import type { Workload, WorkloadType } from '../../../src/lab/workloads/workload-types.js';
import { writtenKeys } from '../../../src/lab/scenario/grammar/fault-keys.js';
import { NEMESIS_FAULTS } from '../../../src/lab/scenario/schema/scenario-schema.js';

const KIB = 1_024;
const MIB = 1_024 * KIB;
const HOUR_MS = 3_600_000;

const maybe = <T>(arbitrary: Arbitrary<T>): Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const some = <T>(...items: readonly T[]): Arbitrary<T[]> => fc.subarray([...items], { minLength: 1 });
/** Without the keys that have no value. */
const dense = <T extends object>(record: T): T =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
const denseRecord = <T extends object>(arbitraries: { [K in keyof T]: Arbitrary<T[K] | undefined> }): Arbitrary<T> =>
  fc.record(arbitraries as { [K in keyof T]: Arbitrary<T[K]> }).map(dense);

const clusters: Arbitrary<ScenarioCluster> = fc.integer({ min: 1, max: 50 }).chain((datanodes) =>
  denseRecord<ScenarioCluster>({
    masters: fc.constantFrom(1, 3, 5),
    datanodes: fc.constant(datanodes),
    racks: fc.integer({ min: 1, max: datanodes }),
    replication: fc.integer({ min: 1, max: Math.min(16, datanodes) }),
    chunkSizeBytes: fc.oneof(fc.integer({ min: 64 * KIB, max: 1_024 * MIB }), fc.constant(4 * MIB)),
    checkpointLogBytes: maybe(fc.integer({ min: KIB, max: 1_024 * MIB })),
    profile: fc.constantFrom('fast', 'realistic'),
    runtime: maybe(fc.constantFrom('process', 'thread')),
  }),
);

const conditions: Arbitrary<Condition> = fc
  .tuple(
    fc.constantFrom('missing', 'under_replicated', 'safe_mode', 'repairs'),
    fc.constantFrom('==', ' != ', ' <= ', '>=', '<  ', ' >'),
    fc.nat(),
  )
  .map((parts) => {
    const parsed = parseCondition(parts.join(''));
    if (!parsed.ok) throw new Error(parsed.reason);
    return parsed.condition;
  });

const perSecond = maybe(
  fc.oneof(
    fc.integer({ min: 1, max: 10_000 }),
    fc.integer({ min: 1, max: 999 }).map((n) => n / 100),
  ),
);
const workloadOf = (type: WorkloadType): Arbitrary<Workload> => {
  const { sizeBytes, namesDefault } = traitsOf(type);
  const size = fc.oneof(
    fc.integer(sizeBytes),
    fc.integer({ min: 1, max: sizeBytes.max / KIB }).map((n) => n * KIB),
  );
  const rate = type === 'write-verify' || type === 'big-file' ? 'filesPerSecond' : 'opsPerSecond';
  return fc.tuple(fc.integer({ min: 1, max: 32 }), perSecond, size, size, fc.integer({ min: 1, max: 20 })).map(
    ([clients, paceOrNone, a, b, names]) =>
      dense({
        type,
        clients,
        [rate]: paceOrNone,
        sizeBytesMin: Math.min(a, b),
        sizeBytesMax: Math.max(a, b),
        ...(namesDefault === undefined ? {} : { names }),
      }) as Workload,
  );
};
const workloads: Arbitrary<Workload> = fc.oneof(...WORKLOAD_TYPES.map(workloadOf));

/** One that matches somebody. @param keys `static`: what a nemesis may ask for */
const selectors = (cluster: ScenarioCluster, keys: 'static' | 'all'): Arbitrary<Selector> => {
  const racks = Array.from({ length: cluster.racks }, (_, index) => `rack-${index + 1}`);
  const late = keys === 'all';
  return denseRecord<Selector>({
    names: maybe(some(...nodeNames(cluster))),
    roles: maybe(some('master' as const, 'datanode' as const)),
    racks: maybe(some(...racks)),
    states: late ? maybe(some('live', 'stale', 'dead', 'stopped', 'paused')) : fc.constant(undefined),
    is: maybe(fc.constantFrom('leader' as const, 'follower' as const)),
    holds: late ? maybe(fc.string({ unit: 'grapheme' }).map((name) => `/${name}`)) : fc.constant(undefined),
    inPipeline: late ? maybe(fc.constant(true as const)) : fc.constant(undefined),
  })
    .filter((selector) => Object.keys(selector).length > 0)
    .map((selector) => (matchingNodes(selector, cluster).length > 0 ? selector : { names: ['m-1', 'dn-1'] }));
};

const valueOf = (key: FaultKey): Arbitrary<string | number> =>
  key.kind === 'word' ? fc.constantFrom(...key.words) : fc.integer({ min: key.min, max: key.max });

/** Every key of the word: a value where it must have one, and else one, its default or none. */
function fieldsOf(word: FaultWord): Arbitrary<FaultFields> {
  const arbitraries = keysOf(FAULTS[word]).map(([, key]) => {
    const isThere = key.isNeeded === true || key.default !== undefined;
    const isImplied = (value: string | number): boolean => key.kind === 'word' && key.implied === value;
    const value = valueOf(key).filter((one) => !isImplied(one));
    return [key.field, isThere ? value : maybe(value)] as const;
  });
  return denseRecord<FaultFields>(Object.fromEntries(arbitraries));
}

/** What the grammar excludes of two keys together. */
function isPossible(fault: FaultSpec): boolean {
  const { conflicts = [] } = FAULTS[fault.action];
  const values = new Map(writtenKeys(fault).map(({ name, value }) => [name, value]));
  return !conflicts.some(
    ({ key, values: excluding, without }) => excluding.includes(String(values.get(key))) && values.has(without),
  );
}

/** Of every word but `add`, which makes nodes and chooses none. */
const faults: Arbitrary<FaultSpec> = fc.oneof(
  ...FAULT_WORDS.filter((word) => word !== 'add').map((word) =>
    fieldsOf(word)
      .map((fields) => faultOf(word, fields))
      .filter(isPossible),
  ),
);

const modes = (reachable: number): Arbitrary<Mode> =>
  fc.oneof(
    fc.record({ kind: fc.constantFrom('one' as const, 'all' as const, 'majority' as const) }),
    ...(reachable >= 3 ? [fc.constant({ kind: 'minority' as const })] : []),
    fc.record({ kind: fc.constant('fixed' as const), count: fc.integer({ min: 1, max: reachable }) }),
    fc.record({ kind: fc.constant('percent' as const), percent: fc.integer({ min: 1, max: 100 }) }),
  );

export const steps = (cluster: ScenarioCluster, endMs: number): Arbitrary<Step> =>
  fc
    .tuple(faults, selectors(cluster, 'all'), selectors(cluster, 'all'), fc.nat(endMs - 1))
    .filter(([fault]) => nodeNames(cluster).length >= nodesMin(fault))
    // What a single master has, it has no other copy of.
    .filter(([fault]) => !('file' in fault) || !['log', 'checkpoint'].includes(fault.file ?? '') || cluster.masters > 1)
    .chain(([fault, wanted, other, atMs]) => {
      const isFit =
        unfitFault(fault, matchingNodes(wanted, cluster), cluster) === undefined &&
        matchingNodesMax(wanted, cluster) >= nodesMin(fault);
      const selector = isFit ? wanted : { names: nodeNames(cluster) };
      const reachable = matchingNodes(selector, cluster);
      const isShaped = 'shape' in fault;
      const areBothLeader = selector.is === 'leader' && other.is === 'leader';
      const isLinked = !areBothLeader && matchingNodes(other, cluster).some((name) => reachable.some((own) => own !== name));
      const cannotUndo = FAULTS[fault.action].undo === null;
      return denseRecord<Step>({
        atMs: fc.constant(atMs),
        when: maybe(fc.record({ condition: conditions, timeoutMs: fc.integer({ min: 1, max: endMs - atMs }) })),
        durationMs: cannotUndo ? fc.constant(undefined) : maybe(fc.integer({ min: 1, max: HOUR_MS })),
        fault: fc.constant(fault),
        selector: fault.action === 'heal' ? maybe(fc.constant(selector)) : fc.constant(selector),
        target: 'direction' in fault && isLinked && !isShaped ? maybe(fc.constant(other)) : fc.constant(undefined),
        mode: isShaped ? fc.constant({ kind: 'all' as const }) : modes(matchingNodesMax(selector, cluster)),
        choiceSeed: maybe(fc.nat(0xffff_ffff)),
        source: maybe(fc.constant('nemesis' as const)),
        line: fc.constant(0),
      });
    });

/** Datanodes that are new. */
const additions = (endMs: number): Arbitrary<Step> =>
  denseRecord<Step>({
    atMs: fc.nat(endMs),
    fault: fc.constant({ action: 'add' as const }),
    mode: fc.record({ kind: fc.constant('fixed' as const), count: fc.integer({ min: 1, max: 3 }) }),
    choiceSeed: maybe(fc.nat(0xffff_ffff)),
    source: maybe(fc.constant('nemesis' as const)),
    line: fc.constant(0),
  });

const probes: Arbitrary<Probe> = fc.oneof(
  fc.record({ kind: fc.constant('eventually' as const), condition: conditions, withinMs: fc.nat(HOUR_MS) }),
  fc.record({ kind: fc.constant('sometimes' as const), condition: conditions }),
);

const nemeses = (cluster: ScenarioCluster): Arbitrary<Nemesis> =>
  denseRecord<Nemesis>({
    faults: fc.array(fc.constantFrom(...NEMESIS_FAULTS), { minLength: 1, maxLength: 30 }),
    selector: maybe(
      selectors(cluster, 'static').filter((selector) => matchingNodes(selector, cluster).some((name) => !name.startsWith('m-'))),
    ),
    intervalMs: fc.integer({ min: 100, max: HOUR_MS }),
  });

export const scenarios: Arbitrary<Scenario> = fc
  .tuple(clusters, fc.integer({ min: 100, max: 24 * HOUR_MS }))
  .chain(([cluster, durationMs]) =>
    denseRecord<Scenario>({
      name: fc.string({ unit: 'grapheme', maxLength: 40 }),
      description: fc.string({ unit: 'grapheme', maxLength: 200 }),
      seed: maybe(fc.nat(0xffff_ffff)),
      cluster: fc.constant(cluster),
      workload: fc.array(workloads, { minLength: 1, maxLength: 8 }),
      durationMs: fc.constant(durationMs),
      steps: fc.array(
        cluster.datanodes > 30
          ? steps(cluster, durationMs)
          : fc.oneof({ weight: 5, arbitrary: steps(cluster, durationMs) }, additions(durationMs)),
        { maxLength: 6 },
      ),
      nemesis: maybe(nemeses(cluster)),
      probes: fc.array(probes, { maxLength: 5 }),
      settleMs: fc.nat(HOUR_MS),
    }),
  );
