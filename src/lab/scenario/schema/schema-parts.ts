/**
 * The pieces that the scenario's JSON Schema is made of. Each carries, under `lab`, what is said when a value does not fit:
 * the schema is the one place where a word of the grammar and the message about its misspelling stand.
 */

/** What a value is, for messages about values that are something else. */
export type ValueKind =
  | 'mapping'
  | 'list'
  | 'word'
  | 'text'
  | 'integer'
  | 'yes'
  | 'duration'
  | 'offset'
  | 'size'
  | 'sizeRange'
  | 'rate'
  | 'byteRate'
  | 'path'
  | 'condition';

export interface Lab {
  /** The subject of messages: `"at"`, `a step`, `node action`. */
  readonly what?: string;
  readonly as?: ValueKind;
  /** Words of the grammar that a later release brings: refused by name, with the reason if there is one. */
  readonly later?: Readonly<Record<string, string>>;
  /** Words that the grammar never has, and why. */
  readonly refused?: Readonly<Record<string, string>>;
  /** Advice for words that belong elsewhere. */
  readonly hints?: Readonly<Record<string, string>>;
  /** Instead of the usual message about a keyword. `{value}` is what was written, `{key|x}` a neighbour of it, or x. */
  readonly messages?: Readonly<Record<string, string>>;
}

export interface Schema {
  readonly lab?: Lab;
  readonly [keyword: string]: unknown;
}

/** Words without a reason of their own. */
export const later = (...words: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(words.map((word) => [word, '']));

interface MappingOptions extends Pick<Lab, 'later' | 'hints' | 'messages'> {
  readonly required?: readonly string[];
  /** Conditions beyond those of the single values. */
  readonly rules?: readonly Schema[];
}

/** A mapping with these keys and no others. */
export function mapping(what: string, properties: Readonly<Record<string, Schema>>, options: MappingOptions = {}): Schema {
  const { required = [], rules = [], ...lab } = options;
  return {
    type: 'object',
    properties,
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required }),
    ...(rules.length === 0 ? {} : { allOf: rules }),
    lab: { what, as: 'mapping', ...lab },
  };
}

export function list(what: string, items: Schema, bounds: { readonly minItems?: number; readonly maxItems?: number }): Schema {
  return { type: 'array', items, ...bounds, lab: { what, as: 'list' } };
}

export function word(what: string, words: readonly string[], lab: Pick<Lab, 'later' | 'refused' | 'hints'> = {}): Schema {
  return { type: 'string', enum: words, lab: { what, as: 'word', ...lab } };
}

/** A word whose choice only the scenario itself knows, such as the name of a node. */
export function freeWord(what: string): Schema {
  return { type: 'string', minLength: 1, maxLength: 100, lab: { what, as: 'word' } };
}

/** One, or a list of at least one. */
export function oneOrMore(what: string, item: Schema): Schema {
  return { if: { type: 'array' }, then: list(what, item, { minItems: 1 }), else: item };
}

export function text(what: string, maxLength: number): Schema {
  return { type: 'string', maxLength, lab: { what, as: 'text' } };
}

export function integer(what: string, minimum: number, maximum: number, messages: Readonly<Record<string, string>> = {}): Schema {
  return { type: 'integer', minimum, maximum, lab: { what, as: 'integer', messages } };
}

const NUMBER = '\\d{1,16}(\\.\\d{1,9})?';
const SIZE_UNIT = '(B|KiB|MiB|GiB|TiB)';
/** Kept beside parseDuration and parseSize (shared/units.ts), which read what these let through. */
const PATTERNS = {
  duration: `^${NUMBER} ?(ms|s|m|h)$`,
  offset: `^[-+]?${NUMBER} ?(ms|s|m|h)$`,
  size: `^${NUMBER} ?${SIZE_UNIT}?$`,
  sizeRange: `^${NUMBER} ?${SIZE_UNIT}?( ?- ?${NUMBER} ?${SIZE_UNIT}?)?$`,
  rate: '^\\d{1,9}(\\.\\d{1,9})? ?/ ?s$',
  byteRate: `^${NUMBER} ?${SIZE_UNIT} ?/ ?s$`,
  path: '^/',
} as const;

/** Text of a form of its own. */
export function formatted(what: string, as: keyof typeof PATTERNS): Schema {
  const isPlainNumber = as === 'size' || as === 'sizeRange';
  const type = isPlainNumber ? { type: ['integer', 'string'], minimum: 0 } : { type: 'string' };
  return { ...type, pattern: PATTERNS[as], lab: { what, as } };
}

/** What a mapping must hold when one of its keys has one of these values. */
export function when(key: string, values: readonly string[], then: Schema): Schema {
  return { if: { properties: { [key]: { enum: values } }, required: [key] }, then };
}

/** A key that must not be there. */
export function without(key: string, message: string): Schema {
  return { properties: { [key]: { not: {}, lab: { messages: { not: message } } } } };
}

/**
 * Rules of a mapping with an `action`, each of which knows some keys only.
 * @param users which actions know a key; keys that every action knows are omitted
 */
export function actionRules(actions: readonly string[], users: Readonly<Record<string, readonly string[]>>): Schema[] {
  return Object.entries(users).map(([key, using]) =>
    when(
      'action',
      actions.filter((action) => !using.includes(action)),
      without(key, `"{action}" has no "${key}"`),
    ),
  );
}
