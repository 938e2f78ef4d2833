/** A scenario's YAML with the position of every value, and the list of what is wrong with it. */
import { isAlias, isCollection, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Alias, Document, YAMLError, YAMLMap } from 'yaml';
import type { StepProblem, ValuePath } from '../../../supervisor/api/step-problem.js';
import { DEPTH_MAX } from './value-node.js';
import type { Complaint, ProblemSink, ValueEntry, ValueNode, ValuePlace } from './value-node.js';

/** Aliases that a file may use: far more than a person writes, far fewer than a bomb needs. */
const ALIASES_MAX = 100;
const PROBLEMS_MAX = 20;

export interface Problem extends StepProblem {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** The commonest slips in words that say what to do. */
const SYNTAX_MESSAGES: Partial<Record<YAMLError['code'], string>> = {
  BAD_INDENT: 'wrong indentation: this line does not line up with those around it',
  BLOCK_AS_IMPLICIT_KEY: 'wrong indentation: this line does not line up with those around it',
  BLOCK_IN_FLOW: 'this value goes on where it should not: is a comma missing?',
  DUPLICATE_KEY: 'this key stands twice in the same mapping: remove one',
  MISSING_CHAR: 'something is missing after this: a comma, a colon or a space?',
  MULTILINE_IMPLICIT_KEY: 'wrong indentation: this line does not line up with those around it',
  MULTIPLE_DOCS: 'a second document starts here: a scenario file holds one',
  TAB_AS_INDENT: 'a tab as indentation: use spaces',
  UNEXPECTED_TOKEN: 'this does not belong here: is a bracket, quote or dash too many?',
};

function offsetOf(node: unknown, fallback: number): number {
  return isNode(node) ? (node.range?.[0] ?? fallback) : fallback;
}

/** The last bracket or quote before `noticed` that is opened and never closed, or closed only lines below. */
function findUnclosed(text: string, document: Document.Parsed, noticed: number): { offset: number; what: string } | undefined {
  let last: { offset: number; what: string } | undefined;
  visit(document, {
    Node: (_, node) => {
      const [start, end] = node.range ?? [0, 0];
      const first = text.charAt(start);
      const closing = text.charAt(end - 1);
      const isQuote = isScalar(node) && /^QUOTE/.test(node.type ?? '');
      const isOpenQuote = isQuote && (end - start < 2 || closing !== first || text.slice(start, end).includes('\n'));
      const isOpenBracket = isCollection(node) && node.flow === true && closing !== '}' && closing !== ']';
      // A quote of several lines is legal; it explains an error only right behind it.
      const isSuspect = isOpenBracket || (isOpenQuote && (closing !== first || end >= noticed - 1));
      if (isSuspect && start <= noticed && start >= (last?.offset ?? 0))
        last = { offset: start, what: isQuote ? 'quote' : 'bracket' };
    },
  });
  return last;
}

/** The one thing to say about a text that is no YAML: where the slip was made, which is often before it was noticed. */
function explain(text: string, document: Document.Parsed, errors: readonly YAMLError[], first: YAMLError): [number, string] {
  const unclosed = findUnclosed(text, document, first.pos[0]);
  if (unclosed !== undefined) return [unclosed.offset, `the ${unclosed.what} opened here is not closed where it should be`];
  const message = SYNTAX_MESSAGES[first.code] ?? `the YAML cannot be read: ${first.message}`;
  // A wrongly indented line makes the line above look like a key of several lines; the end of that "key" is the culprit.
  const multiLine = errors.find((error) => error.code === 'MULTILINE_IMPLICIT_KEY');
  return [multiLine === undefined ? first.pos[0] : multiLine.pos[1] - 1, message];
}

export class YamlSource implements ProblemSink {
  readonly #counter = new LineCounter();
  readonly #document: Document.Parsed;
  readonly #problems: Problem[] = [];
  #aliases = 0;

  /** Parses. Syntax errors become one problem, the first: those after it are mostly its consequences. */
  constructor(text: string) {
    this.#document = parseDocument(text, {
      lineCounter: this.#counter,
      prettyErrors: false,
      stringKeys: true,
      logLevel: 'error',
    });
    const errors = [...this.#document.errors, ...this.#document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
    const first = errors[0];
    if (first !== undefined) {
      const [offset, message] = explain(text, this.#document, errors, first);
      this.#report(offset, message);
    }
  }

  /** What is wrong, in the order of the file; the first PROBLEMS_MAX. */
  get problems(): readonly Problem[] {
    return [...this.#problems].sort((a, b) => a.line - b.line || a.column - b.column);
  }

  /** The document's top, with all that is below. Aliases that cannot be followed and excessive depth are problems. */
  root(): ValueNode {
    return this.#build(this.#document.contents, 0, []);
  }

  placeOf({ offset }: Pick<ValuePlace, 'offset'>): { readonly line: number; readonly column: number } {
    const { line, col } = this.#counter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  problem({ offset, path, written }: ValuePlace & Pick<ValueNode, 'written'>, complaint: Complaint): void {
    if (this.#problems.length >= PROBLEMS_MAX) return;
    const position = this.placeOf({ offset });
    // A second message about the same place is a consequence of the first.
    if (this.#problems.some((known) => known.line === position.line && known.column === position.column)) return;
    const { message, reason = message, part = 'value' } = complaint;
    this.#problems.push({ ...position, path, part, value: written, reason, message });
  }

  /** Of the text, before it is known what it means. */
  #report(offset: number, message: string): void {
    this.problem({ offset, path: [], written: '' }, { message });
  }

  #build(node: unknown, fallbackOffset: number, path: ValuePath): ValueNode {
    const offset = offsetOf(node, fallbackOffset);
    const target = isAlias(node) ? this.#follow(node, offset) : node;
    const nothing = { offset, path, written: '', data: null };
    if (isScalar(target))
      return target.value === null ? nothing : { ...nothing, written: target.source ?? '', data: target.value };
    if (isCollection(target) && path.length >= DEPTH_MAX) {
      this.#report(offset, `mappings and lists are nested more than ${DEPTH_MAX} deep`);
      return nothing;
    }
    if (isSeq(target)) {
      const items = target.items.map((item, index) => this.#build(item, offset, [...path, index]));
      return { ...nothing, data: items.map(({ data }) => data), items };
    }
    return isMap(target) ? { ...nothing, ...this.#buildMap(target, offset, path) } : nothing;
  }

  #buildMap(map: YAMLMap, offset: number, path: ValuePath): Required<Pick<ValueNode, 'data' | 'entries'>> {
    const entries = new Map<string, ValueEntry>();
    // Without a prototype a key such as `__proto__` is a key like any other.
    const data = Object.create(null) as Record<string, unknown>;
    for (const pair of map.items) {
      const keyOffset = offsetOf(pair.key, offset);
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      const value = this.#build(pair.value, keyOffset, [...path, key]);
      entries.set(key, { keyOffset, value });
      data[key] = value.data;
    }
    return { data, entries };
  }

  /** What an alias stands for; a bounded number of them in a file. */
  #follow(alias: Alias, offset: number): unknown {
    this.#aliases += 1;
    if (this.#aliases > ALIASES_MAX) {
      if (this.#aliases === ALIASES_MAX + 1) this.#report(offset, `more than ${ALIASES_MAX} aliases in one file`);
      return null;
    }
    const target = alias.resolve(this.#document);
    if (target === undefined) this.#report(offset, `nothing is named "${alias.source}"`);
    return target;
  }
}
