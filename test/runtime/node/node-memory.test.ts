import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { Closers } from '../../../src/runtime/node/base/closers.js';
import { NodeMemory } from '../../../src/runtime/node/node-memory.js';
import { MIB } from '../../../src/shared/limits.js';
import { until } from '../../until.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Objects of at least this many bytes. */
const objects = (bytes: number): object[] => Array.from({ length: bytes / 64 }, (_, n) => ({ n, text: `${n}` }));

test('NodeMemory: garbage does not count, and what is held does, once V8 has collected', async () => {
  const closers = new Closers();
  const memory = new NodeMemory(closers);
  collect();
  const before = memory.heap().usedBytes;
  objects(32 * MIB);
  expect(memory.heap().usedBytes - before).toBeLessThan(8 * MIB);
  const held = objects(32 * MIB);
  collect();
  await until(() => memory.heap().usedBytes - before > 16 * MIB);
  expect(held).toHaveLength((32 * MIB) / 64);
  held.length = 0;
  collect();
  await until(() => memory.heap().usedBytes - before < 16 * MIB);
  await closers.closeAll();
});
