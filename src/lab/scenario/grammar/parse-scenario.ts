/**
 * Reads a scenario file: either a checked Scenario, or everything that is wrong with it, by line and column.
 *
 *   text ─► YAML ─► JSON Schema ─► values in units and relations between them ─► Scenario
 *
 * A part that does not fit the schema is said so once, and not looked at again; the other parts are.
 */
import { CHUNK_BYTES_MAX, CHUNK_BYTES_MIN, DEFAULT_REPLICATION, GIB, KIB, MIB } from '../../../shared/limits.js';
import { DATANODES_MAX } from '../../../supervisor/api/cluster-options.js';
import { checkStructure } from './check-structure.js';
import { FieldReader } from './field-reader.js';
import type { Range } from './field-reader.js';
import { matchingNodes } from '../model/matching-nodes.js';
import { readProbe } from './read-probe.js';
import { readSelector } from './read-selector.js';
import { readSteps } from './read-step.js';
import { readWorkload } from './read-workload.js';
import { unfitWord } from '../model/unfit-fault.js';
import type { Nemesis, Scenario, ScenarioCluster } from '../model/scenario.js';
import { NEMESIS_FAULTS, PROFILES, RUNTIMES } from '../schema/scenario-schema.js';
import { YamlSource } from './yaml-source.js';
import { about } from './value-node.js';
import type { ValueNode } from './value-node.js';
import type { Problem } from './yaml-source.js';

export type ParsedScenario =
  { readonly ok: true; readonly scenario: Scenario } | { readonly ok: false; readonly problems: readonly Problem[] };

const DURATION_MS: Range = { min: 100, max: 24 * 3_600_000 };
const WAIT_MS: Range = { min: 0, max: 3_600_000 };
const INTERVAL_MS: Range = { min: 100, max: 3_600_000 };
const SETTLE_DEFAULT_MS = 10_000;
const CHECKPOINT_LOG_BYTES = { min: KIB, max: GIB } as const;
const MASTERS_DEFAULT = 3;
const MASTERS_MAX = 5;

/** Stands in for a cluster that could not be read, so that one mistake does not make names in the steps look wrong. */
const ANY_CLUSTER: ScenarioCluster = {
  masters: MASTERS_MAX,
  datanodes: DATANODES_MAX,
  racks: DATANODES_MAX,
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
  // What cannot be read as YAML has no structure to speak of.
  const root = source.problems.length > 0 ? undefined : source.root();
  if (root === undefined || source.problems.length > 0) return { ok: false, problems: source.problems };
  const unsound = checkStructure(root, source, 'scenario');
  const scenario = readSoundParts(new FieldReader(source), root, unsound, fallbackName);
  return scenario === undefined || source.problems.length > 0 ? { ok: false, problems: source.problems } : { ok: true, scenario };
}

/** Reads whatever fits the schema; undefined when what is left is no scenario. */
function readSoundParts(
  reader: FieldReader,
  root: ValueNode,
  unsound: ReadonlySet<ValueNode>,
  fallbackName: string,
): Scenario | undefined {
  const isSound = (node: ValueNode | undefined): node is ValueNode => node !== undefined && !unsound.has(node);
  const part = (key: string): ValueNode | undefined => {
    const node = reader.field(root, key);
    return isSound(node) ? node : undefined;
  };
  const entries = (key: string): readonly ValueNode[] => (reader.field(root, key)?.items ?? []).filter(isSound);
  const clusterNode = reader.field(root, 'cluster');
  const cluster = clusterNode === undefined || isSound(clusterNode) ? readCluster(reader, clusterNode) : undefined;
  const durationNode = part('duration');
  const durationMs = durationNode && reader.duration(durationNode, '"duration"', DURATION_MS);
  const names = cluster ?? ANY_CLUSTER;
  const workload = entries('workload').map((node) => readWorkload(reader, node));
  const steps = readSteps(reader, entries('steps'), names, durationMs);
  const probes = entries('probes').map((node) => readProbe(reader, node));
  const nemesisNode = part('nemesis');
  const nemesis = nemesisNode && readNemesis(reader, nemesisNode, names);
  const settle = reader.field(part('final'), 'settle');
  const settleMs = settle === undefined ? SETTLE_DEFAULT_MS : reader.duration(settle, '"settle"', WAIT_MS);
  const [seed, metadata] = [part('seed'), part('metadata')];
  const [name, description] = ['name', 'description'].map((key) => reader.field(metadata, key));
  if (cluster === undefined || durationMs === undefined || settleMs === undefined) return undefined;
  return {
    name: name === undefined ? fallbackName : reader.text(name),
    description: description === undefined ? '' : reader.text(description),
    ...(seed === undefined ? {} : { seed: reader.integer(seed) }),
    cluster,
    workload: workload.filter((entry) => entry !== undefined),
    durationMs,
    steps,
    ...(nemesis === undefined ? {} : { nemesis }),
    probes: probes.filter((probe) => probe !== undefined),
    settleMs,
  };
}

/** Undefined when something is wrong with it, which was reported. */
function readCluster(reader: FieldReader, node: ValueNode | undefined): ScenarioCluster | undefined {
  const integer = (key: string, otherwise: number): number => {
    const field = reader.field(node, key);
    return field === undefined ? otherwise : reader.integer(field);
  };
  const [chunkSize, checkpoint, profile, runtime] = ['chunkSize', 'checkpoint', 'profile', 'runtime'].map((key) =>
    reader.field(node, key),
  );
  const datanodes = integer('datanodes', 5);
  const racks = integer('racks', 1);
  const replication = integer('replication', Math.min(DEFAULT_REPLICATION, datanodes));
  const chunkSizeBytes =
    chunkSize === undefined ? 4 * MIB : reader.size(chunkSize, '"chunkSize"', { min: CHUNK_BYTES_MIN, max: CHUNK_BYTES_MAX });
  const checkpointLogBytes = checkpoint && reader.size(checkpoint, '"checkpoint"', CHECKPOINT_LOG_BYTES);
  if (checkpoint !== undefined && checkpointLogBytes === undefined) return undefined;
  const tooMany = ['racks', 'replication'].filter((key) => integer(key, 1) > datanodes);
  for (const key of tooMany) {
    const field = node && reader.demanded(node, key);
    if (field !== undefined)
      reader.problem(field, about(`"${key}" is ${reader.integer(field)}`, `it must be from 1 to ${datanodes}`));
  }
  if (tooMany.length > 0 || chunkSizeBytes === undefined) return undefined;
  return {
    masters: integer('masters', MASTERS_DEFAULT),
    datanodes,
    racks,
    replication,
    chunkSizeBytes,
    ...(checkpointLogBytes === undefined ? {} : { checkpointLogBytes }),
    profile: profile === undefined ? 'fast' : reader.word(profile, PROFILES),
    ...(runtime === undefined ? {} : { runtime: reader.word(runtime, RUNTIMES) }),
  };
}

/** Undefined when something is wrong with it, which was reported. */
function readNemesis(reader: FieldReader, node: ValueNode, cluster: ScenarioCluster): Nemesis | undefined {
  const faultsNode = reader.demanded(node, 'faults');
  const intervalMs = reader.duration(reader.demanded(node, 'interval'), '"interval"', INTERVAL_MS);
  const selectorNode = reader.field(node, 'selector');
  const selector = selectorNode && readSelector(reader, selectorNode, cluster);
  if (intervalMs === undefined || (selectorNode !== undefined && selector === undefined)) return undefined;
  const faults = reader.words(faultsNode, NEMESIS_FAULTS);
  const unfit = faults.map((word) => unfitWord(word, matchingNodes(selector, cluster), cluster)).find((why) => why !== undefined);
  if (unfit !== undefined) {
    reader.problem(selectorNode ?? node, unfit);
    return undefined;
  }
  return {
    faults,
    ...(selector === undefined ? {} : { selector }),
    intervalMs,
    ...reader.placeOf(faultsNode),
  };
}
