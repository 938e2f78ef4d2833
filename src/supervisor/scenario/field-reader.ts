/** Typed values out of a scenario's YAML. Every method returns undefined where it reported a problem. */
import { isDfsError } from '../../shared/errors.js';
import { parseDuration, parseSize } from '../../shared/units.js';
import { suggest } from './suggest.js';
import type { Mapping, Value, YamlSource } from './yaml-source.js';

/** Words in one place of the grammar. */
export interface Vocabulary<T extends string> {
  readonly known: readonly T[];
  /** Words of the grammar that a later release brings: refused by name. */
  readonly later?: readonly string[];
  /** Advice for words that belong elsewhere. */
  readonly hints?: Readonly<Record<string, string>>;
  /** What there is, where a list of the words would be long and a similar word no help. */
  readonly overview?: string;
}

export interface Range {
  readonly min: number;
  readonly max: number;
}

const isOneOf = <T extends string>(word: string, known: readonly T[]): word is T => known.some((candidate) => candidate === word);

/** The end of a message about a word nobody knows. */
function advice(word: string, { known, hints, overview }: Vocabulary<string>): string {
  const hint = hints !== undefined && Object.hasOwn(hints, word) ? hints[word] : undefined;
  if (hint !== undefined) return `: ${hint}`;
  const [first = '', ...rest] = word.split(' ');
  if (rest.length > 0 && known.includes(first)) return `: did you mean "${first}: ${rest.join(' ')}"?`;
  if (overview !== undefined) return `: ${overview}`;
  const meant = suggest(word, known);
  return meant === undefined ? ` (use ${known.join(', ')})` : `: did you mean "${meant}"?`;
}

export class FieldReader {
  readonly #source: YamlSource;

  constructor(source: YamlSource) {
    this.#source = source;
  }

  /** A mapping whose keys are all known, except those that were reported. */
  mapping(value: Value, what: string, keys: Vocabulary<string>): Mapping | undefined {
    const found = this.#source.entries(value, what);
    if (found === undefined) return undefined;
    const entries = new Map<string, Value>();
    let hasUnknownKey = false;
    for (const { key, keyOffset, value: entry } of found) {
      if (keys.known.includes(key)) {
        entries.set(key, entry);
        continue;
      }
      hasUnknownKey = true;
      if (keys.later?.includes(key) === true) this.problem(keyOffset, `"${key}" in ${what} is not available yet`);
      else this.problem(keyOffset, `unknown key "${key}" in ${what}${advice(key, keys)}`);
    }
    return { offset: value.offset, entries, hasUnknownKey };
  }

  /** The value of a key that must be there. */
  required(mapping: Mapping, key: string, what: string): Value | undefined {
    const value = mapping.entries.get(key);
    if (value === undefined && !mapping.hasUnknownKey) this.problem(mapping.offset, `${what} needs "${key}"`);
    return value;
  }

  /** The items of a list; of none when the key is not there. */
  items(value: Value | undefined, what: string, { mayBeEmpty }: { readonly mayBeEmpty: boolean }): readonly Value[] {
    const items = value && this.#source.items(value, what);
    if (value !== undefined && items?.length === 0 && !mayBeEmpty) this.problem(value.offset, `${what} is an empty list`);
    return items ?? [];
  }

  /** One word, or a list of them. */
  words<T extends string>(value: Value, what: string, vocabulary: Vocabulary<T>): readonly T[] | undefined {
    const values = this.#source.isList(value) ? this.items(value, what, { mayBeEmpty: false }) : [value];
    const words = values.map((item) => this.word(item, what, vocabulary));
    const good = words.filter((word) => word !== undefined);
    return good.length === values.length && good.length > 0 ? good : undefined;
  }

  /** One of the known words. */
  word<T extends string>(value: Value, what: string, vocabulary: Vocabulary<T>): T | undefined {
    const scalar = this.#source.scalar(value);
    if (typeof scalar?.content !== 'string') {
      const choice = vocabulary.overview ?? `use ${vocabulary.known.join(', ')}`;
      this.problem(value.offset, `${what} must be a word, not ${this.#source.describe(value)} (${choice})`);
      return undefined;
    }
    const word = scalar.content;
    if (isOneOf(word, vocabulary.known)) return word;
    const isLater = vocabulary.later?.includes(word) === true;
    this.problem(
      value.offset,
      isLater ? `${what} "${word}" is not available yet` : `unknown ${what} "${word}"${advice(word, vocabulary)}`,
    );
    return undefined;
  }

  text(value: Value, what: string, lengthMax: number): string | undefined {
    const scalar = this.#source.scalar(value);
    if (typeof scalar?.content !== 'string') {
      this.problem(value.offset, `${what} must be text, not ${this.#source.describe(value)}`);
      return undefined;
    }
    if (scalar.content.length <= lengthMax) return scalar.content;
    this.problem(value.offset, `${what} has ${scalar.content.length} characters: at most ${lengthMax} are allowed`);
    return undefined;
  }

  integer(value: Value, what: string, { min, max }: Range): number | undefined {
    const content = this.#source.scalar(value)?.content;
    if (typeof content === 'number' && Number.isInteger(content))
      return this.#inRange(value, what, content, { min, max }, String);
    this.problem(value.offset, `${what} must be a whole number from ${min} to ${max}, not ${this.#source.describe(value)}`);
    return undefined;
  }

  /** Milliseconds. */
  duration(value: Value, what: string, range: Range): number | undefined {
    const ms = this.#unit(value, what, parseDuration);
    return ms === undefined ? undefined : this.#inRange(value, what, ms, range, formatDuration);
  }

  /** Bytes. */
  size(value: Value, what: string, range: Range): number | undefined {
    const bytes = this.#unit(value, what, parseSize);
    return bytes === undefined ? undefined : this.#inRange(value, what, bytes, range, formatSize);
  }

  /** Bytes, `2MiB` or `1-8MiB`; in the latter a first figure without a unit has the unit of the second. */
  sizeRange(value: Value, what: string, range: Range): Range | undefined {
    const match = /^(\d+(?:\.\d+)?) ?([A-Za-z]*) ?- ?(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(
      this.#source.scalar(value)?.written ?? '',
    );
    if (match === null) {
      const bytes = this.size(value, what, range);
      return bytes === undefined ? undefined : { min: bytes, max: bytes };
    }
    const [, low = '', lowUnit = '', high = '', highUnit = ''] = match;
    const min = this.#parsed(value, what, low + (lowUnit === '' ? highUnit : lowUnit), parseSize);
    const max = min === undefined ? undefined : this.#parsed(value, what, high + highUnit, parseSize);
    if (min === undefined || max === undefined) return undefined;
    if (min > max) {
      this.problem(value.offset, `${what} ${this.#source.describe(value)} starts above its end`);
      return undefined;
    }
    const isInside = [min, max].every((bytes) => this.#inRange(value, what, bytes, range, formatSize) !== undefined);
    return isInside ? { min, max } : undefined;
  }

  /** Times a second, as in `50/s`. */
  rate(value: Value, what: string, { min, max }: Range): number | undefined {
    const match = /^(\d{1,9}(?:\.\d{1,9})?) ?\/ ?s$/.exec(this.#source.scalar(value)?.written ?? '');
    if (match === null) {
      this.problem(value.offset, `${what} ${this.#source.describe(value)} is not a rate: write a number a second, as in 50/s`);
      return undefined;
    }
    return this.#inRange(value, what, Number(match[1]), { min, max }, (rate) => `${rate}/s`);
  }

  problem(offset: number, message: string): void {
    this.#source.problem(offset, message);
  }

  lineOf(offset: number): number {
    return this.#source.lineOf(offset);
  }

  #unit(value: Value, what: string, parse: (text: string) => number): number | undefined {
    const scalar = this.#source.scalar(value);
    if (scalar !== undefined) return this.#parsed(value, what, scalar.written, parse);
    const example = parse === parseSize ? 'a size such as 4MiB' : 'a duration such as 5s';
    this.problem(value.offset, `${what} must be ${example}, not ${this.#source.describe(value)}`);
    return undefined;
  }

  #parsed(value: Value, what: string, text: string, parse: (text: string) => number): number | undefined {
    try {
      return parse(text);
    } catch (error) {
      if (!isDfsError(error, 'INVALID_ARGUMENT')) throw error;
      this.problem(value.offset, `${what}: ${error.message}`);
      return undefined;
    }
  }

  #inRange(value: Value, what: string, amount: number, range: Range, show: (amount: number) => string): number | undefined {
    if (amount >= range.min && amount <= range.max) return amount;
    this.problem(value.offset, `${what} is ${show(amount)}: it must be from ${show(range.min)} to ${show(range.max)}`);
    return undefined;
  }
}

/** As the grammar writes it: `250ms`, `5s`. */
function formatDuration(ms: number): string {
  return ms >= 1_000 ? `${ms / 1_000}s` : `${ms}ms`;
}

/** As the grammar writes it: `64KiB`, `4MiB`; bytes when no unit fits exactly. */
function formatSize(bytes: number): string {
  const power = [3, 2, 1].find((exponent) => bytes >= 1024 ** exponent && bytes % 1024 ** exponent === 0) ?? 0;
  return `${bytes / 1024 ** power}${['B', 'KiB', 'MiB', 'GiB'][power] ?? 'B'}`;
}
