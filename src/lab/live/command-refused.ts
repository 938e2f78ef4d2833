/** A command or a step that a running lab cannot do, with the places of what is wrong: what it was made of can be named. */
import { DfsError } from '../../shared/errors.js';
import type { StepProblem } from '../../supervisor/api/step-problem.js';
import type { CommandProblem } from '../../supervisor/api/lab-faults.js';

/** Of a command with its column; of a step with the path of the value. */
export type RefusedPart = CommandProblem | StepProblem;

export class CommandRefused extends DfsError {
  readonly problems: readonly RefusedPart[];

  /** @param problems from left to right */
  constructor(message: string, problems: readonly RefusedPart[]) {
    super('INVALID_ARGUMENT', message);
    this.problems = problems;
  }
}
