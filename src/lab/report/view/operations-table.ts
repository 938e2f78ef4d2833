/** Operations as a table with pages: the accessible form of the canvas. */
import { FATES } from '../report-model.js';
import type { OperationRow, ReportModel } from '../report-model.js';
import { html } from './dom.js';
import { durationText, timeText } from './format.js';
import type { Filters } from './filters.js';
import { operationDetails } from './operations-chart.js';
import type { TimeWindow } from './time-window.js';
import type { Tooltip } from './tooltip.js';

const PAGE_ROWS = 50;
const HEADS = ['#', 'Client', 'Operation', 'Path', 'Start', 'Took', 'Fate', 'Answer'];
const MARKS: Readonly<Record<string, string>> = { ok: '✓', fail: '✕', unknown: '?', answered: '–' };

export class OperationsTable {
  readonly #model: ReportModel;
  readonly #filters: Filters;
  readonly #time: TimeWindow;
  readonly #tooltip: Tooltip;
  readonly #body = html('tbody');
  readonly #summary = html('p', { class: 'table-summary', 'aria-live': 'polite' });
  readonly #previous = html('button', { type: 'button' }, '‹ Previous');
  readonly #next = html('button', { type: 'button' }, 'Next ›');
  #page = 0;

  constructor(container: HTMLElement, model: ReportModel, view: { filters: Filters; time: TimeWindow; tooltip: Tooltip }) {
    this.#model = model;
    this.#filters = view.filters;
    this.#time = view.time;
    this.#tooltip = view.tooltip;
    const heads = HEADS.map((text) => html('th', { scope: 'col' }, text));
    const table = html('table', { class: 'operations' }, html('thead', {}, html('tr', {}, ...heads)), this.#body);
    this.#previous.addEventListener('click', () => this.#turn(-1));
    this.#next.addEventListener('click', () => this.#turn(1));
    container.append(
      html('div', { class: 'toolbar' }, this.#previous, this.#next, this.#summary),
      html('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Table of operations' }, table),
    );
  }

  /** Restarts at the first page, after a change of the filters or of the time window. */
  restart(): void {
    this.#page = 0;
    this.#draw();
  }

  #turn(by: number): void {
    this.#page += by;
    this.#draw();
  }

  #draw(): void {
    const { fromMs, toMs } = this.#time;
    const rows = this.#model.operations.rows.filter(
      (row) => row[4] <= toMs && (row[5] ?? Infinity) >= fromMs && this.#filters.has(row),
    );
    const pages = Math.max(1, Math.ceil(rows.length / PAGE_ROWS));
    const first = this.#page * PAGE_ROWS;
    const shown = rows.slice(first, first + PAGE_ROWS);
    this.#body.replaceChildren(...shown.map((row) => this.#row(row)));
    this.#previous.disabled = this.#page === 0;
    this.#next.disabled = this.#page >= pages - 1;
    const range = rows.length === 0 ? 'none' : `${first + 1} to ${first + shown.length} of ${rows.length.toLocaleString('en')}`;
    this.#summary.textContent = `${range}, within the time and filters of the timeline`;
  }

  #row(row: OperationRow): HTMLTableRowElement {
    const [id, client, kind, fate, fromMs, toMs, path, , note, isViolating] = row;
    const { clients, kinds } = this.#model.operations;
    const word = FATES[fate] ?? '';
    const chip = html('span', { class: `chip ${word}` }, `${MARKS[word] ?? ''} ${word}`);
    const choose = html('button', { type: 'button', class: 'plain' }, path);
    choose.addEventListener('click', () => this.#tooltip.choose(operationDetails(this.#model, row)));
    return html(
      'tr',
      { class: isViolating === 1 ? 'violating' : undefined },
      html('td', { class: 'num' }, String(id)),
      html('td', {}, clients[client] ?? ''),
      html('td', {}, kinds[kind] ?? ''),
      html('td', { class: 'path' }, choose),
      html('td', { class: 'num' }, timeText(fromMs)),
      html('td', { class: 'num' }, toMs === null ? 'open' : durationText(toMs - fromMs)),
      html('td', {}, chip, isViolating === 1 ? html('span', { class: 'chip violation' }, '▼ violation') : null),
      html('td', { class: 'note' }, note),
    );
  }
}
