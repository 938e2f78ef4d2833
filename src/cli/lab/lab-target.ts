/** What the `lab` commands that act on a running lab share: which lab, and how they end. */
import type { Command } from 'commander';
import { isDfsError } from '../../shared/errors.js';
import type { ControlClient } from '../../lab/live/control-client.js';
import { EXIT_FAILED, EXIT_USAGE } from '../terminal/exit-codes.js';
import { complain } from './lab-output.js';
import { messageOf } from '../../shared/error-text.js';

export interface TargetFlags {
  readonly dir?: string;
  readonly json?: boolean;
}

export function withTarget(command: Command): Command {
  return command
    .option('--dir <dir>', "the lab's folder (default: the newest that is up, scenarios aside)")
    .option('--json', 'print JSON');
}

/** Finds the lab and runs `action` on it. Never rejects. */
export async function onRunningLab(flags: TargetFlags, action: (lab: ControlClient) => Promise<void>): Promise<void> {
  // The reader of the results is gone: nothing is left to do.
  process.stdout.on('error', () => process.exit(0));
  try {
    const { ControlClient } = await import('../../lab/live/control-client.js');
    await action(ControlClient.find(flags.dir));
  } catch (error) {
    complain(messageOf(error));
    process.exitCode = isDfsError(error, 'INVALID_ARGUMENT') ? EXIT_USAGE : EXIT_FAILED;
  }
}

/** Names may be separated by blanks or commas. */
export const namesOf = (names: readonly string[]): string[] =>
  names.flatMap((name) => name.split(',')).filter((name) => name !== '');
