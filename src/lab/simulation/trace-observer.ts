/** Writes the trace of a running simulation: its messages, and the events of the run. */
import { textLines } from '../run/run-events.js';
import type { SimulationObserver } from './simulate-scenario.js';
import { TraceLines } from './trace-line.js';

/**
 * @param filter a text: only lines that contain the text; true: all lines
 * @param json writes one JSON object a line
 */
export function traceObserver(filter: true | string, json: boolean, write: (line: string) => void): SimulationObserver {
  const lines = new TraceLines(filter === true ? undefined : filter);
  return {
    onRunEvent: (event, virtualMs) => {
      if (event.event === 'tick') return;
      if (json) write(JSON.stringify(event));
      else for (const line of textLines(event)) write(`${(virtualMs / 1_000).toFixed(6).padStart(12)}s  # ${line.trim()}`);
    },
    onSimEvent: (event) => {
      const line = lines.line(event);
      if (line !== null) write(json ? JSON.stringify({ event: 'trace', ...event }) : line);
    },
  };
}
