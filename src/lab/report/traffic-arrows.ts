/** Traffic between places: messages of a simulation, or sums of the fabric's counters. Pure. */
import { byNodeName } from './node-lanes.js';
import type { ReportArrow, ReportTraffic } from './report-model.js';
import type { MessageLine, Sample } from '../record/run-samples.js';

const ARROWS_MAX = 20_000;

type FlowSample = Extract<Sample, { sample: 'flows' }>;

interface Numbered {
  readonly names: readonly string[];
  indexOf(name: string): number;
}

function numbered(names: Iterable<string>): Numbered {
  const list = [...new Set(names)].sort(byNodeName);
  const at = new Map(list.map((name, index) => [name, index]));
  return { names: list, indexOf: (name) => at.get(name) ?? 0 };
}

const thousandth = (ms: number): number => Math.round(ms * 1_000) / 1_000;

function messageTraffic(messages: readonly MessageLine[], timeOf: (runMs: number) => number): ReportTraffic {
  const places = numbered(messages.flatMap(({ from, to }) => [from, to]));
  const labelOf = ({ kind, method }: MessageLine): string => (method === undefined ? kind : `${kind} ${method}`);
  const labels = numbered(messages.map(labelOf));
  const arrows = messages.slice(0, ARROWS_MAX).map((message): ReportArrow => {
    const { from, to, sentMs, runMs, bytes = -1 } = message;
    const [sent, arrived] = [thousandth(timeOf(sentMs)), thousandth(timeOf(runMs))];
    return [places.indexOf(from), places.indexOf(to), sent, arrived, labels.indexOf(labelOf(message)), bytes];
  });
  return { kind: 'messages', places: places.names, labels: labels.names, arrows };
}

/** Merges two neighbouring samples. */
function joined(a: FlowSample, b: FlowSample): FlowSample {
  const sums = new Map<string, [string, string, number]>();
  for (const [source, target, bytes] of [...a.links, ...b.links]) {
    const known = sums.get(`${source} ${target}`);
    if (known === undefined) sums.set(`${source} ${target}`, [source, target, bytes]);
    else known[2] += bytes;
  }
  return { sample: 'flows', sinceMs: a.sinceMs, runMs: b.runMs, links: [...sums.values()] };
}

/** Merges neighbours, pair by pair, until their number is within the limit. */
function coarser(flows: readonly FlowSample[]): readonly FlowSample[] {
  const count = flows.reduce((sum, { links }) => sum + links.length, 0);
  if (count <= ARROWS_MAX || flows.length < 2) return flows;
  const pairs: FlowSample[] = [];
  for (let index = 0; index < flows.length; index += 2) {
    const [a, b] = [flows[index], flows[index + 1]];
    if (a !== undefined) pairs.push(b === undefined ? a : joined(a, b));
  }
  return coarser(pairs);
}

function flowTraffic(samples: readonly FlowSample[], timeOf: (runMs: number) => number): ReportTraffic {
  const flows = coarser(samples);
  const places = numbered(flows.flatMap(({ links }) => links.flatMap(([source, target]) => [source, target])));
  const arrows = flows.flatMap(({ sinceMs, runMs, links }) =>
    links.map(([source, target, bytes]): ReportArrow => {
      return [places.indexOf(source), places.indexOf(target), thousandth(timeOf(sinceMs)), thousandth(timeOf(runMs)), 0, bytes];
    }),
  );
  return { kind: 'flows', places: places.names, labels: ['bytes'], arrows: arrows.slice(0, ARROWS_MAX) };
}

/** Messages where they were recorded, sums otherwise. @param timeOf converts a time of the run's clock to the report's time */
export function trafficArrows(
  messages: readonly MessageLine[],
  samples: readonly Sample[],
  timeOf: (runMs: number) => number,
): ReportTraffic {
  if (messages.length > 0) return messageTraffic(messages, timeOf);
  const flows = samples.filter((sample) => sample.sample === 'flows');
  return flows.length > 0 ? flowTraffic(flows, timeOf) : { kind: 'none', places: [], labels: [], arrows: [] };
}
