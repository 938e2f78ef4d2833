/** Writes the keys of a fault, by the fault table, as readFault reads them: none can be forgotten. */
import type { FaultSpec } from '../../../supervisor/api/fault.js';
import type { FaultKey } from '../../../supervisor/api/fault-row.js';
import { FAULTS, keysOf } from '../../../supervisor/api/fault-table.js';
import { formatDuration, formatSize } from '../model/amounts.js';

export interface WrittenKey {
  readonly name: string;
  readonly key: FaultKey;
  /** Exact: it is read back as the same value. */
  readonly value: string | number;
  /** The value is the default of the key. */
  readonly isDefault: boolean;
}

/** Every key that the fault has a value for, in the order of its row. */
export function writtenKeys(fault: FaultSpec): readonly WrittenKey[] {
  const fields: Readonly<Record<string, unknown>> = { ...fault };
  return keysOf(FAULTS[fault.action]).flatMap(([name, key]) => {
    const value = fields[key.field];
    if (typeof value !== 'string' && typeof value !== 'number') return [];
    return [{ name, key, value: written(key, value), isDefault: value === key.default }];
  });
}

function written({ kind }: FaultKey, value: string | number): string | number {
  if (typeof value === 'string') return value;
  switch (kind) {
    case 'word':
    case 'integer':
      return value;
    case 'duration':
    case 'offset':
      return formatDuration(value);
    case 'size':
      return formatSize(value);
    case 'byteRate':
      return `${formatSize(value)}/s`;
  }
}

/** The figures in few words: without defaults, and a figure that every such fault has without its name. */
export function figuresText(fault: FaultSpec): string {
  return writtenKeys(fault)
    .filter(({ isDefault, name }) => !isDefault && name !== 'direction')
    .map(({ name, key, value }) => (key.isNeeded === true ? String(value) : `${name}=${value}`))
    .join(' ');
}
