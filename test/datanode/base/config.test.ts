import { expect, test } from 'vitest';
import { advertisedAddress, type DataNodeConfig, validateConfig } from '../../../src/datanode/base/config.js';
import { isDfsError } from '../../../src/shared/errors.js';
import { TIMINGS } from '../fixtures.js';

const GOOD: DataNodeConfig = { listen: '127.0.0.1:0', masters: ['127.0.0.1:7000'], rack: 'r1', timings: TIMINGS };

test('validateConfig accepts a plain configuration', () => {
  validateConfig(GOOD);
  validateConfig({ ...GOOD, listen: '0.0.0.0:9000', advertise: 'node-7:9000', nodeId: 'dn-1', capacityBytes: 1 });
});

test.each<[string, Partial<DataNodeConfig>]>([
  ['a wildcard without an address to advertise', { listen: '0.0.0.0:9000' }],
  ['a wildcard to advertise', { advertise: '[::]:9000' }],
  ['an address without port', { listen: 'localhost' }],
  ['a master without port', { masters: ['m-1:0'] }],
  ['no master', { masters: [] }],
  ['a master named twice', { masters: ['m:1', 'm:1'] }],
  ['a node id with a slash', { nodeId: 'dn/1' }],
  ['an empty rack', { rack: '' }],
  ['a capacity of nothing', { capacityBytes: 0 }],
  ['half a byte of capacity', { capacityBytes: 1.5 }],
])('validateConfig refuses %s', (_what, change) => {
  try {
    validateConfig({ ...GOOD, ...change });
  } catch (error) {
    expect(isDfsError(error, 'INVALID_ARGUMENT')).toBe(true);
    return;
  }
  throw new Error('it was accepted');
});

test('advertisedAddress fills the bound port in', () => {
  expect(advertisedAddress(GOOD, '127.0.0.1:4711')).toBe('127.0.0.1:4711');
  expect(advertisedAddress({ ...GOOD, advertise: 'node-7:0' }, '0.0.0.0:4711')).toBe('node-7:4711');
  expect(advertisedAddress({ ...GOOD, advertise: 'node-7:80' }, '0.0.0.0:4711')).toBe('node-7:80');
});
