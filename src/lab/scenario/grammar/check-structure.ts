/** Checks a scenario, or a part of one, against the JSON Schema, and says of everything that does not fit where it stands and what was meant. */
import assert from 'node:assert/strict';
import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { explain } from './explain-mismatch.js';
import type { Mismatch } from './explain-mismatch.js';
import { SCENARIO_SCHEMA } from '../schema/scenario-schema.js';
import type { Schema } from '../schema/schema-parts.js';
import type { ProblemSink, ValueNode } from './value-node.js';

// A test checks the schema itself; here it is compiled in the shortest time, because every run waits for it.
const ajv = new Ajv({
  allErrors: true,
  verbose: true,
  strictTypes: false,
  allowUnionTypes: true,
  inlineRefs: false,
  validateSchema: false,
  meta: false,
  code: { optimize: false },
});
ajv.addKeyword('lab');
ajv.addSchema(SCENARIO_SCHEMA, 'scenario');

/** What can be checked by itself, and where its schema stands. */
const PARTS = { scenario: 'scenario', step: 'scenario#/definitions/step', workload: 'scenario#/definitions/workload' } as const;
export type SchemaPart = keyof typeof PARTS;

/** Compiled when it is first asked for, and then kept. */
function validatorOf(part: SchemaPart): ValidateFunction {
  const validate = ajv.getSchema(PARTS[part]);
  assert(validate !== undefined, `the schema has no ${part}`);
  return validate;
}

/** The values on the way from the top to the one that an error is about. */
function nodesOn(root: ValueNode, instancePath: string): ValueNode[] {
  const nodes = [root];
  for (const step of instancePath.split('/').slice(1)) {
    const last = nodes.at(-1);
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    const next = last?.items?.[Number(key)] ?? last?.entries?.get(key)?.value;
    if (next === undefined) break;
    nodes.push(next);
  }
  return nodes;
}

/** What is said of a choice between keys; the errors inside it are about ways not chosen. */
const isInsideChoice = ({ schemaPath }: ErrorObject): boolean => /\/(oneOf|anyOf)\/\d+\//.test(schemaPath);

/** Mappings with a key that does not belong there. */
function withStrayKeys(errors: readonly ErrorObject[]): ReadonlySet<string> {
  const places = errors.flatMap(({ keyword, instancePath }) => {
    if (keyword === 'additionalProperties') return [instancePath];
    return keyword === 'not' ? [instancePath.slice(0, instancePath.lastIndexOf('/'))] : [];
  });
  return new Set(places);
}

/**
 * A key that does not belong there probably stands for the missing one: that is not reported too.
 * Nor is asked which keys a value has that is no mapping.
 */
function isConsequence({ keyword, instancePath }: ErrorObject, node: ValueNode, stray: ReadonlySet<string>): boolean {
  return ['required', 'oneOf', 'anyOf'].includes(keyword) && (stray.has(instancePath) || node.entries === undefined);
}

/**
 * Reports what does not fit to `source`.
 * @param part what the value is to be
 * @returns the values that do not fit, with all that they stand in: the rest can be read
 */
export function checkStructure(root: ValueNode, source: ProblemSink, part: SchemaPart): ReadonlySet<ValueNode> {
  const unsound = new Set<ValueNode>();
  const validate = validatorOf(part);
  if (validate(root.data)) return unsound;
  const errors = (validate.errors ?? []).filter((error) => error.keyword !== 'if' && !isInsideChoice(error));
  const stray = withStrayKeys(errors);
  const found = errors.map((error) => {
    const nodes = nodesOn(root, error.instancePath);
    for (const node of nodes) unsound.add(node);
    const [node = root, parent] = nodes.toReversed();
    const mismatch: Mismatch = {
      keyword: error.keyword,
      params: error.params as Mismatch['params'],
      // Of our own schema.
      schema: error.parentSchema as Schema,
      node,
      ...(parent === undefined ? {} : { parent }),
    };
    return isConsequence(error, node, stray) ? undefined : explain(mismatch);
  });
  const problems = found.filter((problem) => problem !== undefined).sort((a, b) => a.place.offset - b.place.offset);
  for (const { place, ...complaint } of problems) source.problem(place, complaint);
  return unsound;
}
