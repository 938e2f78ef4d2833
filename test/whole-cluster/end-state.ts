/** What must hold once everything has healed, looked at from outside and on the disks. */
import { expect } from 'vitest';
import { DiskRoom } from '../../src/master/base/disk-room.js';
import { CheckpointFiles } from '../../src/master/checkpoint/checkpoint-files.js';
import { openStorage } from '../../src/master/log/open-storage.js';
import { StateMachine } from '../../src/master/state/operations/state-machine.js';
import type { Machine } from '../../src/runtime/memory/machine.js';
import { goodCopies, wronglyQuarantined } from './disk-view.js';
import { type SimCluster, TIMINGS } from './sim-cluster.js';

/** Waits until the master thinks that all is well, and no file is unfinished. */
export async function untilHealed(cluster: SimCluster, limitMs = 180_000): Promise<void> {
  await cluster.untilStatus(
    (status) =>
      !status.safeMode &&
      status.nodes.filter((node) => node.state === 'LIVE').length === cluster.datanodeIds.length &&
      status.chunks?.total === status.chunks?.healthy &&
      status.pendingFileCount === 0 &&
      status.orphanReplicas === 0,
    limitMs,
  );
}

/** Replicas of every file's chunks, exactly as many as wanted, and nothing else on any disk. */
export async function expectCleanDisks(cluster: SimCluster, paths: readonly string[], replication: number): Promise<void> {
  const fs = cluster.client('inspector');
  const wanted = new Map<string, number>();
  for (const path of paths) for (const { id, version } of await fs.locate(path)) wanted.set(id, version);
  const complaints = (): string[] => {
    const found = goodCopies(cluster);
    const wrong: string[] = [];
    for (const [uuid, version] of wanted) {
      const copies = (found.get(uuid) ?? []).filter((copy) => copy.version === version);
      if (copies.length !== replication) wrong.push(`chunk ${uuid} v${version} has ${copies.length} good copies`);
    }
    for (const nodeId of cluster.datanodeIds) {
      for (const name of cluster.sim.machine(nodeId).disk.files()) {
        if (name.startsWith('quarantine/') || name === 'identity.json') continue;
        const match = /^chunk-([0-9a-f-]{36})(?:\.v(\d+)\.meta)?$/.exec(name);
        const version = wanted.get(match?.[1] ?? '');
        if (version === undefined || (match?.[2] !== undefined && Number(match[2]) !== version))
          wrong.push(`${nodeId} has ${name}`);
      }
    }
    return wrong;
  };
  // What is too much goes after a delay, in peace.
  const deadlineMs = cluster.sim.nowMs + 10 * TIMINGS.orphanDelayMs;
  while (complaints().length > 0 && cluster.sim.nowMs < deadlineMs) await cluster.sim.advance(500);
  expect(complaints()).toEqual([]);
  expect(wronglyQuarantined(cluster)).toEqual([]);
  await fs.close();
}

/** The log alone gives the state that the master had: power off, replay, compare, start again. */
export async function expectReplayGivesSameState(cluster: SimCluster): Promise<void> {
  const { sim } = cluster;
  let before = await cluster.untilStatus(() => true);
  for (let isQuiet = false; !isQuiet;) {
    await sim.advance(500);
    const now = await cluster.untilStatus(() => true);
    isQuiet = now.lastAppliedIndex === before.lastAppliedIndex;
    before = now;
  }
  const machine = sim.machine('m-1');
  machine.crash({ power: true });
  const state = await replayedState(machine, before.lastAppliedIndex);
  expect(state.appliedIndex).toBe(before.lastAppliedIndex);
  expect(state.digest()).toBe(before.stateDigest);
  machine.crash();
  await cluster.startMaster();
}

/** What checkpoint and log on a machine's disk give, up to an index. */
async function replayedState(machine: Machine, index: number): Promise<StateMachine> {
  const runtime = machine.boot();
  const { disk, clock, random, log } = runtime;
  const state = new StateMachine();
  const snapshots = await CheckpointFiles.open(runtime);
  const self = { id: 'm-1', incarnation: 1 };
  const room = await DiskRoom.open(runtime);
  const { stored } = await openStorage({ disk, clock, random, log, room, snapshots, state, self, bootstrapMembers: [] });
  for (const { index: at, term, body } of stored.entries) {
    if (at <= index) state.apply({ index: at, term, data: body.kind === 'data' ? body.data : null });
  }
  return state;
}
