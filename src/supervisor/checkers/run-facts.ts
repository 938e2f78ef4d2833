/** What a checker must know of a run beside its history; part of results.json. */

/** While it lasted, the clients were on a side without a majority of the masters. */
export interface MinorityInterval {
  /** Milliseconds of the history's clock. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly clients: readonly string[];
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

export interface RunFacts {
  readonly faults: readonly FaultFact[];
  /** Left out: no client was ever on a minority side. */
  readonly minorities?: readonly MinorityInterval[];
  /** Every master that was seen to lead, in any order. Left out: nobody noted them. */
  readonly leaders?: readonly LeaderFact[];
  /** Left out: nobody looked. */
  readonly final?: FinalState;
  /** What went wrong with the run itself, so that it proves less than it should. */
  readonly doubts: readonly string[];
}
