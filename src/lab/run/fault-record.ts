/** What became of a planned fault. */
import type { PlannedFault } from '../../supervisor/api/fault.js';

/**
 * seen: it had its effect. none: it had not, and proves nothing about the file system. passed: chance met nothing to affect, or the end
 * of a fault found nothing to end; that proves nothing either, and spoils nothing.
 */
export interface Finding {
  readonly effect: 'seen' | 'none' | 'passed';
  /** How many: processes ended, messages held, calls failed … */
  readonly effects: number;
  /** What was seen, or what was not. */
  readonly evidence: string;
  /** It was not tried, because it would take the last copy of something. */
  readonly refused?: true;
  /** Of an effect that is none: what the cluster threw, or what the missing effect is for programs. */
  readonly cause?: Error;
}

export interface FaultRecord extends Omit<Finding, 'effect'> {
  readonly fault: PlannedFault;
  /** watching: a lasting fault under way. */
  readonly effect: Finding['effect'] | 'watching';
}

/** What is said of a fault whose effect is none: of several nodes, some may be affected. */
export function shortfallText({ effects, refused }: Pick<Finding, 'effects' | 'refused'>): string {
  if (refused === true) return 'was refused';
  return effects > 0 ? 'was done in part' : 'had no effect';
}

/** The evidence of a fault, with the nodes that its step names and that it did not meet. */
export function withUnmet({ unmet = [] }: PlannedFault, evidence: string): string {
  return unmet.length === 0 ? evidence : `${evidence}; ${unmet.join(', ')} did not fit the step then`;
}

/** Of a fault that was not seen to do anything. */
export const noEffect = (evidence: string): Finding => ({ effect: 'none', effects: 0, evidence });

/** Of a fault that met nothing: what a scenario asks for must have an effect, what chance asks for may miss. */
export function nothingAffected({ source }: PlannedFault, evidence: string): Finding {
  return { effect: source === 'step' ? 'none' : 'passed', effects: 0, evidence };
}

/** Of a fault with so many effects; one that is short of nodes proves nothing, whatever it did. */
export function affected(fault: PlannedFault, effects: number, evidence: string): Finding {
  if (fault.shortfall !== undefined) return { effect: 'none', effects, evidence: fault.shortfall };
  return effects > 0 ? { effect: 'seen', effects, evidence } : nothingAffected(fault, evidence);
}
