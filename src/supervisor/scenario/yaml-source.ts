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
  BAD_INDENT: 'wrong indentation, or a bracket that is opened here and never closed: is a } or ] missing?',
  MISSING_CHAR: 'something is missing after this: a closing quote, a comma or a colon?',
  DUPLICATE_KEY: 'this key stands twice in the same mapping: remove one',
  TAB_AS_INDENT: 'a tab as indentation: use spaces',
  MULTIPLE_DOCS: 'a second document starts here: a scenario file holds one',
  UNEXPECTED_TOKEN: 'this does not belong here: is a bracket, quote or dash too many?',
  MULTILINE_IMPLICIT_KEY: 'wrong indentation: this line does not line up with those around it',
  BLOCK_AS_IMPLICIT_KEY: 'wrong indentation: this line does not line up with those around it',
};

function offsetOf(node: unknown, fallback: number): number {
  return isNode(node) ? (node.range?.[0] ?? fallback) : fallback;
}

/** Where an unfinished bracket or quote was opened, when that explains the error; otherwise where the error was noticed. */
function errorOffset(text: string, document: Document.Parsed, errors: readonly YAMLError[], first: YAMLError): number {
  const noticed = first.pos[0];
  let opened = -1;
  visit(document, {
    Node: (_, node) => {
      const [start, end] = node.range ?? [0, 0];
      const last = text[end - 1];
      const isUnclosed = isCollection(node) && node.flow === true && last !== '}' && last !== ']';
      const isLongQuote = isScalar(node) && /^QUOTE/.test(node.type ?? '') && text.slice(start, end).includes('\n');
      if (start <= noticed && (isUnclosed || (isLongQuote && end >= noticed - 1))) opened = Math.max(opened, start);
    },
  });
  if (opened >= 0) return opened;
  // A wrongly indented line makes the line above look like a key of several lines; the end of that "key" is the culprit.
  const multiLine = errors.find((error) => error.code === 'MULTILINE_IMPLICIT_KEY');
  return multiLine === undefined ? noticed : multiLine.pos[1] - 1;
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
      logLevel: 'silent',
    });
    const errors = [...this.#document.errors, ...this.#document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
    const first = errors[0];
    if (first !== undefined) {
      const message = SYNTAX_MESSAGES[first.code] ?? `the YAML cannot be read: ${first.message}`;
      this.problem(errorOffset(text, this.#document, errors, first), message);
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
