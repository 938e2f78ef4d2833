import { expect, test } from 'vitest';
import { JournalSegment } from '../../../src/datanode/journal/journal-segment.js';

test('JournalSegment.idle: all that wait go on when the last user has left: the flush, and who closes the file', async () => {
  const segment = new JournalSegment('journal-1', 0);
  await segment.idle();
  segment.enter(2);
  const over: string[] = [];
  const waits = ['close', 'flush'].map((name) => segment.idle().then(() => over.push(name)));
  segment.leave();
  await Promise.resolve();
  expect(over).toEqual([]);
  segment.leave();
  await Promise.all(waits);
  expect(over).toEqual(['close', 'flush']);
});
