/** The outcome of an operation as the report shows it. Pure. */
import { NAMESPACE_ERRORS } from '../checkers/namespace-model.js';
import type { Operation } from '../history/operation.js';
import type { Fate } from './report-model.js';

/** @returns `answered` for a refusal that the state of the namespace explains */
export function fateOf({ outcome, error = '' }: Pick<Operation, 'outcome' | 'error'>): Fate {
  return outcome === 'fail' && NAMESPACE_ERRORS.includes(error) ? 'answered' : outcome;
}
