/**
 * Keeps the messages of a simulation for its report: the last ones during the simulation, and of those the relevant ones at the
 * end.
 */
import type { RecordedEvent } from '../../runtime/memory/event-record.js';
import type { CheckResult } from '../checkers/check-result.js';
import type { Operation } from '../history/operation.js';
import type { MessageLine } from '../record/run-samples.js';

/** Limit of messages in memory during the simulation. */
const KEPT_MAX = 200_000;
/** Limit of messages in the run folder. */
const WRITTEN_MAX = 6_000;

/** Messages of the connection's own machinery are not included. */
const KINDS: Readonly<Record<string, string>> = {
  call: 'call',
  push: 'message',
  result: 'answer',
  failure: 'error',
  cancel: 'cancel',
  bytes: 'bytes',
  syn: 'connect',
  fin: 'end',
  rst: 'reset',
};

interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The operations of the earliest violation; none when only a fact of the run shows the violation, or nothing is violated. */
export function firstViolated(checks: readonly CheckResult[], history: readonly Operation[]): readonly Operation[] {
  const byId = new Map(history.map((operation) => [operation.id, operation]));
  const endOf = ({ invokedMs, completedMs }: Operation): number => completedMs ?? invokedMs;
  const found = checks
    .flatMap(({ violations }) => violations)
    .map(({ operationIds }) => operationIds.flatMap((id) => byId.get(id) ?? []))
    .filter((operations) => operations.length > 0)
    .map((operations) => ({ operations, shownMs: Math.max(...operations.map(endOf)) }));
  return found.sort((a, b) => a.shownMs - b.shownMs)[0]?.operations ?? [];
}

export class MessageKeeper {
  readonly #kept: RecordedEvent[] = [];
  #begin = 0;

  add(event: RecordedEvent): void {
    if (event.sentMs === undefined) return;
    const kind = event.what.slice(0, event.what.indexOf(' '));
    if (KINDS[kind] === undefined) return;
    this.#kept.push(event);
    if (this.#kept.length - this.#begin <= KEPT_MAX) return;
    this.#begin += 1;
    // Done rarely, because it copies the list.
    if (this.#begin >= KEPT_MAX) this.#kept.splice(0, this.#begin);
    if (this.#begin >= KEPT_MAX) this.#begin = 0;
  }

  /**
   * The messages nearest to some operations, in order of arrival.
   * @param operations without any, the last messages are returned
   */
  near(operations: readonly Pick<Operation, 'invokedMs' | 'completedMs'>[]): MessageLine[] {
    const all = this.#kept.slice(this.#begin);
    if (operations.length === 0) return linesOf(all.slice(-WRITTEN_MAX));
    const spans = operations.map(({ invokedMs, completedMs }) => ({ fromMs: invokedMs, toMs: completedMs ?? invokedMs }));
    const ranked = all.map((event, index) => ({ event, index, distance: distanceTo(spans, event.timeMs) }));
    ranked.sort((a, b) => a.distance - b.distance || a.index - b.index);
    const chosen = ranked.slice(0, WRITTEN_MAX).sort((a, b) => a.index - b.index);
    return linesOf(chosen.map(({ event }) => event));
  }
}

function distanceTo(spans: readonly Interval[], timeMs: number): number {
  return Math.min(...spans.map(({ fromMs, toMs }) => Math.max(0, fromMs - timeMs, timeMs - toMs)));
}

/** A delayed message appears twice; the second entry counts. Answers get the method of their call. */
function linesOf(events: readonly RecordedEvent[]): MessageLine[] {
  const methods = new Map<string, string>();
  const lines = new Map<string, MessageLine>();
  for (const [index, { timeMs, place, what, sentMs = timeMs }] of events.entries()) {
    const [kind = '', link = '', second = '', third = '', fourth = ''] = what.split(' ');
    const [from = '', to = ''] = place.split('>');
    const [source = '', target = ''] = link.split('>');
    const call = third.split('/').at(-1) ?? third;
    const namesMethod = kind === 'call' || kind === 'push';
    if (namesMethod) methods.set(`${link} ${second}`, call);
    const method = namesMethod ? call : methods.get(kind === 'cancel' ? `${link} ${second}` : `${target}>${source} ${second}`);
    const size = kind === 'bytes' ? second : namesMethod ? fourth : third;
    const bytes = Number.parseInt(size, 10);
    // Several equal messages of bytes may be sent at the same time.
    const key = kind === 'bytes' ? `${what} ${sentMs} ${index}` : `${what} ${sentMs}`;
    lines.delete(key);
    lines.set(key, {
      sentMs,
      runMs: timeMs,
      from,
      to,
      kind: KINDS[kind] ?? kind,
      ...(method === undefined || method === '' ? {} : { method }),
      ...(Number.isNaN(bytes) ? {} : { bytes }),
    });
  }
  return [...lines.values()];
}
