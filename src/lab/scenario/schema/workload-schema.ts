/** The JSON Schema of an entry of `workload`. */
import { traitsOf, WORKLOAD_TYPES } from '../../workloads/workload-types.js';
import type { WorkloadType } from '../../workloads/workload-types.js';
import { formatSize } from '../model/amounts.js';
import { formatted, integer, mapping, when, without, word } from './schema-parts.js';

const NAMED = WORKLOAD_TYPES.filter((type) => traitsOf(type).namesDefault !== undefined);
const NAMELESS = WORKLOAD_TYPES.filter((type) => !NAMED.includes(type));
const SIZE_DEMANDED = WORKLOAD_TYPES.filter((type) => traitsOf(type).sizeDefault === undefined);

function sizeText(type: WorkloadType): string {
  const { sizeDefault } = traitsOf(type);
  if (sizeDefault === undefined) return '';
  const { min, max } = sizeDefault;
  return `${type} ${formatSize(min)}${min === max ? '' : `-${formatSize(max)}`}`;
}

const listed = (texts: readonly string[]): string => texts.filter((text) => text !== '').join(', ');

export const WORKLOAD_SCHEMA = mapping(
  'a workload',
  {
    type: {
      ...word('workload type', WORKLOAD_TYPES, {
        later: { append: ' (use write-verify)', 'random-write': ' (use write-verify)' },
        hints: { 'large-file': 'write "big-file"', 'metadata-register': 'write "metadata"', 'small-files': 'write "many-small"' },
      }),
      description: WORKLOAD_TYPES.map((type) => `${type}: ${traitsOf(type).about}.`).join(' '),
    },
    clients: integer('"clients"', 1, 32),
    rate: {
      ...formatted('"rate"', 'rate'),
      description:
        'Over all clients of this entry: files of write-verify and big-file, operations of the others. Default: no limit; each client begins the next one when the previous one is answered.',
    },
    size: {
      ...formatted('"size"', 'sizeRange'),
      description: `Of a file: 1MiB, or 1-8MiB for any size between. Default: ${listed(WORKLOAD_TYPES.map(sizeText))}.`,
    },
    names: {
      ...integer('"names"', 1, 100),
      description: `How many file names the clients share. Default: ${listed(NAMED.map((type) => `${type} ${traitsOf(type).namesDefault ?? ''}`))}.`,
    },
  },
  {
    required: ['type'],
    rules: [
      { ...when('type', SIZE_DEMANDED, { required: ['size'], lab: { what: 'a workload' } }) },
      when('type', NAMELESS, without('names', '"{type}" has no "names"')),
    ],
  },
);
