/** Hatchings, which distinguish states and fates without colours. */
import { svg } from './dom.js';

const SIZE_PX = 6;

function pattern(id: string, ground: string, line: string, path: string): SVGPatternElement {
  return svg(
    'pattern',
    { id, width: SIZE_PX, height: SIZE_PX, patternUnits: 'userSpaceOnUse' },
    svg('rect', { width: SIZE_PX, height: SIZE_PX, style: `fill: var(${ground})` }),
    svg('path', { d: path, style: `stroke: var(${line}); stroke-width: 1.4; fill: none` }),
  );
}

/** Inserted into the page once; the states of nodes refer to the patterns by name. */
export function patternSheet(): SVGSVGElement {
  const slash = 'M-1,1 l2,-2 M0,6 l6,-6 M5,7 l2,-2';
  return svg(
    'svg',
    { width: 0, height: 0, class: 'pattern-sheet', 'aria-hidden': 'true' },
    svg(
      'defs',
      {},
      pattern('state-stale', '--state-stale', '--state-ink', slash),
      pattern('state-dead', '--state-dead', '--state-dead-ink', `${slash} M-1,5 l2,2 M0,0 l6,6 M5,-1 l2,2`),
      pattern('state-paused', '--state-paused', '--state-ink', 'M1.5,0 V6 M4.5,0 V6'),
      pattern('state-starting', '--state-starting', '--state-ink', 'M1,3 h1 M4,0.7 h1'),
      pattern('state-stopped', '--surface', '--line-strong', 'M0,3 h6'),
      pattern('state-unknown', '--surface', '--line', slash),
      pattern('fault-none', '--surface', '--fault', slash),
    ),
  );
}

const HATCHED = ['stale', 'dead', 'paused', 'starting', 'stopped', 'unknown'];

/** The fill of a state. */
export const stateFill = (state: string): string =>
  state === 'live' ? 'var(--state-live)' : `url(#state-${HATCHED.includes(state) ? state : 'unknown'})`;
