/** Turns what a JSON Schema validator finds into what a person wants to know. Pure. */
import { isDfsError } from '../../../shared/errors.js';
import { parseDuration, parseSize } from '../../../shared/units.js';
import { parseCondition } from '../model/expression.js';
import type { Lab, Schema, ValueKind } from '../schema/schema-parts.js';
import { suggest } from '../model/suggest.js';
import { about, describe, says } from './value-node.js';
import type { Complaint, ValueNode, ValuePlace } from './value-node.js';

/** A value that does not fit its schema. */
export interface Mismatch {
  /** The keyword of the schema that it breaks. */
  readonly keyword: string;
  /** What the validator says about it. */
  readonly params: Readonly<Record<string, unknown>>;
  /** The schema that has the keyword. */
  readonly schema: Schema;
  readonly node: ValueNode;
  /** The mapping or list that the value stands in. */
  readonly parent?: ValueNode;
}

export interface Explanation extends Complaint {
  /** Of the value, or of the key that does not belong there. */
  readonly place: ValuePlace & Pick<ValueNode, 'written'>;
}

const at = (place: ValueNode, complaint: string | Complaint): Explanation => ({
  place,
  ...(typeof complaint === 'string' ? { message: complaint } : complaint),
});
const own = (record: Readonly<Record<string, string>> | undefined, key: string): string | undefined =>
  record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;

/** The end of a message about an unknown word. */
function advice(word: string, known: readonly string[], { hints }: Lab): string {
  const hint = own(hints, word);
  if (hint !== undefined) return `: ${hint}`;
  const [first = '', ...rest] = word.split(' ');
  if (rest.length > 0 && known.includes(first)) return `: did you mean "${first}: ${rest.join(' ')}"?`;
  const meant = suggest(word, known);
  return meant === undefined ? choice(known) : `: did you mean "${meant}"?`;
}

function unknownKey({ params, schema, node }: Mismatch): Explanation {
  const lab = schema.lab ?? {};
  const key = String(params['additionalProperty']);
  const entry = node.entries?.get(key);
  const place = entry === undefined ? node : { ...entry.value, offset: entry.keyOffset };
  const reason = own(lab.later, key);
  if (reason !== undefined) {
    return { place, part: 'key', message: `"${key}" in ${lab.what ?? ''} is not available yet${reason}` };
  }
  const known = Object.keys((schema['properties'] as object | undefined) ?? {});
  return { place, part: 'key', message: `unknown key "${key}" in ${lab.what ?? ''}${advice(key, known, lab)}` };
}

/** A known kind of value, but not one of its words. */
function unknownWord({ schema, node }: Mismatch, what: string): Explanation {
  const lab = schema.lab ?? {};
  const known = (schema['enum'] as readonly string[] | undefined) ?? [];
  if (typeof node.data !== 'string') return at(node, `${what} must be a word, not ${describe(node)}${choice(known)}`);
  const reason = own(lab.later, node.data);
  if (reason !== undefined) return at(node, `${what} "${node.data}" is not available yet${reason}`);
  const refusal = own(lab.refused, node.data);
  if (refusal !== undefined) return at(node, `${what} "${node.data}" is refused: ${refusal}`);
  return at(node, `unknown ${what} ${describe(node)}${advice(node.data, known, lab)}`);
}

const choice = (known: readonly string[]): string => (known.length === 0 ? '' : ` (use ${known.join(', ')})`);

/** What a parser of amounts has against a text; empty when it has nothing. */
function complaint(parse: (text: string) => number, text: string): string {
  try {
    parse(text);
    return '';
  } catch (error) {
    if (!isDfsError(error, 'INVALID_ARGUMENT')) throw error;
    return error.message;
  }
}

const EXAMPLES: Readonly<Partial<Record<ValueKind, string>>> = {
  duration: 'a duration such as 5s',
  offset: 'a duration such as -5s',
  size: 'a size such as 4MiB',
  sizeRange: 'a size such as 4MiB or 1-8MiB',
  rate: 'a rate such as 50/s',
  byteRate: 'a rate such as 1MiB/s',
  path: 'a path such as /folder/file',
  condition: 'a condition such as "under_replicated == 0"',
};

const isNot = (what: string, shown: string, form: string): Complaint => ({
  message: `${what} ${shown} is not ${form}`,
  reason: `${shown} is not ${form}`,
});

function misfit({ schema, node }: Mismatch, what: string): Complaint {
  const { as = 'text' } = schema.lab ?? {};
  const shown = describe(node);
  const example = EXAMPLES[as];
  if (example !== undefined && typeof node.data !== 'string' && typeof node.data !== 'number') {
    return says(what, `must be ${example}, not ${shown}`);
  }
  switch (as) {
    case 'mapping':
    case 'list':
      return says(what, `must be a ${as}, not ${shown}`);
    case 'word':
      return says(what, `must be a word, not ${shown}`);
    case 'text':
      return says(what, `must be text, not ${shown}`);
    case 'yes':
      return says(what, `can only be true, not ${shown}`);
    case 'integer':
      return says(what, `must be a whole number from ${String(schema['minimum'])} to ${String(schema['maximum'])}, not ${shown}`);
    case 'duration':
      return about(what, complaint(parseDuration, node.written));
    case 'offset':
      return about(what, `${shown} is not a duration: write a number with ms, s, m or h, with a minus if need be, as in -5s`);
    case 'size':
    case 'sizeRange':
      return about(what, complaint(parseSize, node.written));
    case 'rate':
      return isNot(what, shown, 'a rate: write a number a second, as in 50/s');
    case 'byteRate':
      return isNot(what, shown, 'a rate: write a size a second, as in 1MiB/s');
    case 'path':
      return isNot(what, shown, 'a path: it begins with "/"');
    case 'condition': {
      const parsed = parseCondition(node.written);
      return about(what, parsed.ok ? '' : parsed.reason);
    }
  }
}

/** Puts what was written into a message of the schema. */
function fill(template: string, { keyword, node, parent }: Mismatch): string {
  const neighbours = keyword === 'required' ? node : parent;
  return template.replace(/\{(\w+)(?:\|(\w+))?\}/g, (_, key: string, otherwise = '') => {
    if (key === 'value') return node.written;
    return neighbours?.entries?.get(key)?.value.written ?? String(otherwise);
  });
}

/** What is wrong and where. */
export function explain(mismatch: Mismatch): Explanation {
  const { keyword, params, schema, node } = mismatch;
  const lab = schema.lab ?? {};
  const what = fill(lab.what ?? '', mismatch);
  const ownMessage = (name: string): string | undefined => {
    const template = own(lab.messages, name);
    return template === undefined ? undefined : fill(template, mismatch);
  };
  switch (keyword) {
    case 'additionalProperties':
      return unknownKey(mismatch);
    case 'required':
      return at(node, `${what} needs "${String(params['missingProperty'])}"`);
    case 'oneOf':
    case 'anyOf':
      return at(node, ownMessage(params['passingSchemas'] ? 'many' : 'none') ?? '');
    case 'minimum':
    case 'maximum': {
      if (lab.as !== 'integer') return at(node, misfit(mismatch, what));
      const range = `${String(schema['minimum'])} to ${String(schema['maximum'])}`;
      return at(node, ownMessage(keyword) ?? about(`${what} is ${String(node.data)}`, `it must be from ${range}`));
    }
    case 'minItems':
      return at(node, `${what} is an empty list`);
    case 'maxItems':
      return at(node, `${what} has ${node.items?.length ?? 0} entries: at most ${String(params['limit'])} are read`);
    case 'maxLength':
      return at(node, `${what} has ${node.written.length} characters: at most ${String(params['limit'])} are allowed`);
    case 'enum':
      return unknownWord(mismatch, what);
    default:
      if (lab.as === 'word') return unknownWord(mismatch, what);
      return at(node, ownMessage(keyword) ?? misfit(mismatch, what));
  }
}
