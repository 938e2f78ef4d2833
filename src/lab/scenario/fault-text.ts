/** A fault as the command that asks for it. Pure. */
import type { FaultSpec } from '../../supervisor/api/fault.js';
import { formatDuration, formatSize } from './amounts.js';

const pairs = (values: Readonly<Record<string, string | number | undefined>>): string[] =>
  Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]));

const unless = <T>(value: T, usual: T): T | undefined => (value === usual ? undefined : value);

/** The figures of a fault; those that are as if left out are left out. */
function figuresOf(fault: FaultSpec): string[] {
  switch (fault.action) {
    case 'slow-cpu':
      return pairs({ percent: fault.percent });
    case 'partition':
    case 'isolate':
      return pairs({
        kind: unless(fault.kind, 'stall'),
        shape: unless(fault.shape, 'group'),
        direction: unless(fault.direction, 'both'),
      });
    case 'delay':
      return pairs({
        delay: formatDuration(fault.delayMs),
        jitter: fault.jitterMs === 0 ? undefined : formatDuration(fault.jitterMs),
        direction: unless(fault.direction, 'both'),
      });
    case 'bandwidth':
      return pairs({ rate: `${formatSize(fault.bytesPerSecond)}/s`, direction: unless(fault.direction, 'both') });
    case 'reset':
    case 'refuse':
      return pairs({ direction: unless(fault.direction, 'both') });
    case 'bitflip':
    case 'truncate':
    case 'remove':
      return pairs({ target: unless(fault.file, 'chunk'), offset: fault.offsetBytes });
    case 'eio':
      return pairs({
        calls: unless(fault.calls, 'any'),
        percent: unless(fault.percent, 100),
        target: fault.file,
        offset: fault.offsetBytes,
      });
    case 'slow':
      return pairs({ delay: formatDuration(fault.delayMs) });
    case 'fill':
      return pairs({ free: formatSize(fault.freeBytes) });
    case 'jump':
    case 'skew':
      return pairs({ by: formatDuration(fault.offsetMs) });
    case 'drift':
      return pairs({ ppm: fault.ppm });
    default:
      return [];
  }
}

export interface FaultOn {
  readonly nodes: readonly string[];
  /** The other side of links. */
  readonly targets?: readonly string[];
  readonly durationMs?: number;
}

/** `delay dn-1 dn-2 delay=50ms target=m-1 duration=10s`. */
export function faultText(fault: FaultSpec, { nodes, targets, durationMs }: FaultOn): string {
  const others = targets === undefined ? [] : [`target=${targets.join(',')}`];
  const duration = durationMs === undefined ? [] : [`duration=${formatDuration(durationMs)}`];
  return [fault.action, ...nodes, ...figuresOf(fault), ...others, ...duration].join(' ');
}
