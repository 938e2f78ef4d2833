/** One run of a scenario on a started cluster: workload and faults, the final heal, the checks. Its result is what `judge` needs. */
import assert from 'node:assert';
import { setMaxListeners } from 'node:events';
import { DfsError } from '../../shared/errors.js';
import { timingsOf } from '../../shared/profile.js';
import type { ProfileName } from '../../shared/profile.js';
import type { PlannedFault } from '../../supervisor/api/fault.js';
import type { BreakableCluster, ClusterControl } from '../../supervisor/api/cluster-control.js';
import type { ClusterStatus } from '../../supervisor/api/cluster-status.js';
import { runEndChecks } from './end-checks.js';
import type { EndChecks } from './end-checks.js';
import { conditionHolds, metricValue } from '../scenario/model/expression.js';
import { FaultQueue } from './fault-queue.js';
import { FaultRunner } from './fault-runner.js';
import type { FileClient } from '../workloads/file-client.js';
import { WorkloadRunner } from './workload-runner.js';
import { GroupNotes, lookForAgreement } from './group-notes.js';
import type { Agreement } from './group-notes.js';
import { hasRoom, runLateStep } from './late-steps.js';
import type { LateWorld } from './late-steps.js';
import { endsWithin } from '../../shared/ends-within.js';
import type { RunClock } from '../workloads/run-clock.js';
import { tickOf } from './run-events.js';
import type { RunEvent } from './run-events.js';
import type { EventuallyProbe, Scenario, SometimesProbe } from '../scenario/model/scenario.js';
import type { FaultPlan, LateStep } from '../scenario/plan/schedule.js';
import type { ProbeResult, RunFindings } from './verdict.js';
import { messageOf } from '../../shared/error-text.js';

const TICK_MS = 1_000;
const POLL_MS = 200;
/** The cluster counts as whole after this many looks in a row: one alone may still show the picture before the heal. */
const WHOLE_LOOKS = 3;
const READY_TIMEOUT_MS = 30_000;
/** For the faults under way, when a person interrupts. */
const INTERRUPT_GRACE_MS = 5_000;
/** For operations whose client was closed under them. */
const CLOSED_GRACE_MS = 2_000;
/** For steps whose time was over before the end, and that had to wait for a leader: the workload goes on for them. */
const LATE_GRACE_MS = 15_000;
/** For the final heal with every restart that is under way. */
const HEAL_TIMEOUT_MS = 60_000;

export interface RunInputs {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly plan: FaultPlan;
  readonly control: BreakableCluster;
  readonly clock: RunClock;
  readonly connect: (control: ClusterControl, identity: string, profile: ProfileName) => FileClient;
  readonly emit: (event: RunEvent) => void;
  readonly signal: AbortSignal;
  /** How long an acknowledged file may stay unreadable at the end, milliseconds. */
  readonly endPatienceMs?: number;
}

export interface RunOutcome {
  readonly facts: RunFindings;
  readonly elapsedMs: number;
}

/** Every node serves. */
function isReady(status: ClusterStatus): boolean {
  return status.masterReachable && !status.safeMode && status.nodes.every((node) => node.state === 'live');
}

/** Every node serves and every chunk has its copies. */
function isWhole(status: ClusterStatus): boolean {
  const { underReplicated, missing, unreported } = status.chunks;
  return isReady(status) && underReplicated + missing + unreported === 0;
}

export class ScenarioRun {
  readonly #inputs: RunInputs;
  readonly #workloadRunner: WorkloadRunner;
  readonly #clients: FileClient[] = [];
  readonly #doubts: string[] = [];
  readonly #group = new GroupNotes();
  /** Conditions of `sometimes` that were true at some time. */
  readonly #happened = new Set<SometimesProbe>();
  readonly #sometimes: readonly SometimesProbe[];
  /** Fires when the workload is to end, and when a person interrupts. */
  readonly #ending = new AbortController();
  readonly #inFlight = new Set<Promise<void>>();
  /** Faults that were requested so far. */
  #ordered = 0;
  /** When the workload began, on the run's clock; null before. */
  #startedMs: number | null = null;

  constructor(inputs: RunInputs) {
    this.#inputs = inputs;
    this.#sometimes = inputs.scenario.probes.filter((probe) => probe.kind === 'sometimes');
    // Every client waits on it, and of clients there may be many.
    setMaxListeners(0, this.#ending.signal);
    const { scenario, seed, clock } = inputs;
    this.#workloadRunner = new WorkloadRunner({
      workload: scenario.workload,
      seed,
      clock,
      signal: this.#ending.signal,
      connect: (name) => this.#connect(name),
      replace: (lost, name) => this.#replace(lost, name),
    });
  }

  /**
   * Runs it. Whatever it started has ended when this settles; the cluster itself stays.
   * @throws DfsError when the cluster does not get ready or the workload cannot be set up
   * @throws the signal's reason when it fires
   */
  async run(): Promise<RunOutcome> {
    const { control, clock, emit, signal } = this.#inputs;
    const runner = new FaultRunner({ control, clock }, ({ cause: _, ...record }) => {
      emit({ event: 'fault', elapsedMs: this.#elapsedMs(), ...record });
    });
    const unsubscribe = control.onEvent((event) => {
      this.#group.observe(event);
      if (event.event === 'leader') {
        const elapsedMs = this.#startedMs === null ? null : this.#elapsedMs();
        emit({ event: 'leader', elapsedMs, node: event.node, term: event.term });
      }
    });
    const onInterrupt = (): void => this.#ending.abort();
    signal.addEventListener('abort', onInterrupt, { once: true });
    try {
      signal.throwIfAborted();
      return await this.#run(runner);
    } finally {
      signal.removeEventListener('abort', onInterrupt);
      this.#ending.abort();
      runner.close();
      unsubscribe();
      // Without the signal: it may have fired.
      await endsWithin(clock, Promise.allSettled(this.#inFlight), INTERRUPT_GRACE_MS);
      await Promise.allSettled(this.#clients.map((client) => client.close()));
    }
  }

  async #run(runner: FaultRunner): Promise<RunOutcome> {
    const { scenario, signal } = this.#inputs;
    await this.#waitUntilReady();
    this.#group.begin(await this.#inputs.control.status());
    const workers = (await this.#workloadRunner.start()).map((work) => this.#track(work));
    this.#startedMs = this.#inputs.clock.nowMs();
    const ticking = this.#track(this.#tickUntilEnd());
    const watching = this.#track(this.#watchSometimes());
    const late = this.#runLateSteps(runner);
    await this.#runFaults(runner);
    await this.#sleepUntil(scenario.durationMs);
    await this.#endsWithin(late.withRoom, LATE_GRACE_MS);
    this.#ending.abort();
    const paces = this.#workloadRunner.paces(this.#elapsedMs());
    await this.#heal(runner);
    await this.#endWorkers(workers);
    await Promise.all([ticking, watching, late.all]);
    await this.#settle();
    const agreement = await this.#lookForAgreement();
    const probes: ProbeResult[] = [];
    for (const probe of scenario.probes)
      probes.push(await (probe.kind === 'eventually' ? this.#probeEnd(probe) : this.#told(probe)));
    const { mayHaveLost, mayHaveSplit } = runner;
    if (mayHaveLost) this.#workloadRunner.promises.allowLoss();
    const endChecks = await this.#checkFiles();
    signal.throwIfAborted();
    const facts: RunFindings = {
      counters: this.#workloadRunner.counters,
      paces,
      ledger: this.#workloadRunner.promises,
      endChecks,
      faults: runner.records,
      mayHaveLost,
      mayHaveSplit,
      probes,
      leaders: this.#group.leaders,
      agreement,
      doubts: [...this.#doubts, ...runner.surprises],
    };
    return { facts, elapsedMs: this.#elapsedMs() };
  }

  #elapsedMs(): number {
    assert(this.#startedMs !== null, 'The workload has not begun');
    return Math.round(this.#inputs.clock.nowMs() - this.#startedMs);
  }

  #track(work: Promise<void>): Promise<void> {
    const tracked = work.finally(() => this.#inFlight.delete(tracked));
    this.#inFlight.add(tracked);
    return tracked;
  }

  #endsWithin(work: Promise<unknown>, timeoutMs: number): Promise<boolean> {
    return endsWithin(this.#inputs.clock, work, timeoutMs, this.#inputs.signal);
  }

  async #sleepUntil(atMs: number): Promise<void> {
    const { clock, signal } = this.#inputs;
    await clock.sleep(Math.max(0, atMs - this.#elapsedMs()), signal);
  }

  async #waitUntilReady(): Promise<void> {
    if (await this.#until(READY_TIMEOUT_MS, isReady, 1)) return;
    const { nodes } = await this.#inputs.control.status();
    const states = nodes.map((node) => `${node.id} ${node.state}`).join(', ');
    throw new DfsError('DEADLINE_EXCEEDED', `The cluster is not ready after ${READY_TIMEOUT_MS / 1_000}s: ${states}`);
  }

  /** True once the condition held for `looks` looks in a row; false when the time is over. */
  async #until(timeoutMs: number, holds: (status: ClusterStatus) => boolean, looks: number): Promise<boolean> {
    const { clock, control, signal } = this.#inputs;
    const deadlineMs = clock.nowMs() + timeoutMs;
    let inARow = 0;
    for (;;) {
      inARow = holds(await control.status()) ? inARow + 1 : 0;
      if (inARow >= looks) return true;
      if (clock.nowMs() >= deadlineMs) return false;
      await clock.sleep(POLL_MS, signal);
    }
  }

  #connect(identity: string): FileClient {
    const { control, scenario } = this.#inputs;
    const client = this.#inputs.connect(control, identity, scenario.cluster.profile);
    this.#clients.push(client);
    return client;
  }

  /** A client that crashes, where that can be had, and its successor. */
  async #replace(lost: FileClient, identity: string): Promise<FileClient> {
    const at = this.#clients.indexOf(lost);
    if (at >= 0) this.#clients.splice(at, 1);
    if (lost.crash === undefined) await lost.close();
    else lost.crash();
    return this.#connect(identity);
  }

  /** Never rejects: a line that cannot be made is omitted. */
  async #tickUntilEnd(): Promise<void> {
    const { signal } = this.#ending;
    const wait = (untilMs: number): Promise<boolean> =>
      this.#inputs.clock.sleep(Math.max(0, untilMs - this.#elapsedMs()), signal).then(
        () => true,
        () => false,
      );
    for (let tick = 1; await wait(tick * TICK_MS); tick += 1) await this.#emitTick().catch(() => undefined);
  }

  async #emitTick(): Promise<void> {
    const status = await this.#inputs.control.status();
    this.#inputs.emit(tickOf(this.#elapsedMs(), status, this.#workloadRunner.counters));
  }

  /** Starts each fault at its time; does not wait for effects. */
  async #runFaults(runner: FaultRunner): Promise<void> {
    for (const fault of this.#inputs.plan.faults) {
      await this.#sleepUntil(fault.atMs);
      void this.#track(this.#execute(runner, fault));
    }
  }

  /** Starts all; what is returned never rejects. */
  #runLateSteps(runner: FaultRunner): { readonly all: Promise<void>; readonly withRoom: Promise<unknown> } {
    const { scenario, plan, control, clock } = this.#inputs;
    let lastId = Math.max(0, ...plan.faults.map(({ id }) => id), ...plan.late.map(({ id }) => id));
    const world: LateWorld = {
      cluster: scenario.cluster,
      control,
      clock,
      elapsedMs: () => this.#elapsedMs(),
      signal: this.#ending.signal,
      nextId: () => ++lastId,
      execute: (fault) => this.#track(this.#execute(runner, fault)),
      queue: new FaultQueue({ clock }),
    };
    const run = async (late: LateStep): Promise<void> => {
      const doubt = await runLateStep(late, world).catch((error: unknown) => `line ${late.step.line}: ${messageOf(error)}`);
      if (doubt !== undefined) this.#doubts.push(doubt);
    };
    const ends = plan.late.map(run);
    const withRoom = ends.filter((_, index) => {
      const late = plan.late[index];
      return late !== undefined && hasRoom(late, scenario.durationMs);
    });
    return { all: this.#track(Promise.all(ends).then(() => undefined)), withRoom: Promise.all(withRoom) };
  }

  #execute(runner: FaultRunner, fault: PlannedFault): Promise<void> {
    this.#ordered += 1;
    return runner.execute(fault);
  }

  async #heal(runner: FaultRunner): Promise<void> {
    this.#inputs.emit({
      event: 'phase',
      elapsedMs: this.#elapsedMs(),
      phase: 'heal',
      detail: 'every link opened, every node back',
    });
    try {
      if (!(await this.#endsWithin(this.#track(runner.healAll()), HEAL_TIMEOUT_MS))) {
        this.#doubts.push(`the final heal did not end within ${HEAL_TIMEOUT_MS / 1_000}s`);
      }
    } catch (error) {
      this.#inputs.signal.throwIfAborted();
      this.#doubts.push(`the final heal failed: ${messageOf(error)}`);
    }
    const unfinished = this.#ordered - runner.records.length;
    if (unfinished > 0) this.#doubts.push(`${unfinished} faults were requested and did not end`);
  }

  /** An operation under way may take the client's whole patience; closing the client cuts what takes longer. */
  async #endWorkers(workers: readonly Promise<void>[]): Promise<void> {
    const patienceMs = timingsOf(this.#inputs.scenario.cluster.profile).masterPatienceMs;
    const ended = Promise.all(workers);
    const isOver = await this.#endsWithin(ended, patienceMs);
    await Promise.allSettled(this.#clients.splice(0).map((client) => client.close()));
    if (isOver || (await this.#endsWithin(ended, CLOSED_GRACE_MS))) return;
    this.#doubts.push(`an operation did not end within ${patienceMs / 1_000}s of the final heal, nor when its client closed`);
  }

  async #settle(): Promise<void> {
    const { settleMs } = this.#inputs.scenario;
    const detail = `until the cluster is whole, ${settleMs / 1_000}s at most`;
    this.#inputs.emit({ event: 'phase', elapsedMs: this.#elapsedMs(), phase: 'settle', detail });
    await this.#until(settleMs, isWhole, WHOLE_LOOKS);
    await this.#emitTick();
  }

  #lookForAgreement(): Promise<Agreement> {
    const { control, clock, signal } = this.#inputs;
    return lookForAgreement(control, clock, signal);
  }

  async #probeEnd({ condition, withinMs }: EventuallyProbe): Promise<ProbeResult> {
    const { clock } = this.#inputs;
    const beganMs = clock.nowMs();
    const holds = await this.#until(withinMs, (status) => conditionHolds(condition, status), 1);
    const value = metricValue(condition.metric, await this.#inputs.control.status());
    const afterSeconds = ((clock.nowMs() - beganMs) / 1_000).toFixed(1);
    const result: ProbeResult = {
      kind: 'eventually',
      probe: condition.text,
      holds,
      detail: `${condition.metric} is ${value} after ${afterSeconds}s`,
    };
    this.#inputs.emit({ event: 'probe', ...result });
    return result;
  }

  /** Never rejects: a look that fails saw nothing. */
  async #watchSometimes(): Promise<void> {
    const { clock } = this.#inputs;
    while (this.#happened.size < this.#sometimes.length && !this.#ending.signal.aborted) {
      await this.#lookForSometimes().catch(() => undefined);
      await clock.sleep(POLL_MS, this.#ending.signal).catch(() => undefined);
    }
  }

  async #lookForSometimes(): Promise<void> {
    const status = await this.#inputs.control.status();
    for (const probe of this.#sometimes) if (conditionHolds(probe.condition, status)) this.#happened.add(probe);
  }

  async #told(probe: SometimesProbe): Promise<ProbeResult> {
    await this.#lookForSometimes();
    const holds = this.#happened.has(probe);
    const { text } = probe.condition;
    const result: ProbeResult = { kind: 'sometimes', probe: text, holds, detail: holds ? 'it was' : 'it never was' };
    this.#inputs.emit({ event: 'probe', ...result });
    return result;
  }

  async #checkFiles(): Promise<EndChecks> {
    const { clock, signal, endPatienceMs } = this.#inputs;
    const expectations = this.#workloadRunner.expectations();
    const acked = expectations.records.filter(({ state }) => state === 'acked').length;
    const detail = `${acked} acknowledged files are read back`;
    this.#inputs.emit({ event: 'phase', elapsedMs: this.#elapsedMs(), phase: 'check', detail });
    const client = this.#connect('client');
    return runEndChecks({ client, expectations, promises: this.#workloadRunner.promises, clock, signal }, endPatienceMs);
  }
}
