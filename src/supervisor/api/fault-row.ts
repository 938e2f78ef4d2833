/**
 * What a row of the fault table says of one word. Everything that reads, writes, plans, runs, explains or documents faults is a loop over
 * these rows; what a word alone decides stands here and nowhere else.
 */

/** Where a fault acts. cpu and clone stand under `node` in files. */
export type FaultScope = 'node' | 'cpu' | 'clone' | 'network' | 'io' | 'clock';

/** How the nemesis draws the value of a key. */
export type Draw =
  /** A whole number, times `unit`. */
  | { readonly from: number; readonly to: number; readonly unit?: number }
  /** A value given twice is twice as likely. */
  | { readonly among: readonly string[] }
  | { readonly mostly: string; readonly chance: number; readonly otherwise: string };

interface AnyKey {
  /** The field of the fault that has the value, with its unit: `delayMs` of the key `delay`. */
  readonly field: string;
  /** For people. */
  readonly help: string;
  /** The fault cannot be without it. */
  readonly isNeeded?: true;
  /** Default: the nemesis takes the default of the key, or omits an optional key. */
  readonly draw?: Draw;
  /** In the schema, where `help` is too short for it. */
  readonly description?: string;
}

/** A key whose value is one of few words. */
export interface WordKey extends AnyKey {
  readonly kind: 'word';
  readonly words: readonly string[];
  /** The value of the fault where the key is not given. */
  readonly default?: string;
  /** This value means the same as no value, and the fault has no field then. */
  readonly implied?: string;
  /** Advice for words of other tools. */
  readonly hints?: Readonly<Record<string, string>>;
  /** On the command line of the shell the option has no value, and means this one. */
  readonly alone?: string;
}

/**
 * A key whose value is an amount: whole, from `min` to `max` in the unit of its field.
 * duration: milliseconds. offset: milliseconds with a sign. size: bytes. byteRate: bytes a second.
 */
export interface AmountKey extends AnyKey {
  readonly kind: 'integer' | 'duration' | 'offset' | 'size' | 'byteRate';
  readonly min: number;
  readonly max: number;
  readonly default?: number;
}

export type FaultKey = WordKey | AmountKey;

/** Keys that exclude one another. */
export interface Conflict {
  readonly key: string;
  /** With one of these values of `key` … */
  readonly values: readonly string[];
  /** … there must be no such key. */
  readonly without: string;
  /** Says so. `{key}` stands for what was written as its value. */
  readonly message: string;
}

/** How a fault is taken back after its duration. lift: it stays active until then. Otherwise by the word that does it. */
export type Undo =
  | { readonly undo: 'lift' | 'restart' | 'resume' }
  /** It is over at once. `notUndone` says why it has no duration. */
  | { readonly undo: null; readonly notUndone: string };

export type FaultRow = Undo & {
  readonly scope: FaultScope;
  /** `action` in files, where the word stands below the name of its scope. Default: the word. */
  readonly action?: string;
  /** In the order in which they are shown, and drawn by the nemesis. */
  readonly keys: Readonly<Record<string, FaultKey>>;
  readonly conflicts?: readonly Conflict[];
  /** Which nodes it is given: it needs some, may have none (which means all), or makes new ones, and is given their number. */
  readonly nodes: 'needed' | 'optional' | 'new';
  /** The only role that it can affect. Default: both. */
  readonly role?: 'master' | 'datanode';
  /** Makes sense in a plan only, beside others: the nemesis leaves it alone. */
  readonly isForPlans?: true;
  /** Ends what other words began, and takes nothing away: the nemesis leaves it alone. */
  readonly cures?: true;
  /** Of a fault of processes: the words that end it. */
  readonly endedBy?: readonly string[];
  /**
   * What it does to a node without a process. nothing: such a node is never chosen. unseen: it can be requested, but a plan does not
   * choose such a node, because no effect would show. Default: the same as to any other.
   */
  readonly withoutProcess?: 'nothing' | 'unseen';
  /** What does not serve while it lasts: the whole node, or its disk. */
  readonly disables?: 'node' | 'disk';
  /** The nodes hear nothing of others, and others nothing of them. */
  readonly silences?: true;
  /** Takes away data that a single master has no second copy of. */
  readonly takesData?: true;
  /**
   * Acknowledged data may be lost by it, and what was deleted may be there again: DistriFS does not guarantee otherwise. A run with such a
   * fault is judged by what no fault excuses: no file ever reads as bytes that were never written to it.
   */
  readonly mayLose?: true;
  /** A node may end by itself while it is active. */
  readonly unsettles?: true;
  /** What its number of effects counts. By `kind`, where that decides. Default: the nodes that it acted on. */
  readonly counts?: string | Readonly<Record<string, string>>;
  /** Where it works. Default: on processes, on threads and in simulation. */
  readonly worksOn?: readonly FaultRuntime[];
  /** What the command does, as its help says: begins with a verb. */
  readonly help: string;
  /** What happens, in one line, as the list of faults says. */
  readonly does: string;
  /** What a thread does less honestly than a process. */
  readonly onThreads?: string;
  /** What does it to the chosen nodes in the terminal UI. */
  readonly tuiKey?: TuiKey;
  /** Commands of the shell that show its use, without `lab`. */
  readonly examples?: readonly string[];
};

export interface TuiKey {
  /** The first is the one that is shown. */
  readonly keys: readonly string[];
  /** Few words. */
  readonly help: string;
}

export const FAULT_RUNTIMES = ['process', 'thread', 'simulation'] as const;
export type FaultRuntime = (typeof FAULT_RUNTIMES)[number];

/** The value of a key, as a fault has it. */
type ValueOf<Key> = Key extends { readonly words: readonly (infer Word)[] } ? Word : number;
/** Every fault of the word has a value for it. */
type AlwaysThere = { readonly isNeeded: true } | { readonly default: string | number };
type FieldOf<Key> = Key extends { readonly field: infer Field extends string } ? Field : never;

/** The fields that the keys of a row give a fault. */
export type FieldsOf<Keys> = {
  readonly [K in keyof Keys as Keys[K] extends AlwaysThere ? FieldOf<Keys[K]> : never]: ValueOf<Keys[K]>;
} & {
  readonly [K in keyof Keys as Keys[K] extends AlwaysThere ? never : FieldOf<Keys[K]>]?: ValueOf<Keys[K]>;
};
