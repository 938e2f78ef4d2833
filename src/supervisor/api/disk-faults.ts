/** Rows of the fault table: what is done to disks of nodes, and to files on them. */
import { GIB, MIB } from '../../shared/limits.js';
import type { AmountKey, FaultRow, WordKey } from './fault-row.js';

/** Which of a node's files: a replica's data, a replica's meta, a master's log, a master's checkpoint. */
const FILE = {
  field: 'file',
  kind: 'word',
  words: ['chunk', 'meta', 'log', 'checkpoint'],
  help: 'which file',
} as const satisfies WordKey;

const DAMAGED_FILE = {
  ...FILE,
  default: 'chunk',
  draw: { mostly: 'chunk', chance: 0.7, otherwise: 'meta' },
} as const satisfies WordKey;

const OFFSET = {
  field: 'offsetBytes',
  kind: 'size',
  min: 0,
  max: 1_024 * GIB,
  help: 'offset of the byte in the file (default: random)',
  description: 'Offset of the byte in the file. Default: a random offset; for eio, every offset fails.',
} as const satisfies AmountKey;

const CALL_DELAY = {
  field: 'delayMs',
  kind: 'duration',
  min: 1,
  max: 60_000,
  isNeeded: true,
  draw: { from: 1, to: 80 },
  help: 'how much later: 50ms',
} as const satisfies AmountKey;

const DAMAGE = {
  scope: 'io',
  nodes: 'needed',
  undo: null,
  notUndone: 'damage is not undone',
  withoutProcess: 'unseen',
  disables: 'disk',
  takesData: true,
} as const;

const FAILING = { scope: 'io', nodes: 'needed', undo: 'lift', withoutProcess: 'unseen', disables: 'disk' } as const;

export const DISK_FAULTS = {
  bitflip: {
    ...DAMAGE,
    keys: { target: DAMAGED_FILE, offset: OFFSET },
    counts: 'bits flipped',
    help: 'flip a bit of a file on disk',
    does: 'flips a bit of a file; never in the last good copy',
    examples: ['bitflip --holds /film.mp4 --mode one'],
  },
  truncate: {
    ...DAMAGE,
    keys: { target: DAMAGED_FILE, offset: OFFSET },
    counts: 'files truncated',
    help: 'truncate a file on disk',
    does: 'cuts a file short; never the last good copy',
  },
  remove: {
    ...DAMAGE,
    keys: { target: DAMAGED_FILE },
    counts: 'files removed',
    help: 'remove a file on disk',
    does: 'removes a file; never the last good copy',
  },
  eio: {
    ...FAILING,
    keys: {
      calls: {
        field: 'calls',
        kind: 'word',
        words: ['any', 'read', 'write', 'sync'],
        default: 'any',
        draw: { among: ['any', 'read', 'write', 'sync'] },
        help: 'which calls fail',
      },
      percent: {
        field: 'percent',
        kind: 'integer',
        min: 1,
        max: 100,
        default: 100,
        draw: { from: 1, to: 50 },
        help: 'percentage of them that fail, at random: 1 to 100',
      },
      target: FILE,
      offset: OFFSET,
    },
    conflicts: [
      {
        key: 'calls',
        values: ['sync'],
        without: 'offset',
        message: '"offset" applies to reads and writes: calls {calls} have no offset',
      },
    ],
    unsettles: true,
    counts: 'disk calls failed',
    help: 'make disk calls fail with EIO',
    does: 'makes reads, writes or fsyncs fail with EIO: at random, or at one offset',
    examples: ['eio dn-2 --calls sync --percent 50 --for 10s'],
  },
  enospc: {
    ...FAILING,
    keys: {},
    unsettles: true,
    counts: 'disk calls that found no space',
    help: 'make disks appear full',
    does: 'makes every call that needs disk space fail with ENOSPC',
  },
  slow: {
    ...FAILING,
    keys: { delay: CALL_DELAY },
    counts: 'disk calls slowed',
    help: 'make disk calls take longer',
    does: 'makes each disk call take longer by the delay',
  },
  'fsync-delay': {
    ...FAILING,
    keys: { delay: CALL_DELAY },
    counts: 'fsyncs delayed',
    help: 'make fsyncs take longer, and no other disk call',
    does: 'makes each fsync of a file or a directory take longer by the delay, and no other disk call',
    examples: ['fsync-delay --is leader --delay 100ms --for 10s'],
  },
  fill: {
    ...FAILING,
    keys: {
      free: {
        field: 'freeBytes',
        kind: 'size',
        min: 0,
        max: 1_024 * GIB,
        isNeeded: true,
        draw: { from: 0, to: MIB / 4 },
        help: 'free space that is left: 0, 64MiB',
      },
    },
    unsettles: true,
    counts: 'disk calls that found too little space',
    help: 'fill disks, and leave this much free space',
    does: "fills the node's disk, and leaves this much free space",
    examples: ['fill dn-1 --free 64MiB'],
  },
} as const satisfies Record<string, FaultRow>;
