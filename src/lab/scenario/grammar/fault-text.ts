/** A step, or a fault, as the command that requests it, without keys that have their default. Pure. */
import type { FaultSpec } from '../../../supervisor/api/fault.js';
import { formatDuration } from '../model/amounts.js';
import { writtenKeys } from './fault-keys.js';
import type { Selector, Step } from '../model/scenario.js';
import { TARGET_PREFIX } from './step-builder.js';
import { modeJson, selectorJson } from './step-json.js';
import type { StepJson } from './step-json.js';

type Asked = Pick<Step, 'fault' | 'selector' | 'target' | 'mode' | 'durationMs'>;

/** `delay dn-1 delay=50ms target=m-1 duration=10s`. When the step acts, and who made it, is no part of a command. */
export function stepText({ fault, selector, target, mode, durationMs }: Asked): string {
  const { names = [], ...others } = selector ?? {};
  const targets = target === undefined ? {} : selectorJson(target);
  return [
    fault.action,
    ...names,
    ...pairs(selectorJson(others)),
    ...pairs(modeJson(fault, mode)),
    ...pairs(Object.fromEntries(writtenKeys(fault).flatMap(({ name, value, isDefault }) => (isDefault ? [] : [[name, value]])))),
    ...pairs(targets, (key) => (key === 'name' ? 'target' : `${TARGET_PREFIX}${key}`)),
    ...pairs(durationMs === undefined ? {} : { duration: formatDuration(durationMs) }),
  ].join(' ');
}

export interface FaultOn {
  readonly nodes: readonly string[];
  /** The other side of links. */
  readonly targets?: readonly string[];
  readonly durationMs?: number;
}

/** Of a fault whose nodes are known. */
export function faultText(fault: FaultSpec, { nodes, targets, durationMs }: FaultOn): string {
  const selector: Selector = nodes.length === 0 ? {} : { names: nodes };
  return stepText({
    fault,
    selector,
    ...(targets === undefined ? {} : { target: { names: targets } }),
    mode: { kind: 'all' },
    ...(durationMs === undefined ? {} : { durationMs }),
  });
}

const pairs = (fields: StepJson, nameOf: (key: string) => string = (key) => key): string[] =>
  Object.entries(fields).map(
    ([key, value]) => `${nameOf(key)}=${quoted(Array.isArray(value) ? value.join(',') : String(value))}`,
  );

/** In quotes where a command could not have it otherwise. */
function quoted(text: string): string {
  if (!/[\s"']/.test(text)) return text;
  return text
    .split(/("+)/)
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('"') ? `'${part}'` : `"${part}"`))
    .join('');
}
