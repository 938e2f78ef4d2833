import { expect, test } from 'vitest';
import { ChunkHealth } from '../../../src/master/datanodes/chunk-health.js';
import { isOfChunk, Locations } from '../../../src/master/datanodes/locations.js';
import { ChunkTable } from '../../../src/master/state/tables/chunk-table.js';
import { StateDigest } from '../../../src/master/state/tables/digest.js';
import { collectLog, liveNodes, ManualClock } from '../soft-fixtures.js';

function rig(replication = 3) {
  const clock = new ManualClock();
  const log = collectLog();
  const { nodes, node } = liveNodes(6, clock);
  const chunks = new ChunkTable(new StateDigest());
  const locations: Locations = new Locations(
    (chunkId) => health.refresh(chunkId),
    (record) => health.forgetReplica(record),
  );
  const health: ChunkHealth = new ChunkHealth(chunks, locations, clock, log);
  health.isLeading = true;
  /** A chunk of a complete file, at version 1. */
  const addChunk = (): number => {
    const chunk = chunks.create(9, 0, replication);
    chunks.reserve(chunk, 0);
    chunks.commit(chunk, 1, 10, []);
    chunks.show(chunk);
    health.refresh(chunk.id);
    return chunk.id;
  };
  const report = (i: number, chunkId: number, version = 1, confirmed = true): void =>
    locations.update(node(i), { chunkId, version, lengthBytes: 10, state: 'COMMITTED' }, confirmed);
  return { clock, log, nodes, node, chunks, locations, health, addChunk, report };
}

test('ChunkHealth.totals: missing, under-replicated and healthy follow the reports', () => {
  const { health, addChunk, report, node, locations } = rig();
  const id = addChunk();
  expect(health.totals()).toEqual({ total: 1, healthy: 0, underReplicated: 0, missing: 1 });
  report(1, id);
  report(2, id);
  expect(health.totals()).toEqual({ total: 1, healthy: 0, underReplicated: 1, missing: 0 });
  report(3, id, 1, false);
  expect(health.totals().underReplicated).toBe(1);
  report(3, id);
  expect(health.totals().healthy).toBe(1);
  node(3).state = 'DEAD';
  health.refresh(id);
  expect(health.totals().underReplicated).toBe(1);
  locations.markSuspect(locations.find(id, 'dn-1')!, 1);
  locations.markSuspect(locations.find(id, 'dn-2')!, 1);
  expect(health.totals().missing).toBe(1);
});

test('ChunkHealth.repairCandidates: one good replica left goes first, and the others are not starved', () => {
  const { health, addChunk, report, clock } = rig();
  const two = Array.from({ length: 10 }, addChunk);
  const one = Array.from({ length: 10 }, addChunk);
  for (const id of two) for (const i of [1, 2]) report(i, id);
  for (const id of one) report(1, id);
  expect(health.repairCandidates(8, clock.nowMs() - 1)).toEqual([]);
  clock.advance(10);
  const chosen = health.repairCandidates(8, clock.nowMs() - 1);
  expect(chosen).toEqual([one[0], one[1], one[2], two[0], one[3], one[4], one[5], two[1]]);
  for (const id of chosen) health.postpone(id);
  expect(health.repairCandidates(4, clock.nowMs() - 1)).toEqual([one[6], one[7], one[8], two[2]]);
  expect(new Set(health.repairCandidates(100, clock.nowMs() - 1)).size).toBe(20);
});

test('ChunkHealth: orphans and old versions are garbage; versions that may still be committed are not', () => {
  const { health, addChunk, report, chunks } = rig();
  const id = addChunk();
  report(1, id);
  const pending = chunks.create(10, 0, 3);
  chunks.reserve(pending, 0);
  report(2, pending.id);
  expect(health.garbage.size).toBe(0);
  chunks.reserve(pending, 0);
  chunks.commit(pending, 2, 10, []);
  health.refresh(pending.id);
  expect([...health.garbage.values()].map((garbage) => garbage.reason)).toEqual(['stale']);
  chunks.forget(id);
  health.refresh(id);
  expect(health.orphanCount).toBe(1);
  expect(health.totals().total).toBe(0);
});

test('ChunkHealth: chunks and versions that the log never gave are reported and kept', () => {
  const { health, addChunk, report, log } = rig();
  const id = addChunk();
  report(1, id, 7);
  report(2, 4_000);
  report(3, 4_000);
  expect(health.garbage.size).toBe(0);
  expect(log.lines.filter((line) => line.startsWith('error'))).toHaveLength(2);
  expect(log.lines[1]).toContain('dn-2 reports chunk 4000 at version 1');
});

test('ChunkHealth.surplus holds chunks with more confirmed replicas than wanted', () => {
  const { health, addChunk, report } = rig(2);
  const id = addChunk();
  for (const i of [1, 2, 3]) report(i, id);
  expect([...health.surplus.keys()]).toEqual([id]);
  expect(health.totals().healthy).toBe(1);
});

test('ChunkHealth: another log’s version of a planned chunk, and one with another length, are neither read nor deleted', () => {
  const { health, chunks, report, locations, node, log } = rig();
  const chunk = chunks.create(9, 0, 1);
  chunks.reserve(chunk, 70);
  chunks.commit(chunk, chunk.reserved, 10, []);
  chunks.show(chunk);
  health.refresh(chunk.id);
  // Smaller and greater stamps; and an earlier plan of this log's, which is stale.
  report(1, chunk.id, chunk.version - 1);
  report(2, chunk.id, chunk.version + 1);
  locations.update(node(3), { chunkId: chunk.id, version: chunk.version, lengthBytes: 11, state: 'COMMITTED' }, true);
  expect(health.totals()).toMatchObject({ missing: 1 });
  expect(health.garbage.size).toBe(0);
  // A damaged one may have lost its end, and still has good blocks.
  expect(isOfChunk({ ...locations.find(chunk.id, 'dn-3')!, isDamaged: true }, chunk)).toBe(true);
  expect(log.lines.filter((line) => line.startsWith('error'))).not.toEqual([]);
  report(4, chunk.id, chunk.version);
  expect(health.totals()).toMatchObject({ healthy: 1 });
  chunks.reserve(chunk, 5);
  chunks.commit(chunk, chunk.reserved, 10, []);
  health.refresh(chunk.id);
  expect([...health.garbage.values()].map(({ reason }) => reason)).toContain('stale');
});

test('ChunkHealth: skipped ids stay unknown; an id that is too far ahead makes none be skipped', () => {
  const { health, chunks, report } = rig();
  report(1, 2 ** 50);
  expect(health.highestUnknownId).toBe(0);
  report(1, 40);
  expect(health.highestUnknownId).toBe(40);
  chunks.skipIds(40);
  expect(chunks.create(9, 0, 1).id).toBe(41);
  health.refresh(40);
  expect(health.garbage.size).toBe(0);
  expect(health.orphanCount).toBe(0);
});
