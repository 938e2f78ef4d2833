/** Why a step finds fewer nodes than it asks for. Pure. */
import type { Mode, Step } from './scenario.js';

export type Shortfall =
  /** A shape divides at least so many. */
  | { readonly kind: 'shape'; readonly least: number; readonly found: number }
  /** No node is what it asks for: `no node is paused`. */
  | { readonly kind: 'nobody'; readonly who: string }
  | { readonly kind: 'mode'; readonly mode: Mode; readonly found: number }
  /** There is no other side of links. */
  | { readonly kind: 'alone' };

/** In words, with the line of a step that stands in a file. */
export function shortfallText(shortfall: Shortfall, step: Pick<Step, 'line' | 'source'>): string {
  const subject = subjectOf(step);
  switch (shortfall.kind) {
    case 'shape':
      return `${subject} divides ${shortfall.least} nodes or more, and finds ${shortfall.found} then`;
    case 'nobody':
      return step.line > 0 ? `${subject} finds no node: ${shortfall.who}` : shortfall.who;
    case 'mode': {
      const { mode, found } = shortfall;
      return `${subject} asks for ${mode.kind === 'fixed' ? mode.count : mode.kind}, and ${found} fit then`;
    }
    case 'alone':
      return `${subject} finds no node on the other side`;
  }
}

/** Only files have lines. */
function subjectOf({ line, source }: Pick<Step, 'line' | 'source'>): string {
  if (line > 0) return `line ${line}`;
  return source === 'nemesis' ? 'the nemesis' : 'the command';
}
