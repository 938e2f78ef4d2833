/** How entries of the log reach the table of operations. */
import { expect, test } from 'vitest';
import { encodeEntryData } from '../../../../src/master/state/operations/log-entry.js';
import { Script } from '../../script.js';

test('apply: an entry without an operation raises index and term; what cannot be understood changes nothing', () => {
  const script = new Script();
  const { machine } = script;
  const { appliedIndex } = machine;
  script.beginTerm();
  expect(machine.state).toMatchObject({ appliedIndex: appliedIndex + 1, term: 2 });
  const digest = machine.digest();
  const valid = encodeEntryData({ operation: 'purge', purge: { limit: 1 } });
  const wrongCode = Uint8Array.from(valid);
  wrongCode[0] = 15;
  const index = machine.appliedIndex + 1;
  for (const [data, text] of [
    [wrongCode, 'marked "delete" and holds "purge"'],
    [valid.subarray(0, 1), 'marked "purge" and holds "nothing known"'],
    [valid.subarray(0, 3), 'cannot be decoded'],
    [new Uint8Array(0), 'marked "0"'],
  ] as const) {
    expect(() => machine.apply({ index, term: 2, data })).toThrow(
      expect.objectContaining({ code: 'LOG_DAMAGED', message: expect.stringContaining(text) as unknown }) as Error,
    );
  }
  expect(machine.digest()).toBe(digest);
  expect(() => machine.apply({ index: index + 1, term: 2, data: valid })).toThrow('follows entry');
  expect(machine.apply({ index, term: 2, data: valid })).toEqual({});
});

test('apply: an operation of a newer release stops the master, and is not answered', () => {
  const script = new Script();
  const { machine } = script;
  const [index, digest] = [machine.appliedIndex + 1, machine.digest()];
  const known = encodeEntryData({ operation: 'purge', purge: { limit: 1 } });
  const unknown = Uint8Array.from(known);
  unknown[0] = 200;
  // A newer release may give it a body that this one cannot read, too.
  for (const data of [unknown, unknown.subarray(0, 1), new Uint8Array(50).fill(255)]) {
    expect(() => machine.apply({ index, term: 1, data })).toThrow(
      expect.objectContaining({
        code: 'UNIMPLEMENTED',
        message: expect.stringContaining(`operation ${data[0]}`) as unknown,
      }) as Error,
    );
  }
  expect([machine.appliedIndex, machine.digest()]).toEqual([index - 1, digest]);
  expect(machine.apply({ index, term: 1, data: known })).toEqual({});
});

test('apply: a mutation without a header is refused, and its session is not touched', () => {
  const script = new Script();
  const answer = script.apply({ operation: 'delete', delete: { header: null, path: '/', recursive: true } });
  expect(answer.error).toMatchObject({ code: 'INVALID_ARGUMENT', message: 'The log entry "delete" holds no mutation header' });
  const nested = script.apply({ operation: 'createFile', createFile: { request: null, takeOverFileId: 0 } });
  expect(nested.error).toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: 'The log entry "createFile" holds no mutation header',
  });
  script.expectReplayEqual();
});
