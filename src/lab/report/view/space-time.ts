/**
 * The space-time diagram: a vertical lane for each client and node, operations and states along the lanes, and the traffic between
 * them as slanted arrows, around one moment of the run.
 */
import type { ReportModel } from '../report-model.js';
import { html, oncePerFrame } from './dom.js';
import { durationText, timeText } from './format.js';
import type { Filters } from './filters.js';
import { drawSpaceTime, labelIsBackground } from './space-time-drawing.js';
import type { ShownArrow } from './space-time-drawing.js';
import type { Details, Tooltip } from './tooltip.js';

const SPANS_MS = [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000];
/** Share of the initial span that a violating operation takes. */
const OPERATION_SHARE = 0.4;
const SPAN_MS_MESSAGES = 50;
const SPAN_MS_FLOWS = 2_000;
const VIOLATIONS_OFFERED = 5;
/** Minimum of an interval's flow; heartbeats and similar traffic stay below it. */
const FLOW_BYTES_MIN = 4_096;
const PAN_SHARE = 0.2;

/** The initial span. Of messages, short enough that their duration is visible. */
function firstSpanMs({ traffic, operations, focusMs }: ReportModel): number {
  if (traffic.kind !== 'messages') return SPAN_MS_FLOWS;
  const shown = operations.rows.find(
    ([, , , , , toMs, , , , isViolating]) => isViolating === 1 && Math.abs((toMs ?? Infinity) - focusMs) < 0.01,
  );
  const wantedMs = shown === undefined ? SPAN_MS_MESSAGES : (focusMs - shown[4]) / OPERATION_SHARE;
  return SPANS_MS.find((ms) => ms >= wantedMs) ?? SPAN_MS_MESSAGES;
}

export class SpaceTime {
  readonly #model: ReportModel;
  readonly #filters: Filters;
  readonly #tooltip: Tooltip;
  readonly #stage = html('div', { class: 'space-time-stage', tabindex: 0, role: 'group' });
  readonly #summary = html('p', { class: 'space-time-summary', 'aria-live': 'polite' });
  readonly #background = html('input', { type: 'checkbox', id: 'space-time-background' });
  readonly #label = html('input', {
    type: 'search',
    placeholder: 'part of a message',
    size: 14,
    'aria-label': 'Messages that contain',
  });
  readonly #slider: HTMLInputElement;
  readonly #redraw = oncePerFrame(() => this.#draw());
  #centreMs: number;
  #spanMs: number;
  #arrows: readonly ShownArrow[] = [];
  #chosen = -1;

  constructor(container: HTMLElement, model: ReportModel, filters: Filters, tooltip: Tooltip) {
    this.#model = model;
    this.#filters = filters;
    this.#tooltip = tooltip;
    this.#centreMs = model.focusMs;
    this.#spanMs = firstSpanMs(model);
    this.#slider = html('input', {
      type: 'range',
      min: model.fromMs,
      max: model.toMs,
      step: 'any',
      'aria-label': 'Moment shown',
    });
    this.#slider.addEventListener('input', () => this.show(Number(this.#slider.value)));
    this.#background.addEventListener('change', this.#redraw);
    this.#label.addEventListener('input', this.#redraw);
    filters.onChange(this.#redraw);
    container.append(this.#toolbar(), this.#summary, this.#stage);
    this.#stage.addEventListener('keydown', (event) => this.#onKey(event));
    this.#stage.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
    this.#draw();
  }

  /** Shows a moment of the run. */
  show(atMs: number): void {
    this.#centreMs = Math.min(Math.max(atMs, this.#model.fromMs), this.#model.toMs);
    this.#chosen = -1;
    this.#redraw();
  }

  redraw(): void {
    this.#draw();
  }

  #toolbar(): HTMLElement {
    const button = (text: string, label: string, act: () => void): HTMLElement => {
      const element = html('button', { type: 'button', 'aria-label': label, title: label }, text);
      element.addEventListener('click', act);
      return element;
    };
    const shown = this.#model.violations.filter(({ atMs }) => atMs !== null).slice(0, VIOLATIONS_OFFERED);
    const violations = shown.map(({ check, atMs }, index) =>
      button(`violation ${index + 1}`, `Go to violation ${index + 1}: ${check}`, () => this.show(atMs ?? 0)),
    );
    const isMessages = this.#model.traffic.kind === 'messages';
    return html(
      'div',
      { class: 'toolbar' },
      button('◀', 'Earlier', () => this.#pan(-1)),
      button('▶', 'Later', () => this.#pan(1)),
      button('+', 'Closer', () => this.#zoom(-1)),
      button('−', 'Wider', () => this.#zoom(1)),
      this.#slider,
      ...violations,
      html(
        'label',
        { class: 'tick-box' },
        this.#background,
        isMessages ? 'consensus and reports' : `flows below ${FLOW_BYTES_MIN / 1024} KiB`,
      ),
      isMessages ? this.#label : null,
    );
  }

  #zoom(step: number): void {
    const at = SPANS_MS.findIndex((ms) => ms >= this.#spanMs);
    this.#spanMs = SPANS_MS[Math.min(Math.max(at + step, 0), SPANS_MS.length - 1)] ?? this.#spanMs;
    this.#redraw();
  }

  #pan(step: number): void {
    this.show(this.#centreMs + step * this.#spanMs * PAN_SHARE);
  }

  #draw(): void {
    const { traffic } = this.#model;
    const isAll = this.#background.checked;
    const isWanted = (label: string, bytes: number): boolean =>
      traffic.kind === 'flows'
        ? isAll || bytes >= FLOW_BYTES_MIN
        : (isAll || !labelIsBackground(label)) && label.includes(this.#label.value);
    const { frame, arrows, hidden } = drawSpaceTime(
      this.#model,
      { fromMs: this.#centreMs - this.#spanMs / 2, toMs: this.#centreMs + this.#spanMs / 2, centreMs: this.#centreMs },
      { width: this.#stage.clientWidth, filters: this.#filters, isWanted, tooltip: this.#tooltip },
    );
    this.#arrows = arrows;
    this.#slider.value = String(this.#centreMs);
    this.#slider.setAttribute('aria-valuetext', timeText(this.#centreMs));
    const what = { messages: 'messages', flows: 'flows, each the bytes of an interval', none: 'no traffic was recorded' }[
      traffic.kind
    ];
    const thinned = hidden === 0 ? '' : `, ${hidden} smaller or farther ones not drawn`;
    const count = traffic.kind === 'none' ? what : `${arrows.length} ${what}${thinned}`;
    this.#summary.textContent = `${durationText(this.#spanMs)} around ${timeText(this.#centreMs)}, time runs downwards; ${count}. Comma and period step through the arrows.`;
    this.#stage.setAttribute('aria-label', `Space-time diagram. ${this.#summary.textContent}`);
    this.#stage.replaceChildren(frame);
    this.#arrows[this.#chosen]?.element.classList.add('chosen');
  }

  #onKey(event: KeyboardEvent): void {
    const acts: Readonly<Record<string, () => void>> = {
      ArrowUp: () => this.#pan(-1),
      ArrowDown: () => this.#pan(1),
      ArrowLeft: () => this.#pan(-1),
      ArrowRight: () => this.#pan(1),
      '+': () => this.#zoom(-1),
      '=': () => this.#zoom(-1),
      '-': () => this.#zoom(1),
      '0': () => this.show(this.#model.focusMs),
      '.': () => this.#step(1),
      ',': () => this.#step(-1),
    };
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  #onWheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey && !event.altKey) return;
    event.preventDefault();
    this.#zoom(event.deltaY > 0 ? 1 : -1);
  }

  #step(by: number): void {
    if (this.#arrows.length === 0) return;
    this.#arrows[this.#chosen]?.element.classList.remove('chosen');
    this.#chosen = Math.min(Math.max(this.#chosen + by, 0), this.#arrows.length - 1);
    const arrow = this.#arrows[this.#chosen];
    if (arrow === undefined) return;
    arrow.element.classList.add('chosen');
    const details: Details = arrow.details;
    this.#tooltip.choose(details);
  }
}
