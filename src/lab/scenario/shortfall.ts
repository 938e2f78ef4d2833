/** Why a step finds fewer nodes than it asks for: in fields, and in words for whoever asked. Pure. */
import type { Mode } from './scenario.js';

export type Shortfall =
  /** No node is what the selector asks for; `nobody` says what no node is. */
  | { readonly reason: 'nobody'; readonly nobody: string }
  /** Fewer than the shape of a partition divides. */
  | { readonly reason: 'indivisible'; readonly least: number; readonly found: number }
  | { readonly reason: 'too-few'; readonly asked: number | Mode['kind']; readonly found: number }
  /** The other side of the links is empty. */
  | { readonly reason: 'alone' };

/** @param line of the step in its file; null: it is a command, which stands in none */
export function shortfallReason(shortfall: Shortfall, line: number | null): string {
  const asker = line === null ? 'the command' : `line ${line}`;
  switch (shortfall.reason) {
    case 'nobody':
      return line === null ? shortfall.nobody : `${asker} finds nobody: ${shortfall.nobody}`;
    case 'indivisible':
      return `${asker} divides ${shortfall.least} nodes or more, and finds ${shortfall.found} then`;
    case 'too-few':
      return `${asker} asks for ${shortfall.asked}, and ${shortfall.found} fit then`;
    case 'alone':
      return `${asker} finds nobody on the other side then`;
  }
}
