import { expect, test } from 'vitest';
import { placeReplicas } from '../../../src/master/datanodes/placement.js';
import type { PlacementNode, PlacementRequest } from '../../../src/master/datanodes/placement.js';
import { GIB, placementNode, seededRandom } from '../soft-fixtures.js';

const request = (nodes: readonly PlacementNode[], overrides: Partial<PlacementRequest> = {}): PlacementRequest => ({
  what: 'chunk 0 of file 7',
  nodes,
  wanted: 3,
  needed: 2,
  bytes: 1_000,
  excluded: new Map(),
  localNodeId: '',
  existingRacks: [],
  ...overrides,
});

test('placeReplicas takes distinct nodes, as many as wanted where there are so many', () => {
  const nodes = [1, 2, 3, 4, 5].map((i) => placementNode(`dn-${i}`));
  for (let seed = 0; seed < 50; seed += 1) {
    const chosen = placeReplicas(request(nodes), seededRandom(seed)).map((node) => node.id);
    expect(new Set(chosen).size).toBe(3);
  }
  expect(placeReplicas(request(nodes.slice(0, 2)), seededRandom(1))).toHaveLength(2);
});

test('placeReplicas is decided by its randomness alone', () => {
  const nodes = [1, 2, 3, 4, 5].map((i) => placementNode(`dn-${i}`));
  const once = placeReplicas(request(nodes), seededRandom(9));
  expect(placeReplicas(request(nodes), seededRandom(9))).toEqual(once);
});

test('placeReplicas spreads over racks, the second replica first of all', () => {
  const nodes = ['a', 'a', 'a', 'a', 'b', 'c'].map((rack, i) => placementNode(`dn-${i}`, { rack }));
  for (let seed = 0; seed < 50; seed += 1) {
    const racks = placeReplicas(request(nodes), seededRandom(seed)).map((node) => node.rack);
    expect(new Set(racks).size).toBe(3);
    const [only] = placeReplicas(request(nodes, { wanted: 1, existingRacks: ['a', 'b'] }), seededRandom(seed));
    expect(only?.rack).toBe('c');
  }
});

test('placeReplicas puts the node beside the writer first, if it can take the chunk', () => {
  const nodes = [1, 2, 3, 4].map((i) => placementNode(`dn-${i}`));
  for (let seed = 0; seed < 20; seed += 1) {
    expect(placeReplicas(request(nodes, { localNodeId: 'dn-3' }), seededRandom(seed))[0]?.id).toBe('dn-3');
  }
  const full = nodes.map((node) => (node.id === 'dn-3' ? { ...node, freeBytes: 1 } : node));
  expect(placeReplicas(request(full, { localNodeId: 'dn-3' }), seededRandom(1)).map((node) => node.id)).not.toContain('dn-3');
});

test('placeReplicas prefers free and idle nodes', () => {
  const nodes = [
    placementNode('empty', { freeBytes: 10 * GIB }),
    placementNode('fullish', { freeBytes: GIB }),
    placementNode('busy', { freeBytes: 10 * GIB, load: 9 }),
  ];
  const first = new Map<string, number>();
  const random = seededRandom(5);
  for (let i = 0; i < 1_000; i += 1) {
    const id = placeReplicas(request(nodes, { wanted: 1, needed: 1 }), random)[0]?.id ?? '';
    first.set(id, (first.get(id) ?? 0) + 1);
  }
  expect(first.get('empty')).toBeGreaterThan(700);
});

test('placeReplicas: the error lists each node and why', () => {
  const nodes = [
    placementNode('dn-1', { state: 'DEAD' }),
    placementNode('dn-2', { state: 'STALE' }),
    placementNode('dn-3'),
    placementNode('dn-4', { freeBytes: 12 }),
    placementNode('dn-5'),
  ];
  const attempt = () =>
    placeReplicas(request(nodes, { excluded: new Map([['dn-3', 'excluded by the writer']]) }), seededRandom(1));
  expect(attempt).toThrow(
    expect.objectContaining({
      code: 'NOT_ENOUGH_REPLICAS',
      retriable: true,
      message:
        'Cannot place chunk 0 of file 7: 1 of at least 2 nodes can take it (dn-1: dead; dn-2: stale; dn-3: excluded by the writer; ' +
        'dn-4: no space (free 12 bytes, needs 1000); dn-5: can take it)',
    }),
  );
  expect(() => placeReplicas(request([]), seededRandom(1))).toThrow('no datanode has registered');
});

test('placeReplicas: a node whose data folder takes no changes gets nothing, and the error says why', () => {
  const nodes = [placementNode('dn-1'), placementNode('dn-2', { disk: 'READ_ONLY' }), placementNode('dn-3', { disk: 'FAILING' })];
  expect(placeReplicas(request(nodes, { needed: 1, localNodeId: 'dn-2' }), seededRandom(1)).map((node) => node.id)).toEqual([
    'dn-1',
  ]);
  expect(() => placeReplicas(request(nodes), seededRandom(1))).toThrow(
    /dn-2: its data folder is read-only; dn-3: writes to its disk fail/,
  );
});
