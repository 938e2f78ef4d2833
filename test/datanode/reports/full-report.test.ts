import { expect, test } from 'vitest';
import { type ReportPart, sendFullReport } from '../../../src/datanode/reports/full-report.js';
import type { ReplicaEntry } from '../../../src/datanode/store/replica.js';
import { REPORT_PART_REPLICAS } from '../../../src/shared/limits.js';
import { rejection } from '../fixtures.js';

const entries = (count: number): ReplicaEntry[] =>
  Array.from({ length: count }, (_, i) => ({
    chunkId: i + 1,
    uuid: '',
    version: 1,
    lengthBytes: 10,
    condition: 'good',
    change: i,
  }));

test('sendFullReport numbers its parts, takes its content at once, and sends an empty report too', async () => {
  const sent: ReportPart[] = [];
  const list = entries(2 * REPORT_PART_REPLICAS + 1);
  await sendFullReport(list, { acceptedTerm: 1 }, 5, async (part) => {
    // The index moves on while the first part is under way.
    list.length = 0;
    sent.push(part);
    return true;
  });
  expect(sent.map(({ part, parts, replicas }) => [part, parts, replicas.length])).toEqual([
    [0, 3, REPORT_PART_REPLICAS],
    [1, 3, REPORT_PART_REPLICAS],
    [2, 3, 1],
  ]);
  sent.length = 0;
  await sendFullReport([], { acceptedTerm: 1 }, 6, async (part) => sent.push(part) > 0);
  expect(sent).toEqual([{ reportId: 6, part: 0, parts: 1, replicas: [] }]);
});

test('sendFullReport gives up when another term begins between two parts', async () => {
  const identity = { acceptedTerm: 1 };
  let parts = 0;
  const report = sendFullReport(entries(REPORT_PART_REPLICAS + 1), identity, 5, async () => {
    parts++;
    identity.acceptedTerm = 2;
    return true;
  });
  expect((await rejection(report)).code).toBe('CANCELLED');
  expect(parts).toBe(1);
});
