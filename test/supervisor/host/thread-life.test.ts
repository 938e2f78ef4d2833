import { expect, test } from 'vitest';
import type { NodeSpec } from '../../../src/supervisor/host/node-host.js';
import { ThreadLife } from '../../../src/supervisor/host/thread-life.js';
import type { ThreadOrder } from '../../../src/supervisor/host/thread-orders.js';

// Only its names are looked at.
const SPEC = { id: 'dn-1', outputFile: '/tmp/dn-1.log' } as NodeSpec;

function lifeOf(): { readonly life: ThreadLife; readonly orders: ThreadOrder[] } {
  const orders: ThreadOrder[] = [];
  const life = new ThreadLife(1, SPEC, {
    send: (order) => void orders.push(order),
    isAlive: () => true,
    isSuspended: () => false,
  });
  return { life, orders };
}

test('ThreadLife: what a fault did to a node that fails of it is not lost with the node', async () => {
  const { life } = lifeOf();
  // Asked, and never answered: the node fails first.
  const asked = life.hits(7);
  life.take({ life: 1, type: 'report', report: { type: 'failed', message: 'EIO', hits: [{ id: 7, hits: 2 }] } });
  life.take({ life: 1, type: 'exited', code: 1, isKilled: false });
  await expect(life.ready).rejects.toThrow('Node dn-1 cannot run: EIO');
  expect(await life.exited).toEqual({ code: 1, signal: null });
  expect(await asked).toBe(2);
  expect(await life.hits(7)).toBe(2);
  expect(await life.hits(8)).toBe(0);
});

test('ThreadLife: of a thread that is killed counts what it said last', async () => {
  const { life } = lifeOf();
  const asked = life.hits(7);
  life.take({ life: 1, type: 'report', report: { type: 'done', sequence: 1, hits: 5 } });
  expect(await asked).toBe(5);
  life.take({ life: 1, type: 'exited', code: 0, isKilled: true });
  expect(await life.hits(7)).toBe(5);
});
