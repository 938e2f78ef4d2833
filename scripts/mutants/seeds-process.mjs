/**
 * Child process: runs seeds of scenarios with one copy of the code, and prints each result as a line of JSON. The only module
 * that runs a simulation.
 *
 *   node seeds-process.mjs '{"code": FOLDER, "runs": [{ "scenario": FILE, "seed": 1 }], "untilFail": true}'
 */
import { pathToFileURL } from 'node:url';

const { code, runs, untilFail } = JSON.parse(process.argv[2]);
const load = (module) => import(pathToFileURL(`${code}/${module}`).href);
const { readScenario } = await load('lab/scenario/read-scenario.js');
const { runSeed } = await load('lab/simulation/simulation-worker.js');

for (const { scenario: file, seed } of runs) {
  const read = await readScenario(file);
  if (!read.ok) throw new Error(read.problems.map((problem) => problem.message).join('\n'));
  const { verdict, reasons, checks } = await runSeed({ scenario: read.scenario, seed });
  const failed = checks.filter((check) => check.verdict === 'fail').map(({ checker }) => checker);
  process.stdout.write(`${JSON.stringify({ seed, verdict, reasons, failed })}\n`);
  if (untilFail && verdict === 'fail') break;
}
