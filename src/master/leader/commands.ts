/**
 * Commands on their way to datanodes: one outbox a node, emptied by heartbeat replies and by long polls. Made anew with each role of this
 * master: those of a follower only let polls wait, and when a role ends, its polls end and its commands are gone.
 */
import type { Command } from '../../protocol/generated/distrifs/v1/Command.js';
import { FIELDS_BYTES_MAX, PageBudget, textBytes } from '../../protocol/page-budget.js';
import { NODE_COMMANDS_MAX } from '../../shared/limits.js';
import type { Clock } from '../../shared/runtime.js';

/** Tags and lengths of the address of a node. */
const NODE_FIELDS_BYTES = 16;

export type CommandAction = Pick<Command, 'replicate'> | Pick<Command, 'delete'> | Pick<Command, 'cancel'>;

interface Outbox {
  readonly commands: Command[];
  /** Ends the poll that waits, if one does. */
  wake: (() => void) | null;
}

export class Commands {
  /** Of the commands. */
  readonly term: number;
  readonly #outboxes = new Map<string, Outbox>();
  readonly #clock: Clock;
  readonly #appliedIndex: () => number;
  #nextId = 1;
  #stopped = false;

  /**
   * @param term of the commands; 0: none will be given
   * @param appliedIndex of the leader, now
   */
  constructor(term: number, clock: Clock, appliedIndex: () => number) {
    this.term = term;
    this.#clock = clock;
    this.#appliedIndex = appliedIndex;
  }

  /**
   * Gives a node a command, and wakes its poll.
   * @returns the command's id, or null when too many wait already, or this leadership has ended
   */
  give(nodeId: string, action: CommandAction): number | null {
    const outbox = this.#of(nodeId);
    if (this.#stopped || outbox.commands.length >= NODE_COMMANDS_MAX) return null;
    const commandId = this.#nextId;
    this.#nextId += 1;
    outbox.commands.push({ commandId, term: this.term, index: this.#appliedIndex(), ...action });
    outbox.wake?.();
    return commandId;
  }

  /** Takes what waits for a node, as much as an answer holds. An answer that gets lost is made good by planning again. */
  take(nodeId: string): Command[] {
    const { commands } = this.#of(nodeId);
    const budget = new PageBudget();
    const end = commands.findIndex((command) => !budget.takes(commandBytes(command)));
    return commands.splice(0, end < 0 ? commands.length : end);
  }

  /** Forgets what waits for a node. */
  clear(nodeId: string): void {
    this.#of(nodeId).commands.length = 0;
  }

  /**
   * Waits for commands: at once when there are some; otherwise until one is given, `waitMs` has passed, the caller goes away, a newer
   * poll of the node begins, or these commands end. The commands stay in the outbox if the caller is gone.
   */
  async poll(nodeId: string, waitMs: number, signal: AbortSignal): Promise<Command[]> {
    const outbox = this.#of(nodeId);
    outbox.wake?.();
    if (outbox.commands.length === 0 && !this.#stopped && !signal.aborted) await this.#wait(outbox, waitMs, signal);
    return signal.aborted ? [] : this.take(nodeId);
  }

  /** Ends all polls, empty; what was not taken is never given. */
  stop(): void {
    this.#stopped = true;
    for (const outbox of this.#outboxes.values()) {
      outbox.commands.length = 0;
      outbox.wake?.();
    }
  }

  #wait(outbox: Outbox, waitMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        timer.cancel();
        signal.removeEventListener('abort', wake);
        if (outbox.wake === wake) outbox.wake = null;
        resolve();
      };
      const timer = this.#clock.setTimer(waitMs, wake);
      signal.addEventListener('abort', wake);
      outbox.wake = wake;
    });
  }

  #of(nodeId: string): Outbox {
    let outbox = this.#outboxes.get(nodeId);
    if (outbox === undefined) {
      outbox = { commands: [], wake: null };
      this.#outboxes.set(nodeId, outbox);
    }
    return outbox;
  }
}

function commandBytes({ replicate }: Command): number {
  const nodes = [...(replicate?.targets ?? []), ...(replicate?.sources ?? [])];
  return nodes.reduce(
    (sum, { nodeId = '', address = '' }) => sum + NODE_FIELDS_BYTES + textBytes(nodeId, address),
    FIELDS_BYTES_MAX,
  );
}
