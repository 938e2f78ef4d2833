/** A value of a scenario with its place, wherever it comes from: a YAML file, or a step as JSON. And who takes what is wrong with it. */
import type { ValuePath } from '../../../supervisor/api/step-problem.js';

/** Deeper mappings and lists no scenario has. */
export const DEPTH_MAX = 32;
/** Of a value that a program gives: it may contain itself. */
const NODES_MAX = 10_000;

/** Where a value, or its key, stands. */
export interface ValuePlace {
  /** In the text; 0 where there is none. */
  readonly offset: number;
  readonly path: ValuePath;
}

/** A value, aliases followed. Its offset is where a message about it points. */
export interface ValueNode extends ValuePlace {
  /** A single value as it stands there; empty for lists, mappings and nothing. */
  readonly written: string;
  /** Plain: null, text, numbers, booleans, arrays, objects without a prototype. */
  readonly data: unknown;
  /** Of a mapping. */
  readonly entries?: ReadonlyMap<string, ValueEntry>;
  /** Of a list. */
  readonly items?: readonly ValueNode[];
}

export interface ValueEntry {
  readonly keyOffset: number;
  readonly value: ValueNode;
}

/** What is wrong with a value. */
export interface Complaint {
  /** The whole sentence. */
  readonly message: string;
  /** The message for a place that names the value already. Default: `message`. */
  readonly reason?: string;
  /** Default: value. */
  readonly part?: 'key' | 'value';
}

/** Takes what is wrong, and knows where values stand. */
export interface ProblemSink {
  problem(place: ValuePlace & Pick<ValueNode, 'written'>, complaint: Complaint): void;
  /** Line and column of a place, both from 1; line 0 where there is no text. */
  placeOf(place: ValuePlace): { readonly line: number; readonly column?: number };
}

/** `"delay": "5" is not a duration`. */
export const about = (subject: string, reason: string): Complaint => ({ message: `${subject}: ${reason}`, reason });

/** `"clients" must be a whole number`. */
export const says = (subject: string, predicate: string): Complaint => ({
  message: `${subject} ${predicate}`,
  reason: `it ${predicate}`,
});

/** A value of JSON, or one that could be: what is nested too deep, is too much, or no JSON, counts as nothing. */
export const jsonNode = (value: unknown): ValueNode => nodeOf(value, [], { nodes: NODES_MAX });

function nodeOf(value: unknown, path: ValuePath, left: { nodes: number }): ValueNode {
  left.nodes -= 1;
  const nothing = { offset: 0, path, written: '', data: null };
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return { ...nothing, written: String(value), data: value };
  }
  if (typeof value !== 'object' || value === null || path.length >= DEPTH_MAX || left.nodes <= 0) return nothing;
  if (Array.isArray(value)) {
    const items = value.map((item, index) => nodeOf(item, [...path, index], left));
    return { ...nothing, data: items.map(({ data }) => data), items };
  }
  const entries = new Map<string, ValueEntry>();
  // Without a prototype a key such as `__proto__` is a key like any other.
  const data = Object.create(null) as Record<string, unknown>;
  for (const [key, field] of Object.entries(value)) {
    if (field === undefined) continue;
    const node = nodeOf(field, [...path, key], left);
    entries.set(key, { keyOffset: 0, value: node });
    data[key] = node.data;
  }
  return { ...nothing, data, entries };
}

/** The value in a message. */
export function describe(node: ValueNode): string {
  if (node.entries !== undefined) return 'a mapping';
  if (node.items !== undefined) return 'a list';
  if (node.data === null) return 'nothing';
  return `"${node.written.length > 60 ? `${node.written.slice(0, 60)}…` : node.written}"`;
}
