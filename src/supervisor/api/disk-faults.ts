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

/** What a damage leaves at least. */
const SPARE = {
  field: 'spare',
  kind: 'word',
  words: ['block', 'chunk'],
  implied: 'chunk',
  help: 'block: a different block of each replica of one chunk; chunk: one replica of a chunk (default)',
  description: 'block: a different block of each replica of one chunk, never the last good copy of a block. Default: chunk.',
} as const satisfies WordKey;

const CALLS = {
  field: 'calls',
  kind: 'word',
  words: ['any', 'read', 'write', 'sync', 'open', 'rename'],
  default: 'any',
  draw: { among: ['any', 'read', 'write', 'sync'] },
  help: 'which calls',
} as const satisfies WordKey;

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
    keys: { target: DAMAGED_FILE, offset: OFFSET, spare: SPARE },
    conflicts: [
      {
        key: 'spare',
        values: ['block'],
        without: 'offset',
        message: '"spare: {spare}" chooses the blocks itself: "offset" is not taken',
      },
      {
        key: 'target',
        values: ['meta', 'log', 'checkpoint'],
        without: 'spare',
        message: 'a {target} has no blocks: omit "spare"',
      },
    ],
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
      calls: { ...CALLS, help: 'which calls fail' },
      percent: {
        field: 'percent',
        kind: 'integer',
        min: 1,
        max: 100,
        default: 100,
        draw: { from: 1, to: 50 },
        help: 'percentage of them that fail, at random: 1 to 100',
      },
      error: {
        field: 'errno',
        kind: 'word',
        words: ['EIO', 'EACCES', 'EROFS', 'EMFILE', 'ENOENT', 'ENOSPC'],
        implied: 'EIO',
        help: 'the error that the calls fail with (default: EIO)',
      },
      target: FILE,
      offset: OFFSET,
    },
    conflicts: [
      {
        key: 'calls',
        values: ['sync', 'open', 'rename'],
        without: 'offset',
        message: '"offset" applies to reads and writes: calls {calls} have no offset',
      },
    ],
    unsettles: true,
    counts: 'disk calls failed',
    help: 'make disk calls fail with EIO, or with another error',
    does: 'makes reads, writes, fsyncs, opens or renames fail with EIO or another error: at random, or at one offset',
    examples: ['eio dn-2 --calls sync --percent 50 --for 10s', 'eio dn-2 --calls open --error EACCES --for 10s'],
  },
  hang: {
    ...FAILING,
    keys: { calls: { ...CALLS, help: 'which calls hang' }, target: FILE },
    unsettles: true,
    counts: 'disk calls that hung',
    help: 'make disk calls hang: they do not return before the fault is lifted',
    does: 'makes disk calls hang: none that begins returns before the fault is lifted',
    examples: ['hang dn-2 --calls sync --for 20s'],
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
  'lying-disk': {
    ...FAILING,
    keys: {},
    mayLose: true,
    counts: 'fsyncs that kept nothing',
    help: 'make fsyncs succeed that keep nothing: a power cut then loses what was acknowledged',
    does: 'makes each fsync of a file or a directory succeed without keeping anything: a power cut then loses what was acknowledged',
    examples: ['lying-disk --role datanode', 'powercut --role datanode --for 1s'],
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
