/** Reads what a step does, by the fault table: the mapping below `node`, `network`, `io` or `clock`. */
import assert from 'node:assert/strict';
import type { FaultSpec } from '../../../supervisor/api/fault.js';
import type { FaultKey } from '../../../supervisor/api/fault-row.js';
import { FAULTS, keysOf } from '../../../supervisor/api/fault-table.js';
import type { FaultWord } from '../../../supervisor/api/fault-table.js';
import type { FieldReader } from './field-reader.js';
import { wordAt } from '../schema/step-schema.js';
import type { Scope } from '../schema/step-schema.js';
import type { ValueNode } from './value-node.js';

export type FaultFields = Readonly<Record<string, string | number>>;

/** A fault of a word, with the value of each key that it must have. */
export function faultOf(action: FaultWord, fields: FaultFields): FaultSpec {
  // The fields are those of the word's row, from which the type is derived.
  return { action, ...fields } as FaultSpec;
}

/** Undefined when a figure is out of its range, which was reported. */
export function readFault(reader: FieldReader, scope: Scope, node: ValueNode): FaultSpec | undefined {
  const word = wordAt(scope, reader.text(reader.demanded(node, 'action')));
  assert(word !== undefined, 'the schema knows an action more');
  const fields: Record<string, string | number> = {};
  for (const [name, key] of keysOf(FAULTS[word])) {
    const given = reader.field(node, name);
    const value = given === undefined ? key.default : readValue(reader, given, name, key);
    if (given !== undefined && value === undefined) return undefined;
    if (value !== undefined && !isImplied(key, value)) fields[key.field] = value;
  }
  return faultOf(word, fields);
}

const isImplied = (key: FaultKey, value: string | number): boolean => key.kind === 'word' && key.implied === value;

/** Undefined when it is out of its range, which was reported. */
function readValue(reader: FieldReader, node: ValueNode, name: string, key: FaultKey): string | number | undefined {
  const what = `"${name}"`;
  switch (key.kind) {
    case 'word':
      return reader.word(node, key.words);
    case 'integer':
      return reader.integer(node);
    case 'duration':
      return reader.duration(node, what, key);
    case 'offset':
      return reader.offset(node, what, key);
    case 'size':
      return reader.size(node, what, key);
    case 'byteRate':
      return reader.byteRate(node, what, key);
  }
}
