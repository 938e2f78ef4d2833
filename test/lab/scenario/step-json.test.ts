import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MIB } from '../../../src/shared/limits.js';
import { parseFaultCommand } from '../../../src/lab/scenario/grammar/command-line.js';
import { stepText } from '../../../src/lab/scenario/grammar/fault-text.js';
import { writtenKeys } from '../../../src/lab/scenario/grammar/fault-keys.js';
import type { ScenarioCluster, Step } from '../../../src/lab/scenario/model/scenario.js';
import { readStepJson, readWorkloadJson, stepJson } from '../../../src/lab/scenario/grammar/step-json.js';
import type { ReadStep } from '../../../src/lab/scenario/grammar/step-json.js';
import { FAULT_WORDS } from '../../../src/supervisor/api/fault-table.js';
import { steps } from './arbitrary-scenario.js';

const CLUSTER: ScenarioCluster = {
  masters: 3,
  datanodes: 5,
  racks: 2,
  replication: 3,
  chunkSizeBytes: 4 * MIB,
  profile: 'fast',
};

/** As a running lab takes them: at once. */
const stepsNow = steps(CLUSTER, 10_000).map(({ when: _when, ...step }): Step => ({ ...step, atMs: 0 }));

const stepOf = (read: ReadStep | ReturnType<typeof parseFaultCommand>): Step => {
  if (!('step' in read)) throw new Error(JSON.stringify(read.problems));
  return read.step;
};
/** Without the place in a text. */
const placeless = ({ line: _line, column: _column, ...step }: Step): unknown => step;

test('stepJson writes what readStepJson reads as the same step, over the wire too; no field of any word is lost', () => {
  const met = new Set<string>();
  fc.assert(
    fc.property(stepsNow, (step) => {
      met.add(step.fault.action);
      const json = JSON.parse(JSON.stringify(stepJson(step))) as object;
      expect(placeless(stepOf(readStepJson(json, CLUSTER)))).toEqual(placeless(step));
      expect(writtenKeys(step.fault).map(({ key }) => key.field)).toHaveLength(Object.keys(step.fault).length - 1);
    }),
    { numRuns: 400 },
  );
  expect([...met, 'add'].sort()).toEqual([...FAULT_WORDS].sort());
});

test('stepText is a command that parseFaultCommand reads as the same step', () => {
  fc.assert(
    fc.property(stepsNow, (step) => {
      const { source: _source, choiceSeed: _seed, ...asked } = step;
      expect(placeless(stepOf(parseFaultCommand(stepText(step), CLUSTER)))).toEqual(placeless(asked));
    }),
    { numRuns: 400 },
  );
});

test('stepText: of new nodes it says how many, and puts a path in quotes where it must', () => {
  const text = (json: object): string => stepText(stepOf(readStepJson(json, CLUSTER)));
  expect(text({ node: { action: 'add', value: 2 } })).toBe('add value=2');
  expect(text({ io: { action: 'bitflip', selector: { holds: `/it's "a" file` }, mode: 'one' } })).toBe(
    `bitflip holds="/it's "'"'"a"'"'" file" mode=one`,
  );
});

test('readStepJson: a problem has the path of the value, the value, and the reason without the key', () => {
  const problems = (json: object): unknown => {
    const read = readStepJson(json, CLUSTER);
    return 'problems' in read ? read.problems : [];
  };
  expect(problems({ network: { action: 'delay', delay: '2m', selector: { name: ['dn-1', 'dn-9'] }, kind: 'stall' } })).toEqual([
    {
      path: ['network', 'kind'],
      part: 'value',
      value: 'stall',
      reason: '"delay" has no "kind"',
      message: '"delay" has no "kind"',
    },
  ]);
  expect(problems({ network: { action: 'delay', delay: '2m', selector: { name: ['dn-1', 'dn-9'] } } })).toMatchObject([
    {
      path: ['network', 'delay'],
      value: '2m',
      reason: 'it must be from 1ms to 60s',
      message: '"delay" is 120s: it must be from 1ms to 60s',
    },
    { path: ['network', 'selector', 'name', 1], value: 'dn-9' },
  ]);
  expect(problems({ node: { action: 'kill', selector: { name: 'dn-1' }, colour: 'red' } })).toMatchObject([
    { path: ['node', 'colour'], part: 'key', value: 'red' },
  ]);
  expect(problems({})).toMatchObject([{ path: [], message: 'a step needs "node", "network", "io" or "clock"' }]);
  expect(problems([])).toMatchObject([{ path: [], message: 'a step must be a mapping, not a list' }]);
});

test('readStepJson never throws, whatever it is given', () => {
  const endless: Record<string, unknown> = { action: 'kill' };
  for (const key of ['selector', 'mode', 'value']) endless[key] = endless;
  expect(readStepJson({ node: endless }, CLUSTER)).toHaveProperty('problems');
  const own = JSON.parse('{"node": {"action": "kill", "selector": {"name": "dn-1"}, "__proto__": {"mode": "one"}}}') as object;
  expect(readStepJson(own, CLUSTER)).toMatchObject({ problems: [{ path: ['node', '__proto__'], part: 'key' }] });
  fc.assert(
    fc.property(
      fc.constantFrom('node', 'network', 'io', 'clock'),
      fc.constantFrom(...FAULT_WORDS),
      fc.jsonValue(),
      (scope, action, any) => {
        for (const json of [
          { [scope]: any },
          { [scope]: { action, selector: any } },
          { [scope]: { action, selector: { name: 'dn-1' }, target: any } },
        ]) {
          const read = readStepJson(json, CLUSTER);
          expect('step' in read || read.problems.length > 0).toBe(true);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('readWorkloadJson: reads words as scenarios write them, and says all that is wrong with others', () => {
  expect(readWorkloadJson({ type: 'metadata', size: '1KiB', names: 3 }, 'Cannot')).toMatchObject({ type: 'metadata', names: 3 });
  expect(() => readWorkloadJson({ type: 'metadat', rate: 'fast' }, 'Cannot switch the load on')).toThrow(
    /^Cannot switch the load on: .*did you mean "metadata"\?; .*"fast" is not a rate/,
  );
});
