import { expect, it } from 'vitest';
import { isOfKind } from '../../../src/supervisor/faults/file-kinds.js';

const UUID = '0b5a7a3e-0000-4000-8000-000000000001';
const KINDS = ['chunk', 'meta', 'log', 'checkpoint'] as const;
const kindsOf = (path: string): string[] => KINDS.filter((kind) => isOfKind(kind, path));

it.each([
  [`chunk-${UUID}`, 'chunk'],
  [`chunk-${UUID}.v3.tmp`, 'chunk'],
  [`chunk-${UUID}.v3.meta`, 'meta'],
  [`chunk-${UUID}.v3.meta.tmp`, 'meta'],
  ['master.log', 'log'],
  ['master-0000000000000042.log', 'log'],
  ['master.log.7.tmp', 'log'],
  ['checkpoint-0000000000000042-00ff.ckpt', 'checkpoint'],
  ['checkpoint-0000000000000042-00ff.abcd.tmp', 'checkpoint'],
])('isOfKind: %s is a %s and nothing else', (path, kind) => {
  expect(kindsOf(path)).toEqual([kind]);
});

it.each(['.', 'identity.json', 'master.vote', 'master.log.damaged-1', `quarantine/chunk-${UUID}.0badcafe`])(
  'isOfKind: %s is of no kind',
  (path) => {
    expect(kindsOf(path)).toEqual([]);
  },
);
