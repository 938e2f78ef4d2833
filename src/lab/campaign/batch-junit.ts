/** The JUnit document of a batch: a suite for each scenario, a test case for each of its runs. Pure. */
import { junitDocument } from '../record/junit-xml.js';
import type { JunitCase } from '../record/junit-xml.js';
import type { EndedRun } from './run-watch.js';
import type { ScenarioFile } from './scenario-files.js';
import { firstLine } from './summary.js';

function caseOf({ seed, verdict, reasons, record, repeat, durationMs }: EndedRun): JunitCase {
  const where = record === null ? [] : [`record: ${record}`];
  const text = [...reasons, `repeat: ${repeat}`, ...where].join('\n');
  return { name: `seed ${seed}`, verdict, detail: firstLine(reasons[0] ?? verdict), text, elapsedMs: durationMs };
}

/** Runs that were not started are omitted. The time of a suite is the sum of the times of its runs. */
export function batchJunit(files: readonly ScenarioFile[], ended: readonly EndedRun[]): string {
  return junitDocument(
    files.map(({ file, label }) => {
      const own = ended.filter((run) => run.file === file);
      return { name: label, cases: own.map(caseOf), elapsedMs: own.reduce((sum, { durationMs }) => sum + durationMs, 0) };
    }),
  );
}
