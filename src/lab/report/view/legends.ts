/** Explains colours, hatchings and dashes. */
import { html, svg } from './dom.js';
import { stateFill } from './patterns.js';

const SWATCH = { width: 18, height: 12, viewBox: '0 0 18 12', 'aria-hidden': 'true' };

function item(swatch: SVGElement, text: string): HTMLElement {
  return html('li', {}, swatch, text);
}

/** The line above a chart: its name and the legend. */
export function chartHead(
  title: string,
  legend: HTMLElement | readonly { readonly name: string; readonly label: string }[],
): HTMLElement {
  return html(
    'div',
    { class: 'chart-head' },
    html('h3', {}, title),
    legend instanceof HTMLElement ? legend : curveLegend(legend),
  );
}

function curveLegend(curves: readonly { readonly name: string; readonly label: string }[]): HTMLElement {
  const items = curves.map(({ name, label }) => {
    const isBar = name.startsWith('all-') || name === 'bytes';
    const shape = isBar
      ? svg('rect', { x: 3, y: 1, width: 12, height: 10, class: `bar ${name}` })
      : svg('path', { d: 'M0,6 H18', class: `curve ${name}` });
    return item(svg('svg', SWATCH, shape), label);
  });
  return html('ul', { class: 'legend' }, ...items);
}

export function stateLegend(): HTMLElement {
  const states = ['live', 'starting', 'stale', 'dead', 'paused', 'stopped'].map((state) => {
    const bar = svg('rect', { x: 0.5, y: 0.5, width: 17, height: 11, class: `state ${state}` });
    bar.style.fill = stateFill(state);
    return item(svg('svg', SWATCH, bar), state);
  });
  const lead = svg('svg', SWATCH, svg('rect', { width: 18, height: 12, rx: 2, class: 'lead' }));
  const fault = svg(
    'svg',
    SWATCH,
    svg('g', { class: 'band seen' }, svg('rect', { y: 1, width: 18, height: 10, rx: 2, class: 'band-bar' })),
  );
  const none = svg(
    'svg',
    SWATCH,
    svg('g', { class: 'band none' }, svg('rect', { y: 1, width: 18, height: 10, rx: 2, class: 'band-bar' })),
  );
  const instant = svg(
    'svg',
    SWATCH,
    svg('g', { class: 'band seen' }, svg('path', { d: 'M9,1 L14,6 L9,11 L4,6 Z', class: 'band-mark' })),
  );
  return html(
    'ul',
    { class: 'legend' },
    ...states,
    item(lead, 'leads (term)'),
    item(fault, 'fault ×effects'),
    item(none, 'fault without effect'),
    item(instant, 'instant fault'),
  );
}

export function fateLegend(): HTMLElement {
  const bar = (name: string): SVGElement =>
    svg('svg', SWATCH, svg('rect', { y: 1, width: 18, height: 10, class: `legend-bar ${name}` }));
  const answered = svg('svg', SWATCH, svg('rect', { y: 6, width: 18, height: 5, class: 'legend-bar meta' }));
  const failed = svg(
    'svg',
    SWATCH,
    svg('rect', { y: 6, width: 18, height: 5, class: 'legend-bar fail' }),
    svg('path', { d: 'M1,0 l5,5 M6,0 l-5,5', class: 'legend-cross' }),
  );
  const hollow = svg('svg', SWATCH, svg('rect', { x: 1, y: 2, width: 16, height: 8, class: 'legend-bar unknown' }));
  const violating = svg(
    'svg',
    SWATCH,
    svg('rect', { x: 1, y: 2, width: 16, height: 9, class: 'legend-bar violation' }),
    svg('path', { d: 'M4,0 h10 l-5,8 Z', class: 'legend-violation' }),
  );
  return html(
    'ul',
    { class: 'legend' },
    item(bar('read'), 'read'),
    item(bar('write'), 'write'),
    item(bar('meta'), 'names'),
    item(answered, 'answered: ENOENT, EEXIST …'),
    item(failed, 'failed'),
    item(hollow, 'unknown'),
    item(violating, 'violation'),
  );
}
