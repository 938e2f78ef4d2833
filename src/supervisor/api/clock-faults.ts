/** Rows of the fault table: what is done to the wall clocks of nodes. */
import type { AmountKey, FaultRow } from './fault-row.js';

const HOUR_MS = 3_600_000;

const BY = {
  field: 'offsetMs',
  kind: 'offset',
  min: -24 * HOUR_MS,
  max: 24 * HOUR_MS,
  isNeeded: true,
  draw: { from: -HOUR_MS, to: HOUR_MS },
  help: 'amount: 1h, -5s',
} as const satisfies AmountKey;

const CLOCK = {
  scope: 'clock',
  nodes: 'needed',
  undo: 'lift',
  withoutProcess: 'unseen',
  counts: 'looks at a wrong clock',
} as const;

export const CLOCK_FAULTS = {
  jump: {
    ...CLOCK,
    keys: { by: BY },
    help: 'move the wall clock by an amount',
    does: "moves the node's wall clock by an amount, once",
    examples: ['jump m-1 --by 1h'],
  },
  skew: {
    ...CLOCK,
    keys: { by: BY },
    help: 'set how far the wall clock is ahead or behind',
    does: "sets how far the node's wall clock is ahead or behind",
  },
  drift: {
    ...CLOCK,
    keys: {
      ppm: {
        field: 'ppm',
        kind: 'integer',
        min: -500_000,
        max: 500_000,
        isNeeded: true,
        draw: { from: -100_000, to: 100_000 },
        help: 'parts per million: 1000 gains one millisecond per second',
      },
    },
    help: 'make the wall clock run fast or slow',
    does: "makes the node's wall clock run too fast or too slow",
    examples: ['drift dn-1 --ppm 1000'],
  },
} as const satisfies Record<string, FaultRow>;
