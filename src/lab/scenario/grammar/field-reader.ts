/**
 * Typed values out of a scenario that fits its JSON Schema. What the schema cannot say, such as how long a duration may be, is
 * checked here; methods that check return undefined where they reported a problem.
 */
import assert from 'node:assert/strict';
import { isDfsError } from '../../../shared/errors.js';
import { parseDuration, parseSize } from '../../../shared/units.js';
import { formatDuration, formatSize } from '../model/amounts.js';
import { about, describe } from './value-node.js';
import type { Complaint, ProblemSink, ValueNode, ValuePlace } from './value-node.js';

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Of floating-point noise: 1.001s is 1001 ms. */
const NOISE_MS = 1e-6;

const isOneOf = <T extends string>(word: unknown, known: readonly T[]): word is T =>
  known.some((candidate) => candidate === word);

export class FieldReader {
  readonly #source: ProblemSink;

  constructor(source: ProblemSink) {
    this.#source = source;
  }

  problem(node: ValueNode, complaint: string | Complaint): void {
    this.#source.problem(node, typeof complaint === 'string' ? { message: complaint } : complaint);
  }

  placeOf(place: ValuePlace): ReturnType<ProblemSink['placeOf']> {
    return this.#source.placeOf(place);
  }

  /** The value of a key; undefined where there is none. */
  field(mapping: ValueNode | undefined, key: string): ValueNode | undefined {
    return mapping?.entries?.get(key)?.value;
  }

  /** The value of a key that the schema demands. */
  demanded(mapping: ValueNode, key: string): ValueNode {
    const node = this.field(mapping, key);
    assert(node !== undefined, `the schema makes "${key}" optional`);
    return node;
  }

  /** One of the words that the schema knows in this place. */
  word<T extends string>(node: ValueNode, known: readonly T[]): T {
    assert(isOneOf(node.data, known), `the schema knows a word more: ${describe(node)}`);
    return node.data;
  }

  /** One word, or a list of them. */
  words<T extends string>(node: ValueNode, known: readonly T[]): readonly T[] {
    return (node.items ?? [node]).map((item) => this.word(item, known));
  }

  text(node: ValueNode): string {
    assert(typeof node.data === 'string', `the schema lets ${describe(node)} be text`);
    return node.data;
  }

  integer(node: ValueNode): number {
    assert(Number.isInteger(node.data), `the schema lets ${describe(node)} be a whole number`);
    return node.data as number;
  }

  /** Whole milliseconds. */
  duration(node: ValueNode, what: string, range: Range): number | undefined {
    return this.#wholeMs(node, what, this.#parsed(node, what, this.text(node), parseDuration), range);
  }

  /** Whole milliseconds, with a sign. */
  offset(node: ValueNode, what: string, range: Range): number | undefined {
    const [, sign = '', amount = ''] = /^([-+]?)(.*)$/.exec(this.text(node)) ?? [];
    const ms = this.#parsed(node, what, amount, parseDuration);
    return this.#wholeMs(node, what, ms !== undefined && sign === '-' && ms > 0 ? -ms : ms, range);
  }

  /** Bytes. */
  size(node: ValueNode, what: string, range: Range): number | undefined {
    const bytes = typeof node.data === 'number' ? node.data : this.#parsed(node, what, this.text(node), parseSize);
    return bytes === undefined ? undefined : this.#inRange(node, what, bytes, range, formatSize);
  }

  /** Bytes, `2MiB` or `1-8MiB`; in the latter a first figure without a unit has the unit of the second. */
  sizeRange(node: ValueNode, what: string, range: Range): Range | undefined {
    const match = /^([\d.]+) ?([A-Za-z]*) ?- ?([\d.]+) ?([A-Za-z]*)$/.exec(node.written);
    if (match === null) {
      const bytes = this.size(node, what, range);
      return bytes === undefined ? undefined : { min: bytes, max: bytes };
    }
    const [, low = '', lowUnit = '', high = '', highUnit = ''] = match;
    const min = this.#parsed(node, what, low + (lowUnit === '' ? highUnit : lowUnit), parseSize);
    const max = min === undefined ? undefined : this.#parsed(node, what, high + highUnit, parseSize);
    if (min === undefined || max === undefined) return undefined;
    if (min > max) {
      this.problem(node, `${what} ${describe(node)} starts above its end`);
      return undefined;
    }
    const isInside = [min, max].every((bytes) => this.#inRange(node, what, bytes, range, formatSize) !== undefined);
    return isInside ? { min, max } : undefined;
  }

  /** Times a second, as in `50/s`. */
  rate(node: ValueNode, what: string, range: Range): number | undefined {
    return this.#inRange(node, what, Number(/^[\d.]+/.exec(this.text(node))?.[0]), range, (rate) => `${rate}/s`);
  }

  /** Bytes a second, as in `1MiB/s`. */
  byteRate(node: ValueNode, what: string, range: Range): number | undefined {
    const bytes = this.#parsed(node, what, this.text(node).replace(/ ?\/ ?s$/, ''), parseSize);
    return bytes === undefined ? undefined : this.#inRange(node, what, bytes, range, (rate) => `${formatSize(rate)}/s`);
  }

  #parsed(node: ValueNode, what: string, text: string, parse: (text: string) => number): number | undefined {
    try {
      return parse(text);
    } catch (error) {
      if (!isDfsError(error, 'INVALID_ARGUMENT')) throw error;
      this.problem(node, about(what, error.message));
      return undefined;
    }
  }

  #wholeMs(node: ValueNode, what: string, ms: number | undefined, range: Range): number | undefined {
    if (ms === undefined) return undefined;
    const whole = Math.round(ms);
    if (Math.abs(whole - ms) < NOISE_MS) return this.#inRange(node, what, whole, range, formatDuration);
    this.problem(node, about(`${what} is ${describe(node)}`, 'times are whole milliseconds'));
    return undefined;
  }

  #inRange(node: ValueNode, what: string, amount: number, range: Range, show: (amount: number) => string): number | undefined {
    if (amount >= range.min && amount <= range.max) return amount;
    this.problem(node, about(`${what} is ${show(amount)}`, `it must be from ${show(range.min)} to ${show(range.max)}`));
    return undefined;
  }
}
