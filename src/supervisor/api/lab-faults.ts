/** Faults on a lab that is up: what can be requested, its outcome, and the active faults. */
import type { FaultAction, FaultWord } from './fault.js';
import type { StepProblem } from './step-problem.js';

/** A fault that lasts until it is lifted, or until its time is over. */
export interface ActiveFaultView {
  /** Unlike that of any other fault of this lab. */
  readonly id: number;
  /** What is done to whom, as a command. */
  readonly text: string;
  readonly action: FaultAction;
  readonly nodes: readonly string[];
  /** Unix time. */
  readonly sinceMs: number;
  /** Unix time at which it ends by itself, and the time until then. Default: when it is lifted. */
  readonly untilMs?: number;
  readonly leftMs?: number;
  /** The number of its effects so far: messages held, calls failed … The last known figure of a node that does not answer. */
  readonly effects: number;
}

/** The outcome of a command to a running lab. */
export interface FaultAnswer {
  readonly id: number;
  /** What was done to whom, as a command. */
  readonly text: string;
  readonly action: FaultAction;
  /** The chosen ones. */
  readonly nodes: readonly string[];
  /** The other side of links. Default: all other nodes, and clients. */
  readonly targets?: readonly string[];
  /** watching: active, and counted. seen: it had its effect. passed: nothing had to end. none: no effect, or not on all nodes. */
  readonly effect: 'watching' | 'seen' | 'passed' | 'none';
  readonly effects: number;
  /** What was seen, or why nothing was. */
  readonly evidence: string;
  /** It was not tried, because it would take the last copy of something. */
  readonly refused?: true;
  /** Unix time at which it ends by itself. */
  readonly untilMs?: number;
}

/** Something wrong with a command; where it is wrong with a value of the step that it stands for, with the fields of that. */
export interface CommandProblem extends Partial<StepProblem> {
  /** From 1. */
  readonly column: number;
  readonly message: string;
}

/** A key that a command can have: `delay=50ms`. */
export interface CommandKey {
  readonly key: string;
  /** What stands for its value in help: `duration`, `chunk|meta`. */
  readonly value: string;
  /** The values, where there are few. */
  readonly words: readonly string[];
  readonly help: string;
  readonly isNeeded: boolean;
  /** As an option of the shell it has no value, and means this one. */
  readonly alone?: string;
}

/** What can be done to a running lab by one word. */
export interface CommandWord {
  readonly word: FaultWord;
  readonly help: string;
  /** Whether it names nodes: it must, can (default: all nodes), or never does. */
  readonly nodes: 'needed' | 'optional' | 'never';
  /** Of the fault itself, then of the other side of links, then `duration`. */
  readonly keys: readonly CommandKey[];
}

/** Faults on a running lab, by the words of scenarios. All rejections are DfsError. */
export interface LabFaults {
  /** What is wrong with a command, before anything is done; null when nothing is. */
  check(command: string): Promise<CommandProblem | null>;
  /**
   * Carries a command out (`delay dn-1 delay=50ms duration=10s`). Resolves when it was done, or is active.
   * @param signal withdraws the command while it waits for its turn
   * @throws DfsError INVALID_ARGUMENT with the column of what is wrong, RESOURCE_EXHAUSTED when too many are active, CANCELLED when it was
   *   withdrawn
   */
  order(command: string, signal?: AbortSignal): Promise<FaultAnswer>;
  /** As `order`, for a step as it stands in a scenario, without `at` and `when`. */
  orderStep(step: object, signal?: AbortSignal): Promise<FaultAnswer>;
  list(): Promise<readonly ActiveFaultView[]>;
  /** Ends one. @throws DfsError NOT_FOUND when it is not active */
  lift(id: number): Promise<FaultAnswer>;
  /** Ends all, or those whose nodes are all among the given ones. */
  heal(nodeIds?: readonly string[]): Promise<FaultAnswer>;
}
