import { expect, test } from 'vitest';
import { dataFileName, metaFileName, parseChunkFileName, tmpFileName } from '../../../src/datanode/store/chunk-files.js';
import { uuidOf } from '../fixtures.js';

test('parseChunkFileName reads what the naming functions write', () => {
  const uuid = uuidOf(42);
  expect(dataFileName(uuid)).toBe('chunk-0a1b2c3d-4e5f-8000-8000-00000000002a');
  expect(parseChunkFileName(dataFileName(uuid))).toEqual({ kind: 'data', uuid });
  expect(parseChunkFileName(metaFileName(uuid, 12))).toEqual({ kind: 'meta', uuid, version: 12 });
  expect(parseChunkFileName(tmpFileName(uuid, 1))).toEqual({ kind: 'tmp', uuid, version: 1 });
});

test.each([
  'lock',
  'identity.json',
  'chunk-',
  `chunk-${uuidOf(1)}.v0.meta`,
  `chunk-${uuidOf(1)}.v1.bak`,
  `chunk-${uuidOf(1)}.v99999999999999999.meta`,
  `x-chunk-${uuidOf(1)}`,
])('parseChunkFileName takes "%s" for none of ours', (name) => {
  expect(parseChunkFileName(name)).toBeNull();
});
