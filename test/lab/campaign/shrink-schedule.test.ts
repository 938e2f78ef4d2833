import { expect, test } from 'vitest';
import type { Scenario, Step } from '../../../src/lab/scenario/model/scenario.js';
import { shrinkSchedule } from '../../../src/lab/campaign/shrink-schedule.js';
import type { Shrunk } from '../../../src/lab/campaign/shrink-schedule.js';
import { PAUSING, scenarioOf } from '../simulation/fixtures.js';

const step = (index: number, more: Partial<Step> = {}): Step => ({
  atMs: index * 100,
  fault: { action: 'kill' },
  selector: { names: ['dn-1'] },
  mode: { kind: 'all' },
  line: index,
  ...more,
});

const scenarioWith = (steps: readonly Step[], more: Partial<Scenario> = {}): Scenario => ({
  ...scenarioOf(PAUSING),
  durationMs: 8_000,
  steps,
  ...more,
});

const lines = ({ steps }: Scenario): number[] => steps.map(({ line }) => line);

function shrink(scenario: Scenario, fails: (candidate: Scenario) => boolean, trialsMax = 1_000): Promise<Shrunk> {
  return shrinkSchedule(scenario, { fails: async (candidate) => fails(candidate), trialsMax, isNeeded: () => false });
}

test.each([[[]], [[7]], [[0, 31]], [[3, 4, 20]], [[1, 8, 15, 22, 29]]])(
  'shrinkSchedule: leaves exactly the faults %j, in their order',
  async (needed) => {
    const steps = Array.from({ length: 32 }, (_, index) => step(index));
    const { scenario, isMinimal, trials } = await shrink(scenarioWith(steps), (candidate) =>
      needed.every((line) => lines(candidate).includes(line)),
    );
    expect(lines(scenario)).toEqual(needed);
    expect(isMinimal).toBe(true);
    expect(trials).toBeLessThan(120);
  },
);

test('shrinkSchedule: drops what else the failure does not need', async () => {
  const names = ['dn-1', 'dn-2', 'dn-3'];
  const [first] = scenarioOf(PAUSING).workload;
  const workload = [
    { ...first!, clients: 8 },
    { ...first!, clients: 2 },
  ];
  const condition = { text: 'live == 5', metric: 'live', operator: '==', value: 5 } as const;
  const probes = [{ kind: 'eventually', condition, withinMs: 1_000 } as const];
  const whole = scenarioWith([step(4, { durationMs: 900, selector: { names } })], { workload, probes });
  const { scenario } = await shrink(whole, ({ steps, workload: entries }) => {
    return steps[0]?.selector?.names?.includes('dn-2') === true && entries.some(({ clients }) => clients >= 2);
  });
  expect(scenario.steps).toEqual([step(4, { selector: { names: ['dn-2'] } })]);
  expect(scenario.workload).toEqual([{ ...first!, clients: 2 }]);
  expect(scenario.probes).toEqual([]);
  expect(scenario.durationMs).toBeLessThanOrEqual(1_400);
  expect(scenario.durationMs).toBeGreaterThanOrEqual(400);
});

test('shrinkSchedule: never asks twice, stops at its bound with the best so far, and says that more may go', async () => {
  const asked: string[] = [];
  const steps = Array.from({ length: 32 }, (_, index) => step(index));
  const fails = (candidate: Scenario): boolean => {
    asked.push(JSON.stringify(candidate));
    return [3, 17].every((line) => lines(candidate).includes(line));
  };
  const { scenario, isMinimal, trials } = await shrink(scenarioWith(steps), fails, 12);
  expect({ isMinimal, trials }).toEqual({ isMinimal: false, trials: 12 });
  expect(new Set(asked).size).toBe(asked.length);
  expect(scenario.steps.length).toBeLessThan(32);
  expect(lines(scenario)).toEqual(expect.arrayContaining([3, 17]));
});
