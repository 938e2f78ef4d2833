/** Answers at the limits of what they hold: the longest names and the largest counts. */
import { expect, test } from 'vitest';
import { Commands } from '../../src/master/leader/commands.js';
import type { ActiveNode } from '../../src/master/datanodes/active-nodes.js';
import { ClusterService, DataNodeService, NamespaceService } from '../../src/protocol/services.js';
import { wholeClusterStatus } from '../../src/protocol/whole-cluster-status.js';
import {
  ADDRESS_BYTES_MAX,
  DISK_PROBLEM_BYTES_MAX,
  LABEL_BYTES_MAX,
  LIST_PAGE_MAX,
  LOCATION_REPLICAS_MAX,
  NODE_COMMANDS_MAX,
  RPC_MESSAGE_BYTES_MAX,
} from '../../src/shared/limits.js';
import { ServicesRig } from './services-rig.js';
import { ManualClock, statsOf } from './soft-fixtures.js';

/** A text of this length that begins so. */
const longest = (start: string, bytes: number): string => start.padEnd(bytes, 'x');
const addressOf = (n: number): string => `${longest(`host-${n}.`, ADDRESS_BYTES_MAX - 6)}:65535`;
const idOf = (n: number): string => longest(`dn-${String(n).padStart(5, '0')}-`, 64);
const name = (n: number): string => longest(`${String(n).padStart(4, '0')}-`, 255);
const MASTER = 'm-1';
const DIRECTORY = `/${Array.from({ length: 14 }, () => longest('d', 250)).join('/')}`;

async function withMaster(seed: number, body: (rig: ServicesRig) => Promise<void>): Promise<void> {
  const rig = new ServicesRig(seed, [MASTER]);
  await rig.sim.run(async () => {
    await rig.start();
    rig.group.elect(MASTER);
    await rig.openSession(MASTER);
    await body(rig);
  });
}

/** Acknowledges all answers before. */
function header(rig: ServicesRig) {
  const made = rig.header();
  return { ...made, ackedBelow: made.sequence };
}

function registered(rig: ServicesRig, count: number): ActiveNode[] {
  const { soft } = rig.services(MASTER);
  return Array.from({ length: count }, (_, n) => {
    const rack = longest(`rack-${n}-`, LABEL_BYTES_MAX);
    const disk = {
      // As a node says that can be written to: it takes chunks.
      state: 'WRITABLE' as const,
      problem: longest('EIO', DISK_PROBLEM_BYTES_MAX),
      diskId: idOf(n),
      totalBytes: Number.MAX_SAFE_INTEGER,
      freeBytes: Number.MAX_SAFE_INTEGER,
    };
    const stats = { ...statsOf(), disk };
    const node = { id: idOf(n), incarnation: `of ${n}`, runId: '', address: addressOf(n), rack, acceptedTerm: 1, stats };
    return soft.nodes.register(node, 0);
  });
}

/** A file of so many chunks, each on all nodes. */
async function fileOn(rig: ServicesRig, path: string, nodes: readonly ActiveNode[], chunkCount: number): Promise<void> {
  const { soft } = rig.services(MASTER);
  const { fileId } = await rig.call(MASTER, NamespaceService.CreateFile, { header: header(rig), path, mode: 0o644 });
  for (let index = 0; index < chunkCount; index += 1) {
    const assign = { header: header(rig), fileId, index, expectedBytes: 65_536 };
    const plan = await rig.call(MASTER, NamespaceService.AssignChunk, assign);
    const { chunkId, fromVersion, version } = plan;
    const nodeIds = plan.pipeline.map(({ nodeId }) => nodeId);
    const commit = { header: header(rig), fileId, chunkId, fromVersion, toVersion: version, lengthBytes: 65_536, nodeIds };
    await rig.call(MASTER, NamespaceService.CommitVersion, commit);
    for (const node of nodes) soft.replicaChanged(node, { chunkId, version, lengthBytes: 65_536, state: 'COMMITTED' }, true);
  }
  const complete = { header: header(rig), fileId, lengthBytes: chunkCount * 65_536, chunkCount };
  await rig.call(MASTER, NamespaceService.CompleteFile, complete);
}

test('ListDirectory: a page of the longest names, owners and groups below the longest path comes in several answers', () =>
  withMaster(1, async (rig) => {
    await rig.call(MASTER, NamespaceService.MakeDirectory, {
      header: header(rig),
      path: DIRECTORY,
      recursive: true,
      mode: 0o755,
    });
    const principals = { owner: 'o'.repeat(255), group: 'g'.repeat(255) };
    for (let n = 0; n < LIST_PAGE_MAX; n += 1) {
      const request = { header: header(rig), path: `${DIRECTORY}/${name(n)}`, mode: 0o755, ...principals };
      await rig.call(MASTER, NamespaceService.MakeDirectory, request);
    }
    const found: string[] = [];
    for (let hasMore = true; hasMore;) {
      const request = { path: DIRECTORY, startAfter: found.at(-1) ?? '' };
      const page = await rig.call(MASTER, NamespaceService.ListDirectory, request);
      expect(page.entries.length).toBeGreaterThan(0);
      found.push(...page.entries.map((entry) => entry.name));
      ({ hasMore } = page);
    }
    expect(found).toEqual(Array.from({ length: LIST_PAGE_MAX }, (_, n) => name(n)));
  }));

test('GetClusterStatus: 7,000 nodes with the longest names come in several answers', () =>
  withMaster(2, async (rig) => {
    registered(rig, 7_000);
    const { nodes, hasMoreNodes } = await rig.status(MASTER);
    expect([nodes.length < 7_000, hasMoreNodes]).toEqual([true, true]);
    const whole = await wholeClusterStatus((page) => rig.call(MASTER, ClusterService.GetClusterStatus, page));
    expect(whole.nodes.map(({ nodeId }) => nodeId)).toEqual(Array.from({ length: 7_000 }, (_, n) => idOf(n)));
  }));

test('GetChunkLocation and ListChunks: chunks with hundreds of replicas come in several answers', () =>
  withMaster(3, async (rig) => {
    const played = Array.from({ length: 400 }, (_, n) => ({ nodeId: idOf(n), incarnation: `of ${n}`, address: addressOf(n) }));
    // At once: those that are not heard for a while take no chunks.
    await Promise.all(played.map((node) => rig.register(MASTER, { ...node, acceptedTerm: 0 })));
    const { soft } = rig.services(MASTER);
    const nodes = played.flatMap(({ nodeId }) => soft.nodes.get(nodeId) ?? []);
    await fileOn(rig, '/f', nodes, 200);
    const located: number[] = [];
    while (located.length < 200) {
      const request = { path: '/f', firstIndex: located.length };
      const { chunks } = await rig.call(MASTER, NamespaceService.GetChunkLocation, request);
      expect(chunks.length).toBeGreaterThan(0);
      for (const { index, replicas } of chunks) {
        expect(replicas).toHaveLength(LOCATION_REPLICAS_MAX);
        located.push(index);
      }
    }
    expect(located).toEqual(Array.from({ length: 200 }, (_, n) => n));
    const listed: number[] = [];
    for (let afterChunkId = 0, hasMore = true; hasMore;) {
      const page = await rig.call(MASTER, ClusterService.ListChunks, { afterChunkId });
      for (const { index, nodeIds } of page.chunks) {
        expect(nodeIds).toHaveLength(400);
        listed.push(index);
      }
      afterChunkId = page.chunks.at(-1)!.chunkId;
      ({ hasMore } = page);
    }
    expect(listed).toEqual(located);
  }));

test('Commands.take: as many copies with the longest addresses as an answer holds, the rest with the next one', () => {
  const commands = new Commands(1, new ManualClock(), () => 1);
  const nodes = Array.from({ length: 16 }, (_, n) => ({ nodeId: idOf(n), address: addressOf(n) }));
  for (let n = 0; n < NODE_COMMANDS_MAX; n += 1) {
    commands.give('dn-1', { replicate: { chunkId: n + 1, version: 1, lengthBytes: 1, targets: nodes, sources: nodes } });
  }
  const taken: number[] = [];
  while (taken.length < NODE_COMMANDS_MAX) {
    const page = commands.take('dn-1');
    expect(page.length).toBeGreaterThan(0);
    const bytes = DataNodeService.PollCommands.encodeResponse({ term: 1, commands: page });
    expect(bytes.length).toBeLessThan(RPC_MESSAGE_BYTES_MAX);
    taken.push(...page.map(({ commandId }) => Number(commandId)));
  }
  expect(taken).toEqual(Array.from({ length: NODE_COMMANDS_MAX }, (_, n) => n + 1));
});
