import { expect, test } from 'vitest';
import { FaultQueue } from '../../../src/lab/run/fault-queue.js';

/** A clock that a test turns. */
class TestClock {
  #now = 0;
  readonly #sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>();

  nowMs(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { untilMs: this.#now + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper);
        reject(new Error('woken'));
      });
    });
  }

  get sleepers(): number {
    return this.#sleepers.size;
  }

  async advance(ms: number): Promise<void> {
    await settled();
    this.#now += ms;
    for (const sleeper of [...this.#sleepers]) {
      if (sleeper.untilMs > this.#now) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
    await settled();
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** An act that begins, and ends when it is let go. */
function act(log: string[], name: string): { readonly run: () => Promise<string>; readonly end: () => void } {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return {
    run: async () => {
      log.push(name);
      await ended;
      return name;
    },
    end,
  };
}

test('FaultQueue.inTurn: one acts when the earlier ones are done, also when they failed', async () => {
  const log: string[] = [];
  const queue = new FaultQueue({ clock: new TestClock() });
  const [first, second] = [act(log, 'first'), act(log, 'second')];
  const one = queue.inTurn(first.run);
  const failed = queue.inTurn(() => Promise.reject(new Error('nobody leads')));
  const two = queue.inTurn(second.run);
  const outcome = expect(failed).rejects.toThrow('nobody leads');
  await settled();
  expect(log).toEqual(['first']);
  first.end();
  expect(await one).toBe('first');
  await outcome;
  await settled();
  expect(log).toEqual(['first', 'second']);
  second.end();
  expect(await two).toBe('second');
});

test('FaultQueue.inTurn: one that hangs gives way when its time is over, and those behind it still take turns', async () => {
  const log: string[] = [];
  const clock = new TestClock();
  const queue = new FaultQueue({ clock, turnWithinMs: 1_000 });
  const [hung, second, third] = [act(log, 'hung'), act(log, 'second'), act(log, 'third')];
  for (const { run } of [hung, second, third]) void queue.inTurn(run);
  await clock.advance(999);
  expect(log).toEqual(['hung']);
  await clock.advance(1);
  expect(log).toEqual(['hung', 'second']);
  await clock.advance(999);
  second.end();
  await settled();
  expect(log).toEqual(['hung', 'second', 'third']);
  third.end();
  await settled();
  expect(clock.sleepers).toBe(0);
});

test('FaultQueue.inTurn: beside one that hangs the others give way sooner, until it is over', async () => {
  const log: string[] = [];
  const clock = new TestClock();
  const queue = new FaultQueue({ clock, turnWithinMs: 1_000, besideHungWithinMs: 10 });
  const acts = ['hung', 'second', 'third', 'last'].map((name) => act(log, name));
  for (const { run } of acts) void queue.inTurn(run);
  await clock.advance(1_000);
  expect(log).toEqual(['hung', 'second']);
  await clock.advance(10);
  await clock.advance(10);
  expect(log).toEqual(['hung', 'second', 'third', 'last']);
  for (const { end } of acts) end();
  await settled();
  // Nothing hangs any more: a turn has its whole time again.
  const [slow, next] = [act(log, 'slow'), act(log, 'next')];
  for (const { run } of [slow, next]) void queue.inTurn(run);
  await clock.advance(999);
  expect(log.at(-1)).toBe('slow');
  await clock.advance(1);
  expect(log.at(-1)).toBe('next');
  slow.end();
  next.end();
  await settled();
  expect(clock.sleepers).toBe(0);
});

test('FaultQueue.atOnce: acts beside what hangs, and what comes later waits for it', async () => {
  const log: string[] = [];
  const clock = new TestClock();
  const queue = new FaultQueue({ clock, turnWithinMs: 1_000 });
  const [hung, heal, later] = [act(log, 'hung'), act(log, 'heal'), act(log, 'later')];
  void queue.inTurn(hung.run);
  await settled();
  const healed = queue.atOnce(heal.run);
  void queue.inTurn(later.run);
  await settled();
  expect(log).toEqual(['hung', 'heal']);
  hung.end();
  await settled();
  expect(log).toEqual(['hung', 'heal']);
  heal.end();
  expect(await healed).toBe('heal');
  await settled();
  expect(log).toEqual(['hung', 'heal', 'later']);
});

test('FaultQueue: no turn is waited for once the signal has fired', async () => {
  const log: string[] = [];
  const clock = new TestClock();
  const closing = new AbortController();
  const queue = new FaultQueue({ clock, turnWithinMs: 1_000, signal: closing.signal });
  void queue.inTurn(act(log, 'hung').run);
  const waiting = queue.inTurn(() => Promise.reject(new Error('the lab ends')));
  const outcome = expect(waiting).rejects.toThrow('the lab ends');
  await settled();
  closing.abort();
  await outcome;
  expect(clock.sleepers).toBe(0);
});
