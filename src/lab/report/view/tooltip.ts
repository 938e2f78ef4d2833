/** What is told of the thing under the pointer or in focus, and, once it is chosen, beside the charts until it is closed. */
import { byId, html } from './dom.js';

export interface Told {
  readonly title: string;
  readonly rows: readonly (readonly [name: string, value: string])[];
  /** A moment that the space-time diagram can go to. */
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

  /** @param x, y of the page's visible part */
  show(told: Told, x: number, y: number): void {
    const rows = told.rows.slice(0, 6).map(([name, value]) => html('div', {}, html('dt', {}, name), html('dd', {}, value)));
    this.#box.replaceChildren(html('strong', {}, told.title), html('dl', {}, ...rows));
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

  /** Keeps it in the panel. */
  choose(told: Told): void {
    const close = html('button', { type: 'button', class: 'close', 'aria-label': 'Close details' }, '✕');
    close.addEventListener('click', () => (this.#details.hidden = true));
    const rows = told.rows.map(([name, value]) => html('div', {}, html('dt', {}, name), html('dd', {}, value)));
    const jump = told.atMs === undefined ? null : this.#jump(told.atMs);
    this.#details.replaceChildren(html('header', {}, html('strong', {}, told.title), close), html('dl', {}, ...rows));
    if (jump !== null) this.#details.append(jump);
    this.#details.hidden = false;
  }

  /** Tells of an element when it is pointed at or in focus; a click or Enter chooses it. */
  attach(element: HTMLElement | SVGElement, tell: () => Told): void {
    // Of the two kinds of elements together, the events have no types.
    const target = element as HTMLElement;
    target.addEventListener('pointermove', (event) => this.show(tell(), event.clientX, event.clientY));
    element.addEventListener('pointerleave', () => this.hide());
    element.addEventListener('focus', () => {
      const box = element.getBoundingClientRect();
      this.show(tell(), Math.max(box.left, 0), box.bottom);
    });
    element.addEventListener('blur', () => this.hide());
    element.addEventListener('click', () => this.choose(tell()));
    target.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      this.choose(tell());
    });
  }

  #jump(atMs: number): HTMLElement {
    const button = html('button', { type: 'button' }, 'Show in space-time');
    button.addEventListener('click', () => this.#onJump(atMs));
    return button;
  }
}
