/**
 * The format of a planted bug, NAME.mutant: a head of `Key: value` lines, an empty line, and edits of the TypeScript source.
 *
 *   What: what the bug is, in one sentence            Needs: the fault that shows it
 *   Scenario: file, from the repository's folder      Real: the same, for runs on real processes; not all have one
 *
 *   --- replace          --- remove          --- after          --- before
 *   passage              passage             passage            passage
 *   --- with                                 --- insert         --- insert
 *   what stands there                        what follows it    what precedes it
 *
 * A passage is any run of tokens that stands exactly once in the source. Where it would have to be long for that, words after the
 * kind of edit say where it stands: `--- remove in log-segments.ts append` means a file of that base name, and a function, method,
 * class or variable called `append` in it; each word is optional.
 */
import { tokensOf } from './tokens.mjs';

const OPTIONAL_KEYS = ['Real'];
/** The kinds of edit, with the line that opens their second part. */
const SECOND_PART = { replace: 'with', remove: undefined, after: 'insert', before: 'insert' };

/**
 * @param keys which lines the head must have
 * @returns `{ name, what, needs, scenario, real, edits }`, each edit `{ kind, places, passage, text }`
 * @throws Error when the text is not as it must be
 */
export function parseMutant(name, text, keys) {
  const fail = (problem) => {
    throw new Error(`${name}.mutant: ${problem}`);
  };
  const [head, ...parts] = text.split(/^--- /m);
  const values = new Map();
  for (const line of head.split('\n')) {
    const [, key, value] = /^([A-Z]\w*): (.+)$/.exec(line) ?? [];
    if (key === undefined && line !== '') fail(`"${line}" is no "Key: value"`);
    if (key === undefined) continue;
    if (!keys.includes(key) && !OPTIONAL_KEYS.includes(key)) fail(`there is no line "${key}"`);
    if (values.has(key)) fail(`the line "${key}" stands twice`);
    values.set(key, value.trim());
  }
  const missing = keys.filter((key) => !values.has(key));
  if (missing.length > 0) fail(`the line "${missing[0]}" is missing`);
  if (parts.length === 0) fail('there is no edit');
  const edits = editsOf(parts.map(partOf), fail);
  const [what, needs, scenario, real] = ['What', 'Needs', 'Scenario', 'Real'].map((key) => values.get(key));
  return { name, what, needs, scenario, real, edits };
}

function partOf(part) {
  const end = part.indexOf('\n');
  const line = end < 0 ? part : part.slice(0, end);
  return { line: line.trim(), text: end < 0 ? '' : part.slice(end + 1).trim() };
}

function editsOf(parts, fail) {
  const edits = [];
  for (let i = 0; i < parts.length; i += 1) {
    const { line, text: passage } = parts[i];
    const [, kind, , words] = /^(\w+)( in (.+))?$/.exec(line) ?? [];
    if (kind === undefined || !Object.hasOwn(SECOND_PART, kind)) {
      fail(`"--- ${line}" is none of ${Object.keys(SECOND_PART).join(', ')} here`);
    }
    if (tokensOf(passage).length === 0) fail(`"--- ${line}" names no passage`);
    const edit = { kind, places: words === undefined ? [] : words.split(/\s+/), passage, text: '' };
    const second = SECOND_PART[kind];
    if (second !== undefined) {
      i += 1;
      if (parts[i]?.line !== second) fail(`"--- ${line}" lacks its "--- ${second}"`);
      edit.text = parts[i].text;
      const words = wordsOf(edit.text);
      if (words === '') fail(`"--- ${second}" of "--- ${line}" is empty`);
      if (kind === 'replace' && words === wordsOf(passage)) fail(`"--- ${line}" changes nothing: ${passage}`);
    }
    edits.push(edit);
  }
  return edits;
}

const wordsOf = (text) =>
  tokensOf(text)
    .map(({ word }) => word)
    .join('\0');
