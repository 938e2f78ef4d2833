import { expect, test } from 'vitest';
import { DfsError, isDfsError, toDfsError } from '../../src/shared/errors.js';

test('DfsError: takes retriable, errno and status from its code, and may override retriable', () => {
  const error = new DfsError('SAFE_MODE', 'Cannot write yet');
  expect(error).toMatchObject({ code: 'SAFE_MODE', retriable: true, errno: 'EAGAIN', grpcStatus: 'UNAVAILABLE' });
  expect(new DfsError('SAFE_MODE', 'x', { retriable: false }).retriable).toBe(false);
});

test('toDfsError: keeps a DfsError, wraps the rest with its cause', () => {
  const own = new DfsError('NOT_FOUND', 'gone');
  expect(toDfsError(own, 'Reading')).toBe(own);
  const wrapped = toDfsError(new TypeError('boom'), 'Reading "x"');
  expect(wrapped).toMatchObject({ code: 'INTERNAL', message: 'Reading "x": boom' });
  expect(wrapped.cause).toBeInstanceOf(TypeError);
});

test('isDfsError: any code, or one of those named', () => {
  const error: unknown = new DfsError('NOT_FOUND', 'gone');
  expect([isDfsError(error), isDfsError(error, 'NOT_FOUND'), isDfsError(error, 'IO_ERROR'), isDfsError(new Error('x'))]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
