/**
 * Operations as bars on a canvas, because there may be thousands; a row for each client. The table below the charts shows them as
 * text.
 */
import { FATES } from '../report-model.js';
import type { OperationRow, ReportModel } from '../report-model.js';
import { html } from './dom.js';
import { durationText, timeText } from './format.js';
import type { Plot } from './plot.js';
import type { Details, Tooltip } from './tooltip.js';

const ROW_PX = 18;
const BAR_PX = 12;
const HIT_PX = 3;
const WRITES = ['create', 'overwrite'];
const NAME_FONT = '600 11px system-ui, sans-serif';

export function operationDetails({ operations, violations }: ReportModel, row: OperationRow): Details {
  const [id, client, kind, fate, fromMs, toMs, path, bytes, note, isViolating] = row;
  const violated = isViolating === 1 ? violations.filter(({ operationIds }) => operationIds.includes(id)) : [];
  return {
    title: `${operations.kinds[kind] ?? ''} ${path}`,
    rows: [
      ['fate', `${FATES[fate] ?? ''}${note === '' ? '' : ` (${note})`}`],
      ['took', toMs === null ? 'open when the run ended' : durationText(toMs - fromMs)],
      ...violated.map(({ check, message }) => ['violates', `${check}: ${message.split('\n')[0] ?? ''}`] as const),
      ['from', timeText(fromMs)],
      ['client', `${operations.clients[client] ?? ''}, operation ${id}`],
      ...(bytes < 0 ? [] : [['bytes', bytes.toLocaleString('en')] as const]),
    ],
    atMs: toMs ?? fromMs,
  };
}

export class OperationsChart {
  readonly element = html('canvas', {
    tabindex: 0,
    class: 'operations-canvas',
    role: 'img',
    'aria-keyshortcuts': ', . Enter',
  });
  readonly #model: ReportModel;
  readonly #tooltip: Tooltip;
  #shown: readonly OperationRow[] = [];
  #rowOf: ReadonlyMap<number, number> = new Map();
  #plot: Plot | null = null;
  #chosen: OperationRow | null = null;

  constructor(model: ReportModel, tooltip: Tooltip) {
    this.#model = model;
    this.#tooltip = tooltip;
    this.element.addEventListener('pointermove', (event) => {
      const row = this.#at(event.offsetX, event.offsetY);
      if (row === null) tooltip.hide();
      else tooltip.show(operationDetails(model, row), event.clientX, event.clientY);
    });
    this.element.addEventListener('pointerleave', () => tooltip.hide());
    this.element.addEventListener('blur', () => tooltip.hide());
    this.element.addEventListener('click', (event) => this.#choose(this.#at(event.offsetX, event.offsetY)));
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
  }

  draw(plot: Plot, has: (row: OperationRow) => boolean, hasClient: (name: string) => boolean): void {
    const { clients, rows } = this.#model.operations;
    const shownClients = clients.map((name, index) => ({ name, index })).filter(({ name }) => hasClient(name));
    this.#plot = plot;
    this.#rowOf = new Map(shownClients.map(({ index }, position) => [index, position]));
    this.#shown = rows.filter((row) => has(row) && plot.isShown(row[4], row[5] ?? Infinity));
    const height = Math.max(1, shownClients.length) * ROW_PX + 4;
    const scale = devicePixelRatio;
    this.element.width = plot.width * scale;
    this.element.height = height * scale;
    this.element.style.height = `${height}px`;
    this.element.setAttribute(
      'aria-label',
      `Operations of ${shownClients.length} clients, ${this.#shown.length} of ${rows.length} shown. Comma and period step through them; the table of operations has them as text.`,
    );
    const context = this.element.getContext('2d');
    if (context === null) return;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    this.#paint(
      context,
      plot,
      height,
      shownClients.map(({ name }) => name),
    );
  }

  #paint(context: CanvasRenderingContext2D, plot: Plot, height: number, names: readonly string[]): void {
    const style = getComputedStyle(this.element);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    context.clearRect(0, 0, plot.width, height);
    context.strokeStyle = colour('--grid');
    for (const { x } of plot.marks()) line(context, Math.round(x) + 0.5, 0, Math.round(x) + 0.5, height);
    context.font = NAME_FONT;
    context.textAlign = 'right';
    context.fillStyle = colour('--ink-2');
    for (const [position, name] of names.entries()) context.fillText(name, plot.left - 8, position * ROW_PX + 13);
    context.save();
    context.beginPath();
    context.rect(plot.left, 0, plot.right - plot.left, height);
    context.clip();
    const colours = { read: colour('--op-read'), write: colour('--op-write'), meta: colour('--op-meta') };
    // Failed operations are drawn over successful ones.
    const ordered = [...this.#shown].sort((a, b) => a[9] - b[9] || a[3] - b[3]);
    for (const row of ordered) {
      const kind = this.#model.operations.kinds[row[2]] ?? '';
      const fill = kind === 'read' ? colours.read : WRITES.includes(kind) ? colours.write : colours.meta;
      paintOperation(context, this.#box(plot, row), row, { fill, fail: colour('--bad'), unknown: colour('--warn') });
      if (row[9] === 1) paintViolation(context, this.#box(plot, row), colour('--violation'));
      if (row === this.#chosen) outline(context, this.#box(plot, row), colour('--focus'));
    }
    context.restore();
  }

  #box(plot: Plot, row: OperationRow): Box {
    const x1 = plot.x(row[4]);
    const x2 = row[5] === null ? plot.right : plot.x(row[5]);
    return { x: x1, y: (this.#rowOf.get(row[1]) ?? 0) * ROW_PX + 3, width: Math.max(1.5, x2 - x1), height: BAR_PX };
  }

  /** The operation drawn last is hit first. */
  #at(x: number, y: number): OperationRow | null {
    const plot = this.#plot;
    if (plot === null) return null;
    const hits = this.#shown.filter((row) => {
      const box = this.#box(plot, row);
      return x >= box.x - HIT_PX && x <= box.x + box.width + HIT_PX && y >= box.y - 3 && y <= box.y + box.height + 3;
    });
    return hits.sort((a, b) => b[9] - a[9] || b[3] - a[3])[0] ?? null;
  }

  #choose(row: OperationRow | null): void {
    if (row === null) return;
    this.#chosen = row;
    this.#tooltip.choose(operationDetails(this.#model, row));
  }

  #onKey(event: KeyboardEvent): void {
    const step = event.key === '.' ? 1 : event.key === ',' ? -1 : 0;
    if (step === 0) {
      if (event.key === 'Enter') this.#choose(this.#chosen ?? this.#shown[0] ?? null);
      return;
    }
    event.preventDefault();
    const at = this.#chosen === null ? -1 : this.#shown.indexOf(this.#chosen);
    const next = this.#shown[Math.min(Math.max(at + step, 0), this.#shown.length - 1)];
    if (next === undefined) return;
    this.#choose(next);
    this.element.dispatchEvent(new CustomEvent('redraw', { bubbles: true }));
  }
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface FateColours {
  readonly fill: string;
  readonly fail: string;
  readonly unknown: string;
}

function line(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

/** ok: a full bar. answered: half a bar in the colour of the kind. fail: half a bar with a cross. unknown: a hollow bar. */
function paintOperation(context: CanvasRenderingContext2D, box: Box, row: OperationRow, colours: FateColours): void {
  const { x, y, width, height } = box;
  const fate = FATES[row[3]] ?? 'unknown';
  if (fate === 'ok') {
    context.fillStyle = colours.fill;
    context.fillRect(x, y, width, height);
  } else if (fate === 'answered') {
    context.fillStyle = colours.fill;
    context.fillRect(x, y + height / 2, width, height / 2);
  } else if (fate === 'fail') {
    context.fillStyle = colours.fail;
    context.fillRect(x, y + height / 2, width, height / 2);
    context.strokeStyle = colours.fail;
    context.lineWidth = 1.5;
    line(context, x - 2.5, y, x + 2.5, y + 5);
    line(context, x + 2.5, y, x - 2.5, y + 5);
  } else {
    context.strokeStyle = colours.unknown;
    context.lineWidth = 2;
    context.strokeRect(x + 1, y + 1, Math.max(2, width - 2), height - 2);
  }
  context.lineWidth = 1;
}

function paintViolation(context: CanvasRenderingContext2D, { x, y, width, height }: Box, colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.strokeRect(x - 1, y - 1, width + 2, height + 2);
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(x + width / 2 - 5, y - 3);
  context.lineTo(x + width / 2 + 5, y - 3);
  context.lineTo(x + width / 2, y + 5);
  context.fill();
  context.lineWidth = 1;
}

function outline(context: CanvasRenderingContext2D, { x, y, width, height }: Box, colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.strokeRect(x - 2, y - 2, width + 4, height + 4);
  context.lineWidth = 1;
}
