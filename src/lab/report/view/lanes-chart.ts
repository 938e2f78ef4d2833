/** A lane for each node: its states with its terms as leader, and below them every fault of the node from start to end. */
import type { NodeSegment, ReportFault, ReportMark, ReportModel, ReportNode } from '../report-model.js';
import { svg } from './dom.js';
import { durationText, timeText } from './format.js';
import { stateFill } from './patterns.js';
import type { Plot } from './plot.js';
import type { Details, Tooltip } from './tooltip.js';

const PAD_PX = 5;
const STATE_PX = 16;
const BAND_PX = 13;
const BAND_GAP_PX = 2;
const BANDS_A_LANE_MAX = 6;
/**
 * Limit for all lanes together, because each focusable band is a stop of the Tab key. After zooming in, other bands are focusable.
 */
const FOCUSABLE_BANDS_MAX = 200;
/** No text fits into a narrower band. */
const TEXT_PX_MIN = 44;
const CHAR_PX = 6.2;
const INSTANT_PX = 7;

/** A fault with its row below the states. */
interface Placed {
  readonly fault: ReportFault;
  readonly row: number;
}

export function faultDetails({
  id,
  text,
  source,
  fromMs,
  toMs,
  effect,
  effects,
  evidence,
  nodes,
  targets,
}: ReportFault): Details {
  const lasted = toMs === null ? 'an instant' : durationText(toMs - fromMs);
  return {
    title: `Fault ${id}: ${text}`,
    rows: [
      ['effect', `${effect === 'none' ? 'NONE' : effect}, counted ${effects}`],
      ['evidence', evidence],
      ['from', timeText(fromMs)],
      ['lasted', lasted],
      ['on', nodes.join(', ') || 'every node'],
      ...(targets.length === 0 ? [] : [['other side', targets.join(', ')] as const]),
      ['by', source],
    ],
    atMs: fromMs,
  };
}

const segmentDetails = ({ id }: ReportNode, { state, fromMs, toMs }: NodeSegment): Details => ({
  title: `${id} ${state}`,
  rows: [
    ['from', timeText(fromMs)],
    ['until', timeText(toMs)],
    ['lasted', durationText(toMs - fromMs)],
  ],
  atMs: fromMs,
});

/** Overlapping faults go into separate rows; the last row takes all that exceed the limit. */
function place(faults: readonly ReportFault[]): Placed[] {
  const ends: number[] = [];
  return faults.map((fault) => {
    const free = ends.findIndex((endMs) => endMs <= fault.fromMs);
    const row = free >= 0 ? free : Math.min(ends.length, BANDS_A_LANE_MAX - 1);
    ends[row] = Math.max(ends[row] ?? 0, fault.toMs ?? fault.fromMs);
    return { fault, row };
  });
}

export class LanesChart {
  readonly #model: ReportModel;
  readonly #tooltip: Tooltip;
  readonly #placed: ReadonlyMap<string, readonly Placed[]>;

  constructor(model: ReportModel, tooltip: Tooltip) {
    this.#model = model;
    this.#tooltip = tooltip;
    const on = (id: string): ReportFault[] =>
      // A fault without names concerns every node, and has a mark on the axis instead.
      model.faults.filter(({ nodes, action }) => nodes.includes(id) && action !== 'lift');
    this.#placed = new Map(model.nodes.map(({ id }) => [id, place(on(id))]));
  }

  draw(plot: Plot, isShown: (node: string) => boolean): SVGSVGElement {
    const nodes = this.#model.nodes.filter(({ id }) => isShown(id));
    const heights = nodes.map((node) => this.#height(node));
    const height = heights.reduce((sum, px) => sum + px, 0) + 1;
    const frame = plot.svg(height, 'Nodes over time: their states, and the faults on them');
    frame.append(plot.grid(height), this.#phases(plot, height));
    const focusableMax = Math.floor(FOCUSABLE_BANDS_MAX / Math.max(1, nodes.length));
    let top = 0;
    for (const [index, node] of nodes.entries()) {
      const lane = this.#lane(plot, node, top, heights[index] ?? 0);
      lane.append(...this.#bands(plot, node, top + PAD_PX + STATE_PX + BAND_GAP_PX, focusableMax));
      frame.append(lane);
      top += heights[index] ?? 0;
    }
    return frame;
  }

  #height({ id }: ReportNode): number {
    const rows = Math.max(0, ...(this.#placed.get(id) ?? []).map(({ row }) => row + 1));
    return 2 * PAD_PX + STATE_PX + rows * (BAND_PX + BAND_GAP_PX);
  }

  #lane(plot: Plot, node: ReportNode, top: number, height: number): SVGGElement {
    const lane = svg('g', { class: 'lane', 'data-node': node.id, role: 'group', 'aria-label': this.#summary(node) });
    lane.append(
      svg('line', { x1: 0, x2: plot.right, y1: top + height, y2: top + height, class: 'lane-line' }),
      plot.name(node.id, top + PAD_PX + 12),
    );
    for (const segment of node.segments) {
      if (plot.isShown(segment.fromMs, segment.toMs)) lane.append(this.#segment(plot, node, segment, top + PAD_PX));
    }
    for (const { term, fromMs, toMs } of node.leads) {
      if (!plot.isShown(fromMs, toMs)) continue;
      const [x1, x2] = [plot.clampedX(fromMs), plot.clampedX(toMs)];
      const bar = svg('rect', { x: x1, y: top + PAD_PX, width: Math.max(1.5, x2 - x1), height: STATE_PX, rx: 2, class: 'lead' });
      lane.append(bar, ...inside(`★ leads, term ${term}`, `★ ${term}`, x1, x2, top + PAD_PX + 12, 'lead-text'));
      const details = {
        title: `${node.id} leads in term ${term}`,
        rows: [
          ['from', timeText(fromMs)],
          ['until', timeText(toMs)],
        ] as const,
      };
      this.#tooltip.attach(bar, () => ({ ...details, atMs: fromMs }));
    }
    return lane;
  }

  #bands(plot: Plot, { id }: ReportNode, bandsTop: number, focusableMax: number): SVGElement[] {
    const shown = (this.#placed.get(id) ?? []).filter(({ fault }) => plot.isShown(fault.fromMs, fault.toMs ?? fault.fromMs));
    return shown.map((placed, index) => this.#band(plot, placed, bandsTop, index < focusableMax));
  }

  #segment(plot: Plot, node: ReportNode, segment: NodeSegment, y: number): SVGElement {
    const [x1, x2] = [plot.clampedX(segment.fromMs), plot.clampedX(segment.toMs)];
    const bar = svg('rect', { x: x1, y, width: Math.max(1, x2 - x1), height: STATE_PX, class: `state ${segment.state}` });
    bar.style.fill = stateFill(segment.state);
    this.#tooltip.attach(bar, () => segmentDetails(node, segment));
    if (segment.state === 'live') return bar;
    return svg('g', {}, bar, ...inside(segment.state, '', x1, x2, y + 12, 'state-text'));
  }

  #band(plot: Plot, { fault, row }: Placed, bandsTop: number, isFocusable: boolean): SVGElement {
    const y = bandsTop + row * (BAND_PX + BAND_GAP_PX);
    const x1 = plot.clampedX(fault.fromMs);
    const details = faultDetails(fault);
    const group = svg('g', {
      class: `band ${fault.effect}`,
      ...(isFocusable ? { tabindex: 0, role: 'button' } : { role: 'img' }),
      'data-fault': fault.id,
      'aria-label': `${details.title}, ${details.rows.map(([name, value]) => `${name} ${value}`).join(', ')}`,
    });
    if (fault.toMs === null) {
      const [cx, cy] = [x1, y + BAND_PX / 2];
      const half = INSTANT_PX / 1.4;
      const d = `M${cx},${cy - half} L${cx + half},${cy} L${cx},${cy + half} L${cx - half},${cy} Z`;
      group.append(svg('path', { d, class: 'band-mark' }));
    } else {
      const x2 = Math.max(plot.clampedX(fault.toMs), x1 + 3);
      group.append(svg('rect', { x: x1, y, width: x2 - x1, height: BAND_PX, rx: 2, class: 'band-bar' }));
      group.append(...inside(`${fault.action} ×${fault.effects}`, fault.action, x1, x2, y + 10, 'band-text'));
    }
    this.#tooltip.attach(group, () => details);
    return group;
  }

  #phases(plot: Plot, height: number): SVGGElement {
    const phases = this.#model.marks.filter(({ kind, atMs }) => kind === 'phase' && plot.isShown(atMs, atMs));
    return svg('g', { 'aria-hidden': 'true' }, ...phases.map(({ atMs }) => phaseLine(plot, atMs, height)));
  }

  #summary({ id, segments, leads }: ReportNode): string {
    const faults = this.#placed.get(id)?.length ?? 0;
    const states = segments.slice(0, 12).map(({ state, fromMs }) => `${state} from ${timeText(fromMs)}`);
    const more = segments.length > 12 ? `, and ${segments.length - 12} more` : '';
    const led = leads.length === 0 ? '' : `, led in ${leads.length} terms`;
    return `${id}: ${states.join(', ')}${more}${led}, ${faults} faults`;
  }
}

const phaseLine = (plot: Plot, atMs: number, height: number): SVGElement =>
  svg('line', { x1: plot.x(atMs), x2: plot.x(atMs), y1: 0, y2: height, class: 'phase' });

/** The longest text that fits, or none. */
function inside(long: string, short: string, x1: number, x2: number, y: number, name: string): SVGElement[] {
  const widthPx = x2 - x1 - 6;
  const text = widthPx >= Math.max(long.length * CHAR_PX, TEXT_PX_MIN) ? long : widthPx >= short.length * CHAR_PX ? short : '';
  return text === '' ? [] : [svg('text', { x: x1 + 4, y, class: name }, text)];
}

/** The marks on nodes within a part of the run. */
export const marksWithin = (marks: readonly ReportMark[], fromMs: number, toMs: number): readonly ReportMark[] =>
  marks.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
