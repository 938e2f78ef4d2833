/** The JSON Schema of scenario files: what every scenario is checked against first, and, without its messages, what editors use. */
import { REPLICATION_MAX } from '../../../shared/limits.js';
import { DATANODES_MAX } from '../../../supervisor/api/cluster-options.js';
import { FAULT_WORDS, FAULTS } from '../../../supervisor/api/fault-table.js';
import { INVARIANTS } from '../../workloads/invariants.js';
import { formatted, integer, later, list, mapping, text, without, word } from './schema-parts.js';
import type { Schema } from './schema-parts.js';
import { selectorRef, SELECTORS } from './selector-schema.js';
import { condition, REFUSED_ACTIONS, STEP_SCHEMA } from './step-schema.js';
import { WORKLOAD_SCHEMA } from './workload-schema.js';

export const RUNTIMES = ['process', 'thread'] as const;
export const PROFILES = ['fast', 'realistic'] as const;
export const PROBE_MODES = ['end', 'continuous'] as const;

const STEPS_MAX = 10_000;
const WORKLOADS_MAX = 8;
const PROBES_MAX = 100;
const SEED_MAX = 0xffff_ffff;

/** Whatever takes something away. */
export const NEMESIS_FAULTS = FAULT_WORDS.filter((word) => FAULTS[word].cures !== true && FAULTS[word].isForPlans !== true);
const CURES = FAULT_WORDS.filter((word) => FAULTS[word].cures === true);
const TAKEN_BACK = 'the nemesis takes back what it did by itself';

const CLUSTER = mapping('"cluster"', {
  masters: {
    ...integer('"masters"', 1, 5, {
      not: '{value} masters survive no more failures than one less, because a majority must be left: take 1, 3 or 5',
    }),
    not: { enum: [2, 4] },
    description: 'How many masters form the group: 1, 3 or 5. Default: 3.',
  },
  datanodes: integer('"datanodes"', 1, DATANODES_MAX),
  racks: integer('"racks"', 1, DATANODES_MAX),
  replication: integer('"replication"', 1, REPLICATION_MAX),
  chunkSize: formatted('"chunkSize"', 'size'),
  checkpoint: {
    ...formatted('"checkpoint"', 'size'),
    description: 'A master makes a checkpoint each time its log has grown by this size. Default: 64MiB.',
  },
  runtime: {
    ...word('runtime', RUNTIMES, { hints: { simulation: 'for that there is lab sim, which takes any scenario' } }),
    description: 'What hosts a node: a process, or a thread of one process. Default: process. lab sim uses neither.',
  },
  profile: word('profile', PROFILES),
});

const NEMESIS = mapping(
  '"nemesis"',
  {
    faults: {
      ...list(
        '"faults"',
        word('nemesis fault', NEMESIS_FAULTS, {
          refused: REFUSED_ACTIONS,
          hints: Object.fromEntries(CURES.map((cure) => [cure, TAKEN_BACK])),
        }),
        { minItems: 1, maxItems: 1_000 },
      ),
      description: 'One of them each time, by chance; a word given twice is twice as likely.',
    },
    interval: { ...formatted('"interval"', 'duration'), description: 'Mean time between two faults.' },
    selector: selectorRef('staticSelector'),
  },
  { required: ['faults', 'interval'] },
);

const notContinuous = (reason: string): Schema => {
  const messages = { not: `${reason}: mode "continuous" of it is not available yet` };
  return { properties: { mode: { not: { const: 'continuous' }, lab: { messages } } } };
};

const PROBE_KINDS = ['invariant', 'eventually', 'sometimes'] as const;
const PROBE = mapping(
  'a probe',
  {
    invariant: word('invariant', INVARIANTS, {
      later: later('linearizable', 'no-orphans', 'minority-refuses'),
    }),
    eventually: { ...condition('"eventually"'), description: 'Has to become true after the final heal.' },
    sometimes: { ...condition('"sometimes"'), description: 'Has to be true once in the run; otherwise the verdict is unknown.' },
    within: formatted('"within"', 'duration'),
    mode: word('mode', PROBE_MODES, { later: later('start', 'edge', 'on-chaos') }),
  },
  {
    later: later('always'),
    rules: [
      {
        oneOf: PROBE_KINDS.map((kind) => ({ required: [kind] })),
        lab: {
          messages: {
            none: 'a probe needs "invariant", "eventually" or "sometimes"',
            many: 'a probe asks one thing: "invariant", "eventually" or "sometimes", not several of them',
          },
        },
      },
      ...(['invariant', 'sometimes'] as const).map((kind) => ({
        if: { required: [kind] },
        then: without('within', '"within" goes with "eventually"'),
      })),
      { if: { required: ['sometimes'] }, then: without('mode', '"sometimes" has no "mode": it looks at the whole run') },
      { if: { required: ['eventually'] }, then: notContinuous('"eventually" is asked at the end') },
      ...(['deleted-stay-deleted', 'masters-agree'] as const).map((invariant) => ({
        if: { properties: { invariant: { const: invariant } }, required: ['invariant'] },
        then: notContinuous(`${invariant} is checked at the end`),
      })),
    ],
  },
);

export const SCENARIO_SCHEMA: Schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Scenario of the DistriFS lab',
  description: 'A cluster, its workload, what is done to it, and what has to hold. For lab run and lab sim.',
  ...mapping(
    'a scenario',
    {
      apiVersion: word('apiVersion', ['lab/v1']),
      kind: word('kind', ['Scenario']),
      metadata: mapping('"metadata"', { name: text('"name"', 200), description: text('"description"', 4_000) }),
      seed: { ...integer('"seed"', 0, SEED_MAX), description: 'Seed of every random choice. Default: a random seed, which is printed.' },
      cluster: CLUSTER,
      workload: list('"workload"', { $ref: '#/definitions/workload' }, { minItems: 1, maxItems: WORKLOADS_MAX }),
      duration: { ...formatted('"duration"', 'duration'), description: 'How long the workload works and faults happen.' },
      steps: list('"steps"', { $ref: '#/definitions/step' }, { maxItems: STEPS_MAX }),
      nemesis: NEMESIS,
      probes: list('"probes"', PROBE, { maxItems: PROBES_MAX }),
      final: mapping('"final"', {
        heal: word('heal', ['all']),
        settle: { ...formatted('"settle"', 'duration'), description: 'The longest wait for the cluster to be whole again.' },
      }),
    },
    { required: ['apiVersion', 'kind', 'workload', 'duration'] },
  ),
  definitions: { step: STEP_SCHEMA, workload: WORKLOAD_SCHEMA, ...SELECTORS },
};

/** The schema as JSON, without what only the lab's own messages need. Ends with a line feed. */
export function schemaJson(): string {
  return `${JSON.stringify(SCENARIO_SCHEMA, (key, value: unknown) => (key === 'lab' ? undefined : value), 2)}\n`;
}
