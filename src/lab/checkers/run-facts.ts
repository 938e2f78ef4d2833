/** What a checker must know of a run beside its history; part of results.json. */

/** An answer that a master gave while it had no way to a majority of the masters, to what it was asked meanwhile. */
export interface MinorityAnswer {
  readonly master: string;
  /** Of the name space's service. */
  readonly method: string;
  /** How long it had been cut off. */
  readonly cutOffMs: number;
}

export interface MinorityFacts {
  /** How often such a master was asked. */
  readonly tried: number;
  /** The first of what it answered. */
  readonly acknowledged: readonly MinorityAnswer[];
}

/** A master that led. */
export interface LeaderFact {
  readonly term: number;
  readonly node: string;
}

/** After the last fault had healed. */
export interface FinalState {
  readonly underReplicatedChunks: number;
  readonly orphanReplicas: number;
  readonly temporaryFiles: number;
  /** Of each master's state. */
  readonly masterDigests: readonly string[];
}

export interface FaultFact {
  /** Action and nodes, for people. */
  readonly fault: string;
  /** Of its effect counter; 0: it proves nothing. */
  readonly effects: number;
}

/** A file of which a piece lay on too few disks when its write was acknowledged. */
export interface ShortAcknowledgement {
  readonly path: string;
  /** Where in the file the piece begins. */
  readonly byteOffset: number;
  /** Disks that had it durably. */
  readonly copies: number;
  readonly wanted: number;
}

export interface AcknowledgedFacts {
  /** How many acknowledgements were looked at. */
  readonly looked: number;
  /** The first of them. */
  readonly short: readonly ShortAcknowledgement[];
}

export interface RunFacts {
  readonly faults: readonly FaultFact[];
  /** What masters on a minority side answered. Left out: nobody looked. */
  readonly minority?: MinorityFacts;
  /** Every master that was seen to lead, in any order. Left out: nobody noted them. */
  readonly leaders?: readonly LeaderFact[];
  /** What lay on the disks at the moment of each acknowledgement. Left out: nobody looked. */
  readonly acknowledged?: AcknowledgedFacts;
  /** Left out: nobody looked. */
  readonly final?: FinalState;
  /** What went wrong with the run itself, so that it proves less than it should. */
  readonly doubts: readonly string[];
}
