import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { EventRecord } from '../../../src/runtime/memory/event-record.js';

test('EventRecord: keeps the last lines, hashes all of them, whenever it is asked', () => {
  const record = new EventRecord();
  const lines: string[] = [];
  for (let i = 0; i < 12_345; i++) {
    const atUs = i * 1_234_567;
    record.add(atUs, i % 2 === 0 ? 'a' : 'a>b', `what ${i} é`);
    lines.push(`${(atUs / 1_000).toFixed(3)} ${i % 2 === 0 ? 'a' : 'a>b'} what ${i} é`);
    if (i % 997 !== 0 && i % 256 > 1) continue;
    expect(record.lines()).toEqual(lines.slice(-5_000));
    expect(record.digest()).toBe(
      createHash('sha256')
        .update(lines.map((line) => `${line}\n`).join(''))
        .digest('hex'),
    );
  }
  expect(record.lineCount).toBe(12_345);
});

test('EventRecord.digest: tells times, places and words apart', () => {
  const digestOf = (atUs: number, place: string, what: string): string => {
    const record = new EventRecord();
    record.add(atUs, place, what);
    return record.digest();
  };
  const digests = [
    digestOf(1, 'a', 'x'),
    digestOf(2, 'a', 'x'),
    digestOf(1_001, 'a', 'x'),
    digestOf(1, 'b', 'x'),
    digestOf(1, 'a', 'y'),
  ];
  expect(new Set(digests).size).toBe(digests.length);
  expect(digestOf(1, 'a', 'x')).toBe(digests[0]);
});
