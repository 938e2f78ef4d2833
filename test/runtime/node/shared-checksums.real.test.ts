import { fileURLToPath } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { blockChecksums } from '../../../src/runtime/rules/block-checksums.js';
import { ThreadChecksums } from '../../../src/runtime/node/checksum-pool.js';
import type { ChecksumPool } from '../../../src/runtime/node/checksum-pool.js';
import { NodeCompute } from '../../../src/runtime/node/node-compute.js';
import { serveChecksums, SharedChecksums } from '../../../src/runtime/node/shared-checksums.js';
import { DfsError } from '../../../src/shared/errors.js';

const MIB = 1024 * 1024;
const WORKER = fileURLToPath(new URL('../../../dist/runtime/node/checksum-worker.js', import.meta.url));
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A node's compute whose tasks go through a port to the pool. */
function nodeOf(pool: ChecksumPool): { readonly compute: NodeCompute; readonly end: () => void } {
  const { port1, port2 } = new MessageChannel();
  serveChecksums(port1, pool);
  const compute = new NodeCompute(new SharedChecksums(port2));
  closing.push(
    () => compute.close(),
    () => port1.close(),
  );
  return { compute, end: () => port1.close() };
}

const data = (): Uint8Array<ArrayBuffer> => new Uint8Array(MIB).fill(7);

test('SharedChecksums: nodes share one pool, their bytes move there, and one that ends in the middle harms no other', async () => {
  const pool = new ThreadChecksums(WORKER, 64);
  closing.push(() => pool.close());
  const [first, second] = [nodeOf(pool), nodeOf(pool)];
  const expected = [...blockChecksums(data(), 65_536)];
  const bytes = data();
  const sums = first.compute.blockChecksums(bytes, 65_536);
  expect(bytes.length).toBe(0);
  expect([...(await sums)]).toEqual(expected);
  const lost = first.compute.blockChecksums(data(), 65_536);
  first.end();
  await expect(lost).rejects.toMatchObject({ code: expect.stringMatching(/CANCELLED|INTERNAL/) as string });
  expect([...(await second.compute.blockChecksums(data(), 65_536))]).toEqual(expected);
});

test('SharedChecksums: a node has 16 tasks at most under way, and every failure is a DfsError', async () => {
  const tasks: { readonly resolve: (sums: Uint32Array) => void; readonly reject: (error: Error) => void }[] = [];
  const pool: ChecksumPool = {
    run: () => new Promise((resolve, reject) => tasks.push({ resolve, reject })),
    close: () => Promise.resolve(),
  };
  const { compute } = nodeOf(pool);
  const running = Array.from({ length: 16 }, () => compute.blockChecksums(data(), 65_536));
  await expect(compute.blockChecksums(data(), 65_536)).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
  await expect.poll(() => tasks.length).toBe(16);
  tasks[0]!.resolve(new Uint32Array([1]));
  tasks[1]!.reject(new Error('the thread died'));
  tasks[2]!.reject(new DfsError('RESOURCE_EXHAUSTED', 'too much'));
  expect([...(await running[0]!)]).toEqual([1]);
  await expect(running[1]).rejects.toMatchObject({
    code: 'INTERNAL',
    message: expect.stringContaining('the thread died') as string,
  });
  await expect(running[2]).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
  const rest = Promise.allSettled(running.slice(3));
  await compute.close();
  for (const result of await rest) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'CANCELLED' } });
  await expect(compute.blockChecksums(data(), 65_536)).rejects.toMatchObject({ code: 'CANCELLED' });
});
