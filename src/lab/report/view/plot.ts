/** The frame shared by all charts over time: a gutter for names, a plot beside it, and the marks of the axis. */
import { svg } from './dom.js';
import { roundStep, ticks, tickText } from './format.js';
import type { TimeWindow } from './time-window.js';

export const GUTTER_PX = 104;
const RIGHT_PX = 12;
const TICK_PX = 96;

export class Plot {
  readonly width: number;
  readonly #time: TimeWindow;

  constructor(container: HTMLElement, time: TimeWindow) {
    this.width = Math.max(280, Math.floor(container.clientWidth));
    this.#time = time;
  }

  get left(): number {
    return GUTTER_PX;
  }

  get right(): number {
    return this.width - RIGHT_PX;
  }

  x(ms: number): number {
    const { fromMs, spanMs } = this.#time;
    return this.left + ((ms - fromMs) / spanMs) * (this.right - this.left);
  }

  /** The position of a time, clamped to the plot. */
  clampedX(ms: number): number {
    return Math.min(Math.max(this.x(ms), this.left), this.right);
  }

  timeAt(x: number): number {
    const { fromMs, spanMs } = this.#time;
    return fromMs + ((x - this.left) / (this.right - this.left)) * spanMs;
  }

  isShown(fromMs: number, toMs: number): boolean {
    return toMs >= this.#time.fromMs && fromMs <= this.#time.toMs;
  }

  marks(): { readonly x: number; readonly text: string }[] {
    const { fromMs, toMs, spanMs } = this.#time;
    const about = Math.max(2, Math.floor((this.right - this.left) / TICK_PX));
    const stepMs = roundStep(spanMs / about);
    return ticks(fromMs, toMs, about).map((ms) => ({ x: this.x(ms), text: tickText(ms, stepMs) }));
  }

  svg(height: number, label: string): SVGSVGElement {
    return svg('svg', { width: this.width, height, viewBox: `0 0 ${this.width} ${height}`, role: 'group', 'aria-label': label });
  }

  /** Thin lines at the marks. */
  grid(height: number, top = 0): SVGGElement {
    const lines = this.marks().map(({ x }) => svg('line', { x1: x, x2: x, y1: top, y2: height, class: 'grid' }));
    return svg('g', { 'aria-hidden': 'true' }, ...lines);
  }

  /** The axis. */
  axis(): SVGSVGElement {
    const frame = this.svg(22, 'Time axis');
    frame.classList.add('axis');
    for (const { x, text } of this.marks()) {
      frame.append(
        svg('line', { x1: x, x2: x, y1: 0, y2: 5, class: 'tick' }),
        svg('text', { x, y: 17, class: 'tick-text' }, text),
      );
    }
    return frame;
  }

  name(text: string, y: number, extra = ''): SVGTextElement {
    return svg('text', { x: this.left - 8, y, class: `name ${extra}` }, text);
  }
}
