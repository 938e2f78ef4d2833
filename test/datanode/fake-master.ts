/** A master of a few lines: registers datanodes, believes their reports in the order they come, and hands out the orders a test gives. */
import type { Command } from '../../src/protocol/generated/distrifs/v1/Command.js';
import type { CommandFailure__Output } from '../../src/protocol/generated/distrifs/v1/CommandFailure.js';
import type { CopyProgress__Output } from '../../src/protocol/generated/distrifs/v1/CopyProgress.js';
import type { DiskStatus__Output } from '../../src/protocol/generated/distrifs/v1/DiskStatus.js';
import type { Replica__Output } from '../../src/protocol/generated/distrifs/v1/Replica.js';
import { bindService, DataNodeService } from '../../src/protocol/services.js';
import { DfsError } from '../../src/shared/errors.js';
import type { Runtime } from '../../src/shared/runtime.js';

export interface SeenReport {
  readonly kind: 'full' | 'incremental';
  readonly nodeId: string;
  readonly term: number;
  readonly part: number;
  readonly parts: number;
  readonly replicas: readonly Replica__Output[];
}

export class FakeMaster {
  term = 1;
  /** Otherwise it says term 0, as a follower. */
  leads = true;
  clusterId: string;
  registrations = 0;
  /** Calls of RegisterDataNode, also refused ones: when. */
  readonly attempts: number[] = [];
  /** Calls of PollOrders. */
  polls = 0;
  /** Polls are answered at once. */
  isHasty = false;
  /** Refuses registrations. */
  refusal: DfsError | null = null;
  /** Refuses all other calls. */
  complaint: DfsError | null = null;
  heartbeats = 0;
  /** Node ids that must register again. */
  readonly forgotten = new Set<string>();
  /** Every heartbeat is answered so. */
  forgetsAll = false;
  /** Node ids asked for a full report with their next heartbeat. */
  readonly askFull = new Set<string>();
  readonly reports: SeenReport[] = [];
  readonly failures: CommandFailure__Output[] = [];
  /** What each node has, as reported: node id → chunk id → version. */
  readonly believes = new Map<string, Map<number, number>>();
  /** Handed out with every heartbeat reply to that node until cleared: orders are repeated on purpose. */
  readonly commands = new Map<string, Command[]>();
  /** The copies that each node named in its last heartbeat. */
  readonly copies = new Map<string, readonly CopyProgress__Output[]>();
  /** The disk of each node, as in its last heartbeat. */
  readonly disks = new Map<string, DiskStatus__Output | null>();
  readonly addresses = new Map<string, string>();
  /** Runs before each report is answered. */
  beforeReport: (report: SeenReport) => Promise<void> = () => Promise.resolve();
  /** The highest term that each node said it has accepted. */
  readonly #accepted = new Map<string, number>();
  /** Polls that wait. */
  readonly #waiting = new Set<() => void>();
  #partial = new Map<string, Replica__Output[]>();
  readonly #runtime: Runtime;

  constructor(runtime: Runtime, clusterId: string) {
    this.#runtime = runtime;
    this.clusterId = clusterId;
  }

  /** Leads in this term from now on; polls that wait hear of it at once. */
  lead(term: number): void {
    this.term = term;
    this.leads = true;
    for (const wake of this.#waiting) wake();
  }

  /** What it says that its term is. */
  get said(): number {
    return this.leads ? this.term : 0;
  }

  /** The highest term that a node told this master it had accepted. */
  termOf(nodeId: string): number {
    return this.#accepted.get(nodeId) ?? 0;
  }

  async serve(listen: string): Promise<void> {
    await this.#runtime.rpc.serve(
      listen,
      bindService(DataNodeService, {
        RegisterDataNode: async ({ node, address }) => {
          this.attempts.push(this.#runtime.clock.nowMs());
          if (this.refusal !== null) throw this.refusal;
          if (node === null || (node.clusterId !== '' && node.clusterId !== this.clusterId)) {
            throw new DfsError('FOREIGN_CLUSTER', `Node "${node?.nodeId ?? ''}" belongs to another cluster`);
          }
          this.forgotten.delete(node.nodeId);
          this.addresses.set(node.nodeId, address);
          return { clusterId: this.clusterId, registrationId: ++this.registrations, term: this.said };
        },
        Heartbeat: async ({ node, copies, stats }) => {
          const nodeId = node?.nodeId ?? '';
          this.disks.set(nodeId, stats?.disk ?? null);
          this.heartbeats++;
          this.copies.set(nodeId, copies);
          this.#heard(node);
          return {
            term: this.said,
            needsRegistration: this.forgetsAll || this.forgotten.has(nodeId),
            needsFullReport: this.askFull.delete(nodeId),
            commands: this.commands.get(nodeId) ?? [],
          };
        },
        BlockReport: async ({ node, part, parts, replicas }) => {
          const report = this.#seen('full', node, part, parts, replicas);
          await this.beforeReport(report);
          const soFar = part === 0 ? [] : (this.#partial.get(report.nodeId) ?? []);
          soFar.push(...replicas);
          this.#partial.set(report.nodeId, soFar);
          if (part === parts - 1)
            this.believes.set(
              report.nodeId,
              new Map(soFar.filter((r) => r.state === 'COMMITTED').map((r) => [r.chunkId, r.version])),
            );
          return { term: this.said };
        },
        ReportReplicas: async ({ node, replicas, failures }) => {
          const report = this.#seen('incremental', node, 0, 1, replicas);
          await this.beforeReport(report);
          this.failures.push(...failures);
          const believed = this.believes.get(report.nodeId) ?? new Map<number, number>();
          this.believes.set(report.nodeId, believed);
          for (const { chunkId, version, state } of replicas) {
            if (state === 'COMMITTED') believed.set(chunkId, version);
            else believed.delete(chunkId);
          }
          return { term: this.said };
        },
        PollCommands: async ({ node, waitMs }) => {
          this.polls++;
          this.#heard(node);
          if (!this.isHasty) await this.#newsWithin(waitMs);
          return { term: this.said };
        },
      }),
    );
  }

  /** The states reported of a chunk, in order. */
  statesOf(nodeId: string, chunkId: number): string[] {
    return this.reports
      .filter((report) => report.nodeId === nodeId && report.kind === 'incremental')
      .flatMap((report) => report.replicas.filter((replica) => replica.chunkId === chunkId).map((replica) => replica.state));
  }

  #heard(node: { readonly nodeId: string; readonly acceptedTerm: number } | null): void {
    if (node !== null) this.#accepted.set(node.nodeId, Math.max(this.termOf(node.nodeId), node.acceptedTerm));
    if (this.complaint !== null) throw this.complaint;
  }

  async #newsWithin(waitMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        timer.cancel();
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = this.#runtime.clock.setTimer(waitMs, wake);
      this.#waiting.add(wake);
    });
  }

  #seen(
    kind: SeenReport['kind'],
    node: { readonly nodeId: string; readonly acceptedTerm: number } | null,
    part: number,
    parts: number,
    replicas: readonly Replica__Output[],
  ): SeenReport {
    this.#heard(node);
    const report = { kind, nodeId: node?.nodeId ?? '', term: node?.acceptedTerm ?? 0, part, parts, replicas };
    this.reports.push(report);
    return report;
  }
}
