/** The charts over one shared axis, with the keys and gestures that move the axis. */
import type { ReportModel } from '../report-model.js';
import { curveCharts, drawCurves } from './curves.js';
import { html, oncePerFrame } from './dom.js';
import type { Filters } from './filters.js';
import { LanesChart } from './lanes-chart.js';
import { chartHead, fateLegend, stateLegend } from './legends.js';
import { OperationsChart } from './operations-chart.js';
import { Plot } from './plot.js';
import type { TimeWindow } from './time-window.js';
import type { Tooltip } from './tooltip.js';

const ZOOM_STEP = 0.6;
const PAN_SHARE = 0.2;
const DRAG_PX_MIN = 4;

export class Timeline {
  readonly #model: ReportModel;
  readonly #time: TimeWindow;
  readonly #filters: Filters;
  readonly #tooltip: Tooltip;
  readonly #charts = html('div', { class: 'charts', id: 'charts' });
  readonly #axisTop = html('div', { class: 'axis-holder' });
  readonly #lanes = html('div', { class: 'chart', id: 'lanes-chart' });
  readonly #operations = html('div', { class: 'chart', id: 'operations-chart' });
  readonly #curves = html('div', { class: 'chart', id: 'curve-charts' });
  readonly #range = html('output', { class: 'range', id: 'time-range' });
  readonly #lanesChart: LanesChart;
  readonly #operationsChart: OperationsChart;

  constructor(container: HTMLElement, model: ReportModel, view: { time: TimeWindow; filters: Filters; tooltip: Tooltip }) {
    this.#model = model;
    this.#time = view.time;
    this.#filters = view.filters;
    this.#tooltip = view.tooltip;
    this.#lanesChart = new LanesChart(model, view.tooltip);
    this.#operationsChart = new OperationsChart(model, view.tooltip);
    this.#operations.append(this.#operationsChart.element);
    this.#charts.append(
      this.#axisTop,
      chartHead('Nodes and faults', stateLegend()),
      this.#lanes,
      chartHead('Operations by client', fateLegend()),
      this.#operations,
      this.#curves,
    );
    container.append(this.#toolbar(), view.filters.element, this.#charts);
    const redraw = oncePerFrame(() => this.draw());
    view.time.onChange(redraw);
    view.filters.onChange(redraw);
    this.#charts.addEventListener('redraw', redraw);
    this.#listen();
  }

  draw(): void {
    const plot = new Plot(this.#charts, this.#time);
    this.#axisTop.replaceChildren(plot.axis());
    this.#lanes.replaceChildren(this.#lanesChart.draw(plot, (node) => this.#filters.hasNode(node)));
    this.#operationsChart.draw(
      plot,
      (row) => this.#filters.has(row),
      (name) => this.#filters.hasClient(name),
    );
    const curves = curveCharts(this.#model).map((chart) =>
      html('div', { class: 'curve-chart' }, chartHead(chart.label, chart.curves), drawCurves(plot, chart, this.#tooltip)),
    );
    this.#curves.replaceChildren(...curves, plot.axis());
    this.#range.textContent = `${this.#time.text}${this.#time.isWhole ? ' (all)' : ''}`;
  }

  #toolbar(): HTMLElement {
    const button = (text: string, label: string, act: () => void): HTMLElement => {
      const element = html('button', { type: 'button', title: label, 'aria-label': label }, text);
      element.addEventListener('click', act);
      return element;
    };
    return html(
      'div',
      { class: 'toolbar', role: 'toolbar', 'aria-label': 'Time shown' },
      button('◀', 'Earlier (left arrow)', () => this.#pan(-1)),
      button('▶', 'Later (right arrow)', () => this.#pan(1)),
      button('+', 'Closer (+)', () => this.#time.zoom(ZOOM_STEP)),
      button('−', 'Wider (-)', () => this.#time.zoom(1 / ZOOM_STEP)),
      button('0', 'The whole run (0)', () => this.#time.reset()),
      this.#range,
      html('span', { class: 'hint' }, 'Keys + − 0 ← →; drag to move; wheel zooms with Ctrl, or once a chart has the focus'),
    );
  }

  #pan(direction: number): void {
    this.#time.pan(direction * this.#time.spanMs * PAN_SHARE);
  }

  #listen(): void {
    document.addEventListener('keydown', (event) => this.#onKey(event));
    this.#charts.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
    let lastX: number | null = null;
    let isDragging = false;
    this.#charts.addEventListener('pointerdown', (event) => {
      if (event.button === 0 && event.pointerType !== 'touch') lastX = event.clientX;
    });
    addEventListener('pointermove', (event) => {
      if (lastX === null) return;
      const byPx = event.clientX - lastX;
      if (!isDragging && Math.abs(byPx) < DRAG_PX_MIN) return;
      isDragging = true;
      const plot = new Plot(this.#charts, this.#time);
      this.#time.pan(plot.timeAt(0) - plot.timeAt(byPx));
      lastX = event.clientX;
    });
    addEventListener('pointerup', () => {
      lastX = null;
    });
    // The end of a drag is not a click.
    this.#charts.addEventListener(
      'click',
      (event) => {
        if (isDragging) event.stopPropagation();
        isDragging = false;
      },
      { capture: true },
    );
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || takesKeys(event.target)) return;
    const acts: Readonly<Record<string, () => void>> = {
      '+': () => this.#time.zoom(ZOOM_STEP),
      '=': () => this.#time.zoom(ZOOM_STEP),
      '-': () => this.#time.zoom(1 / ZOOM_STEP),
      '0': () => this.#time.reset(),
      ArrowLeft: () => this.#pan(-1),
      ArrowRight: () => this.#pan(1),
    };
    const act = acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  }

  #onWheel(event: WheelEvent): void {
    const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
    const hasFocus = this.#charts.contains(document.activeElement);
    // Otherwise the page could not be scrolled past the charts.
    if (!isSideways && !hasFocus && !event.ctrlKey && !event.metaKey && !event.altKey) return;
    event.preventDefault();
    if (isSideways) {
      this.#time.pan(((event.deltaX || event.deltaY) / this.#charts.clientWidth) * this.#time.spanMs);
      return;
    }
    const plot = new Plot(this.#charts, this.#time);
    const x = event.clientX - this.#charts.getBoundingClientRect().left;
    this.#time.zoom(event.deltaY > 0 ? 1 / ZOOM_STEP : ZOOM_STEP, plot.timeAt(x));
  }
}

/** True for elements that handle keys themselves: fields, and tables that scroll with arrow keys. */
const takesKeys = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('input, select, textarea, .scroll') !== null;
