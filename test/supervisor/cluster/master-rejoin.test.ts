import { expect, test } from 'vitest';
import type { Clock } from '../../../src/shared/runtime.js';
import { DfsError } from '../../../src/shared/errors.js';
import type { GroupRecord } from '../../../src/supervisor/folder/lab-record.js';
import { MasterRejoin } from '../../../src/supervisor/cluster/master-rejoin.js';
import type { MemberStatusView } from '../../../src/supervisor/observe/master-status-view.js';
import { FakeMasters, group, member, onVirtualTime } from '../observe/fake-masters.js';

/** Three masters; m-1 leads, and does what an operator asks of it. */
class Group {
  readonly masters: FakeMasters;
  readonly orders: string[] = [];
  readonly said: string[] = [];
  readonly started: string[] = [];
  record: GroupRecord;
  leader: string | null = 'm-1';
  members: MemberStatusView[] = [member('m-1', 1), member('m-2', 1), member('m-3', 1)];
  nextIncarnation = 4;
  /** Fails the next orders of this kind. */
  failures = { add: 0, remove: 0, addAfterInvite: 0 };
  /** Of m-3: null waits. */
  incarnation: number | null = 1;
  launchedAtMs = 0;
  readonly rejoin: MasterRejoin;

  constructor(clock: Clock, founded: readonly string[]) {
    this.record = { clusterKey: 'k', founded, rejoining: [] };
    this.masters = new FakeMasters(clock);
    const leading = (): ReturnType<typeof group> => group({ role: 'leader', term: 2, members: this.members });
    this.masters.manners.set('m-1', () => ({ group: leading(), cluster: null }));
    this.masters.manners.set('m-2', () => ({ group: group({ term: 2 }), cluster: null }));
    this.masters.manners.set('m-3', () => ({ group: this.third(), cluster: null }));
    this.rejoin = new MasterRejoin(
      {
        clock,
        masters: ['m-1', 'm-2', 'm-3'].map((id) => ({
          id,
          address: `${id}:7000`,
          facts: { isRunning: true, isPaused: false, launchedAtMs: id === 'm-3' ? this.launchedAtMs : 0 },
        })),
        deadlineMs: 1_000,
        lines: () => ({
          ask: (id, deadlineMs) => this.masters.ask(id, deadlineMs),
          removeMaster: async (leader, id) => this.remove(leader, id),
          addMaster: async (leader, id, address) => this.add(leader, id, address),
        }),
        leader: () => this.leader,
        answerOf: (id) => {
          const manner = this.masters.manners.get(id);
          return typeof manner === 'function' ? { atMs: 0, ...manner() } : null;
        },
        startEmpty: async (id) => {
          this.started.push(id);
          this.incarnation = null;
          this.rejoin.served(id, 'join');
        },
        say: (id, message) => this.said.push(`${id} ${message}`),
        onRecord: (record) => (this.record = record),
      },
      this.record,
    );
  }

  third(): ReturnType<typeof group> {
    if (this.incarnation === null) return group({ role: 'waiting', incarnation: 0 });
    const own = this.members.find(({ incarnation }) => incarnation === this.incarnation);
    return group({ role: own?.isVoter === false ? 'learner' : 'follower', incarnation: this.incarnation });
  }

  remove(leader: string, id: string): void {
    this.orders.push(`${leader}: remove ${id}`);
    if (this.failures.remove-- > 0) throw new DfsError('UNAVAILABLE', 'no');
    this.members = this.members.filter((known) => known.id !== id);
  }

  add(leader: string, id: string, address: string): void {
    this.orders.push(`${leader}: add ${id} at ${address}`);
    if (this.failures.add-- > 0) throw new DfsError('UNAVAILABLE', 'no');
    const incarnation = this.nextIncarnation++;
    this.incarnation = incarnation;
    if (this.failures.addAfterInvite-- > 0) throw new DfsError('UNAVAILABLE', 'no');
    this.members = [...this.members, member(id, incarnation, false)];
  }

  promote(): void {
    this.members = this.members.map((known) => ({ ...known, isVoter: true }));
  }
}

const withGroup = (
  body: (rig: Group, clock: Clock) => Promise<void>,
  founded: readonly string[] = ['m-1', 'm-2', 'm-3'],
): Promise<void> =>
  onVirtualTime(async (clock) => {
    const rig = new Group(clock, founded);
    await body(rig, clock);
    rig.rejoin.close();
  });

test('MastersCare: an empty folder is a founder until the cluster was whole once, and a lost disk from then on', () =>
  withGroup(async (rig) => {
    const { rejoin } = rig;
    for (const id of ['m-1', 'm-2', 'm-3']) {
      expect(rejoin.startOf(id, false)).toBe('found');
      rejoin.served(id, 'found');
    }
    // It may wait for the others still, with nothing on its disk.
    expect(rejoin.startOf('m-3', false)).toBe('found');
    expect(rig.record.founded).toEqual([]);
    rejoin.founded();
    expect(rig.record.founded).toEqual(['m-1', 'm-2', 'm-3']);
    expect(rejoin.startOf('m-3', false)).toBe('join');
    expect(rejoin.startOf('m-3', true)).toBe('serve');
  }, []));

test('MastersCare removes the old life of a wiped master and adds the new one; it is whole when it votes again', () =>
  withGroup(async (rig, clock) => {
    rig.incarnation = null;
    rig.rejoin.served('m-3', 'join');
    expect(rig.record.rejoining).toEqual(['m-3']);
    await clock.sleep(1_000);
    expect(rig.orders).toEqual(['m-1: remove m-3', 'm-1: add m-3 at m-3:7000']);
    expect(rig.rejoin.health().map(({ isWhole }) => isWhole)).toEqual([true, true, false]);
    rig.promote();
    await clock.sleep(1_000);
    expect(rig.record.rejoining).toEqual([]);
    expect(rig.rejoin.health().map(({ isWhole }) => isWhole)).toEqual([true, true, true]);
    expect(rig.orders).toHaveLength(2);
  }));

test('MastersCare tries again when nobody leads or an order fails, and never removes a life twice', () =>
  withGroup(async (rig, clock) => {
    rig.incarnation = null;
    rig.leader = null;
    rig.failures = { add: 2, remove: 1, addAfterInvite: 0 };
    rig.rejoin.served('m-3', 'join');
    await clock.sleep(1_000);
    expect(rig.orders).toEqual([]);
    rig.leader = 'm-1';
    await clock.sleep(2_000);
    const kinds = rig.orders.map((order) => order.split(' ')[1]);
    expect(kinds).toEqual(['remove', 'remove', 'add', 'add', 'add']);
    rig.promote();
    await clock.sleep(1_000);
    expect(rig.record.rejoining).toEqual([]);
  }));

test('MastersCare empties a master again that was invited and whom the group does not know', () =>
  withGroup(async (rig, clock) => {
    rig.incarnation = null;
    rig.failures.addAfterInvite = 1;
    rig.rejoin.served('m-3', 'join');
    await clock.sleep(10_000);
    expect(rig.started).toEqual(['m-3']);
    rig.promote();
    await clock.sleep(1_000);
    expect([rig.record.rejoining, rig.incarnation]).toEqual([[], 5]);
  }));

test('MastersCare gives up in the end, says so, and begins anew with the next start', () =>
  withGroup(async (rig, clock) => {
    rig.incarnation = null;
    rig.failures.add = Infinity;
    rig.rejoin.served('m-3', 'join');
    await clock.sleep(130_000);
    expect(rig.said).toEqual(['m-3 not a voter again: no']);
    rig.failures.add = 0;
    rig.rejoin.ended('m-3');
    rig.rejoin.served('m-3', 'join');
    await clock.sleep(1_000);
    rig.promote();
    await clock.sleep(1_000);
    expect(rig.record.rejoining).toEqual([]);
  }));

test('MastersCare does not take what a life said that is over for the next one', () =>
  withGroup(async (rig, clock) => {
    rig.rejoin.served('m-3', 'join');
    rig.rejoin.ended('m-3');
    await clock.sleep(1_000);
    expect(rig.record.rejoining).toEqual(['m-3']);
  }));

test('MastersCare stops when the process ends', () =>
  withGroup(async (rig, clock) => {
    rig.leader = null;
    rig.incarnation = null;
    rig.rejoin.served('m-3', 'join');
    rig.rejoin.ended('m-3');
    rig.leader = 'm-1';
    await clock.sleep(5_000);
    expect([rig.orders, rig.said]).toEqual([[], []]);
  }));

test('MastersCare: a damaged log makes a master unwell until it was started again', () =>
  withGroup(async (rig, clock) => {
    await clock.sleep(10);
    rig.rejoin.damaged('m-2');
    expect(rig.rejoin.health().map(({ isWhole }) => isWhole)).toEqual([true, false, true]);
  }));
