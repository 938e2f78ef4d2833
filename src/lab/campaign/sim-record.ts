/** Records a simulated run in a run folder, in the same format as `lab run` does for a run on processes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operation } from '../history/operation.js';
import { readHistory } from '../history/read-history.js';
import { hostSample } from '../record/host-sample.js';
import { firstViolated, MessageKeeper } from '../report/message-keeper.js';
import { eventSample } from '../record/run-samples.js';
import { writeReport } from '../report/write-report.js';
import { RunFolder } from '../record/run-folder.js';
import type { JudgedRun } from '../record/judged-run.js';
import { scenarioYaml } from '../scenario/grammar/scenario-yaml.js';
import type { Scenario } from '../scenario/model/scenario.js';
import { planFaults, resolveScenario } from '../scenario/plan/schedule.js';
import { startEvent } from '../run/start-event.js';
import { LogKeeper } from '../simulation/log-keeper.js';
import type { SeedResult } from '../simulation/seed-task.js';
import type { SimulationObserver } from '../simulation/simulate-scenario.js';

export class SimRecord {
  /** The observer to pass to the simulation. */
  readonly observer: SimulationObserver;
  readonly #folder: RunFolder;
  readonly #logs = new LogKeeper();
  readonly #messages = new MessageKeeper();
  readonly #scenario: Scenario;
  #judged: JudgedRun | null = null;
  #operations = 0;

  /**
   * @param root folder of the run folders; created when missing
   * @param source text of the scenario file
   * @throws Error of node:fs
   */
  constructor(root: string, scenario: Scenario, source: string, seed: number) {
    this.#scenario = scenario;
    this.#folder = RunFolder.create(root, Date.now(), seed);
    this.#folder.writeScenario(source, scenarioYaml(resolveScenario(scenario, seed)));
    this.#folder.writeEvent(startEvent(scenario, { seed, seedFrom: 'option' }));
    this.#folder.writeEvent({ event: 'schedule', ...planFaults(scenario, seed) });
    this.#folder.writeSample(hostSample());
    this.observer = {
      onRunEvent: (event, virtualMs) => this.#folder.writeEvent({ ...event, virtualMs }),
      onSimEvent: (event) => this.#messages.add(event),
      onClusterEvent: (event, virtualMs) => {
        const sample = eventSample(event, virtualMs);
        if (sample !== null) this.#folder.writeSample(sample);
      },
      onLog: (line) => this.#logs.add(line),
      onHistory: (line) => {
        this.#operations += 1;
        this.#folder.writeHistory(line);
      },
      onJudged: (judged) => (this.#judged = judged),
    };
  }

  get path(): string {
    return this.#folder.path;
  }

  /** Writes logs and results, at the end of the run or after its failure. @throws Error of node:fs */
  finish({ seed, verdict, reasons, digest, events, virtualMs }: SeedResult): void {
    for (const [machine, text] of this.#logs.all()) this.#folder.writeLog(machine, text);
    this.#folder.writeMessages(this.#messages.near(firstViolated(this.#judged?.checks ?? [], this.#history())));
    this.#folder.finish({
      version: 2,
      mode: 'simulation',
      scenario: this.#scenario.name,
      seed,
      simulation: { digest, events, virtualMs },
      elapsedMs: this.#judged?.verdict.elapsedMs ?? 0,
      operations: this.#operations,
      facts: this.#judged?.facts ?? { faults: [], doubts: reasons },
      rows: this.#judged?.verdict.checks ?? [],
      verdict,
      reasons,
      checks: this.#judged?.checks ?? [],
    });
  }

  /** Makes the report from the record. @returns its path @throws DfsError, Error of node:fs */
  report(): string {
    return writeReport(this.path);
  }

  #history(): readonly Operation[] {
    return readHistory(readFileSync(join(this.path, 'history.ndjson'), 'utf8'));
  }

  /** Safe after `finish`; without `finish` the folder has no results. */
  close(): void {
    this.#folder.close();
  }
}
