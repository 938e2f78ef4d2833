/** How news from outside changes what is shown. Pure. */
import { remembered, textOf } from './command-prompt.js';
import { planRows, scrollMax } from './layout.js';
import type { PanelRows } from './layout.js';
import type { ClusterEvent } from '../../supervisor/api/cluster-events.js';
import { nextTrouble, sinceLastFigure, troubleOverLine } from './chunk-trouble.js';
import { appendLine, lineOfEvent } from './log-lines.js';
import type { TuiInput, TuiState } from './state.js';
import { sortChunks, sortNodes } from './view-model.js';

/** The rows of the panels on the screen. */
export function panelRows({ rows, status, chunks, log }: TuiState): PanelRows {
  const { nodes = [], faults = [] } = status ?? {};
  return planRows(rows, { nodes: nodes.length, faults: faults.length, chunks: chunks.length, events: log.length });
}

/** Chunk rows on the screen. */
export const chunkRows = (state: TuiState): number => panelRows(state).chunks;

/** Puts what the cursor, marks and scroll position point at back inside what exists. */
function clamped(state: TuiState): TuiState {
  const nodes = state.status?.nodes ?? [];
  const ids = new Set(nodes.map((node) => node.id));
  const cursorLost = state.cursorId === null || !ids.has(state.cursorId);
  // A datanode first: a slip of the hand should not hit a master.
  const fallback = (nodes.find((node) => node.role === 'datanode') ?? nodes[0])?.id ?? null;
  const marksLost = state.markedIds.some((id) => !ids.has(id));
  return {
    ...state,
    cursorId: cursorLost ? fallback : state.cursorId,
    markedIds: marksLost ? state.markedIds.filter((id) => ids.has(id)) : state.markedIds,
    chunkOffset: Math.max(0, Math.min(state.chunkOffset, scrollMax(state.chunks.length, chunkRows(state)))),
  };
}

/** New figures of the chunks: a line, but for the end of a trouble, whose line waits for the figures of repairs. */
function withChunkCounts(state: TuiState, event: Extract<ClusterEvent, { readonly event: 'chunks' }>): TuiState {
  const { chunkTrouble, log, status } = state;
  const trouble = nextTrouble(chunkTrouble, event, status?.repairsCompleted ?? 0);
  const isOver = trouble?.over !== undefined;
  if (isOver) return { ...state, chunkTrouble: trouble };
  const line = lineOfEvent(event);
  const text = `${line.text}${sinceLastFigure(chunkTrouble, trouble)}`;
  return { ...state, chunkTrouble: trouble, log: appendLine(log, { ...line, text }) };
}

/** A trouble of the chunks that is over, as a line. */
function withTroubleTold(state: TuiState): TuiState {
  const { chunkTrouble, log, status } = state;
  const line = chunkTrouble === null ? null : troubleOverLine(chunkTrouble, status?.repairsCompleted ?? 0);
  return line === null ? state : { ...state, chunkTrouble: null, log: appendLine(log, line) };
}

/** The state after one input. */
export function reduce(state: TuiState, input: TuiInput): TuiState {
  switch (input.type) {
    case 'resize':
      return clamped({ ...state, columns: input.columns, rows: input.rows });
    case 'status':
      return withTroubleTold(clamped({ ...state, status: { ...input.status, nodes: sortNodes(input.status.nodes) } }));
    case 'chunks':
      return clamped({ ...state, chunks: sortChunks(input.chunks) });
    case 'event':
      return input.event.event === 'chunks'
        ? withChunkCounts(state, input.event)
        : { ...state, log: appendLine(state.log, lineOfEvent(input.event)) };
    case 'load':
      return { ...state, load: input.load };
    case 'line':
      return { ...state, log: appendLine(state.log, input.line) };
    case 'command-started':
      return { ...state, pending: [...state.pending, input.command] };
    case 'command-ended':
      return { ...state, pending: state.pending.filter((command) => command.id !== input.id) };
    case 'command-refused': {
      const { command } = state;
      // Closed, or typed anew, before the answer came.
      if (command?.isAsked !== true || textOf(command) !== input.typed) return state;
      return { ...state, command: { ...command, isAsked: false, hint: { problem: input.problem } } };
    }
    case 'command-taken': {
      const { command } = state;
      const isAnswered = command?.isAsked === true && textOf(command) === input.typed;
      return { ...state, command: isAnswered ? null : command, history: remembered(state.history, input.typed.trim()) };
    }
    case 'put-progress': {
      const known = state.puts.some((put) => put.id === input.put.id);
      const puts = known ? state.puts.map((put) => (put.id === input.put.id ? input.put : put)) : [...state.puts, input.put];
      return { ...state, puts };
    }
    case 'put-ended':
      return { ...state, puts: state.puts.filter((put) => put.id !== input.id) };
  }
}
