/** The lanes of the nodes from the samples of a run: states, and terms as leader. Pure. */
import type { LeadSegment, NodeSegment, ReportNode } from './report-model.js';
import type { Sample } from '../record/run-samples.js';

type StateChange = { readonly atMs: number; readonly state: string };

const roleOf = (id: string): ReportNode['role'] => (/^m-/.test(id) ? 'master' : 'datanode');

/** Masters first, then by number: `dn-10` after `dn-9`. */
export function byNodeName(a: string, b: string): number {
  const weight = (id: string): number => (roleOf(id) === 'master' ? 0 : 1);
  return weight(a) - weight(b) || a.localeCompare(b, 'en', { numeric: true });
}

/** Converts changes to segments without gaps: each lasts until the next change. */
function segmentsOf(changes: readonly StateChange[], fromMs: number, toMs: number): NodeSegment[] {
  const segments: NodeSegment[] = [];
  for (const [index, { atMs, state }] of changes.entries()) {
    const endMs = Math.min(changes[index + 1]?.atMs ?? toMs, toMs);
    const beginMs = Math.max(atMs, fromMs);
    const last = segments.at(-1);
    if (last?.state === state && last.toMs === beginMs) segments[segments.length - 1] = { ...last, toMs: endMs };
    else if (endMs > beginMs) segments.push({ state, fromMs: beginMs, toMs: endMs });
  }
  const firstMs = segments[0]?.fromMs ?? toMs;
  return firstMs > fromMs ? [{ state: 'unknown', fromMs, toMs: firstMs }, ...segments] : segments;
}

/** States as events reported them and, where there are no such events, as the status samples show them. */
function changesOf(id: string, samples: readonly Sample[], timeOf: (runMs: number) => number): StateChange[] {
  const changes: StateChange[] = [];
  const note = (runMs: number, state: string): void => {
    if (changes.at(-1)?.state !== state) changes.push({ atMs: timeOf(runMs), state });
  };
  for (const sample of samples) {
    if (sample.sample === 'node-state' && sample.node === id) {
      if (changes.length === 0) note(-Infinity, sample.from);
      note(sample.runMs, sample.to);
    } else if (sample.sample === 'status') {
      const seen = sample.nodes.find(([name]) => name === id);
      if (seen !== undefined) note(sample.runMs, seen[1]);
    }
  }
  return changes;
}

/** Terms of a leader: from the first sample until another node leads, the node ends, or a status sample shows another leader. */
function leadsOf(id: string, samples: readonly Sample[], timeOf: (runMs: number) => number, toMs: number): LeadSegment[] {
  const leads: LeadSegment[] = [];
  let open: { readonly term: number; readonly fromMs: number } | null = null;
  const end = (runMs: number): void => {
    if (open !== null) leads.push({ ...open, toMs: timeOf(runMs) });
    open = null;
  };
  const begin = (term: number, runMs: number): void => {
    if (open?.term === term) return;
    end(runMs);
    open = { term, fromMs: timeOf(runMs) };
  };
  for (const sample of samples) {
    if (sample.sample === 'leader') {
      if (sample.node === id) begin(sample.term, sample.runMs);
      else end(sample.runMs);
    } else if (sample.sample === 'node-exit' && sample.node === id) {
      end(sample.runMs);
    } else if (sample.sample === 'status' && sample.masterReachable) {
      if (sample.leader === id) begin(sample.term, sample.runMs);
      else end(sample.runMs);
    }
  }
  // The compiler does not see the assignments in `begin`.
  const last = open as { readonly term: number; readonly fromMs: number } | null;
  if (last !== null) leads.push({ ...last, toMs });
  return leads;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** @param ids of all nodes @param timeOf converts a time of the run's clock to the report's time */
export function nodeLanes(
  ids: readonly string[],
  samples: readonly Sample[],
  timeOf: (runMs: number) => number,
  { fromMs, toMs }: Span,
): ReportNode[] {
  return [...ids].sort(byNodeName).map((id) => ({
    id,
    role: roleOf(id),
    segments: segmentsOf(changesOf(id, samples, timeOf), fromMs, toMs),
    leads: leadsOf(id, samples, timeOf, toMs),
  }));
}
