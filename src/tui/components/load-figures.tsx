/** The figures of the steady load: rates, errors, latencies; before them the number of broken guarantees. */
import { Text } from 'ink';
import type { ReactElement } from 'react';
import type { SteadyLoadStatus } from '../../supervisor/api/steady-load.js';
import { countOf, formatBytes, printable } from '../model/format.js';
import type { Theme } from '../model/theme.js';

interface LoadFiguresProps {
  readonly load: SteadyLoadStatus;
  readonly theme: Theme;
}

const milliseconds = (ms: number | null): string => (ms === null ? '-' : ms < 10 ? ms.toFixed(1) : String(Math.round(ms)));
const rate = (perSecond: number): string => (perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond)));

export function LoadFigures({ load, theme }: LoadFiguresProps): ReactElement {
  const { type, clients, opsPerSecond, errorsPerSecond, bytesPerSecond, p50Ms, p99Ms, broken, lastBroken } = load;
  const figures = `${rate(opsPerSecond)} ops/s, ${formatBytes(bytesPerSecond)}/s, p50 ${milliseconds(p50Ms)} p99 ${milliseconds(p99Ms)} ms`;
  return (
    <Text wrap="truncate">
      {broken > 0 && <Text {...theme.tone.bad}>{`${countOf(broken, 'broken guarantee')}: ${printable(lastBroken)} `}</Text>}
      <Text {...theme.accent}>{`load ${printable(type)} x${clients} `}</Text>
      {figures}
      <Text {...(errorsPerSecond > 0 ? theme.tone.warn : {})}>{`, ${rate(errorsPerSecond)} errors/s`}</Text>
    </Text>
  );
}
