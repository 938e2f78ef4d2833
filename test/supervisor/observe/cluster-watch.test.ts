import { expect, test } from 'vitest';
import type { Clock } from '../../../src/shared/runtime.js';
import { timingsOf } from '../../../src/shared/profile.js';
import { ClusterWatch } from '../../../src/supervisor/observe/cluster-watch.js';
import type { WatchedNode } from '../../../src/supervisor/observe/cluster-watch.js';
import type { ClusterEvent } from '../../../src/supervisor/api/cluster-events.js';
import type { ClusterStatus, NodeRole } from '../../../src/supervisor/api/cluster-status.js';
import { FakeMasters, group, onVirtualTime, picture } from './fake-masters.js';

interface Watched extends WatchedNode {
  facts: { isRunning: boolean; isPaused: boolean; launchedAtMs: number | null };
}

class World {
  readonly masters: FakeMasters;
  readonly nodes: Watched[];
  readonly events: ClusterEvent[] = [];
  readonly watch: ClusterWatch;

  constructor(readonly clock: Clock) {
    this.masters = new FakeMasters(clock);
    const make = (id: string, role: NodeRole): Watched => ({
      id,
      role,
      rack: '',
      address: `${id}:1`,
      pid: 1,
      facts: { isRunning: true, isPaused: false, launchedAtMs: 0 },
      newLogLines: () => [],
    });
    this.nodes = [make('m-1', 'master'), make('m-2', 'master'), make('m-3', 'master'), make('dn-1', 'datanode')];
    this.watch = new ClusterWatch({
      nodes: this.nodes,
      clock,
      timings: timingsOf('fast'),
      isCut: () => false,
      emit: (event) => this.events.push(event),
    });
    this.watch.connect(this.masters);
  }

  leads(id: string, term: number, files = 0, repairsCompleted = 0): void {
    const own = group({ role: 'leader', term, commitIndex: 20, appliedIndex: 20 });
    this.masters.manners.set(id, () => ({ group: own, cluster: picture({ term, files, repairsCompleted }) }));
  }

  follows(id: string, term: number, appliedIndex = 20): void {
    this.masters.manners.set(id, () => ({ group: group({ term, appliedIndex }), cluster: picture({ term, files: 99 }) }));
  }

  async look(): Promise<ClusterStatus> {
    await this.watch.refresh();
    return this.watch.status();
  }

  node(id: string): Watched {
    const node = this.nodes.find((candidate) => candidate.id === id);
    if (node === undefined) throw new Error(id);
    return node;
  }

  /** Leaders that were told of. */
  told(): unknown[] {
    return this.events.flatMap((event) => (event.event === 'leader' ? [[event.node, event.term]] : []));
  }
}

const withWorld = (body: (world: World) => Promise<void>): Promise<void> => onVirtualTime((clock) => body(new World(clock)));

test('ClusterWatch takes the picture from the leader, and shows role, term and lag of every master', () =>
  withWorld(async (world) => {
    world.follows('m-1', 4, 15);
    world.leads('m-2', 4, 7);
    world.masters.manners.set('m-3', () => ({ group: group({ role: 'learner', term: 4, appliedIndex: 3 }), cluster: null }));
    const status = await world.look();
    expect(status).toMatchObject({ leader: 'm-2', term: 4, files: 7, masterReachable: true, leaderChanges: 0 });
    expect(status.nodes.map(({ id, state, member }) => [id, state, member?.role, member?.lag])).toEqual([
      ['m-1', 'live', 'follower', 5],
      ['m-2', 'live', 'leader', 0],
      ['m-3', 'starting', 'learner', 17],
      ['dn-1', 'starting', undefined, undefined],
    ]);
    expect(world.told()).toEqual([['m-2', 4]]);
  }));

test('ClusterWatch: of two that say they lead the one with the higher term does, also when it falls silent', () =>
  withWorld(async (world) => {
    world.leads('m-1', 4, 1);
    world.leads('m-2', 5, 2);
    world.follows('m-3', 5);
    expect(await world.look()).toMatchObject({ leader: 'm-2', term: 5, files: 2, leaderChanges: 1 });
    world.masters.manners.set('m-2', 'fails');
    expect(await world.look()).toMatchObject({ leader: null, masterReachable: false, term: 5, files: 2 });
    world.leads('m-3', 6, 3);
    expect(await world.look()).toMatchObject({ leader: 'm-3', term: 6, files: 3, leaderChanges: 2 });
    expect(world.told()).toEqual([
      ['m-1', 4],
      ['m-2', 5],
      ['m-3', 6],
    ]);
  }));

test('ClusterWatch tells of two leaders of one term, each once', () =>
  withWorld(async (world) => {
    world.leads('m-1', 4);
    world.leads('m-2', 4);
    world.follows('m-3', 4);
    await world.look();
    await world.look();
    expect(world.told()).toEqual([
      ['m-1', 4],
      ['m-2', 4],
    ]);
    expect(world.watch.status().leaderChanges).toBe(0);
  }));

test('ClusterWatch adds up the repairs of all leaders: each counts its own', () =>
  withWorld(async (world) => {
    world.leads('m-1', 3, 0, 7);
    expect((await world.look()).repairsCompleted).toBe(7);
    world.follows('m-1', 4);
    world.leads('m-2', 4, 0, 0);
    // A round does not wait for who was not heard before.
    for (let round = 0; round < 2; round += 1) expect((await world.look()).repairsCompleted).toBe(7);
    expect(world.watch.status().leader).toBe('m-2');
    world.leads('m-2', 4, 0, 2);
    expect((await world.look()).repairsCompleted).toBe(9);
  }));

test('ClusterWatch never waits for a silent master, and does not ask it twice at a time', () =>
  withWorld(async (world) => {
    world.leads('m-1', 4);
    world.follows('m-2', 4);
    world.masters.manners.set('m-3', 'silent');
    await world.look();
    const beganMs = world.clock.nowMs();
    for (let looks = 0; looks < 10; looks += 1) await world.look();
    expect(world.clock.nowMs() - beganMs).toBeLessThan(100);
    expect(world.masters.asked.filter((id) => id === 'm-3')).toHaveLength(1);
    await world.clock.sleep(2_000);
    const askedAgainMs = world.clock.nowMs();
    const status = await world.look();
    expect(world.clock.nowMs() - askedAgainMs).toBeLessThan(20);
    expect(world.masters.asked.filter((id) => id === 'm-3')).toHaveLength(2);
    expect(status.nodes.find(({ id }) => id === 'm-3')).toMatchObject({ state: 'starting', member: { role: null } });
  }));

test('ClusterWatch does not believe what a master said before it stopped, paused or started anew', () =>
  withWorld(async (world) => {
    world.leads('m-1', 4);
    world.follows('m-2', 4);
    world.follows('m-3', 4);
    await world.look();
    world.node('m-1').facts = { isRunning: true, isPaused: true, launchedAtMs: 0 };
    expect(world.watch.status()).toMatchObject({ leader: null, masterReachable: false });
    world.node('m-1').facts = { isRunning: false, isPaused: false, launchedAtMs: null };
    expect(world.watch.leader).toBeNull();
    await world.clock.sleep(10);
    world.node('m-1').facts = { isRunning: true, isPaused: false, launchedAtMs: world.clock.nowMs() };
    expect(world.watch.leader).toBeNull();
    world.follows('m-1', 4);
    expect((await world.look()).nodes[0]).toMatchObject({ state: 'live', member: { role: 'follower' } });
  }));
