/**
 * Child process: runs seeds of scenarios with one copy of the code, one for each message `{ scenario, seed }`, and answers with the
 * result. The one place that knows how a simulation is run.
 *
 *   fork('seeds-process.mjs', [FOLDER])
 */
import { pathToFileURL } from 'node:url';

const [code] = process.argv.slice(2);
const load = (module) => import(pathToFileURL(`${code}/${module}`).href);

process.on('message', ({ scenario, seed }) => {
  void run(scenario, seed).then((result) => process.send(result));
});

async function run(file, seed) {
  const { readScenario } = await load('lab/scenario/grammar/read-scenario.js');
  const { runSeed } = await load('lab/simulation/simulation-worker.js');
  const read = await readScenario(file);
  if (!read.ok) throw new Error(read.problems.map((problem) => problem.message).join('\n'));
  const { verdict, reasons, checks } = await runSeed({ scenario: read.scenario, seed });
  const failed = checks.filter((check) => check.verdict === 'fail').map(({ checker }) => checker);
  return { verdict, reasons, failed };
}
