/** What a checker must know of a run beside its history; part of results.json. */

/** An answer of a master that had no connection to a majority of the masters, to a request that arrived in that state. */
export interface MinorityAnswer {
  readonly master: string;
  /** Method of the namespace service. */
  readonly method: string;
  /** How long the master had been cut off. */
  readonly cutOffMs: number;
}

export interface MinorityFacts {
  /** Number of requests to such masters. */
  readonly tried: number;
  /** The first answers of such masters. */
  readonly acknowledged: readonly MinorityAnswer[];
}

/** A leader that was observed. */
export interface LeaderFact {
  readonly term: number;
  readonly node: string;
}

/** The state after the last fault was healed. */
export interface FinalState {
  readonly underReplicatedChunks: number;
  readonly orphanReplicas: number;
  readonly temporaryFiles: number;
  /** Digest of each master's state. */
  readonly masterDigests: readonly string[];
}

export interface FaultFact {
  /** Action and nodes, as text. */
  readonly fault: string;
  /** Effect counter of the fault; 0: the fault proves nothing. */
  readonly effects: number;
  /** It was not tried, because it would take the last copy of something. */
  readonly refused?: true;
  /** What was seen of it. Absent in records of earlier releases. */
  readonly evidence?: string;
}

/** A file with a piece that was durable on too few disks when its write was acknowledged. */
export interface ShortAcknowledgement {
  readonly path: string;
  /** Offset of the piece in the file. */
  readonly byteOffset: number;
  /** Disks on which the piece was durable. */
  readonly copies: number;
  readonly wanted: number;
}

export interface AcknowledgedFacts {
  /** Number of acknowledgements that were examined. */
  readonly looked: number;
  /** The first such files. */
  readonly short: readonly ShortAcknowledgement[];
}

export interface RunFacts {
  readonly faults: readonly FaultFact[];
  /** A fault of the run may lose acknowledged data. Absent: none may. */
  readonly mayHaveLost?: boolean;
  /** Answers of masters on a minority side. Absent: not observed. */
  readonly minority?: MinorityFacts;
  /** Every observed leader, in any order. Absent: not observed. */
  readonly leaders?: readonly LeaderFact[];
  /** The durable content of the disks at the moment of each acknowledgement. Absent: not observed. */
  readonly acknowledged?: AcknowledgedFacts;
  /** Absent: not observed. */
  readonly final?: FinalState;
  /** Errors of the run itself, which weaken what the run proves. */
  readonly doubts: readonly string[];
}
