/**
 * What a report draws: made from a run folder, embedded in the page as JSON, and read there by the page's own script, which is
 * compiled against these types. All times are milliseconds since the workload began; what came before has times below 0.
 */

/** live, stale … as the lab names them; unknown: not recorded. */
export interface NodeSegment {
  readonly state: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface LeadSegment {
  readonly term: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ReportNode {
  readonly id: string;
  readonly role: 'master' | 'datanode';
  readonly segments: readonly NodeSegment[];
  readonly leads: readonly LeadSegment[];
}

/** seen, none, passed: as the run judged it. watching: it did not end. planned: it was never carried out. */
export type FaultEffect = 'seen' | 'none' | 'passed' | 'watching' | 'planned';

export interface ReportFault {
  readonly id: number;
  readonly action: string;
  /** In a few words, with figures and targets. */
  readonly text: string;
  readonly source: string;
  readonly nodes: readonly string[];
  /** The other side of links. */
  readonly targets: readonly string[];
  readonly fromMs: number;
  /** null: it has no duration. */
  readonly toMs: number | null;
  readonly effect: FaultEffect;
  readonly effects: number;
  readonly evidence: string;
}

/** How operations ended: `ok`, `fail`, `unknown`. */
export const FATES = ['ok', 'fail', 'unknown'] as const;

/** An operation as a row of figures, for there may be many. */
export type OperationRow = readonly [
  id: number,
  /** In `clients`. */
  client: number,
  /** In `kinds`. */
  kind: number,
  /** In FATES. */
  fate: number,
  fromMs: number,
  /** null: it was open when the run ended. */
  toMs: number | null,
  path: string,
  /** -1: not known. */
  bytes: number,
  /** The errno-style code, or what it was told; '' where there is nothing. */
  note: string,
  /** 1: a violation names it. */
  isViolating: 0 | 1,
];

export interface ReportOperations {
  readonly clients: readonly string[];
  readonly kinds: readonly string[];
  readonly rows: readonly OperationRow[];
  /** How many there were: more than `rows` when they were thinned. */
  readonly total: number;
}

/** Figures of the operations that ended in one bin. Latencies are null where none was acknowledged. */
export interface RateBin {
  readonly ok: number;
  readonly fail: number;
  readonly unknown: number;
  readonly bytes: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
}

export interface ReportRates {
  readonly fromMs: number;
  readonly binMs: number;
  readonly bins: readonly RateBin[];
}

export interface ChunkPoint {
  readonly atMs: number;
  readonly healthy: number;
  readonly underReplicated: number;
  readonly missing: number;
}

/** Something that happened at one moment: a node ended, a master leads, a phase began. */
export interface ReportMark {
  readonly atMs: number;
  readonly kind: 'exit' | 'state' | 'leader' | 'phase';
  /** null: concerns the whole run. */
  readonly node: string | null;
  readonly text: string;
}

/** What crossed from one to another: a message, or all the bytes of an interval. */
export type ReportArrow = readonly [
  /** In `places`. */
  from: number,
  to: number,
  sentMs: number,
  arrivedMs: number,
  /** In `labels`. */
  label: number,
  /** -1: not known. */
  bytes: number,
];

export interface ReportTraffic {
  /** messages: of a simulation, each of them. flows: sums of intervals. none: not recorded. */
  readonly kind: 'messages' | 'flows' | 'none';
  readonly places: readonly string[];
  readonly labels: readonly string[];
  readonly arrows: readonly ReportArrow[];
}

export interface ReportViolation {
  readonly check: string;
  readonly message: string;
  readonly operationIds: readonly number[];
  /** null: no operation shows it. */
  readonly atMs: number | null;
}

export interface ReportCheck {
  readonly check: string;
  readonly kind: 'promise' | 'proof' | 'checker';
  readonly verdict: 'pass' | 'fail' | 'unknown';
  readonly detail: string;
  readonly violations: readonly ReportViolation[];
}

/** A name and what it is, for the table at the top. */
export type ReportFact = readonly [name: string, value: string];

export interface ReportModel {
  readonly scenario: string;
  readonly description: string;
  /** pass, fail, unknown, error; unfinished: the run has no results. */
  readonly verdict: 'pass' | 'fail' | 'unknown' | 'error' | 'unfinished';
  readonly reasons: readonly string[];
  readonly facts: readonly ReportFact[];
  /** Commands to see the run again, to be given in its folder. */
  readonly commands: readonly string[];
  readonly checks: readonly ReportCheck[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly nodes: readonly ReportNode[];
  readonly faults: readonly ReportFault[];
  readonly marks: readonly ReportMark[];
  readonly operations: ReportOperations;
  readonly rates: ReportRates;
  readonly chunks: readonly ChunkPoint[];
  readonly traffic: ReportTraffic;
  readonly violations: readonly ReportViolation[];
  /** Where the space-time diagram begins: at the first violation, or else where something happened. */
  readonly focusMs: number;
  readonly scenarioText: string;
  /** What is missing in the folder, and what was thinned. */
  readonly notes: readonly string[];
}
