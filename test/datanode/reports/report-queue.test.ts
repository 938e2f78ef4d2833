import { expect, test } from 'vitest';
import { ReportQueue } from '../../../src/datanode/reports/report-queue.js';
import { DataNodeService } from '../../../src/protocol/services.js';
import { ERROR_MESSAGE_CHARS_MAX, REPORT_FAILURES_MAX, RPC_MESSAGE_BYTES_MAX } from '../../../src/shared/limits.js';

const committed = (chunkId: number, version: number) => ({ chunkId, version, lengthBytes: 1, state: 'COMMITTED' }) as const;
const deleted = (chunkId: number) => ({ chunkId, version: 1, lengthBytes: 1, state: 'DELETED' }) as const;

test('ReportQueue keeps the latest state of each chunk, in the order of the changes', () => {
  const queue = new ReportQueue();
  queue.add(committed(1, 1));
  queue.add(committed(2, 1));
  queue.add(deleted(1));
  expect(queue.take(10).replicas).toEqual([committed(2, 1), deleted(1)]);
  expect(queue.isEmpty).toBe(true);
});

test('ReportQueue.putBack never puts an older state over a newer one', () => {
  const queue = new ReportQueue();
  queue.add(committed(1, 1));
  queue.add(committed(2, 1));
  const batch = queue.take(10);
  queue.add(deleted(1));
  queue.putBack(batch);
  expect(queue.take(10).replicas).toEqual([committed(2, 1), deleted(1)]);
});

test('ReportQueue beyond its bound asks for a full report instead', () => {
  const queue = new ReportQueue();
  for (let chunkId = 1; chunkId <= 100_001; chunkId++) queue.add(committed(chunkId, 1));
  expect(queue.takeOverflow()).toBe(true);
  expect(queue.takeOverflow()).toBe(false);
  expect(queue.isEmpty).toBe(true);
});

test('ReportQueue.take: failures with the longest messages leave in as many batches as messages need', () => {
  const queue = new ReportQueue();
  const error = { code: 'IO_ERROR', message: '€'.repeat(ERROR_MESSAGE_CHARS_MAX) };
  for (let commandId = 1; commandId <= REPORT_FAILURES_MAX; commandId += 1) queue.addFailure({ commandId, error });
  const taken: number[] = [];
  while (!queue.isEmpty) {
    const { failures } = queue.take(10);
    const bytes = DataNodeService.ReportReplicas.encodeRequest({ failures: [...failures] }).length;
    expect(bytes).toBeLessThan(RPC_MESSAGE_BYTES_MAX);
    taken.push(...failures.map(({ commandId }) => Number(commandId)));
  }
  expect(taken).toEqual(Array.from({ length: REPORT_FAILURES_MAX }, (_, n) => n + 1));
});
