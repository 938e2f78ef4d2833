/**
 * Carries out what the leading master commands: copies and deletions, a few at a time, only under the accepted term.
 *
 * When a later term is accepted, what waits is refused. What has begun runs to its end, for it cannot be undone halfway:
 *   deletions   are quick, and `olderEnded` waits for them: the first report under the new term is made when they are over, so that
 *               no replica is confirmed that a command of the old leader is about to remove
 *   copies      are not waited for. A copy takes nothing away: it adds a replica of exactly one version that the log knew as
 *               committed. Its target reports it, and the new leader judges the report, not the command: as one of its own copies
 *               where it wanted just that, else as one too many or out of date, which it has removed by its own rules. Heartbeats
 *               name the copies, so that no leader commands one of a chunk that is still being copied; a leader that gave a copy up
 *               has it cancelled
 */
import type { DeleteCommand__Output } from '../../protocol/generated/distrifs/v1/DeleteCommand.js';
import type { Command__Output } from '../../protocol/generated/distrifs/v1/Command.js';
import type { CommandFailure } from '../../protocol/generated/distrifs/v1/CommandFailure.js';
import type { CopyProgress } from '../../protocol/generated/distrifs/v1/CopyProgress.js';
import type { ReplicateCommand__Output } from '../../protocol/generated/distrifs/v1/ReplicateCommand.js';
import { toErrorDetail } from '../../protocol/error-detail.js';
import { DfsError, toDfsError } from '../../shared/errors.js';
import { blaming, type DataPlane } from '../pipeline/data-plane.js';
import { copyReplica } from '../pipeline/replicator.js';
import { type ReplicaChange, reportedState } from '../store/replica.js';
import { CommandRefusals } from './command-refusals.js';
import { CopiesUnderWay, type CopyUnderWay } from './copies-under-way.js';
import { TaskLane } from './task-lane.js';

/** The master that gave the commands: it hears of their outcome. */
export interface CommandIssuer {
  /** host:port */
  readonly master: string;
  report(change: ReplicaChange): void;
  reportFailure(failure: CommandFailure): void;
}

const COPIES_AT_ONCE = 4;
const DELETIONS_AT_ONCE = 8;
/** Commands that may wait, of each kind; more are refused, and given again later. */
const WAITING_MAX = 4_096;

export class CommandExecutor {
  readonly #plane: DataPlane;
  readonly #copies = new TaskLane(COPIES_AT_ONCE, WAITING_MAX);
  readonly #deletions = new TaskLane(DELETIONS_AT_ONCE, WAITING_MAX);
  /** Waiting or being carried out, as `term/command id`: the same command in another reply is ignored. */
  readonly #known = new Set<string>();

  /** Deletions under way, with the term that commanded them. They never reject. */
  readonly #deleting = new Set<{ readonly term: number; readonly ended: Promise<unknown> }>();
  readonly #refusals: CommandRefusals;
  readonly #copiesUnderWay = new CopiesUnderWay();

  constructor(plane: DataPlane) {
    this.#plane = plane;
    this.#refusals = new CommandRefusals(plane.log, () => plane.clock.nowMs());
  }

  /**
   * Takes commands on; those of another term than the accepted one are refused.
   * @param term what the master said that its own term is; 0: it does not lead, and has nothing to command
   */
  take(commands: readonly Command__Output[], term: number, giver: CommandIssuer): void {
    for (const command of commands) {
      const key = `${command.term}/${command.commandId}`;
      if (this.#isRefused(command, giver, term) || this.#known.has(key)) continue;
      const done = (): void => {
        this.#known.delete(key);
      };
      this.#known.add(key);
      if (this.#enqueue(command, giver, done)) continue;
      done();
      this.#failed(command, giver, new DfsError('RESOURCE_EXHAUSTED', `${WAITING_MAX} commands are waiting already`));
    }
  }

  /** The copies that wait or are under way. */
  copies(): CopyProgress[] {
    return this.#copiesUnderWay.list();
  }

  /** Resolves when no deletion is under way that an earlier term than the accepted one commanded. */
  async olderEnded(): Promise<void> {
    const { acceptedTerm } = this.#plane.identity;
    await Promise.all([...this.#deleting].filter(({ term }) => term < acceptedTerm).map(({ ended }) => ended));
  }

  /** Takes no more on, and resolves when what is being carried out has ended. */
  async stop(): Promise<void> {
    await Promise.all([this.#copies.stop(), this.#deletions.stop()]);
  }

  #enqueue(command: Command__Output, giver: CommandIssuer, done: () => void): boolean {
    const { commandId, term, replicate, delete: remove, cancel } = command;
    const run = async (task: () => Promise<void>): Promise<void> => {
      try {
        // It may have waited into another term.
        if (!this.#isRefused(command, giver)) await task();
      } catch (error) {
        this.#failed(command, giver, error);
      } finally {
        done();
      }
    };
    if (replicate) {
      const copy = this.#copiesUnderWay.add(term, commandId, replicate.chunkId);
      const isTaken = this.#copies.add(async () => {
        await run(() => this.#copy(command, replicate, copy, giver));
        this.#copiesUnderWay.remove(term, commandId);
      });
      if (!isTaken) this.#copiesUnderWay.remove(term, commandId);
      return isTaken;
    }
    if (remove) return this.#deletions.add(() => run(() => this.#noted(term, this.#delete(remove, giver))));
    if (cancel) this.#copiesUnderWay.cancel(term, cancel.commandId);
    else this.#plane.log.warn('A command of an unknown kind is ignored', { commandId, term });
    done();
    return true;
  }

  /** @param term of the master that gives it. Default: the command was accepted before */
  #isRefused(command: Command__Output, giver: CommandIssuer, term = command.term): boolean {
    const { acceptedTerm } = this.#plane.identity;
    if (command.term === acceptedTerm && term === acceptedTerm) return false;
    this.#refusals.refused(command, giver.master, acceptedTerm);
    return true;
  }

  async #noted(term: number, deletion: Promise<void>): Promise<void> {
    const noted = { term, ended: deletion.catch(() => undefined) };
    this.#deleting.add(noted);
    try {
      await deletion;
    } finally {
      this.#deleting.delete(noted);
    }
  }

  /** To each target; one that fails does not stop the others. */
  async #copy(
    command: Command__Output,
    replicate: ReplicateCommand__Output,
    copy: CopyUnderWay,
    giver: CommandIssuer,
  ): Promise<void> {
    const { chunkId, version, targets, sources } = replicate;
    for (const target of targets) {
      // The copies before may have taken long.
      if (this.#isRefused(command, giver)) return;
      try {
        copy.next();
        await copyReplica(this.#plane, { chunkId, version, term: command.term, sources }, target, copy);
        this.#plane.log.info('Chunk copied as commanded', { chunkId, version, target: target.nodeId });
      } catch (error) {
        this.#failed(command, giver, error);
      }
    }
  }

  async #delete(remove: DeleteCommand__Output, giver: CommandIssuer): Promise<void> {
    const { chunkId, version } = remove;
    await this.#plane.store.delete(chunkId, version);
    // Also when there was nothing to delete: the master then learns what this node really has.
    const left = this.#plane.store.get(chunkId);
    if (left === undefined) giver.report({ chunkId, version, lengthBytes: 0, state: 'DELETED' });
    else giver.report({ chunkId, version: left.version, lengthBytes: left.lengthBytes, state: reportedState(left) });
  }

  #failed(command: Command__Output, giver: CommandIssuer, cause: unknown): void {
    const { identity, log } = this.#plane;
    const error = blaming(identity.nodeId, toDfsError(cause, 'Command failed'));
    log.warn('A command could not be carried out', {
      commandId: command.commandId,
      term: command.term,
      action: command.action,
      error,
    });
    giver.reportFailure({ commandId: command.commandId, error: toErrorDetail(error) });
  }
}
