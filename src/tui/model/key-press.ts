/** What a person pressed, one press at a time, from what Ink hands over: a terminal may deliver many presses in one piece. */
import type { Key } from 'ink';

export type KeyName =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'page-up'
  | 'page-down'
  | 'home'
  | 'end'
  | 'enter'
  | 'escape'
  | 'tab'
  | 'backspace'
  | 'ctrl-a'
  | 'ctrl-c'
  | 'ctrl-e'
  | 'ctrl-l'
  | 'ctrl-u'
  | 'ctrl-w';

/** A named key, or one character (a grapheme). */
export type KeyPress = { readonly key: KeyName } | { readonly char: string };

const CONTROL_KEYS: Readonly<Record<string, KeyName>> = {
  '\u0001': 'ctrl-a',
  '\u0003': 'ctrl-c',
  '\u0005': 'ctrl-e',
  '\b': 'backspace',
  '\t': 'tab',
  '\n': 'enter',
  '\u000c': 'ctrl-l',
  '\r': 'enter',
  '\u0015': 'ctrl-u',
  '\u0017': 'ctrl-w',
  '\u001b': 'escape',
  '\u007f': 'backspace',
};

/** Ink hands escape sequences that it does not know over as text without the escape: `[I` (focus), `[24;80R` (position), … */
const UNKNOWN_SEQUENCE = /^(?:\[[\d;?<=>]*[A-Za-z~^$@]|O[A-Za-z])$/;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The characters that a reader sees as one. */
export function graphemesOf(text: string): readonly string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

function namedKey(key: Key): KeyName | null {
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.leftArrow) return 'left';
  if (key.rightArrow) return 'right';
  if (key.pageUp) return 'page-up';
  if (key.pageDown) return 'page-down';
  if (key.home) return 'home';
  if (key.end) return 'end';
  if (key.return) return 'enter';
  if (key.escape) return 'escape';
  if (key.tab) return 'tab';
  // Ink reports 0x7f, which most terminals send for backspace, as `delete`.
  if (key.backspace || key.delete) return 'backspace';
  return null;
}

/**
 * The presses in one call of Ink's `useInput` handler, in order; none for what the UI has no use for.
 * @param input the handler's first argument
 * @param key its second
 */
export function keyPressesOf(input: string, key: Key): readonly KeyPress[] {
  const named = namedKey(key);
  if (named !== null) return [{ key: named }];
  if (key.ctrl) {
    const control = CONTROL_KEYS[String.fromCharCode(input.charCodeAt(0) - 96)];
    return input.length === 1 && control !== undefined ? [{ key: control }] : [];
  }
  // Alt with a letter is not that letter, and a terminal's answer is not typing.
  if (key.meta || UNKNOWN_SEQUENCE.test(input)) return [];
  return graphemesOf(input).flatMap((char): readonly KeyPress[] => {
    // A pasted line end is one grapheme of two characters.
    const control = CONTROL_KEYS[char === '\r\n' ? '\n' : char];
    if (control !== undefined) return [{ key: control }];
    return /\p{Cc}/u.test(char) ? [] : [{ char }];
  });
}
