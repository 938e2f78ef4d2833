import { expect, test } from 'vitest';
import { EventQueue, type SimEvent } from '../../../src/runtime/memory/event-queue.js';
import { SeededRandom } from '../../../src/runtime/faults/seeded-random.js';

const event = (atUs: number, sequence: number, owner: SimEvent['owner'] = null): SimEvent => ({
  atUs,
  sequence,
  owner,
  place: '',
  label: '',
  run: () => undefined,
  isCancelled: false,
});

test('EventQueue: gives events by time, equal times in order of planning', () => {
  const random = new SeededRandom('1', 'queue');
  const queue = new EventQueue();
  const planned = Array.from({ length: 1_000 }, (_, i) => event(random.integer(0, 50), i));
  for (const one of planned) queue.push(one);
  const taken = planned.map(() => queue.pop());
  expect(taken).toEqual([...planned].sort((a, b) => a.atUs - b.atUs || a.sequence - b.sequence));
  expect(queue.pop()).toBeUndefined();
});

test('EventQueue: drops what was cancelled and what belongs to the dead', () => {
  const queue = new EventQueue();
  const owner = { isHolding: false, hold: () => undefined, isAlive: true };
  const cancelled = event(1, 1);
  queue.push(cancelled);
  queue.push(event(2, 2, owner));
  queue.push(event(3, 3));
  cancelled.isCancelled = true;
  expect(queue.peek()?.sequence).toBe(2);
  owner.isAlive = false;
  expect(queue.pop()?.sequence).toBe(3);
  expect(queue.peek()).toBeUndefined();
});
