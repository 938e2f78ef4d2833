/** The one-line editor in which a person types the path of a local file. Pure. */
import { graphemesOf, type KeyPress } from './key-press.js';

/** The text on both sides of the cursor. */
export interface PathPrompt {
  readonly before: string;
  readonly after: string;
}

/** Longer than any path that Linux takes (PATH_MAX); more is not taken in. */
const TEXT_LENGTH_MAX = 4096;

export const EMPTY_PROMPT: PathPrompt = { before: '', after: '' };

/** The prompt after one key press. Enter and escape are the caller's. */
export function editPrompt(prompt: PathPrompt, press: KeyPress): PathPrompt {
  const { before, after } = prompt;
  if ('char' in press) {
    const full = before.length + after.length + press.char.length > TEXT_LENGTH_MAX;
    return full ? prompt : { before: before + press.char, after };
  }
  switch (press.key) {
    case 'backspace':
      return { before: graphemesOf(before).slice(0, -1).join(''), after };
    case 'left': {
      const last = graphemesOf(before).at(-1) ?? '';
      return { before: before.slice(0, before.length - last.length), after: last + after };
    }
    case 'right': {
      const first = graphemesOf(after)[0] ?? '';
      return { before: before + first, after: after.slice(first.length) };
    }
    case 'home':
    case 'ctrl-a':
      return { before: '', after: before + after };
    case 'end':
    case 'ctrl-e':
      return { before: before + after, after: '' };
    case 'ctrl-u':
      return { before: '', after };
    case 'ctrl-w':
      return { before: before.replace(/[^/\s]*[/\s]*$/u, ''), after };
    default:
      return prompt;
  }
}

/**
 * The path that a typed line means: without the quotes that terminals put around a dropped file's name, and with `~/` as the
 * home folder. Empty when nothing was typed.
 * @param homeDir the person's home folder
 */
export function localPathOf(typed: string, homeDir: string): string {
  const trimmed = typed.trim();
  const quoted = /^'(.*)'$/su.exec(trimmed) ?? /^"(.*)"$/su.exec(trimmed);
  const path = quoted?.[1] ?? trimmed;
  if (path === '~') return homeDir;
  return path.startsWith('~/') ? `${homeDir}/${path.slice(2)}` : path;
}
