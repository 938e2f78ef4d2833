/** A command that a running lab does not understand, with the places of what is wrong: whoever made it of other words can name those. */
import { DfsError } from '../../shared/errors.js';
import type { CommandProblem } from '../../supervisor/api/lab-faults.js';

export class CommandRefused extends DfsError {
  readonly problems: readonly CommandProblem[];

  /** @param problems from left to right */
  constructor(message: string, problems: readonly CommandProblem[]) {
    super('INVALID_ARGUMENT', message);
    this.problems = problems;
  }
}
