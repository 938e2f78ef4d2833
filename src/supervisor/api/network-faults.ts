/** Rows of the fault table: what is done to links between nodes, and between nodes and clients. */
import { GIB, KIB } from '../../shared/limits.js';
import type { AmountKey, FaultRow, WordKey } from './fault-row.js';

/** to: what the chosen nodes send to the other side. from: what they receive from it. */
const DIRECTION = {
  field: 'direction',
  kind: 'word',
  words: ['both', 'to', 'from'],
  default: 'both',
  draw: { among: ['both', 'both', 'to', 'from'] },
  help: 'to: only what the nodes send; from: only what they receive',
  hints: { in: 'write "from"', out: 'write "to"' },
} as const satisfies WordKey;

/** stall: holds bytes until heal, in silence. reset: breaks connections and refuses new ones. */
const KIND = {
  field: 'kind',
  kind: 'word',
  words: ['stall', 'reset'],
  default: 'stall',
  draw: { mostly: 'stall', chance: 0.75, otherwise: 'reset' },
  help: 'stall holds bytes in silence; reset breaks connections',
} as const satisfies WordKey;

/**
 * How a partition divides the chosen nodes. group: they stay together, apart from the other side. halves: two halves that do not hear
 * one another. bridge: two halves, and one node that hears both. ring: each hears a majority, and no two the same one.
 */
const SHAPE = {
  field: 'shape',
  kind: 'word',
  words: ['group', 'halves', 'bridge', 'ring'],
  implied: 'group',
  help: 'how the nodes are divided: a group apart, halves, a bridge, a ring',
  description:
    'How a partition divides the chosen nodes. group: from all others. halves: from each other. bridge: one node hears both halves. ring: each node hears a majority.',
} as const satisfies WordKey;

const DELAY = {
  field: 'delayMs',
  kind: 'duration',
  min: 1,
  max: 60_000,
  isNeeded: true,
  draw: { from: 1, to: 150 },
  help: 'how much later: 50ms',
} as const satisfies AmountKey;

const JITTER = {
  field: 'jitterMs',
  kind: 'duration',
  min: 0,
  max: 60_000,
  default: 0,
  draw: { from: 0, to: 100 },
  help: 'random additional delay, up to this',
} as const satisfies AmountKey;

const RATE = {
  field: 'bytesPerSecond',
  kind: 'byteRate',
  min: KIB,
  max: 10 * GIB,
  isNeeded: true,
  draw: { from: 16, to: 1_024, unit: KIB },
  help: 'bytes per second: 1MiB/s',
} as const satisfies AmountKey;

const CUT_COUNTS = { stall: 'connections held', reset: 'connections reset' } as const;

export const NETWORK_FAULTS = {
  partition: {
    scope: 'network',
    keys: { kind: KIND, shape: SHAPE, direction: DIRECTION },
    conflicts: [
      {
        key: 'shape',
        values: ['halves', 'bridge', 'ring'],
        without: 'target',
        message: '"target" requires the shape group: {shape} divides the chosen nodes among themselves',
      },
    ],
    nodes: 'needed',
    undo: 'lift',
    disables: 'node',
    silences: true,
    counts: CUT_COUNTS,
    help: 'cut a group off from the rest',
    does: 'cuts nodes off from others: a group, two halves, a bridge or a ring; stall holds bytes, reset breaks connections',
    tuiKey: { keys: ['c'], help: 'cut the group off from the rest' },
    examples: ['partition dn-1,dn-2', 'partition m-1 --to m-2,m-3 --kind reset', 'partition --is leader --for 10s'],
  },
  isolate: {
    scope: 'network',
    keys: { kind: KIND, direction: DIRECTION },
    nodes: 'needed',
    undo: 'lift',
    disables: 'node',
    silences: true,
    counts: CUT_COUNTS,
    help: 'cut each node off from all others',
    does: 'cuts each of the nodes off from all others',
    tuiKey: { keys: ['i'], help: 'cut it off from all' },
    examples: ['isolate dn-1 dn-2 --for 30s'],
  },
  delay: {
    scope: 'network',
    keys: { delay: DELAY, jitter: JITTER, direction: DIRECTION },
    nodes: 'needed',
    undo: 'lift',
    counts: 'messages delayed',
    help: 'make bytes on links arrive later',
    does: 'delays sent data by this time, and by up to jitter more; the order within a connection is kept',
    tuiKey: { keys: ['d'], help: 'delay its links by 50 ms, about' },
    examples: ['delay dn-1 --delay 50ms --jitter 10ms --to m-1 --for 10s'],
  },
  bandwidth: {
    scope: 'network',
    keys: { rate: RATE, direction: DIRECTION },
    nodes: 'needed',
    undo: 'lift',
    counts: 'messages slowed',
    help: 'limit the bandwidth of links',
    does: 'limits the bytes per second, in each direction between two nodes',
    examples: ['bandwidth --role datanode --rate 1MiB/s'],
  },
  reset: {
    scope: 'network',
    keys: { direction: DIRECTION },
    nodes: 'needed',
    undo: 'lift',
    disables: 'node',
    counts: 'connections reset',
    help: 'break connections, and refuse new ones',
    does: 'breaks connections (RST) and refuses new ones',
  },
  refuse: {
    scope: 'network',
    keys: { direction: DIRECTION },
    nodes: 'needed',
    undo: 'lift',
    disables: 'node',
    counts: 'connections refused',
    help: 'refuse new connections, and keep open ones',
    does: 'refuses new connections and keeps open ones',
  },
  heal: {
    scope: 'network',
    keys: {},
    nodes: 'optional',
    undo: null,
    notUndone: 'there is nothing to undo',
    cures: true,
    help: 'end faults: all, or those of the nodes',
    does: 'ends network faults, all or those of the nodes; on a running lab every active fault',
    tuiKey: { keys: ['h'], help: 'end the faults of the node' },
    examples: ['heal', 'heal dn-1 dn-2'],
  },
} as const satisfies Record<string, FaultRow>;
