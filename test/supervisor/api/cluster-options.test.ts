import { expect, test } from 'vitest';
import { DEFAULT_SHAPE, resolveShape } from '../../../src/supervisor/api/cluster-options.js';

test('resolveShape fills in the defaults', () => {
  expect(resolveShape({}, null)).toEqual({
    masters: 3,
    datanodes: 5,
    racks: 1,
    replication: 3,
    chunkSizeBytes: 4 * 1024 * 1024,
    profile: 'fast',
    capacityBytes: null,
  });
});

test('resolveShape: of fewer datanodes than copies by default, each has one; a folder keeps what it was made with', () => {
  expect(resolveShape({ datanodes: 2 }, null).replication).toBe(2);
  expect(resolveShape({ datanodes: 4 }, null).replication).toBe(3);
  const kept = { ...DEFAULT_SHAPE, datanodes: 2, replication: 3 };
  expect(resolveShape({ dir: 'x' }, kept)).toEqual(kept);
});

test('resolveShape prefers what the folder holds to the defaults, and lets datanodes be added', () => {
  const kept = { ...DEFAULT_SHAPE, datanodes: 3, replication: 2 };
  expect(resolveShape({ dir: 'x' }, kept)).toEqual(kept);
  expect(resolveShape({ dir: 'x', datanodes: 4 }, kept).datanodes).toBe(4);
  expect(() => resolveShape({ dir: 'x', datanodes: 2 }, kept)).toThrow(/has 3 datanodes and cannot be started with 2/);
  expect(() => resolveShape({ dir: 'x', replication: 3 }, kept)).toThrow(/was made with replication 2/);
  expect(() => resolveShape({ dir: 'x', masters: 1 }, kept)).toThrow(/was made with masters 3 and cannot be started with 1/);
});

test.each([
  [{ masters: 2 }, 'INVALID_ARGUMENT', /masters 2: take 1, 3 or 5; 2 survive no more failures than 1/],
  [{ masters: 4 }, 'INVALID_ARGUMENT', /masters 4: take 1, 3 or 5; 4 survive no more failures than 3/],
  [{ masters: 0 }, 'INVALID_ARGUMENT', /masters 0: take 1, 3 or 5/],
  [{ datanodes: 51 }, 'INVALID_ARGUMENT', /datanodes 51: .* 1 to 50/],
  [{ datanodes: 1.5 }, 'INVALID_ARGUMENT', /datanodes 1.5/],
  [{ datanodes: 2, racks: 3 }, 'INVALID_ARGUMENT', /racks 3: .* 1 to 2/],
  [{ replication: 17, datanodes: 20 }, 'INVALID_ARGUMENT', /replication 17: .* 1 to 16/],
  [{ replication: 9, datanodes: 3 }, 'INVALID_ARGUMENT', /replication 9: .* 1 to 3/],
  [{ chunkSizeBytes: 10 }, 'INVALID_ARGUMENT', /chunkSizeBytes 10/],
  [{ capacityBytes: 0 }, 'INVALID_ARGUMENT', /capacityBytes 0/],
])('resolveShape refuses %o', (options, code, message) => {
  const refused = (): unknown => resolveShape(options, null);
  expect(refused).toThrow(message);
  expect(refused).toThrow(expect.objectContaining({ code }));
});
