import { expect, test } from 'vitest';
import { DfsError } from '../../../src/shared/errors.js';
import type { FileClient } from '../../../src/lab/workloads/file-client.js';
import { LoadMeter, meteredClient } from '../../../src/lab/live/load-meter.js';

test('LoadMeter: sums everything, and tells rates and latencies of the last seconds only', () => {
  let nowMs = 500;
  const meter = new LoadMeter(() => nowMs);
  expect(meter.figures()).toMatchObject({ operations: 0, opsPerSecond: 0, p50Ms: null, p99Ms: null });
  for (let second = 0; second < 20; second += 1) {
    for (let index = 1; index <= 100; index += 1) meter.note(second < 10 ? 900 : index, 10, false);
    meter.note(5_000, 0, true);
    nowMs += 1_000;
  }
  const figures = meter.figures();
  expect(figures).toMatchObject({ operations: 2_020, errors: 20, bytes: 20_000 });
  expect(figures.p50Ms).toBeCloseTo(50, 1);
  expect(figures.p99Ms).toBeCloseTo(99, 0);
  expect(figures.opsPerSecond).toBeCloseTo(101, 0);
  expect(figures.errorsPerSecond).toBeCloseTo(1, 1);
  expect(figures.bytesPerSecond).toBeCloseTo(1_000, -1);
  nowMs += 60_000;
  expect(meter.figures()).toMatchObject({ operations: 2_020, opsPerSecond: 0, p50Ms: null });
});

test('meteredClient: an answer of the name space is none of the errors, and every byte counts once', async () => {
  const meter = new LoadMeter(() => 0);
  const fail = (code: 'NOT_FOUND' | 'UNAVAILABLE') => () => Promise.reject(new DfsError(code, code));
  const done = async (): Promise<void> => undefined;
  const inner: FileClient = {
    mkdir: done,
    makeDirectory: done,
    readdir: async () => [],
    writeFile: done,
    createFile: done,
    writeStream: done,
    readFile: async () => new Uint8Array(3),
    readStream: async (_, onPiece) => [1, 2].forEach((length) => onPiece(new Uint8Array(length))),
    rename: done,
    rm: fail('NOT_FOUND'),
    removeTree: fail('UNAVAILABLE'),
    exists: async () => true,
    close: done,
  };
  const client = meteredClient(inner, meter, () => 0);
  await client.writeFile('/a', new Uint8Array(5));
  await client.readFile('/a');
  let seen = 0;
  await client.readStream('/a', (piece) => (seen += piece.length));
  await expect(client.rm('/a')).rejects.toThrow('NOT_FOUND');
  await expect(client.removeTree('/a')).rejects.toThrow('UNAVAILABLE');
  expect(seen).toBe(3);
  expect(meter.figures()).toMatchObject({ operations: 5, errors: 1, bytes: 11 });
});
