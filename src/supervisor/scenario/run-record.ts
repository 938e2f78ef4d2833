/** Records a run for `lab check`: its history and events in a run folder, judged by the checkers when it is over. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { judgeHistory } from '../checkers/judge-history.js';
import type { HistoryJudgement } from '../checkers/judge-history.js';
import type { FinalState, RunFacts } from '../checkers/run-facts.js';
import { HistoryRecorder } from '../history/history-recorder.js';
import { recordingClient } from '../history/recording-client.js';
import { readHistory } from '../history/read-history.js';
import { RunFolder } from '../runs/run-folder.js';
import { timingsOf } from '../../shared/profile.js';
import type { ProfileName } from '../../shared/profile.js';
import type { ClusterControl } from '../types.js';
import type { RunEvent } from './run-events.js';
import type { RunInputs, RunOutcome } from './scenario-run.js';

const LOOK_AGAIN_MS = 200;

export class RunRecord {
  readonly #folder: RunFolder;
  readonly #recorder: HistoryRecorder;
  #isOver = false;

  /**
   * @param root where run folders are; made when missing
   * @param nowMs the run's monotonic clock
   * @throws Error of node:fs
   */
  constructor(root: string, seed: number, nowMs: () => number) {
    this.#folder = RunFolder.create(root, Date.now(), seed);
    this.#recorder = new HistoryRecorder(nowMs, this.#folder.writeHistory);
  }

  get path(): string {
    return this.#folder.path;
  }

  /** Clients made by the result write down what they are asked. */
  recording(connect: RunInputs['connect']): RunInputs['connect'] {
    return (control, identity, profile) => recordingClient(connect(control, identity, profile), this.#recorder, identity);
  }

  /** Ignored once the run is judged. */
  event(event: RunEvent): void {
    if (!this.#isOver) this.#folder.writeEvent(event);
  }

  /** @param yaml every choice that was made */
  resolved(yaml: string): void {
    this.#folder.writeResolvedScenario(yaml);
  }

  /** Looks at what is left in the cluster, judges the history, and writes the results down. */
  async finish(
    scenario: string,
    seed: number,
    outcome: RunOutcome,
    control: ClusterControl,
    profile: ProfileName,
  ): Promise<HistoryJudgement> {
    this.#recorder.end();
    const { facts: ran, elapsedMs } = outcome;
    const facts: RunFacts = {
      faults: ran.faults.map(({ fault, effect }) => ({
        fault: `${fault.action} ${fault.nodes.join(', ')}`,
        effects: effect === 'seen' ? 1 : 0,
      })),
      doubts: ran.doubts,
      final: await finalState(control, profile),
    };
    const history = readHistory(await readFile(join(this.path, 'history.ndjson'), 'utf8'));
    const judgement = judgeHistory(history, facts);
    this.#isOver = true;
    this.#folder.finish({ version: 1, scenario, seed, elapsedMs, operations: this.#recorder.operations, facts, ...judgement });
    return judgement;
  }

  /** The run did not end: what was written stays, without results. */
  close(): void {
    this.#folder.close();
  }
}

/** Replicas of deleted files go after a safe delay: they get that time, and no more. */
async function finalState(control: ClusterControl, profile: ProfileName): Promise<FinalState> {
  const { orphanDelayMs, blockReportIntervalMs } = timingsOf(profile);
  const deadlineMs = performance.now() + 2 * (orphanDelayMs + blockReportIntervalMs);
  for (;;) {
    const { chunks, orphanReplicas } = await control.status();
    const folders = await Promise.all(control.datanodes().map(({ dataDir }) => readdir(dataDir)));
    const temporaryFiles = folders.flat().filter((name) => name.endsWith('.tmp')).length;
    const underReplicatedChunks = chunks.underReplicated + chunks.missing;
    if (underReplicatedChunks + orphanReplicas + temporaryFiles === 0 || performance.now() > deadlineMs) {
      return { underReplicatedChunks, orphanReplicas, temporaryFiles, masterDigests: [] };
    }
    await sleep(LOOK_AGAIN_MS);
  }
}
