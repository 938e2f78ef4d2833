/** Reads an entry of `workload`. */
import { GIB } from '../../../shared/limits.js';
import { traitsOf, WORKLOAD_TYPES } from '../../workloads/workload-types.js';
import type { Workload } from '../../workloads/workload-types.js';
import { formatSize } from '../model/amounts.js';
import type { FieldReader, Range } from './field-reader.js';
import type { ValueNode } from './value-node.js';

const RATE: Range = { min: 0.01, max: 10_000 };
/** Of the files that stay for the whole run. */
const SET_BYTES_MAX = 2 * GIB;

/** Undefined when something is wrong with it, which was reported. */
export function readWorkload(reader: FieldReader, node: ValueNode): Workload | undefined {
  const [clientsNode, rateNode, namesNode, sizeNode] = ['clients', 'rate', 'names', 'size'].map((key) => reader.field(node, key));
  const type = reader.word(reader.demanded(node, 'type'), WORKLOAD_TYPES);
  const { sizeBytes, sizeDefault, namesDefault = 0 } = traitsOf(type);
  const clients = clientsNode === undefined ? 1 : reader.integer(clientsNode);
  const rate = rateNode && reader.rate(rateNode, '"rate"', RATE);
  const size =
    sizeNode === undefined && sizeDefault !== undefined
      ? sizeDefault
      : reader.sizeRange(reader.demanded(node, 'size'), '"size"', sizeBytes);
  if (size === undefined || (rateNode !== undefined && rate === undefined)) return undefined;
  const shape = { clients, sizeBytesMin: size.min, sizeBytesMax: size.max };
  const files = rate === undefined ? {} : { filesPerSecond: rate };
  const operations = rate === undefined ? {} : { opsPerSecond: rate };
  const names = namesNode === undefined ? namesDefault : reader.integer(namesNode);
  switch (type) {
    case 'write-verify':
    case 'big-file':
      return { type, ...shape, ...files };
    case 'many-small':
      return { type, ...shape, ...operations };
    case 'read-heavy':
      if (names * size.max > SET_BYTES_MAX) {
        const most = `${names} files of ${formatSize(size.max)}`;
        reader.problem(node, `a set of ${most} would stay for the whole run: at most ${formatSize(SET_BYTES_MAX)} are kept`);
        return undefined;
      }
      return { type, ...shape, ...operations, names };
    case 'rename-storm':
    case 'metadata':
      return { type, ...shape, ...operations, names };
  }
}
