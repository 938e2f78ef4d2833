/** Records a run for `lab check`, `lab replay` and `lab shrink`: its scenario, history, events, logs and results in a run folder. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FinalState } from '../checkers/run-facts.js';
import { HistoryRecorder } from '../history/history-recorder.js';
import { recordingClient } from '../history/recording-client.js';
import { readHistory } from '../history/read-history.js';
import { hostSample } from '../record/host-sample.js';
import { SampleRecorder } from '../record/sample-recorder.js';
import { writeReport } from '../report/write-report.js';
import { copyLogs } from '../record/copy-logs.js';
import { RunFolder } from '../record/run-folder.js';
import type { Repetition } from '../run/repetition.js';
import type { RunMode } from '../record/run-results.js';
import type { ClusterControl } from '../../supervisor/api/cluster-control.js';
import { judgeRun } from '../record/judged-run.js';
import type { JudgedRun } from '../record/judged-run.js';
import type { RunClock } from '../workloads/run-clock.js';
import type { RunEvent, VerdictEvent } from '../run/run-events.js';
import type { RunInputs, RunOutcome } from '../run/scenario-run.js';

/** The names that connect-client.ts uses. */
const CLIENT_LOG = /^client(-\d+)?\.log$/;

export class RunRecord {
  readonly #folder: RunFolder;
  readonly #recorder: HistoryRecorder;
  readonly #clock: RunClock;
  #samples: SampleRecorder | null = null;

  /**
   * @param root folder of the run folders; created when missing
   * @param clock clock of the run
   * @throws Error of node:fs
   */
  constructor(root: string, seed: number, clock: RunClock) {
    this.#folder = RunFolder.create(root, Date.now(), seed);
    this.#clock = clock;
    this.#recorder = new HistoryRecorder(() => clock.nowMs(), this.#folder.writeHistory);
    this.#folder.writeSample(hostSample());
  }

  get path(): string {
    return this.#folder.path;
  }

  /** @param source text of the scenario file @param resolved the same with every choice made */
  scenario(source: string, resolved: string): void {
    this.#folder.writeScenario(source, resolved);
  }

  /** Wraps a function that makes clients: its clients record their operations. */
  recording(connect: RunInputs['connect']): RunInputs['connect'] {
    return (control, identity, profile) => recordingClient(connect(control, identity, profile), this.#recorder, identity);
  }

  event(event: RunEvent): void {
    this.#folder.writeEvent({ ...event, runMs: Math.round(this.#clock.nowMs() * 1_000) / 1_000 });
  }

  /** Samples the cluster from now on, until the end of the run. */
  watch(control: ClusterControl): void {
    this.#samples = new SampleRecorder(control, this.#clock, (sample) => this.#folder.writeSample(sample));
  }

  /** Judges the history, and ends its recording. */
  async judge(own: VerdictEvent, outcome: RunOutcome, final: FinalState): Promise<JudgedRun> {
    this.#recorder.end();
    const history = readHistory(await readFile(join(this.path, 'history.ndjson'), 'utf8'));
    return judgeRun(own, outcome, { final }, history);
  }

  /**
   * Copies the logs of nodes and clients. Call it before the cluster is closed, which may remove its folder.
   * @throws Error of node:fs
   */
  async keepLogs(control: ClusterControl): Promise<void> {
    const nodes = [...control.masters(), ...control.datanodes()].map(({ log }) => log);
    const clients = (await readdir(control.dir)).filter((name) => CLIENT_LOG.test(name));
    await copyLogs([...nodes, ...clients.map((name) => join(control.dir, name))], this.#folder.logs);
  }

  /** Writes the results: the end of the run. */
  finish({ verdict, facts, checks }: JudgedRun, mode: RunMode, repetition?: Repetition): void {
    this.#samples?.stop();
    this.#folder.finish({
      version: 2,
      mode,
      scenario: verdict.scenario,
      seed: verdict.seed,
      ...(repetition === undefined ? {} : { repetition }),
      elapsedMs: verdict.elapsedMs,
      operations: this.#recorder.operations,
      facts,
      rows: verdict.checks,
      verdict: verdict.verdict,
      reasons: verdict.reasons,
      checks,
    });
  }

  /** Makes the report from the record. @returns its path @throws DfsError, Error of node:fs */
  report(): string {
    return writeReport(this.path);
  }

  /** Closes the record of a run that did not end: files stay, without results. */
  close(): void {
    this.#samples?.stop();
    this.#folder.close();
  }
}
