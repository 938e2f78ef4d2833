/** Reads one entry of a workload from words, as a command line has them: by the grammar of scenarios, with its messages. */
import { stringify } from 'yaml';
import { DfsError } from '../../shared/errors.js';
import type { SteadyLoadWords } from '../../supervisor/api/steady-load.js';
import type { Workload } from '../workloads/workload-types.js';
import { parseScenario } from './parse-scenario.js';

/**
 * @param action begins the message of an error: `Cannot switch the load on`
 * @throws DfsError INVALID_ARGUMENT saying all that is wrong with the words
 */
export function parseWorkload(words: SteadyLoadWords, action: string): Workload {
  const scenario = { apiVersion: 'lab/v1', kind: 'Scenario', duration: '1s', workload: [words] };
  const parsed = parseScenario(stringify(scenario), 'load');
  const [workload] = parsed.ok ? parsed.scenario.workload : [];
  if (workload !== undefined) return workload;
  const reasons = parsed.ok ? [] : parsed.problems.map(({ message }) => message);
  throw new DfsError('INVALID_ARGUMENT', `${action}: ${reasons.join('; ')}`);
}
