/** The first event of every run of a scenario. */
import type { Repetition } from './repetition.js';
import type { RunEvent } from './run-events.js';
import type { Scenario } from '../scenario/model/scenario.js';

type StartEvent = Extract<RunEvent, { event: 'start' }>;

export interface SeedOrigin {
  readonly seed: number;
  readonly seedFrom: StartEvent['seedFrom'];
  readonly repetition?: Repetition | undefined;
}

/** Says what is run, and from which seed. */
export function startEvent(scenario: Scenario, { seed, seedFrom, repetition }: SeedOrigin): StartEvent {
  return {
    event: 'start',
    scenario: scenario.name,
    description: scenario.description,
    seed,
    seedFrom,
    ...(repetition === undefined ? {} : { repetition }),
    cluster: scenario.cluster,
    clients: scenario.workload.reduce((sum, { clients }) => sum + clients, 0),
    durationMs: scenario.durationMs,
  };
}
