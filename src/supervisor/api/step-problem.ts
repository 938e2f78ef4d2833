/** What is wrong with a step, or with another part of a scenario: fields from which a file, a command and options make their own message. */

/** The way to a value: keys of mappings, and indexes of lists. */
export type ValuePath = readonly (string | number)[];

export interface StepProblem {
  /** Of the value. Empty: the whole. */
  readonly path: ValuePath;
  /** key: the key itself does not belong there. value: it does, and its value is wrong. */
  readonly part: 'key' | 'value';
  /** As it was written; empty for mappings, lists and nothing. */
  readonly value: string;
  /** Where the value has been named already: `"5" is not a duration …`. */
  readonly reason: string;
  /** The whole sentence: `"delay": "5" is not a duration …`. */
  readonly message: string;
}
