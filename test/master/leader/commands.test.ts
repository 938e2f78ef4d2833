import { expect, test } from 'vitest';
import { Commands } from '../../../src/master/leader/commands.js';
import { ManualClock } from '../soft-fixtures.js';

const remove = (chunkId: number) => ({ delete: { chunkId, version: 1 } });
const never = new AbortController().signal;

test('Orders.poll answers at once when there are orders, which carry term and index', async () => {
  const commands = new Commands(7, new ManualClock(), () => 41);
  commands.give('dn-1', remove(1));
  expect(await commands.poll('dn-1', 1_000, never)).toEqual([
    { commandId: 1, term: 7, index: 41, delete: { chunkId: 1, version: 1 } },
  ]);
  expect(commands.take('dn-1')).toEqual([]);
});

test('Orders.poll waits for an order, and ends empty when its time is up', async () => {
  const clock = new ManualClock();
  const commands = new Commands(1, clock, () => 0);
  const waiting = commands.poll('dn-1', 1_000, never);
  commands.give('dn-2', remove(2));
  commands.give('dn-1', remove(1));
  expect(await waiting).toHaveLength(1);
  const idle = commands.poll('dn-1', 1_000, never);
  clock.advance(1_000);
  expect(await idle).toEqual([]);
});

test('Orders.poll: when the caller goes away, the orders stay for the next', async () => {
  const commands = new Commands(1, new ManualClock(), () => 0);
  const caller = new AbortController();
  const waiting = commands.poll('dn-1', 1_000, caller.signal);
  caller.abort();
  commands.give('dn-1', remove(1));
  expect(await waiting).toEqual([]);
  expect(commands.take('dn-1')).toHaveLength(1);
});

test('Orders.poll: a newer poll of the same node ends the older; stop ends all, and nothing is given any more', async () => {
  const commands = new Commands(1, new ManualClock(), () => 0);
  const older = commands.poll('dn-1', 1_000, never);
  const newer = commands.poll('dn-1', 1_000, never);
  expect(await older).toEqual([]);
  commands.give('dn-2', remove(1));
  commands.stop();
  expect(await newer).toEqual([]);
  expect([commands.take('dn-2'), commands.give('dn-1', remove(1))]).toEqual([[], null]);
  expect(await commands.poll('dn-1', 1_000, never)).toEqual([]);
});

test('Orders.give: the outbox is bounded', () => {
  const commands = new Commands(1, new ManualClock(), () => 0);
  for (let i = 0; i < 1_000; i += 1) expect(commands.give('dn-1', remove(i))).not.toBeNull();
  expect(commands.give('dn-1', remove(1))).toBeNull();
  commands.clear('dn-1');
  expect(commands.give('dn-1', remove(1))).not.toBeNull();
});
