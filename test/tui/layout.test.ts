import { expect, test } from 'vitest';
import { NODE_MARGIN, planChunkColumns, planNodeColumns, planRows, windowAround } from '../../src/tui/model/layout.js';
import { node } from './fake-control.js';

test('planRows: fills the screen exactly, at every size and number of nodes', () => {
  for (let rows = 14; rows <= 80; rows++) {
    for (const nodes of [0, 1, 6, 40]) {
      const plan = planRows(rows, { nodes });
      expect(plan.nodes + plan.chunks + plan.events + 7).toBe(rows);
      expect(Math.min(plan.nodes, plan.chunks, plan.events)).toBeGreaterThan(0);
    }
  }
  expect(planRows(24, { nodes: 6 })).toEqual({ nodes: 6, chunks: 7, faults: 0, events: 4 });
  expect(planRows(24, { nodes: 8, faults: 1 })).toEqual({ nodes: 8, chunks: 4, faults: 1, events: 3 });
  for (let rows = 14; rows <= 80; rows++) {
    for (const faults of [1, 5, 64]) {
      const plan = planRows(rows, { nodes: 8, faults });
      expect(plan.nodes + plan.chunks + plan.faults + 1 + plan.events + 7).toBe(rows);
    }
  }
});

test('planRows: no node is scrolled out while chunks or events leave lines blank', () => {
  for (let rows = 14; rows <= 60; rows++) {
    for (const nodes of [8, 14, 40]) {
      for (const content of [
        { nodes, chunks: 0, events: 0 },
        { nodes, chunks: 3, events: 1, faults: 1 },
        { nodes, chunks: 50, events: 2 },
      ]) {
        const plan = planRows(rows, content);
        const isBlank = plan.chunks > Math.max(1, content.chunks) || plan.events > Math.max(2, content.events);
        expect(plan.nodes < nodes && isBlank).toBe(false);
        expect(plan.nodes + plan.chunks + plan.events + plan.faults + (plan.faults && 1) + 7).toBe(rows);
      }
    }
  }
  expect(planRows(24, { nodes: 8, chunks: 40, events: 40 }).nodes).toBe(8);
});

test('planNodeColumns: never wider than the terminal, with long names too', () => {
  const lists = [
    [node('m-1'), node('dn-1')],
    [node('m-1'), node('dn-0123456789abcdef0123', { rack: 'a-rack-with-a-long-name' })],
  ];
  for (let columns = 60; columns <= 200; columns++) {
    for (const nodes of lists) {
      const { id, role, state, net, rack, load, replicas, pid } = planNodeColumns(columns, nodes);
      expect(NODE_MARGIN + id + role + state + net + rack + load + replicas + pid).toBeLessThanOrEqual(columns);
      expect(load).toBeGreaterThan(6);
    }
  }
});

test('planChunkColumns: a cell for each datanode while they take half of the room, else a list', () => {
  const names = (count: number): string[] => Array.from({ length: count }, (_, at) => String(at + 1));
  expect(planChunkColumns(80, names(5)).cells).toBe(true);
  expect(planChunkColumns(80, names(30)).cells).toBe(false);
  for (let columns = 60; columns <= 200; columns++) {
    for (const count of [0, 5, 30]) {
      const { health, path, version, size, replicas } = planChunkColumns(columns, names(count));
      expect(health + path + version + size + replicas).toBe(columns);
      expect(path).toBeGreaterThan(10);
    }
  }
});

test('windowAround: shows the item, inside the list', () => {
  expect(windowAround(0, 10, 4)).toEqual({ start: 0, end: 4 });
  expect(windowAround(5, 10, 4)).toEqual({ start: 3, end: 7 });
  expect(windowAround(9, 10, 4)).toEqual({ start: 6, end: 10 });
  expect(windowAround(1, 2, 4)).toEqual({ start: 0, end: 2 });
});
