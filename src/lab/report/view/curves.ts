/** Curves over time: chunks that lack copies, operations and bytes a second, and latencies. */
import type { RateBin, ReportModel } from '../report-model.js';
import { svg } from './dom.js';
import { countText, durationText, roundStep, timeText } from './format.js';
import type { Plot } from './plot.js';
import type { Tooltip } from './tooltip.js';

type Point = readonly [atMs: number, value: number | null];

interface Curve {
  /** Name of its colour and dashes in the style sheet. */
  readonly name: string;
  readonly label: string;
  readonly points: readonly Point[];
}

interface CurveChart {
  readonly label: string;
  readonly height: number;
  readonly curves: readonly Curve[];
  /** step: a value holds until the next one. bars: each value belongs to the bin that begins at its time. */
  readonly shape: 'step' | 'line' | 'bars';
  readonly isLogarithmic?: boolean;
  readonly isCount?: boolean;
  readonly binMs?: number;
  readonly text: (value: number) => string;
}

const TOP_PX = 8;
const BOTTOM_PX = 4;
/** Length drawn for a point without neighbours, which would be invisible otherwise. */
const DASH_PX = 10;
const MIB = 1024 * 1024;

export function curveCharts({ chunks, rates }: ReportModel): readonly CurveChart[] {
  const { fromMs, binMs, bins } = rates;
  const chunkCurve = (name: 'healthy' | 'underReplicated' | 'missing' | 'unreported', label: string): Curve => {
    return { name, label, points: chunks.map((point): Point => [point.atMs, point[name]]) };
  };
  const perSecond = 1_000 / binMs;
  const rate = (name: string, label: string, valueOf: (bin: RateBin) => number | null, isCentred = false): Curve => {
    return {
      name,
      label,
      points: bins.map((bin, index): Point => [fromMs + (index + (isCentred ? 0.5 : 0)) * binMs, valueOf(bin)]),
    };
  };
  return [
    {
      label: 'Chunks that lack copies',
      height: 84,
      shape: 'step',
      isCount: true,
      curves: [
        chunkCurve('underReplicated', 'under-replicated'),
        chunkCurve('missing', 'missing'),
        chunkCurve('unreported', 'unreported'),
      ],
      text: countText,
    },
    {
      label: 'Healthy chunks',
      height: 48,
      isCount: true,
      shape: 'step',
      curves: [chunkCurve('healthy', 'healthy')],
      text: countText,
    },
    {
      label: 'Operations a second',
      height: 74,
      shape: 'bars',
      binMs,
      // Each bar is stacked on those after it.
      curves: [
        rate('all-ok', 'ok', ({ ok, answered, fail, unknown }) => (ok + answered + fail + unknown) * perSecond),
        rate('all-answered', 'answered', ({ answered, fail, unknown }) => (answered + fail + unknown) * perSecond),
        rate('all-fail', 'failed', ({ fail, unknown }) => (fail + unknown) * perSecond),
        rate('all-unknown', 'unknown', ({ unknown }) => unknown * perSecond),
      ],
      text: (value) => countText(Math.round(value * 10) / 10),
    },
    {
      label: 'MiB a second',
      height: 56,
      shape: 'bars',
      binMs,
      curves: [rate('bytes', 'read and written', ({ bytes }) => (bytes / MIB) * perSecond)],
      text: (value) => value.toFixed(value < 10 ? 1 : 0),
    },
    {
      label: 'Latency (log)',
      height: 96,
      shape: 'line',
      isLogarithmic: true,
      curves: [
        rate('max', 'max', ({ maxMs }) => maxMs, true),
        rate('p99', 'p99', ({ p99Ms }) => p99Ms, true),
        rate('p95', 'p95', ({ p95Ms }) => p95Ms, true),
        rate('p50', 'p50', ({ p50Ms }) => p50Ms, true),
      ],
      text: durationText,
    },
  ];
}

interface Scale {
  readonly y: (value: number) => number;
  readonly marks: readonly number[];
}

function scaleOf({ curves, height, isLogarithmic = false, isCount = false }: CurveChart): Scale {
  const values = curves.flatMap(({ points }) => points.flatMap(([, value]) => value ?? []));
  const plotPx = height - TOP_PX - BOTTOM_PX;
  if (isLogarithmic) {
    const positive = values.filter((value) => value > 0);
    const low = Math.floor(Math.log10(positive.reduce((least, value) => Math.min(least, value), 1)));
    const high = Math.max(low + 1, Math.ceil(Math.log10(positive.reduce((most, value) => Math.max(most, value), 1))));
    const y = (value: number): number =>
      height - BOTTOM_PX - ((Math.log10(Math.max(value, 10 ** low)) - low) / (high - low)) * plotPx;
    return { y, marks: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)) };
  }
  const most = values.reduce((max, value) => Math.max(max, value), 0);
  // Counts have no fractional marks.
  const step = roundStep(Math.max(most, isCount ? 2 : 0.1) / 2);
  const top = Math.max(step, Math.ceil(most / step) * step);
  return {
    y: (value) => height - BOTTOM_PX - (value / top) * plotPx,
    marks: [0, top / 2, top].filter((mark) => !isCount || Number.isInteger(mark)),
  };
}

export function drawCurves(plot: Plot, chart: CurveChart, tooltip: Tooltip): SVGSVGElement {
  const { height, curves, label } = chart;
  const frame = plot.svg(height, `${label}: ${curves.map((curve) => curve.label).join(', ')}`);
  frame.classList.add('curves');
  const { y, marks } = scaleOf(chart);
  frame.append(plot.grid(height - BOTTOM_PX, TOP_PX));
  for (const mark of marks) {
    const at = y(mark);
    frame.append(
      svg('line', { x1: plot.left, x2: plot.right, y1: at, y2: at, class: 'grid' }),
      svg('text', { x: plot.left - 8, y: at + 3.5, class: 'value-text' }, chart.text(mark)),
    );
  }
  const clip = `clip-${label.replaceAll(/\W/g, '')}`;
  const window = svg('rect', { x: plot.left, y: 0, width: plot.right - plot.left, height });
  const lines = svg('g', { 'clip-path': `url(#${clip})` });
  for (const curve of curves) lines.append(...pathsOf(plot, chart, curve, y));
  const sensor = svg('rect', { x: plot.left, y: 0, width: plot.right - plot.left, height, class: 'sensor' });
  sensor.addEventListener('pointermove', (event) => {
    const atMs = plot.timeAt(event.clientX - frame.getBoundingClientRect().left);
    const rows = curves.map((curve) => [curve.label, valueText(chart, curve, atMs)] as const);
    tooltip.show({ title: `${label} at ${timeText(atMs)}`, rows }, event.clientX, event.clientY);
  });
  sensor.addEventListener('pointerleave', () => tooltip.hide());
  frame.append(svg('clipPath', { id: clip }, window), lines, sensor);
  return frame;
}

/** Bars are stacked: the value of a single curve is its distance to the next one. */
function valueText(chart: CurveChart, curve: Curve, atMs: number): string {
  const at = ({ points }: Curve): number | null =>
    points.findLast(([ms]) => ms - (chart.shape === 'line' ? 500 : 0) <= atMs)?.[1] ?? null;
  const value = at(curve);
  if (value === null) return '–';
  const next = chart.shape === 'bars' ? chart.curves[chart.curves.indexOf(curve) + 1] : undefined;
  return chart.text(next === undefined ? value : value - (at(next) ?? 0));
}

function pathsOf(plot: Plot, chart: CurveChart, { name, points }: Curve, y: (value: number) => number): SVGElement[] {
  if (chart.shape === 'bars') {
    const width = Math.max(1, plot.x(chart.binMs ?? 0) - plot.x(0) - 1);
    return points
      .filter(([atMs, value]) => value !== null && value > 0 && plot.isShown(atMs, atMs + (chart.binMs ?? 0)))
      .map(([atMs, value]) => {
        const top = y(value ?? 0);
        return svg('rect', { x: plot.x(atMs), y: top, width, height: y(0) - top, class: `bar ${name}` });
      });
  }
  let d = '';
  let isOpen = false;
  for (const [index, [atMs, value]] of points.entries()) {
    if (value === null) {
      isOpen = false;
      continue;
    }
    const [x, at] = [plot.x(atMs), y(value).toFixed(1)];
    const isAlone = chart.shape === 'line' && !isOpen && (points[index + 1]?.[1] ?? null) === null;
    if (isAlone) d += `M${(x - DASH_PX / 2).toFixed(1)},${at}h${DASH_PX}`;
    else if (!isOpen) d += `M${x.toFixed(1)},${at}`;
    else d += chart.shape === 'step' ? `H${x.toFixed(1)}V${at}` : `L${x.toFixed(1)},${at}`;
    isOpen = true;
  }
  if (chart.shape === 'step' && isOpen) d += `H${plot.right}`;
  return d === '' ? [] : [svg('path', { d, class: `curve ${name}` })];
}
