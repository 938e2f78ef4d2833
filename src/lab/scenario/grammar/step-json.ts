/**
 * A step as plain JSON: an entry of `steps`, in the one form that files, commands, options, the control socket and programs share.
 * What reads and checks it is what reads and checks files.
 */
import { DfsError } from '../../../shared/errors.js';
import type { FaultSpec } from '../../../supervisor/api/fault.js';
import type { StepProblem } from '../../../supervisor/api/step-problem.js';
import type { SteadyLoadWords } from '../../../supervisor/api/steady-load.js';
import type { Workload } from '../../workloads/workload-types.js';
import { formatDuration } from '../model/amounts.js';
import { checkStructure } from './check-structure.js';
import type { SchemaPart } from './check-structure.js';
import { writtenKeys } from './fault-keys.js';
import { FieldReader } from './field-reader.js';
import { readStepNow } from './read-step.js';
import { readWorkload } from './read-workload.js';
import type { Mode, ScenarioCluster, Selector, Step } from '../model/scenario.js';
import { placeOf } from '../schema/step-schema.js';
import { jsonNode } from './value-node.js';
import type { Complaint, ProblemSink, ValueNode, ValuePlace } from './value-node.js';

export type StepJson = Readonly<Record<string, unknown>>;

export type ReadStep = { readonly step: Step } | { readonly problems: readonly StepProblem[] };

const PROBLEMS_MAX = 20;

class StepProblems implements ProblemSink {
  readonly list: StepProblem[] = [];

  problem({ path, written }: ValuePlace & Pick<ValueNode, 'written'>, complaint: Complaint): void {
    const { message, reason = message, part = 'value' } = complaint;
    // A second message about the same value is a consequence of the first.
    const isKnown = this.list.some((known) => known.path.join('\n') === path.join('\n'));
    if (!isKnown && this.list.length < PROBLEMS_MAX) this.list.push({ path, part, value: written, reason, message });
  }

  placeOf(): { readonly line: number } {
    return { line: 0 };
  }
}

/** Checks a value by itself, then reads it. @returns undefined when something is wrong with it, which was reported */
function readPart<T>(
  json: unknown,
  part: SchemaPart,
  problems: StepProblems,
  read: (reader: FieldReader, node: ValueNode) => T | undefined,
): T | undefined {
  const node = jsonNode(json);
  checkStructure(node, problems, part);
  const value = problems.list.length > 0 ? undefined : read(new FieldReader(problems), node);
  return problems.list.length > 0 ? undefined : value;
}

/**
 * Reads a step for a cluster that runs. Without `at` and `when` it acts now. Never throws, whatever it is given.
 * @param json as in a file
 * @param cluster what names exist
 */
export function readStepJson(json: object, cluster: ScenarioCluster): ReadStep {
  const problems = new StepProblems();
  const timed = 'at' in json || 'when' in json ? json : { at: '0s', ...json };
  const step = readPart(timed, 'step', problems, (reader, node) => readStepNow(reader, node, cluster));
  return step === undefined ? { problems: problems.list } : { step };
}

/**
 * Reads an entry of `workload`.
 * @param action begins the message of an error: `Cannot switch the load on`
 * @throws DfsError INVALID_ARGUMENT saying all that is wrong with the words
 */
export function readWorkloadJson(words: SteadyLoadWords, action: string): Workload {
  const problems = new StepProblems();
  const workload = readPart(words, 'workload', problems, readWorkload);
  if (workload !== undefined) return workload;
  throw new DfsError('INVALID_ARGUMENT', `${action}: ${problems.list.map(({ message }) => message).join('; ')}`);
}

/** Writes a step with every default said and every amount exact: it is read as the same step again. */
export function stepJson({ atMs, when, durationMs, choiceSeed, source, fault, selector, target, mode }: Step): StepJson {
  const { scope, action } = placeOf(fault.action);
  return {
    at: formatDuration(atMs),
    ...(when === undefined ? {} : { when: when.condition.text, timeout: formatDuration(when.timeoutMs) }),
    ...(durationMs === undefined ? {} : { duration: formatDuration(durationMs) }),
    ...(choiceSeed === undefined ? {} : { choiceSeed }),
    ...(source === undefined ? {} : { source }),
    [scope]: {
      action,
      ...Object.fromEntries(writtenKeys(fault).map(({ name, value }) => [name, value])),
      ...(selector === undefined ? {} : { selector: selectorJson(selector) }),
      ...(target === undefined ? {} : { target: selectorJson(target) }),
      ...modeJson(fault, mode),
    },
  };
}

/** As a file has it. */
export function selectorJson({ names, roles, racks, states, is, holds, inPipeline }: Selector): StepJson {
  return {
    ...(names === undefined ? {} : { name: names }),
    ...(roles === undefined ? {} : { role: roles }),
    ...(racks === undefined ? {} : { rack: racks }),
    ...(states === undefined ? {} : { state: states }),
    ...(is === undefined ? {} : { is }),
    ...(holds === undefined ? {} : { holds }),
    ...(inPipeline === undefined ? {} : { 'in-pipeline': true }),
  };
}

/** As a file has it. */
export function modeJson(fault: FaultSpec, mode: Mode): StepJson {
  if (fault.action === 'add' && mode.kind === 'fixed') return { value: mode.count };
  switch (mode.kind) {
    case 'all':
      return {};
    case 'fixed':
      return { mode: mode.kind, value: mode.count };
    case 'percent':
      return { mode: mode.kind, value: mode.percent };
    case 'one':
    case 'minority':
    case 'majority':
      return { mode: mode.kind };
  }
}
