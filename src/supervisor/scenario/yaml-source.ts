/** A scenario's YAML with the position of every value, and the list of what is wrong with it. */
import { isAlias, isCollection, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, Scalar, YAMLError, YAMLMap, YAMLSeq } from 'yaml';

/** Aliases that a file may use: far more than a person writes, far fewer than a bomb needs. */
const ALIASES_MAX = 100;
const PROBLEMS_MAX = 20;

export interface Problem {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly message: string;
}

/** A value in the file. `node` is null where nothing stands after the colon. */
export interface Value {
  readonly node: Scalar | YAMLMap | YAMLSeq | null;
  readonly offset: number;
}

/** The entries of a mapping, after its keys were checked. */
export interface Mapping {
  readonly offset: number;
  readonly entries: ReadonlyMap<string, Value>;
  /** Then a missing key is probably the misspelt one, and not reported again. */
  readonly hasUnknownKey: boolean;
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

export class YamlSource {
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
      this.problem(...explain(text, this.#document, errors, first));
    }
  }

  /** What is wrong, in the order of the file; the first PROBLEMS_MAX. */
  get problems(): readonly Problem[] {
    return [...this.#problems].sort((a, b) => a.line - b.line || a.column - b.column);
  }

  /** The document's top. */
  root(): Value {
    return this.#resolve(this.#document.contents, 0);
  }

  lineOf(offset: number): number {
    return this.#counter.linePos(offset).line;
  }

  problem(offset: number, message: string): void {
    if (this.#problems.length >= PROBLEMS_MAX) return;
    const { line, col } = this.#counter.linePos(offset);
    const position = { line: Math.max(line, 1), column: Math.max(col, 1) };
    // A second message about the same place is a consequence of the first.
    if (this.#problems.some((known) => known.line === position.line && known.column === position.column)) return;
    this.#problems.push({ ...position, message });
  }

  /** The entries of a mapping; undefined (and a problem) when the value is something else. */
  entries(value: Value, what: string): { readonly key: string; readonly keyOffset: number; readonly value: Value }[] | undefined {
    if (!isMap(value.node)) {
      this.problem(value.offset, `${what} must be a mapping, not ${this.describe(value)}`);
      return undefined;
    }
    return value.node.items.map((pair) => {
      const keyOffset = offsetOf(pair.key, value.offset);
      return { key: isScalar(pair.key) ? String(pair.key.value) : '', keyOffset, value: this.#resolve(pair.value, keyOffset) };
    });
  }

  /** The items of a list; undefined (and a problem) when the value is something else. */
  items(value: Value, what: string): Value[] | undefined {
    if (!isSeq(value.node)) {
      this.problem(value.offset, `${what} must be a list, not ${this.describe(value)}`);
      return undefined;
    }
    return value.node.items.map((item) => this.#resolve(item, value.offset));
  }

  isList(value: Value): boolean {
    return isSeq(value.node);
  }

  /** A single value as it is and as it was written; undefined for lists, mappings and nothing. */
  scalar(value: Value): { readonly content: unknown; readonly written: string } | undefined {
    if (!isScalar(value.node) || value.node.value === null) return undefined;
    return { content: value.node.value, written: value.node.source ?? '' };
  }

  /** The value in a message. */
  describe(value: Value): string {
    if (isMap(value.node)) return 'a mapping';
    if (isSeq(value.node)) return 'a list';
    const scalar = this.scalar(value);
    if (scalar === undefined) return 'nothing';
    const shown = scalar.written.length > 60 ? `${scalar.written.slice(0, 60)}…` : scalar.written;
    return `"${shown}"`;
  }

  /** Follows aliases, a bounded number of them in a file. */
  #resolve(node: unknown, fallbackOffset: number): Value {
    const offset = offsetOf(node, fallbackOffset);
    if (isScalar(node) || isCollection(node)) return { node, offset };
    if (!isAlias(node)) return { node: null, offset };
    this.#aliases += 1;
    const target = this.#aliases > ALIASES_MAX ? undefined : node.resolve(this.#document);
    if (target === undefined) {
      const reason =
        this.#aliases > ALIASES_MAX ? `more than ${ALIASES_MAX} aliases in one file` : `nothing is named "${node.source}"`;
      if (this.#aliases <= ALIASES_MAX + 1) this.problem(offset, reason);
      return { node: null, offset };
    }
    return { node: target, offset };
  }
}
