/** Everything the screen shows, in one value, and everything that can change it. */
import type { ClusterEvent } from '../../supervisor/api/cluster-events.js';
import type { ChunkView, ClusterStatus } from '../../supervisor/api/cluster-status.js';
import type { CommandProblem } from '../../supervisor/api/lab-faults.js';
import type { SteadyLoadStatus } from '../../supervisor/api/steady-load.js';
import { NO_WORDS, type CommandPrompt, type TargetedCommand, type Vocabulary } from './command-prompt.js';
import type { ChunkTrouble } from './chunk-trouble.js';
import type { LogLine, NewLogLine } from './log-lines.js';
import type { PathPrompt } from './path-prompt.js';

export type Focus = 'nodes' | 'chunks';

/** A put under way. */
export interface PutState {
  readonly id: number;
  readonly label: string;
  readonly doneBytes: number;
  /** 0 until it is known. */
  readonly totalBytes: number;
}

/** A key that waits to be pressed again, because it takes away what cannot be brought back. */
export interface AskedKey {
  /** What it would do, as a command. */
  readonly label: string;
  /** For people. */
  readonly question: string;
}

/** A command to the cluster that has not ended. */
export interface PendingCommand {
  readonly id: number;
  readonly label: string;
}

export interface TuiState {
  readonly columns: number;
  readonly rows: number;
  /** null until the first answer. Nodes in the order shown. */
  readonly status: ClusterStatus | null;
  /** Worst first. */
  readonly chunks: readonly ChunkView[];
  readonly log: readonly LogLine[];
  /** Set while chunks lack replicas. */
  readonly chunkTrouble: ChunkTrouble | null;
  /** What a key asked before it acts: the same key again does it. */
  readonly asked: AskedKey | null;
  readonly focus: Focus;
  /** The node the cursor is on; null while there is none. */
  readonly cursorId: string | null;
  /** Marked nodes; each is in `status.nodes`. */
  readonly markedIds: readonly string[];
  /** First chunk shown, 0 <= chunkOffset <= scrollMax. */
  readonly chunkOffset: number;
  readonly helpOpen: boolean;
  /** Set while a path is typed. */
  readonly prompt: PathPrompt | null;
  /** Set while a command is typed; never together with `prompt`. */
  readonly command: CommandPrompt | null;
  /** Commands that were carried out, the newest last. */
  readonly history: readonly string[];
  readonly vocabulary: Vocabulary;
  readonly puts: readonly PutState[];
  readonly pending: readonly PendingCommand[];
  /** The steady load; null while none was ever switched on. */
  readonly load: SteadyLoadStatus | null;
}

/** What happens to the state from outside. */
export type TuiInput =
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly type: 'status'; readonly status: ClusterStatus }
  | { readonly type: 'chunks'; readonly chunks: readonly ChunkView[] }
  | { readonly type: 'event'; readonly event: ClusterEvent }
  | { readonly type: 'load'; readonly load: SteadyLoadStatus }
  | { readonly type: 'line'; readonly line: NewLogLine }
  | { readonly type: 'command-started'; readonly command: PendingCommand }
  | { readonly type: 'command-ended'; readonly id: number }
  | { readonly type: 'command-refused'; readonly typed: string; readonly problem: CommandProblem }
  | { readonly type: 'command-taken'; readonly typed: string }
  | { readonly type: 'put-progress'; readonly put: PutState }
  | { readonly type: 'put-ended'; readonly id: number };

/** What a key press asks of the world outside the state. */
export type Effect =
  | { readonly type: 'leave' }
  | { readonly type: 'repaint' }
  | { readonly type: 'say'; readonly text: string }
  | { readonly type: 'transfer-leadership'; readonly to: string }
  /** A fault of a key. */
  | { readonly type: 'step'; readonly step: object; /** What it is, as a command. */ readonly label: string }
  /** A command that was typed. */
  | { readonly type: 'command'; readonly typed: string; readonly meant: TargetedCommand }
  /** Switches the steady load. */
  | { readonly type: 'load'; readonly run: boolean }
  /** `typed` empty: a generated sample. */
  | { readonly type: 'put'; readonly typed: string };

export interface Pressed {
  readonly state: TuiState;
  readonly effect: Effect | null;
}

/** The state before anything is known. */
export function initialState(columns: number, rows: number, vocabulary: Vocabulary = NO_WORDS): TuiState {
  return {
    columns,
    rows,
    status: null,
    chunks: [],
    log: [],
    chunkTrouble: null,
    asked: null,
    focus: 'nodes',
    cursorId: null,
    markedIds: [],
    chunkOffset: 0,
    helpOpen: false,
    prompt: null,
    command: null,
    history: [],
    vocabulary,
    puts: [],
    pending: [],
    load: null,
  };
}
