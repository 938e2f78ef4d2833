/** Conformance of a Logger. */
import { expect, test } from 'vitest';
import { DfsError } from '../../../src/shared/errors.js';
import type { Subject } from './world.js';

export function logConformance({ run }: Subject): void {
  test('each level writes a line of its own, in order, with its fields', () =>
    run(async ({ runtime: { log }, logLines }) => {
      log.debug('one');
      log.info('two', { chunk: 'c1', bytes: 7 });
      log.warn('three', { isOdd: true });
      log.error('four', {});
      expect(logLines()).toMatchObject([
        { level: 'debug', message: 'one', fields: {} },
        { level: 'info', message: 'two', fields: { chunk: 'c1', bytes: 7 } },
        { level: 'warn', message: 'three', fields: { isOdd: true } },
        { level: 'error', message: 'four', fields: {} },
      ]);
    }));

  test('child: adds its fields to every line, over those of its parent; a line itself is above both', () =>
    run(async ({ runtime: { log }, logLines }) => {
      const child = log.child({ part: 'store', chunk: 'c1' });
      const grandchild = child.child({ chunk: 'c2' });
      child.info('child');
      grandchild.info('grandchild');
      grandchild.info('own', { chunk: 'c3' });
      log.info('parent');
      expect(logLines().map(({ message, fields }) => [message, fields['part'], fields['chunk']])).toEqual([
        ['child', 'store', 'c1'],
        ['grandchild', 'store', 'c2'],
        ['own', 'store', 'c3'],
        ['parent', undefined, undefined],
      ]);
    }));

  test('fields: an error is shown with its code and message', () =>
    run(async ({ runtime: { log }, logLines }) => {
      log.error('failed', { error: new DfsError('IO_ERROR', 'Cannot read', { cause: new Error('EIO') }) });
      expect(logLines()).toMatchObject([{ fields: { error: { code: 'IO_ERROR', message: 'Cannot read' } } }]);
    }));

  test('fields: whatever they are, the line is written', () =>
    run(async ({ runtime: { log }, logLines }) => {
      const circle: Record<string, unknown> = {};
      circle['itself'] = circle;
      log.info('circle', { circle });
      log.info('bigint', { count: 2n ** 60n });
      log.info('nothing', { missing: undefined, none: null });
      log.info('bytes', { bytes: Uint8Array.of(1, 2, 3) });
      log.info('many', { long: 'x'.repeat(100_000) });
      log.info('a "quoted"\nmessage %s %d {}');
      expect(logLines().map(({ message }) => message)).toEqual([
        'circle',
        'bigint',
        'nothing',
        'bytes',
        'many',
        'a "quoted"\nmessage %s %d {}',
      ]);
    }));
}
