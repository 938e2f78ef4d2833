/** Reads a scenario file: either a checked Scenario, or everything that is wrong with it, by line and column. */
import { CHUNK_BYTES_MAX, CHUNK_BYTES_MIN, DEFAULT_REPLICATION, MIB, REPLICATION_MAX } from '../../shared/limits.js';
import { parseCondition } from './expression.js';
import { FieldReader } from './field-reader.js';
import type { Range } from './field-reader.js';
import { readStep } from './read-step.js';
import { INVARIANTS } from './scenario.js';
import type { EventuallyProbe, Nemesis, Scenario, ScenarioCluster, WriteVerify } from './scenario.js';
import { suggest } from './suggest.js';
import { YamlSource } from './yaml-source.js';
import type { Mapping, Problem, Value } from './yaml-source.js';

export type ParsedScenario =
  { readonly ok: true; readonly scenario: Scenario } | { readonly ok: false; readonly problems: readonly Problem[] };

const TOP_KEYS = [
  'apiVersion',
  'kind',
  'metadata',
  'seed',
  'cluster',
  'workload',
  'duration',
  'steps',
  'nemesis',
  'probes',
  'final',
] as const;

const DATANODES: Range = { min: 1, max: 50 };
const SEED: Range = { min: 0, max: 0xffff_ffff };
const DURATION_MS: Range = { min: 100, max: 24 * 3_600_000 };
const WAIT_MS: Range = { min: 0, max: 3_600_000 };
const INTERVAL_MS: Range = { min: 100, max: 3_600_000 };
const CLIENTS: Range = { min: 1, max: 32 };
const RATE: Range = { min: 0.01, max: 10_000 };
/** A file is in memory while it is written and read. */
const FILE_BYTES: Range = { min: 0, max: 64 * MIB };
const STEPS_MAX = 10_000;
const WORKLOADS_MAX = 8;
const SETTLE_DEFAULT_MS = 10_000;
const WITHIN_DEFAULT_MS = 30_000;

/** Stands in for a cluster that could not be read, so that one mistake does not make names in the steps look wrong. */
const ANY_CLUSTER: ScenarioCluster = {
  datanodes: DATANODES.max,
  racks: DATANODES.max,
  replication: 1,
  chunkSizeBytes: 4 * MIB,
  profile: 'fast',
};

/**
 * Never throws for anything a file can contain.
 * @param text the file; its size is the caller's to bound
 * @param fallbackName names the scenario when its metadata does not
 */
export function parseScenario(text: string, fallbackName: string): ParsedScenario {
  const source = new YamlSource(text);
  if (source.problems.length > 0) return { ok: false, problems: source.problems };
  const scenario = readScenario(new FieldReader(source), source.root(), fallbackName);
  return scenario === undefined || source.problems.length > 0 ? { ok: false, problems: source.problems } : { ok: true, scenario };
}

function readScenario(reader: FieldReader, root: Value, fallbackName: string): Scenario | undefined {
  const top = reader.mapping(root, 'a scenario', { known: TOP_KEYS });
  if (top === undefined) return undefined;
  readHeader(reader, top);
  const metadata = readMetadata(reader, top.entries.get('metadata'));
  const seedValue = top.entries.get('seed');
  const seed = seedValue && reader.integer(seedValue, '"seed"', SEED);
  const cluster = readCluster(reader, top.entries.get('cluster'));
  const workload = readWorkload(reader, reader.required(top, 'workload', 'a scenario'));
  const duration = reader.required(top, 'duration', 'a scenario');
  const durationMs = duration && reader.duration(duration, '"duration"', DURATION_MS);
  const stepValues = reader.items(top.entries.get('steps'), '"steps"', { mayBeEmpty: true });
  if (stepValues.length > STEPS_MAX) reader.problem(root.offset, `${stepValues.length} steps: at most ${STEPS_MAX} are run`);
  const steps = stepValues.slice(0, STEPS_MAX).map((value) => readStep(reader, value, cluster ?? ANY_CLUSTER, durationMs));
  const nemesis = readNemesis(reader, top.entries.get('nemesis'));
  const probes = reader
    .items(top.entries.get('probes'), '"probes"', { mayBeEmpty: true })
    .map((value) => readProbe(reader, value));
  const settleMs = readFinal(reader, top.entries.get('final'));
  if (cluster === undefined || durationMs === undefined) return undefined;
  return {
    name: metadata.name ?? fallbackName,
    description: metadata.description ?? '',
    ...(seed === undefined ? {} : { seed }),
    cluster,
    workload,
    durationMs,
    steps: steps.filter((step) => step !== undefined),
    ...(nemesis === undefined ? {} : { nemesis }),
    probes: probes.filter((probe) => probe !== undefined),
    settleMs,
  };
}

function readHeader(reader: FieldReader, top: Mapping): void {
  const apiVersion = reader.required(top, 'apiVersion', 'a scenario');
  if (apiVersion !== undefined) reader.word(apiVersion, 'apiVersion', { known: ['lab/v1'] });
  const kind = reader.required(top, 'kind', 'a scenario');
  if (kind !== undefined) reader.word(kind, 'kind', { known: ['Scenario'] });
}

function readMetadata(reader: FieldReader, value: Value | undefined): { readonly name?: string; readonly description?: string } {
  const fields = value && reader.mapping(value, '"metadata"', { known: ['name', 'description'] });
  const nameValue = fields?.entries.get('name');
  const descriptionValue = fields?.entries.get('description');
  const name = nameValue && reader.text(nameValue, '"name"', 200);
  const description = descriptionValue && reader.text(descriptionValue, '"description"', 4_000);
  return { ...(name === undefined ? {} : { name }), ...(description === undefined ? {} : { description }) };
}

/** Undefined when something is wrong with it. */
function readCluster(reader: FieldReader, value: Value | undefined): ScenarioCluster | undefined {
  const defaults = { datanodes: 5, racks: 1, chunkSizeBytes: 4 * MIB, profile: 'fast' } as const;
  if (value === undefined) return { ...defaults, replication: DEFAULT_REPLICATION };
  const fields = reader.mapping(value, '"cluster"', {
    known: ['masters', 'datanodes', 'racks', 'replication', 'chunkSize', 'runtime', 'profile'],
  });
  if (fields === undefined) return undefined;
  const field = (key: string) => fields.entries.get(key);
  const integer = (key: string, range: Range, otherwise: number): number | undefined => {
    const entry = field(key);
    return entry === undefined ? otherwise : reader.integer(entry, `"${key}"`, range);
  };
  const masters = integer('masters', { min: 1, max: 5 }, 1);
  if (masters !== undefined && masters > 1) {
    reader.problem(field('masters')?.offset ?? fields.offset, `${masters} masters are not available yet: this release runs one`);
  }
  const datanodes = integer('datanodes', DATANODES, defaults.datanodes);
  const racks = integer('racks', { min: 1, max: datanodes ?? DATANODES.max }, defaults.racks);
  const replicationMax = Math.min(REPLICATION_MAX, datanodes ?? DATANODES.max);
  const replication = integer('replication', { min: 1, max: replicationMax }, Math.min(DEFAULT_REPLICATION, replicationMax));
  const chunkSize = field('chunkSize');
  const chunkSizeBytes =
    chunkSize === undefined
      ? defaults.chunkSizeBytes
      : reader.size(chunkSize, '"chunkSize"', { min: CHUNK_BYTES_MIN, max: CHUNK_BYTES_MAX });
  const runtime = field('runtime');
  if (runtime !== undefined) reader.word(runtime, 'runtime', { known: ['process'], later: ['thread', 'simulation'] });
  const profileValue = field('profile');
  const profile =
    profileValue === undefined
      ? defaults.profile
      : reader.word(profileValue, 'profile', { known: ['fast', 'realistic'] as const });
  if (datanodes === undefined || racks === undefined || replication === undefined) return undefined;
  if (chunkSizeBytes === undefined || profile === undefined || fields.hasUnknownKey) return undefined;
  return { datanodes, racks, replication, chunkSizeBytes, profile };
}

function readWorkload(reader: FieldReader, value: Value | undefined): WriteVerify[] {
  const entries = reader.items(value, '"workload"', { mayBeEmpty: false });
  if (value !== undefined && entries.length > WORKLOADS_MAX) {
    reader.problem(value.offset, `${entries.length} workloads: at most ${WORKLOADS_MAX} are run`);
  }
  return entries.slice(0, WORKLOADS_MAX).flatMap((entry) => readWriteVerify(reader, entry) ?? []);
}

function readWriteVerify(reader: FieldReader, value: Value): WriteVerify | undefined {
  const fields = reader.mapping(value, 'a workload', { known: ['type', 'clients', 'rate', 'size'] });
  if (fields === undefined) return undefined;
  const type = reader.required(fields, 'type', 'a workload');
  if (type !== undefined) readWorkloadType(reader, type);
  const clientsValue = fields.entries.get('clients');
  const clients = clientsValue === undefined ? 1 : reader.integer(clientsValue, '"clients"', CLIENTS);
  const rateValue = fields.entries.get('rate');
  const filesPerSecond = rateValue && reader.rate(rateValue, '"rate"', RATE);
  const sizeValue = reader.required(fields, 'size', 'a workload');
  const size = sizeValue && reader.sizeRange(sizeValue, '"size"', FILE_BYTES);
  if (clients === undefined || size === undefined) return undefined;
  const rate = filesPerSecond === undefined ? {} : { filesPerSecond };
  return { clients, ...rate, sizeBytesMin: size.min, sizeBytesMax: size.max };
}

/** Nearly `write-verify` is a slip of the pen; any other name is a workload that this release does not have. */
function readWorkloadType(reader: FieldReader, value: Value): void {
  const known = ['write-verify'];
  const type = reader.text(value, '"type"', 100);
  if (type === undefined || known.includes(type)) return;
  const meant = suggest(type, known);
  reader.problem(
    value.offset,
    meant === undefined
      ? `workload type "${type}" is not available yet (use write-verify)`
      : `unknown workload type "${type}": did you mean "${meant}"?`,
  );
}

function readNemesis(reader: FieldReader, value: Value | undefined): Nemesis | undefined {
  const fields = value && reader.mapping(value, '"nemesis"', { known: ['faults', 'interval'] });
  if (fields === undefined) return undefined;
  const faultsValue = reader.required(fields, 'faults', '"nemesis"');
  const faults =
    faultsValue &&
    reader.words(faultsValue, 'nemesis fault', {
      known: ['kill'] as const,
      later: ['stop', 'pause', 'partition', 'isolate', 'powercut', 'slow', 'delay', 'bitflip', 'clock'],
    });
  const intervalValue = reader.required(fields, 'interval', '"nemesis"');
  const intervalMs = intervalValue && reader.duration(intervalValue, '"interval"', INTERVAL_MS);
  return faults === undefined || intervalMs === undefined ? undefined : { faults, intervalMs };
}

/** An invariant needs no entry in the scenario: every run checks them all. */
function readProbe(reader: FieldReader, value: Value): EventuallyProbe | undefined {
  const fields = reader.mapping(value, 'a probe', {
    known: ['invariant', 'eventually', 'within', 'mode'],
    later: ['sometimes', 'always'],
  });
  if (fields === undefined) return undefined;
  const invariant = fields.entries.get('invariant');
  const eventually = fields.entries.get('eventually');
  const within = fields.entries.get('within');
  const mode = fields.entries.get('mode');
  if (mode !== undefined) reader.word(mode, 'mode', { known: ['end'], later: ['continuous', 'start', 'edge', 'on-chaos'] });
  if (invariant !== undefined) {
    const later = ['one-leader-per-term', 'linearizable', 'no-orphans', 'masters-agree', 'minority-refuses'];
    reader.word(invariant, 'invariant', { known: INVARIANTS, later });
    if (within !== undefined) reader.problem(within.offset, '"within" goes with "eventually"');
  }
  if (invariant !== undefined && eventually !== undefined) {
    reader.problem(fields.offset, 'a probe asks one thing: "invariant" or "eventually", not both');
  }
  if (invariant === undefined && eventually === undefined && !fields.hasUnknownKey) {
    reader.problem(fields.offset, 'a probe needs "invariant" or "eventually"');
  }
  const withinMs = within === undefined ? WITHIN_DEFAULT_MS : reader.duration(within, '"within"', WAIT_MS);
  const text = eventually && reader.text(eventually, '"eventually"', 200);
  if (eventually === undefined || text === undefined || withinMs === undefined) return undefined;
  const parsed = parseCondition(text);
  if (parsed.ok) return { condition: parsed.condition, withinMs };
  reader.problem(eventually.offset, `"eventually": ${parsed.reason}`);
  return undefined;
}

/** How long to wait after the final heal. */
function readFinal(reader: FieldReader, value: Value | undefined): number {
  const fields = value && reader.mapping(value, '"final"', { known: ['heal', 'settle'] });
  const heal = fields?.entries.get('heal');
  if (heal !== undefined) reader.word(heal, 'heal', { known: ['all'] });
  const settle = fields?.entries.get('settle');
  return (settle && reader.duration(settle, '"settle"', WAIT_MS)) ?? SETTLE_DEFAULT_MS;
}
