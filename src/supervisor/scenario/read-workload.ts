/** Reads an entry of `workload`. */
import { MIB } from '../../shared/limits.js';
import type { FieldReader, Range } from './field-reader.js';
import type { Workload } from './scenario.js';
import { WORKLOAD_TYPES } from './scenario-schema.js';
import type { YamlNode } from './yaml-source.js';

const RATE: Range = { min: 0.01, max: 10_000 };
/** A file is in memory while it is written and read. */
const FILE_BYTES: Range = { min: 0, max: 64 * MIB };
const NAMES_DEFAULT = 6;

/** Undefined when something is wrong with it, which was reported. */
export function readWorkload(reader: FieldReader, node: YamlNode): Workload | undefined {
  const [clientsNode, rateNode, namesNode] = ['clients', 'rate', 'names'].map((key) => reader.field(node, key));
  const type = reader.word(reader.demanded(node, 'type'), WORKLOAD_TYPES);
  const clients = clientsNode === undefined ? 1 : reader.integer(clientsNode);
  const rate = rateNode && reader.rate(rateNode, '"rate"', RATE);
  const size = reader.sizeRange(reader.demanded(node, 'size'), '"size"', FILE_BYTES);
  if (size === undefined || (rateNode !== undefined && rate === undefined)) return undefined;
  const sizes = { sizeBytesMin: size.min, sizeBytesMax: size.max };
  if (type === 'write-verify') return { type, clients, ...(rate === undefined ? {} : { filesPerSecond: rate }), ...sizes };
  const names = namesNode === undefined ? NAMES_DEFAULT : reader.integer(namesNode);
  return { type, clients, ...(rate === undefined ? {} : { opsPerSecond: rate }), names, ...sizes };
}
