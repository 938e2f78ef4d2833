/** Who gets how much of the screen. Pure: terminal size in, rows and columns out. */
import stringWidth from 'string-width';
import type { NodeStatus } from '../../supervisor/api/cluster-status.js';

export const COLUMNS_MIN = 60;
export const ROWS_MIN = 14;

/** Header 2, headings 3, status line 1, footer 1. */
const FIXED_ROWS = 7;
const EVENT_ROWS_MIN = 2;

/** Content rows, without the headings. */
export interface PanelRows {
  readonly nodes: number;
  readonly chunks: number;
  /** 0: the panel is not shown, and has no heading either. */
  readonly faults: number;
  readonly events: number;
}

/** How many lines the panels could fill. */
export interface PanelContent {
  readonly nodes: number;
  readonly faults?: number;
  /** Default: more than there is room for. */
  readonly chunks?: number;
  readonly events?: number;
}

/**
 * Divides the rows among the panels: all nodes where they fit in about half, active faults in about a fifth, then chunks 3 to
 * events 2. Rows that chunks and events would leave blank are given to nodes that are scrolled out.
 */
export function planRows(rows: number, { nodes, faults = 0, chunks = Infinity, events = Infinity }: PanelContent): PanelRows {
  const plan = dividedRows(rows, nodes, faults);
  // A panel without content has one line that says so.
  const blankChunks = Math.max(0, plan.chunks - Math.max(1, chunks));
  const blankEvents = Math.max(0, plan.events - Math.max(EVENT_ROWS_MIN, events));
  const hidden = Math.max(0, nodes - plan.nodes);
  const fromChunks = Math.min(hidden, blankChunks);
  const fromEvents = Math.min(hidden - fromChunks, blankEvents);
  return {
    ...plan,
    nodes: plan.nodes + fromChunks + fromEvents,
    chunks: plan.chunks - fromChunks,
    events: plan.events - fromEvents,
  };
}

function dividedRows(rows: number, nodeCount: number, faultCount: number): PanelRows {
  const free = Math.max(0, rows - FIXED_ROWS);
  const faults = Math.min(faultCount, Math.max(1, Math.floor(free * 0.2)));
  const nodes = Math.min(Math.max(1, nodeCount), Math.max(2, Math.floor(free / 2)));
  const rest = Math.max(0, free - nodes - (faults === 0 ? 0 : faults + 1));
  const events = Math.min(16, Math.max(EVENT_ROWS_MIN, Math.round(rest * 0.4)));
  return { nodes, chunks: Math.max(0, rest - events), faults, events };
}

/** Widths of the nodes table's columns, spaces between them included. */
export interface NodeColumns {
  readonly id: number;
  readonly role: number;
  readonly state: number;
  readonly net: number;
  /** 0: not shown. */
  readonly rack: number;
  readonly load: number;
  readonly replicas: number;
  /** 0: not shown. */
  readonly pid: number;
}

/** Cursor and mark, before the id. */
export const NODE_MARGIN = 4;

const widest = (texts: readonly string[], atLeast: number, atMost: number): number =>
  Math.min(
    atMost,
    texts.reduce((width, text) => Math.max(width, stringWidth(text)), atLeast),
  );

/** Fits the nodes table to the terminal's width; what is left over goes to the load bar, up to a bound. */
export function planNodeColumns(columns: number, nodes: readonly Pick<NodeStatus, 'id' | 'rack'>[]): NodeColumns {
  const ids = nodes.map((node) => node.id);
  const racks = nodes.map((node) => node.rack);
  const fixed = { role: 10, state: 11, net: 6, replicas: 6, pid: columns < 70 ? 0 : 9 };
  const id = widest(ids, 4, columns < 100 ? 11 : 24) + 1;
  const used = NODE_MARGIN + id + fixed.role + fixed.state + fixed.net + fixed.replicas + fixed.pid;
  const rackWanted = widest(racks, 4, columns < 100 ? 8 : 16) + 1;
  const rack = columns - used - rackWanted >= 14 ? rackWanted : 0;
  return { id, ...fixed, rack, load: Math.min(44, Math.max(0, columns - used - rack)) };
}

/** Widths of the chunks table's columns, spaces between them included. */
export interface ChunkColumns {
  readonly health: number;
  readonly path: number;
  readonly version: number;
  readonly size: number;
  readonly replicas: number;
  /** Whether each datanode has a cell of its own; else replicas are a list of names. */
  readonly cells: boolean;
}

/** Fits the chunks table to the terminal's width. @param names short names of the datanodes */
export function planChunkColumns(columns: number, names: readonly string[]): ChunkColumns {
  const fixed = { health: 18, version: 6, size: 7 };
  const room = columns - fixed.health - fixed.version - fixed.size;
  const cellsWidth = names.reduce((width, name) => width + stringWidth(name) + 1, 0);
  const cells = cellsWidth <= room / 2;
  const replicas = Math.max(9, cells ? cellsWidth : Math.floor(room / 2));
  return { ...fixed, replicas, cells, path: Math.max(0, room - replicas) };
}

export interface Window {
  /** First shown. */
  readonly start: number;
  /** One past the last shown. */
  readonly end: number;
}

/** The part of a list of `length` that shows, in `size` rows, the item `index`, keeping it off the edges where it can. */
export function windowAround(index: number, length: number, size: number): Window {
  const start = Math.max(0, Math.min(index - Math.floor(size / 2), length - size));
  return { start, end: Math.min(length, start + size) };
}

/** The furthest that a list of `length` can be scrolled in `size` rows. */
export function scrollMax(length: number, size: number): number {
  return Math.max(0, length - size);
}
