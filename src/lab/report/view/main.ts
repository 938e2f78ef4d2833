/** The script of a report: reads the model from the page and draws it. Bundled into one file at build time. */
import type { ReportModel } from '../report-model.js';
import { byId, html, oncePerFrame } from './dom.js';
import { Filters } from './filters.js';
import { OperationsTable } from './operations-table.js';
import { patternSheet } from './patterns.js';
import { SpaceTime } from './space-time.js';
import { themeButton } from './theme.js';
import { TimeWindow } from './time-window.js';
import { Timeline } from './timeline.js';
import { Tooltip } from './tooltip.js';

function start(): void {
  document.documentElement.classList.add('scripted');
  // The builder wrote the model into the page; script and builder were compiled with the same types.
  const model = JSON.parse(byId('model').textContent) as ReportModel;
  document.body.append(patternSheet());
  const time = new TimeWindow(model.fromMs, model.toMs);
  const filters = new Filters(model);
  const tooltip = new Tooltip((atMs) => jump(atMs));
  const view = { time, filters, tooltip };
  const timeline = new Timeline(byId('timeline-body'), model, view);
  timeline.draw();
  const spaceTime = new SpaceTime(byId('space-time-body'), model, filters, tooltip);
  const table = new OperationsTable(byId('operations-body'), model, view);
  table.restart();
  const restart = oncePerFrame(() => table.restart());
  time.onChange(restart);
  filters.onChange(restart);
  const jump = (atMs: number): void => {
    spaceTime.show(atMs);
    byId('space-time').scrollIntoView({ behavior: 'auto', block: 'start' });
  };
  for (const button of document.querySelectorAll<HTMLElement>('button.jump')) {
    button.addEventListener('click', () => jump(Number(button.dataset['at'])));
  }
  const redraw = (): void => {
    timeline.draw();
    spaceTime.redraw();
  };
  const print = html('button', { type: 'button' }, 'Print');
  print.addEventListener('click', () => window.print());
  byId('page-tools').append(themeButton(redraw), print);
  addEventListener('resize', oncePerFrame(redraw));
  // On paper the whole run is drawn, at the width of the paper.
  matchMedia('print').addEventListener('change', redraw);
  addEventListener('beforeprint', redraw);
}

start();
