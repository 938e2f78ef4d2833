/** Finds passages in many source files by their tokens. */
import { basename } from 'node:path';
import ts from 'typescript';
import { tokensOf } from './tokens.mjs';

const NEAR_MISSES_MAX = 3;
/** A place that shares fewer tokens is not like the passage. */
const NEAR_TOKENS_MIN = 3;

export class SourceText {
  #files;
  /** Of the files that were looked at. */
  #tokens = new Map();
  #declarations = new Map();

  /** @param files text by name */
  constructor(files) {
    this.#files = files;
  }

  /** The names of the files. */
  get files() {
    return [...this.#files.keys()];
  }

  /** The text of a file. */
  textOf(file) {
    return this.#files.get(file);
  }

  /**
   * @param places base names of files and names of declarations; each must be that of a file or declaration around the passage
   * @returns all that the passage may mean: `{ file, start, end }`, in characters
   */
  find(passage, places = []) {
    const words = wordsOf(passage);
    // A file that lacks a name of the passage need not be taken apart.
    const names = words.filter((word) => /^[\w$#]+$/.test(word));
    const files = [...this.#files].filter(([, text]) => names.every((name) => text.includes(name)));
    return files.flatMap(([file]) => this.#findIn(file, words)).filter((found) => this.#isIn(found, places));
  }

  /** The places that are most like a passage, as lines to be read; first those where it stands whole. */
  nearMisses(passage) {
    const words = wordsOf(passage);
    const runs = this.files.flatMap((file) => this.#sharedRuns(file, words));
    return runs
      .sort((a, b) => b.length - a.length)
      .slice(0, NEAR_MISSES_MAX)
      .map(({ file, start, length, next, wanted }) => {
        if (length === words.length) return `${this.lineOf({ file, start })} has it`;
        const shared = `${this.lineOf({ file, start })} has ${length} of its ${words.length} tokens`;
        return next === undefined || wanted === undefined ? shared : `${shared}, then "${next}" instead of "${wanted}"`;
      });
  }

  /** `file:line`. */
  lineOf({ file, start }) {
    return `${file}:${this.textOf(file).slice(0, start).split('\n').length}`;
  }

  #tokensIn(file) {
    let tokens = this.#tokens.get(file);
    if (tokens === undefined) this.#tokens.set(file, (tokens = tokensOf(this.textOf(file))));
    return tokens;
  }

  #findIn(file, words) {
    const tokens = this.#tokensIn(file);
    return tokens.flatMap(({ start }, first) =>
      words.every((word, i) => tokens[first + i]?.word === word)
        ? [{ file, start, end: tokens[first + words.length - 1].end }]
        : [],
    );
  }

  /** The runs of tokens that a file shares with a passage, each as long as it can be. */
  #sharedRuns(file, words) {
    const tokens = this.#tokensIn(file);
    return words.flatMap((word, from) =>
      tokens.flatMap(({ word: here, start }, at) => {
        if (here !== word || (from > 0 && tokens[at - 1]?.word === words[from - 1])) return [];
        let length = 1;
        while (from + length < words.length && tokens[at + length]?.word === words[from + length]) length += 1;
        if (length < Math.min(NEAR_TOKENS_MIN, words.length)) return [];
        return [{ file, start, length, next: tokens[at + length]?.word, wanted: words[from + length] }];
      }),
    );
  }

  #isIn({ file, start }, places) {
    return places.every((place) =>
      /\.tsx?$/.test(place)
        ? basename(file) === place
        : this.#declarationsIn(file).some(({ name, from, to }) => name === place && from <= start && start < to),
    );
  }

  #declarationsIn(file) {
    let declarations = this.#declarations.get(file);
    if (declarations === undefined) {
      declarations = [];
      const visit = (node) => {
        const name = node.name?.text;
        if (name !== undefined) declarations.push({ name: name.replace(/^#/, ''), from: node.getStart(), to: node.getEnd() });
        ts.forEachChild(node, visit);
      };
      visit(ts.createSourceFile(file, this.textOf(file), ts.ScriptTarget.Latest, true));
      this.#declarations.set(file, declarations);
    }
    return declarations;
  }
}

const wordsOf = (text) => tokensOf(text).map(({ word }) => word);
