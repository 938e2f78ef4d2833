/** Details of the element under the pointer or in focus and, after a choice, in a panel beside the charts until it is closed. */
import { byId, html } from './dom.js';

export interface Details {
  readonly title: string;
  readonly rows: readonly (readonly [name: string, value: string])[];
  /** Moment for the space-time diagram. */
  readonly atMs?: number;
}

const OFFSET_PX = 14;

export class Tooltip {
  readonly #box = byId('tooltip');
  readonly #details = byId('details');
  readonly #onJump: (atMs: number) => void;

  constructor(onJump: (atMs: number) => void) {
    this.#onJump = onJump;
    document.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      this.hide();
      this.#details.hidden = true;
    });
  }

  /** @param x, y position in the visible part of the page */
  show(details: Details, x: number, y: number): void {
    const rows = details.rows.slice(0, 6).map(([name, value]) => html('div', {}, html('dt', {}, name), html('dd', {}, value)));
    this.#box.replaceChildren(html('strong', {}, details.title), html('dl', {}, ...rows));
    this.#box.hidden = false;
    const { width, height } = this.#box.getBoundingClientRect();
    const left = x + OFFSET_PX + width > innerWidth ? x - OFFSET_PX - width : x + OFFSET_PX;
    const top = y + OFFSET_PX + height > innerHeight ? y - OFFSET_PX - height : y + OFFSET_PX;
    this.#box.style.left = `${Math.max(4, left)}px`;
    this.#box.style.top = `${Math.max(4, top)}px`;
  }

  hide(): void {
    this.#box.hidden = true;
  }

  /** Shows the details in the panel. */
  choose(details: Details): void {
    const close = html('button', { type: 'button', class: 'close', 'aria-label': 'Close details' }, '✕');
    close.addEventListener('click', () => (this.#details.hidden = true));
    const rows = details.rows.map(([name, value]) => html('div', {}, html('dt', {}, name), html('dd', {}, value)));
    const jump = details.atMs === undefined ? null : this.#jump(details.atMs);
    this.#details.replaceChildren(html('header', {}, html('strong', {}, details.title), close), html('dl', {}, ...rows));
    if (jump !== null) this.#details.append(jump);
    this.#details.hidden = false;
  }

  /** Shows details of an element that is pointed at or in focus; a click or Enter keeps them in the panel. */
  attach(element: HTMLElement | SVGElement, detailsOf: () => Details): void {
    // The union of the two element types has no typed events.
    const target = element as HTMLElement;
    target.addEventListener('pointermove', (event) => this.show(detailsOf(), event.clientX, event.clientY));
    element.addEventListener('pointerleave', () => this.hide());
    element.addEventListener('focus', () => {
      const box = element.getBoundingClientRect();
      this.show(detailsOf(), Math.max(box.left, 0), box.bottom);
    });
    element.addEventListener('blur', () => this.hide());
    element.addEventListener('click', () => this.choose(detailsOf()));
    target.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      this.choose(detailsOf());
    });
  }

  #jump(atMs: number): HTMLElement {
    const button = html('button', { type: 'button' }, 'Show in space-time');
    button.addEventListener('click', () => this.#onJump(atMs));
    return button;
  }
}
