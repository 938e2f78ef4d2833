/** Reads what a scenario asks of a run. */
import assert from 'node:assert/strict';
import { parseCondition } from '../model/expression.js';
import type { Condition } from '../model/expression.js';
import type { FieldReader, Range } from './field-reader.js';
import type { Probe } from '../model/scenario.js';
import { describe } from './value-node.js';
import type { ValueNode } from './value-node.js';

const WITHIN_MS: Range = { min: 0, max: 3_600_000 };
const WITHIN_DEFAULT_MS = 30_000;

/** A condition that fits the schema. */
export function readCondition(node: ValueNode): Condition {
  const parsed = parseCondition(String(node.data));
  assert(parsed.ok, `the schema lets ${describe(node)} be a condition`);
  return parsed.condition;
}

/** Undefined for an invariant, which needs no entry: every run checks them all; and where something is wrong, which was reported. */
export function readProbe(reader: FieldReader, node: ValueNode): Probe | undefined {
  const [eventually, sometimes, within] = ['eventually', 'sometimes', 'within'].map((key) => reader.field(node, key));
  if (sometimes !== undefined) return { kind: 'sometimes', condition: readCondition(sometimes) };
  if (eventually === undefined) return undefined;
  const withinMs = within === undefined ? WITHIN_DEFAULT_MS : reader.duration(within, '"within"', WITHIN_MS);
  return withinMs === undefined ? undefined : { kind: 'eventually', condition: readCondition(eventually), withinMs };
}
