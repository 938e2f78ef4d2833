/**
 * Child process: runs seeds of a scenario with one copy of the code, and prints each result as a line of JSON. The one place that
 * knows how a simulation is run.
 *
 *   node seeds-process.mjs '{"code": FOLDER, "scenario": FILE, "seeds": [1, 2], "untilFail": true}'
 */
import { pathToFileURL } from 'node:url';

const { code, scenario: file, seeds, untilFail } = JSON.parse(process.argv[2]);
const load = (module) => import(pathToFileURL(`${code}/${module}`).href);
const { readScenario } = await load('supervisor/scenario/read-scenario.js');
const { runSeed } = await load('supervisor/simulation/simulation-worker.js');

const read = await readScenario(file);
if (!read.ok) throw new Error(read.problems.map((problem) => problem.message).join('\n'));
for (const seed of seeds) {
  const { verdict, reasons, checks } = await runSeed({ scenario: read.scenario, seed });
  const failed = checks.filter((check) => check.verdict === 'fail').map(({ checker }) => checker);
  process.stdout.write(`${JSON.stringify({ seed, verdict, reasons, failed })}\n`);
  if (untilFail && verdict === 'fail') break;
}
