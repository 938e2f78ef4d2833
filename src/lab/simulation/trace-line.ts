/** Converts events of a simulation to lines of text: sender, receiver and message. */
import type { RecordedEvent } from '../../runtime/memory/event-record.js';

/** Messages of the connection's own machinery: shown only with a filter. */
const MACHINERY = new Set(['credit', 'ack', 'syn-ack', 'open', 'taken']);
/** Events on one machine that are shown without a filter. */
const SHOWN_UNFILTERED = /^(?:log\.|boot |kill|power cut|pause|resume|impose |lift )/;
/** Calls without an answer are remembered by connection and number, up to this limit. */
const CALLS_MAX = 10_000;

const timeText = (timeMs: number): string => `${(timeMs / 1_000).toFixed(6)}s`.padStart(13);
const bytesText = (sizeAndChecksum: string): string => `${sizeAndChecksum.split(':')[0] ?? ''} bytes`;

export class TraceLines {
  readonly #filter: string | undefined;
  /** Method names by `caller's end, called end, number`. */
  readonly #calls = new Map<string, string>();

  /** @param filter shows only lines that contain it; with a filter, events inside machines are shown too */
  constructor(filter?: string) {
    this.#filter = filter;
  }

  /** The line of an event; null when the event is not shown. */
  line({ timeMs, place, what }: RecordedEvent): string | null {
    const text = place.includes('>') ? this.#message(what) : this.#local(what);
    if (text === null) return null;
    const line = `${timeText(timeMs)}  ${place.replace('>', ' > ').padEnd(20)}  ${text}`;
    return this.#filter === undefined || line.includes(this.#filter) ? line : null;
  }

  /** `kind from:port>to:port rest`, as the network describes it. */
  #message(what: string): string | null {
    const [kind = '', link = '', ...rest] = what.split(' ');
    const target = link.split('>')[1] ?? '';
    const [id = '', second = '', third = ''] = rest;
    switch (kind) {
      case 'call':
      case 'push': {
        const method = second.split('/').at(-1) ?? second;
        this.#remember(`${link} ${id}`, method);
        return `${kind === 'call' ? 'call' : 'message'} ${method} ${id} (${bytesText(third)})`;
      }
      case 'result':
      case 'failure': {
        const [from = '', to = ''] = link.split('>');
        const method = this.#calls.get(`${to}>${from} ${id}`) ?? '';
        this.#calls.delete(`${to}>${from} ${id}`);
        return `${kind === 'result' ? 'answer' : 'error'} ${method} ${id} (${bytesText(second)})`;
      }
      case 'cancel':
        return `cancel ${this.#calls.get(`${link} ${id}`) ?? ''} ${id}`;
      case 'bytes':
        return `${id} bytes to ${target}`;
      case 'syn':
        return `connect to ${target}`;
      case 'fin':
        return `end of stream to ${target}`;
      case 'rst':
        return `reset ${target}`;
      default:
        return MACHINERY.has(kind) && this.#filter === undefined ? null : what;
    }
  }

  #local(what: string): string | null {
    return this.#filter !== undefined || SHOWN_UNFILTERED.test(what) ? what : null;
  }

  #remember(call: string, method: string): void {
    this.#calls.set(call, method);
    const [oldest] = this.#calls.keys();
    if (this.#calls.size > CALLS_MAX && oldest !== undefined) this.#calls.delete(oldest);
  }
}
