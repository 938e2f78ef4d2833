import { expect, test } from 'vitest';
import {
  barCells,
  chunkHealth,
  healthSummary,
  shortNames,
  sortChunks,
  sortNodes,
  usedShare,
} from '../../src/tui/model/view-model.js';
import { chunk, member, node, status } from './fake-control.js';

test('sortNodes: masters first, numbers as numbers', () => {
  const nodes = ['dn-10', 'dn-2', 'm-1', 'dn-1'].map((id) => node(id));
  expect(sortNodes(nodes).map(({ id }) => id)).toEqual(['m-1', 'dn-1', 'dn-2', 'dn-10']);
});

test('chunkHealth: by replicas held and asked for', () => {
  const health = (replicas: number): string =>
    chunkHealth({ replication: 3, nodeIds: Array.from({ length: replicas }, (_, at) => `dn-${at}`) });
  expect([0, 1, 2, 3, 4].map(health)).toEqual(['missing', 'under', 'under', 'ok', 'over']);
  expect(chunkHealth({ replication: 3, nodeIds: [] }, { unreported: 1 })).toBe('unreported');
  expect(chunkHealth({ replication: 3, nodeIds: [] }, { unreported: 0 })).toBe('missing');
});

test('sortChunks: worst first, then by file and index', () => {
  const all = ['dn-1', 'dn-2', 'dn-3'];
  const chunks = [
    chunk('/b', 10, all),
    chunk('/b', 2, all),
    chunk('/a', 0, all),
    chunk('/over', 0, [...all, 'dn-4']),
    chunk('/two', 0, ['dn-1', 'dn-2']),
    chunk('/one', 0, ['dn-1']),
    chunk('/none', 0, []),
  ];
  expect(sortChunks(chunks).map(({ uuid }) => uuid)).toEqual(['/none#0', '/one#0', '/two#0', '/over#0', '/a#0', '/b#2', '/b#10']);
});

test('healthSummary: the most urgent thing wins', () => {
  const chunks = { total: 9, healthy: 6, underReplicated: 2, missing: 1, unreported: 0 };
  const cut = [node('m-1'), node('dn-1', { partitioned: true })];
  expect(healthSummary(null).tone).toBe('plain');
  expect(healthSummary(status())).toEqual({ tone: 'good', text: 'healthy' });
  expect(healthSummary(status({ chunks, masterReachable: false })).text).toMatch(/NO LEADER/);
  const silent = [node('m-1', { member: member(null) }), node('dn-1')];
  expect(healthSummary(status({ chunks, masterReachable: false, nodes: silent })).text).toMatch(/NO MASTER ANSWERS/);
  expect(healthSummary(status({ chunks }))).toEqual({ tone: 'bad', text: '1 MISSING' });
  expect(healthSummary(status({ chunks: { ...chunks, missing: 0 }, nodes: cut })).text).toBe('2 UNDER-REPLICATED');
  const unreported = { ...chunks, missing: 0, unreported: 1 };
  expect(healthSummary(status({ chunks: unreported }))).toEqual({ tone: 'warn', text: '1 NOT REPORTED YET' });
  expect(healthSummary(status({ nodes: cut })).text).toBe('PARTITIONED');
  const readOnly = [node('m-1'), node('dn-1', { disk: 'read-only' })];
  expect(healthSummary(status({ nodes: readOnly })).text).toBe('1 of 2 nodes cannot write');
  expect(healthSummary(status({ nodes: [node('m-1'), node('dn-1', { state: 'paused' })] })).text).toBe('1 of 2 nodes not live');
});

test('usedShare: between 0 and 1, also without a capacity and beyond it', () => {
  expect(usedShare({ usedBytes: 5, capacityBytes: 10 })).toBe(0.5);
  expect(usedShare({ usedBytes: 5, capacityBytes: 0 })).toBe(0);
  expect(usedShare({ usedBytes: 50, capacityBytes: 10 })).toBe(1);
});

test('barCells: any use shows, only a full node fills the bar', () => {
  expect([0, 0.001, 0.5, 0.999, 1].map((share) => barCells(share, 10))).toEqual([0, 1, 5, 9, 10]);
});

test('shortNames: leave out the prefix that all datanodes share', () => {
  expect([...shortNames(['dn-1', 'dn-12'])]).toEqual([
    ['dn-1', '1'],
    ['dn-12', '12'],
  ]);
  expect([...shortNames(['dn-1', 'other']).values()]).toEqual(['dn-1', 'other']);
  expect([...shortNames(['a', 'b']).values()]).toEqual(['a', 'b']);
  expect(shortNames([]).size).toBe(0);
});
