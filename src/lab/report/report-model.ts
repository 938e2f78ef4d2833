/**
 * The model of a report: built from a run folder, embedded in the page as JSON, and read by the page's script, which is compiled
 * against these types. All times are milliseconds since the start of the workload; times before the start are negative.
 */

/** live, stale …: the lab's node states; unknown: not recorded. */
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

/**
 * seen, none, passed: verdict of the run. refused: it would have taken the last copy of something. watching: the fault did not end.
 * planned: the fault was never carried out.
 */
export type FaultEffect = 'seen' | 'none' | 'passed' | 'watching' | 'planned' | 'refused';

export interface ReportFault {
  readonly id: number;
  readonly action: string;
  /** Short text, with figures and targets. */
  readonly text: string;
  readonly source: string;
  readonly nodes: readonly string[];
  /** Nodes at the other end of the links. */
  readonly targets: readonly string[];
  readonly fromMs: number;
  /** null: the fault has no duration. */
  readonly toMs: number | null;
  readonly effect: FaultEffect;
  readonly effects: number;
  readonly evidence: string;
}

/**
 * Outcomes of operations. answered: refused by the state of the namespace (no such path, a path that exists): an expected answer
 * where clients share names, and no failure.
 */
export const FATES = ['ok', 'fail', 'unknown', 'answered'] as const;
export type Fate = (typeof FATES)[number];

/** An operation as a row of values, to keep the model small. */
export type OperationRow = readonly [
  id: number,
  /** Index in `clients`. */
  client: number,
  /** Index in `kinds`. */
  kind: number,
  /** Index in FATES. */
  fate: number,
  fromMs: number,
  /** null: open when the run ended. */
  toMs: number | null,
  path: string,
  /** -1: unknown. */
  bytes: number,
  /** The errno-style code, or the answer; '' when there is none. */
  note: string,
  /** 1: a violation names the operation. */
  isViolating: 0 | 1,
];

export interface ReportOperations {
  readonly clients: readonly string[];
  readonly kinds: readonly string[];
  readonly rows: readonly OperationRow[];
  /** Total number of operations: more than `rows` when rows were dropped. */
  readonly total: number;
}

/** Figures of the operations that ended in one bin. Latencies are null when no operation was acknowledged. */
export interface RateBin {
  readonly ok: number;
  readonly fail: number;
  readonly unknown: number;
  readonly answered: number;
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
  readonly unreported: number;
}

/** An event without duration: a node ended, a master became leader, a phase began. */
export interface ReportMark {
  readonly atMs: number;
  readonly kind: 'exit' | 'state' | 'leader' | 'phase';
  /** null: the whole run. */
  readonly node: string | null;
  readonly text: string;
}

/** Traffic from one place to another: a message, or all bytes of an interval. */
export type ReportArrow = readonly [
  /** Index in `places`. */
  from: number,
  to: number,
  sentMs: number,
  arrivedMs: number,
  /** Index in `labels`. */
  label: number,
  /** -1: unknown. */
  bytes: number,
];

export interface ReportTraffic {
  /** messages: every message of a simulated run. flows: sums over intervals. none: not recorded. */
  readonly kind: 'messages' | 'flows' | 'none';
  readonly places: readonly string[];
  readonly labels: readonly string[];
  readonly arrows: readonly ReportArrow[];
}

export interface ReportViolation {
  readonly check: string;
  readonly message: string;
  readonly operationIds: readonly number[];
  /** null: no operation shows the violation. */
  readonly atMs: number | null;
}

export interface ReportCheck {
  readonly check: string;
  readonly kind: 'guarantee' | 'proof' | 'checker';
  readonly verdict: 'pass' | 'fail' | 'unknown';
  readonly detail: string;
  readonly violations: readonly ReportViolation[];
}

/** A name with its value, for the table at the top. */
export type ReportFact = readonly [name: string, value: string];

export interface ReportModel {
  readonly scenario: string;
  readonly description: string;
  /** pass, fail, unknown, error; unfinished: the run has no results. */
  readonly verdict: 'pass' | 'fail' | 'unknown' | 'error' | 'unfinished';
  readonly reasons: readonly string[];
  readonly facts: readonly ReportFact[];
  /** Commands that repeat the run, to be executed in its folder. */
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
  /** Initial moment of the space-time diagram: the first violation, or else another moment of interest. */
  readonly focusMs: number;
  readonly scenarioText: string;
  /** Notes on files missing from the folder and on dropped rows. */
  readonly notes: readonly string[];
}
