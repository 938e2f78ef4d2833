/** Every fault of a run from its start to its end: the planned fault, joined with its outcome. Pure. */
import { isLasting } from '../../supervisor/api/fault.js';
import type { PlannedFault } from '../../supervisor/api/fault.js';
import { rowOf } from '../../supervisor/api/fault-table.js';
import { faultSummary } from '../run/run-events.js';
import type { ReportFault } from './report-model.js';
import type { TimedEvent } from './run-data.js';

type FaultEvent = Extract<TimedEvent, { event: 'fault' }>;

/** Faults shown individually, in the charts and in the table. */
export const FAULTS_MAX = 2_000;

/** Of an earlier or later lab there may be words that this one does not know. */
function textOf(fault: PlannedFault): string {
  try {
    return fault.action === 'lift' ? `end of fault ${fault.of}` : faultSummary(fault);
  } catch {
    return fault.action;
  }
}

/** The end of a process fault: the first of its counterparts that concerns one of its nodes. */
function endOf(start: FaultEvent, records: readonly FaultEvent[], healMs: number | null): number | null {
  const enders = rowOf(start.fault.action)?.endedBy;
  if (enders === undefined) return null;
  const isEnd = ({ fault, elapsedMs }: FaultEvent): boolean =>
    fault.id !== start.fault.id &&
    elapsedMs >= start.elapsedMs &&
    enders.includes(fault.action) &&
    fault.nodes.some((node) => start.fault.nodes.includes(node));
  // The final heal brings every node back.
  return records.find(isEnd)?.elapsedMs ?? healMs;
}

function ofRecords(
  records: readonly FaultEvent[],
  all: readonly FaultEvent[],
  healMs: number | null,
  endMs: number,
): ReportFault {
  // A fault has one record, or one at its start and one at its end.
  const first = records[0] as FaultEvent;
  const last = records.at(-1) ?? first;
  const { fault } = first;
  const hasDuration = isLasting(fault) && first.effect === 'watching';
  const untilMs = last === first ? endMs : last.elapsedMs;
  return {
    ...partsOf(fault),
    fromMs: first.elapsedMs,
    toMs: hasDuration ? untilMs : last.effect === 'seen' ? endOf(first, all, healMs) : null,
    effect: last.refused === true ? 'refused' : last.effect,
    effects: last.effects,
    evidence: last.evidence,
  };
}

const partsOf = (fault: PlannedFault): Pick<ReportFault, 'id' | 'action' | 'text' | 'source' | 'nodes' | 'targets'> => ({
  id: fault.id,
  action: fault.action,
  text: textOf(fault),
  source: fault.source,
  nodes: fault.nodes,
  targets: fault.targets ?? [],
});

/**
 * All faults in the order of their start. The end of an earlier fault gets no band of its own, because the fault's band shows the
 * end.
 * @param endMs end of the run, and of the band of a fault that did not end
 */
export function faultBands(events: readonly TimedEvent[], endMs: number): ReportFault[] {
  const records = events.filter((event) => event.event === 'fault');
  const byId = new Map<number, FaultEvent[]>();
  for (const record of records) {
    const same = byId.get(record.fault.id);
    if (same === undefined) byId.set(record.fault.id, [record]);
    else same.push(record);
  }
  const healMs = events.find((event) => event.event === 'phase' && event.phase === 'settle');
  const healedMs = healMs?.event === 'phase' ? healMs.elapsedMs : null;
  const carriedOut = [...byId.values()].map((same) => ofRecords(same, records, healedMs, endMs));
  const planned = events
    .flatMap((event) => (event.event === 'schedule' ? event.faults : []))
    .filter((fault) => !byId.has(fault.id))
    .map((fault): ReportFault => ({
      ...partsOf(fault),
      fromMs: fault.atMs,
      toMs: null,
      effect: 'planned',
      effects: 0,
      evidence: 'the run ended before the fault, or the fault was not carried out',
    }));
  return [...carriedOut, ...planned].sort((a, b) => a.fromMs - b.fromMs || a.id - b.id);
}

/** Limits the faults, in their order: faults without effect are kept before the others, and of each kind the earliest. */
export function keptFaults(faults: readonly ReportFault[], max: number = FAULTS_MAX): readonly ReportFault[] {
  if (faults.length <= max) return faults;
  const isTelling = ({ effect }: ReportFault): boolean => effect === 'none' || effect === 'refused';
  const telling = faults.filter(isTelling);
  const others = faults.filter((fault) => !isTelling(fault));
  const kept = new Set([...telling, ...others].slice(0, max));
  return faults.filter((fault) => kept.has(fault));
}
