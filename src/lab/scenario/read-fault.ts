/** Reads what a step does: the mapping below `node`, `network`, `io` or `clock`. */
import { GIB, KIB } from '../../shared/limits.js';
import { PARTITION_SHAPES } from '../../supervisor/api/fault.js';
import type { DamagedFile, FaultSpec, IoAction, NetworkAction, ClockAction } from '../../supervisor/api/fault.js';
import type { FieldReader, Range } from './field-reader.js';
import { ACTIONS, DAMAGED_FILES, DIRECTIONS, FAILING_CALLS, KINDS, SLOW_NODE } from './step-schema.js';
import type { Scope } from './step-schema.js';
import type { YamlNode } from './yaml-source.js';

const DELAY_MS: Range = { min: 1, max: 60_000 };
const JITTER_MS: Range = { min: 0, max: 60_000 };
const BYTES_PER_SECOND: Range = { min: KIB, max: 10 * GIB };
const FREE_BYTES: Range = { min: 0, max: 1_024 * GIB };
const OFFSET_BYTES: Range = { min: 0, max: 1_024 * GIB };
const DAY_MS = 24 * 3_600_000;
const CLOCK_OFFSET_MS: Range = { min: -DAY_MS, max: DAY_MS };

/** Undefined when a figure is out of its range, which was reported. */
export function readFault(reader: FieldReader, scope: Scope, node: YamlNode): FaultSpec | undefined {
  const action = reader.demanded(node, 'action');
  switch (scope) {
    case 'node':
      return readNodeFault(reader, node, reader.word(action, ACTIONS.node));
    case 'network':
      return readNetworkFault(reader, node, reader.word(action, ACTIONS.network));
    case 'io':
      return readIoFault(reader, node, reader.word(action, ACTIONS.io));
    case 'clock':
      return readClockFault(reader, node, reader.word(action, ACTIONS.clock));
  }
}

function readNodeFault(reader: FieldReader, node: YamlNode, action: (typeof ACTIONS.node)[number]): FaultSpec {
  if (action !== SLOW_NODE) return { action };
  return { action: 'slow-cpu', percent: reader.integer(reader.demanded(node, 'percent')) };
}

function readNetworkFault(reader: FieldReader, node: YamlNode, action: NetworkAction): FaultSpec | undefined {
  if (action === 'heal') return { action };
  const direction = wordOr(reader, node, 'direction', DIRECTIONS, 'both');
  switch (action) {
    case 'partition': {
      const shape = wordOr(reader, node, 'shape', PARTITION_SHAPES, 'group');
      const kind = wordOr(reader, node, 'kind', KINDS, 'stall');
      return { action, kind, ...(shape === 'group' ? {} : { shape }), direction };
    }
    case 'isolate':
      return { action, kind: wordOr(reader, node, 'kind', KINDS, 'stall'), direction };
    case 'delay': {
      const jitter = reader.field(node, 'jitter');
      const delayMs = reader.duration(reader.demanded(node, 'delay'), '"delay"', DELAY_MS);
      const jitterMs = jitter === undefined ? 0 : reader.duration(jitter, '"jitter"', JITTER_MS);
      return delayMs === undefined || jitterMs === undefined ? undefined : { action, delayMs, jitterMs, direction };
    }
    case 'bandwidth': {
      const bytesPerSecond = reader.byteRate(reader.demanded(node, 'rate'), '"rate"', BYTES_PER_SECOND);
      return bytesPerSecond === undefined ? undefined : { action, bytesPerSecond, direction };
    }
    case 'reset':
    case 'refuse':
      return { action, direction };
  }
}

function readIoFault(reader: FieldReader, node: YamlNode, action: IoAction): FaultSpec | undefined {
  switch (action) {
    case 'bitflip':
    case 'truncate':
    case 'remove': {
      const place = readPlace(reader, node);
      return place && { action, file: wordOr<DamagedFile>(reader, node, 'target', DAMAGED_FILES, 'chunk'), ...place };
    }
    case 'eio': {
      const [percent, target] = ['percent', 'target'].map((key) => reader.field(node, key));
      const place = readPlace(reader, node);
      return (
        place && {
          action,
          calls: wordOr(reader, node, 'calls', FAILING_CALLS, 'any'),
          percent: percent === undefined ? 100 : reader.integer(percent),
          ...(target === undefined ? {} : { file: reader.word(target, DAMAGED_FILES) }),
          ...place,
        }
      );
    }
    case 'enospc':
      return { action };
    case 'slow': {
      const delayMs = reader.duration(reader.demanded(node, 'delay'), '"delay"', DELAY_MS);
      return delayMs === undefined ? undefined : { action, delayMs };
    }
    case 'fill': {
      const freeBytes = reader.size(reader.demanded(node, 'free'), '"free"', FREE_BYTES);
      return freeBytes === undefined ? undefined : { action, freeBytes };
    }
  }
}

/** The exact place that a fault means, where it means one; undefined when it is out of range, which was reported. */
function readPlace(reader: FieldReader, node: YamlNode): { readonly offsetBytes?: number } | undefined {
  const offset = reader.field(node, 'offset');
  if (offset === undefined) return {};
  const offsetBytes = reader.size(offset, '"offset"', OFFSET_BYTES);
  return offsetBytes === undefined ? undefined : { offsetBytes };
}

function readClockFault(reader: FieldReader, node: YamlNode, action: ClockAction): FaultSpec | undefined {
  if (action === 'drift') return { action, ppm: reader.integer(reader.demanded(node, 'ppm')) };
  const offsetMs = reader.offset(reader.demanded(node, 'by'), '"by"', CLOCK_OFFSET_MS);
  return offsetMs === undefined ? undefined : { action, offsetMs };
}

function wordOr<T extends string>(reader: FieldReader, node: YamlNode, key: string, known: readonly T[], otherwise: T): T {
  const field = reader.field(node, key);
  return field === undefined ? otherwise : reader.word(field, known);
}
