/** The part of the run that is shown: shared by all charts, so that they stay aligned. */
import { timeText } from './format.js';

/** Minimum length. */
const SPAN_MS_MIN = 0.5;

export class TimeWindow {
  readonly beginMs: number;
  readonly endMs: number;
  #fromMs: number;
  #toMs: number;
  readonly #listeners: (() => void)[] = [];

  constructor(beginMs: number, endMs: number) {
    this.beginMs = beginMs;
    this.endMs = endMs;
    this.#fromMs = beginMs;
    this.#toMs = endMs;
  }

  get fromMs(): number {
    return this.#fromMs;
  }

  get toMs(): number {
    return this.#toMs;
  }

  get spanMs(): number {
    return this.#toMs - this.#fromMs;
  }

  get isWhole(): boolean {
    return this.#fromMs === this.beginMs && this.#toMs === this.endMs;
  }

  get text(): string {
    return `${timeText(this.#fromMs)} – ${timeText(this.#toMs)}`;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** @param factor below 1: zoom in @param aroundMs fixed point. Default: the middle */
  zoom(factor: number, aroundMs = (this.#fromMs + this.#toMs) / 2): void {
    const spanMs = Math.min(Math.max(this.spanMs * factor, SPAN_MS_MIN), this.endMs - this.beginMs);
    const share = (aroundMs - this.#fromMs) / this.spanMs;
    this.show(aroundMs - share * spanMs, aroundMs + (1 - share) * spanMs);
  }

  pan(byMs: number): void {
    this.show(this.#fromMs + byMs, this.#toMs + byMs);
  }

  reset(): void {
    this.show(this.beginMs, this.endMs);
  }

  /** Shows a part of the run; moved back into the run when it extends beyond. */
  show(fromMs: number, toMs: number): void {
    const spanMs = Math.min(toMs - fromMs, this.endMs - this.beginMs);
    const begin = Math.min(Math.max(fromMs, this.beginMs), this.endMs - spanMs);
    this.#fromMs = begin;
    this.#toMs = begin + spanMs;
    for (const listener of this.#listeners) listener();
  }
}
