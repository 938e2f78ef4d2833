/** Draws the space-time diagram of one part of a run. */
import { FATES } from '../report-model.js';
import type { ReportArrow, ReportModel } from '../report-model.js';
import { svg } from './dom.js';
import { durationText, roundStep, ticks, tickText, timeText } from './format.js';
import type { Filters } from './filters.js';
import { faultDetails, marksWithin } from './lanes-chart.js';
import { operationDetails } from './operations-chart.js';
import { stateFill } from './patterns.js';
import type { Details, Tooltip } from './tooltip.js';

const HEIGHT_PX = 620;
const HEAD_PX = 34;
const FOOT_PX = 10;
const LEFT_PX = 76;
const LANE_PX_MIN = 64;
const ARROWS_MAX = 600;
const STRIP_PX = 8;
const BAR_PX = 12;
const CHAR_PX = 5.2;

export interface ShownArrow {
  readonly element: SVGElement;
  readonly details: Details;
}

interface Part {
  readonly fromMs: number;
  readonly toMs: number;
  readonly centreMs: number;
}

interface Setting {
  readonly width: number;
  readonly filters: Filters;
  readonly isWanted: (label: string, bytes: number) => boolean;
  readonly tooltip: Tooltip;
}

interface Lane {
  readonly name: string;
  readonly x: number;
}

const BACKGROUND =
  /\b(Step|Deliver|Invite|Heartbeat|BlockReport|ReportReplicas|PollOrders|RegisterDataNode|RenewSession|GetClusterStatus|GetMasterStatus)$/;

/** True for traffic that is constant, independent of clients. */
export const labelIsBackground = (label: string): boolean => BACKGROUND.test(label);

export interface SpaceTimeDrawing {
  readonly frame: SVGSVGElement;
  /** In order of their start. */
  readonly arrows: readonly ShownArrow[];
  /** Number of arrows within the part that are not drawn, because there are too many. */
  readonly hidden: number;
}

class Drawing {
  readonly #model: ReportModel;
  readonly #part: Part;
  readonly #setting: Setting;
  readonly #lanes: ReadonlyMap<string, Lane>;
  readonly #width: number;
  readonly #laneWidth: number;
  readonly frame: SVGSVGElement;

  constructor(model: ReportModel, part: Part, setting: Setting) {
    this.#model = model;
    this.#part = part;
    this.#setting = setting;
    const names = this.#laneNames();
    this.#width = Math.max(setting.width, LEFT_PX + names.length * LANE_PX_MIN);
    this.#laneWidth = (this.#width - LEFT_PX) / Math.max(1, names.length);
    const laneOf = (name: string, index: number): Lane => ({ name, x: LEFT_PX + (index + 0.5) * this.#laneWidth });
    this.#lanes = new Map(names.map((name, index) => [name, laneOf(name, index)]));
    const size = { width: this.#width, height: HEIGHT_PX, viewBox: `0 0 ${this.#width} ${HEIGHT_PX}` };
    this.frame = svg('svg', { ...size, class: 'space-time', role: 'group', 'aria-label': 'Lanes of clients and nodes' });
  }

  draw(): Omit<SpaceTimeDrawing, 'frame'> {
    this.#drawFrame();
    this.#drawNodes();
    this.#drawFaults();
    const { arrows, hidden } = this.#drawArrows();
    this.#drawOperations();
    this.#drawMarks();
    const at = this.#y(this.#part.centreMs);
    this.frame.append(svg('line', { x1: LEFT_PX - 6, x2: this.#width, y1: at, y2: at, class: 'now' }));
    return { arrows, hidden };
  }

  #y(ms: number): number {
    const { fromMs, toMs } = this.#part;
    const share = Math.min(Math.max((ms - fromMs) / (toMs - fromMs), 0), 1);
    return HEAD_PX + share * (HEIGHT_PX - HEAD_PX - FOOT_PX);
  }

  #isShown(fromMs: number, toMs: number): boolean {
    return toMs >= this.#part.fromMs && fromMs <= this.#part.toMs;
  }

  /** Lanes: clients with operations, then all nodes. */
  #laneNames(): string[] {
    const { operations, traffic, nodes } = this.#model;
    const active = new Set<string>();
    for (const [, client, , , fromMs, toMs] of operations.rows) {
      if (this.#isShown(fromMs, toMs ?? Infinity)) active.add(operations.clients[client] ?? '');
    }
    for (const [from, to, sentMs, arrivedMs] of traffic.arrows) {
      if (!this.#isShown(sentMs, arrivedMs)) continue;
      for (const place of [from, to]) active.add(traffic.places[place] ?? '');
    }
    const { filters } = this.#setting;
    const clients = operations.clients.filter((name) => active.has(name) && filters.hasClient(name));
    return [...clients, ...nodes.map(({ id }) => id).filter((id) => filters.hasNode(id))];
  }

  #drawFrame(): void {
    const { fromMs, toMs } = this.#part;
    const stepMs = roundStep((toMs - fromMs) / 10);
    for (const ms of ticks(fromMs, toMs, 10)) {
      const y = this.#y(ms);
      this.frame.append(
        svg('line', { x1: LEFT_PX - 4, x2: this.#width, y1: y, y2: y, class: 'grid' }),
        svg('text', { x: LEFT_PX - 10, y: y + 3.5, class: 'value-text' }, tickText(ms, stepMs)),
      );
    }
    for (const { name, x } of this.#lanes.values()) {
      this.frame.append(
        svg('line', { x1: x, x2: x, y1: HEAD_PX, y2: HEIGHT_PX - FOOT_PX, class: 'lane-line' }),
        svg('text', { x, y: 20, class: 'lane-name' }, name),
      );
    }
  }

  #drawNodes(): void {
    for (const { id, segments, leads } of this.#model.nodes) {
      const lane = this.#lanes.get(id);
      if (lane === undefined) continue;
      for (const { state, fromMs, toMs } of segments) {
        if (!this.#isShown(fromMs, toMs)) continue;
        const strip = this.#strip(lane.x, fromMs, toMs, `state ${state}`);
        strip.style.fill = stateFill(state);
        this.frame.append(strip);
      }
      for (const { fromMs, toMs, term } of leads) {
        if (!this.#isShown(fromMs, toMs)) continue;
        this.frame.append(
          this.#strip(lane.x, fromMs, toMs, 'lead'),
          svg('text', { x: lane.x + STRIP_PX, y: this.#y(fromMs) + 11, class: 'lane-note' }, `★ term ${term}`),
        );
      }
    }
  }

  #strip(x: number, fromMs: number, toMs: number, name: string): SVGRectElement {
    const y = this.#y(fromMs);
    return svg('rect', { x: x - STRIP_PX / 2, y, width: STRIP_PX, height: Math.max(1, this.#y(toMs) - y), class: name });
  }

  /** A fault tints the lanes of its nodes for its duration. */
  #drawFaults(): void {
    for (const fault of this.#model.faults) {
      const { fromMs, toMs, nodes, action } = fault;
      if (action === 'lift' || !this.#isShown(fromMs, toMs ?? fromMs)) continue;
      for (const node of nodes) {
        const lane = this.#lanes.get(node);
        if (lane === undefined) continue;
        const y = this.#y(fromMs);
        const width = Math.min(this.#laneWidth - 8, 84);
        const x = lane.x - width / 2;
        const area = svg('rect', { x, y, width, height: Math.max(2, this.#y(toMs ?? fromMs) - y), class: 'fault-area' });
        this.#setting.tooltip.attach(area, () => faultDetails(fault));
        this.frame.append(area);
        if (fromMs >= this.#part.fromMs) this.frame.append(svg('text', { x: x + 3, y: y - 3, class: 'fault-note' }, action));
      }
    }
  }

  #drawOperations(): void {
    const { operations } = this.#model;
    for (const row of operations.rows) {
      const [, client, kind, fate, fromMs, toMs, path, , , isViolating] = row;
      const lane = this.#lanes.get(operations.clients[client] ?? '');
      if (lane === undefined || !this.#isShown(fromMs, toMs ?? Infinity) || !this.#setting.filters.has(row)) continue;
      const y = this.#y(fromMs);
      const height = Math.max(2, this.#y(toMs ?? Infinity) - y);
      const details = operationDetails(this.#model, row);
      const name = `operation ${FATES[fate] ?? ''} ${operations.kinds[kind] ?? ''} ${isViolating === 1 ? 'violating' : ''}`;
      const bar = svg('rect', {
        x: lane.x - BAR_PX / 2,
        y,
        width: BAR_PX,
        height,
        rx: 2,
        class: name,
        tabindex: 0,
        role: 'button',
        'aria-label': `${details.title}, ${details.rows.map(([what, value]) => `${what} ${value}`).join(', ')}`,
      });
      this.#setting.tooltip.attach(bar, () => details);
      this.frame.append(bar);
      if (height < 14) continue;
      const text = this.#clipped(`${operations.kinds[kind] ?? ''} ${path.split('/').at(-1) ?? ''}`);
      this.frame.append(svg('text', { x: lane.x + BAR_PX / 2 + 3, y: y + 11, class: 'operation-note' }, text));
    }
  }

  /** Clips a text to the space before the next lane. */
  #clipped(text: string): string {
    const chars = Math.floor((this.#laneWidth - 22) / CHAR_PX);
    return text.length <= chars ? text : `${text.slice(0, Math.max(1, chars - 1))}…`;
  }

  /** Marks node exits and new leaders on their lanes. */
  #drawMarks(): void {
    for (const { kind, node, atMs, text } of marksWithin(this.#model.marks, this.#part.fromMs, this.#part.toMs)) {
      const lane = node === null ? undefined : this.#lanes.get(node);
      if (lane === undefined || kind === 'leader') continue;
      const y = this.#y(atMs);
      const glyph = kind === 'exit' ? '✕' : '•';
      const mark = svg('text', { x: lane.x, y: y + 5, class: `event ${kind}` }, glyph);
      mark.append(svg('title', {}, `${node ?? ''} ${text} at ${timeText(atMs)}`));
      this.frame.append(mark, svg('text', { x: lane.x + 9, y: y + 4, class: 'lane-note' }, this.#clipped(text)));
    }
  }

  /** Chooses the arrows nearest to the middle; of flows, the larger ones. */
  #drawArrows(): Omit<SpaceTimeDrawing, 'frame'> {
    const { traffic } = this.#model;
    const isFlow = traffic.kind === 'flows';
    const within = traffic.arrows.filter(([from, to, sentMs, arrivedMs, label, bytes]) => {
      const isLaned = this.#lanes.has(traffic.places[from] ?? '') && this.#lanes.has(traffic.places[to] ?? '');
      return isLaned && this.#isShown(sentMs, arrivedMs) && this.#setting.isWanted(traffic.labels[label] ?? '', bytes);
    });
    const distance = ([, , sentMs]: ReportArrow): number => Math.abs(sentMs - this.#part.centreMs);
    const ranked = [...within].sort((a, b) => (isFlow ? b[5] - a[5] : distance(a) - distance(b)));
    const chosen = ranked.slice(0, ARROWS_MAX).sort((a, b) => a[2] - b[2] || a[3] - b[3]);
    const most = chosen.reduce((max, arrow) => Math.max(max, arrow[5]), 1);
    const arrows = chosen.map((arrow) => this.#arrow(arrow, isFlow, most));
    this.frame.append(arrowHeads(), ...arrows.map(({ element }) => element));
    return { arrows, hidden: within.length - chosen.length };
  }

  #arrow([from, to, sentMs, arrivedMs, label, bytes]: ReportArrow, isFlow: boolean, most: number): ShownArrow {
    const { traffic } = this.#model;
    const [source, target] = [traffic.places[from] ?? '', traffic.places[to] ?? ''];
    const [a, b] = [this.#lanes.get(source)?.x ?? 0, this.#lanes.get(target)?.x ?? 0];
    const text = traffic.labels[label] ?? '';
    const kind = text.split(' ')[0] ?? '';
    const inset = a < b ? 6 : -6;
    const width = isFlow ? 0.6 + 3.4 * Math.sqrt(bytes / most) : 1.2;
    const element = svg('line', {
      x1: a + inset,
      y1: this.#y(sentMs),
      x2: b - inset,
      y2: this.#y(arrivedMs),
      'stroke-width': width.toFixed(2),
      class: `arrow ${isFlow ? 'flow' : kind} ${labelIsBackground(text) ? 'background' : ''}`,
    });
    if (arrivedMs <= this.#part.toMs) element.setAttribute('marker-end', 'url(#arrow-head)');
    const details: Details = {
      title: `${source} → ${target}: ${text}`,
      rows: [
        ['sent', timeText(sentMs)],
        ['arrived', `${timeText(arrivedMs)}, ${durationText(arrivedMs - sentMs)} later`],
        ...(bytes < 0 ? [] : [['bytes', bytes.toLocaleString('en')] as const]),
      ],
      atMs: sentMs,
    };
    this.#setting.tooltip.attach(element, () => details);
    return { element, details };
  }
}

function arrowHeads(): SVGDefsElement {
  const size = {
    viewBox: '0 0 8 8',
    refX: 7,
    refY: 4,
    markerWidth: 7,
    markerHeight: 7,
    markerUnits: 'userSpaceOnUse',
    orient: 'auto',
  };
  const head = svg('marker', { id: 'arrow-head', ...size }, svg('path', { d: 'M0,1 L7,4 L0,7 Z', class: 'arrow-head' }));
  return svg('defs', {}, head);
}

export function drawSpaceTime(model: ReportModel, part: Part, setting: Setting): SpaceTimeDrawing {
  const drawing = new Drawing(model, part, setting);
  const drawn = drawing.draw();
  return { frame: drawing.frame, ...drawn };
}
