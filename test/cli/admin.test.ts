import { afterEach, beforeEach, expect, test } from 'vitest';
import { SILENT_LOGGER } from '../../src/cli/distrifs/admin-command.js';
import { createNodeRuntime } from '../../src/runtime/node/index.js';
import { DfsError } from '../../src/shared/errors.js';
import { distrifs, type Outcome } from './command-line.js';
import { FakeGroup, type FakeMaster } from './fake-masters.js';

let group: FakeGroup;
beforeEach(async () => {
  group = await FakeGroup.start('m-1', 'm-2', 'm-3');
});
afterEach(() => group.close());

const admin = (...args: readonly string[]): Promise<Outcome> =>
  distrifs('admin', ...args, '--master', group.addresses, '--profile', 'fast');

/** Cells of a table's row. */
const row = (outcome: Outcome, id: string): string[] =>
  outcome.stdout
    .split('\n')
    .find((line) => line.startsWith(`${id} `))
    ?.split(/ {2,}/) ?? [];

/** Makes the group as the leader has it look changed, as after a committed change. */
function vote(id: string, incarnation: number, isVoter: boolean, address = group.master(id).address): void {
  group.members = [...group.members.filter(({ masterId }) => masterId !== id), { masterId: id, address, incarnation, isVoter }];
}

async function startWaiting(id: string): Promise<FakeMaster> {
  return group.add(id, { role: 'WAITING', incarnation: 0, clusterId: '', members: [], leaderId: '' });
}

test('admin masters: a row for each, with lag behind the commit of the leader, and how many may fail', async () => {
  group.master('m-3').status = { appliedIndex: 993, checkpointIndex: 0, fsyncP50Us: 0, fsyncP99Us: 0 };
  const outcome = await admin('masters');
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  const [m1, m2, m3] = group.masters.map(({ address }) => address);
  expect(row(outcome, 'm-1')).toEqual(['m-1', m1, 'leader', '4', '1000', '1000', '0', '1.3/7.5 ms', '800']);
  expect(row(outcome, 'm-2')).toEqual(['m-2', m2, 'follower', '4', '1000', '1000', '0', '1.3/7.5 ms', '800']);
  expect(row(outcome, 'm-3')).toEqual(['m-3', m3, 'follower', '4', '1000', '993', '7', '-', '-']);
  expect(outcome.stdout).toMatch(/^m-1 leads in term 4; 3 of 3 voters answer: 1 of them may fail, its log takes 2 MiB$/m);
});

test('admin masters: one configured master is enough to find the others', async () => {
  const outcome = await distrifs('admin', 'masters', '--json', '--master', group.master('m-2').address);
  const { masters, leader } = JSON.parse(outcome.stdout) as { masters: { id: string }[]; leader: string };
  expect([leader, masters.map(({ id }) => id)]).toEqual(['m-1', ['m-1', 'm-2', 'm-3']]);
});

test('admin masters: a silent one is shown by its name with the reason', async () => {
  await group.master('m-3').stop();
  const outcome = await admin('masters');
  expect(outcome.code).toBe(0);
  const { address } = group.master('m-3');
  expect(row(outcome, 'm-3').slice(0, 4)).toEqual(['m-3', address, 'silent', '-']);
  expect(outcome.stdout).toMatch(new RegExp(`^m-3: no answer from ${address}: .*ECONNREFUSED`, 'm'));
  expect(outcome.stdout).toMatch(/2 of 3 voters answer: none of them may fail/);
  const json = JSON.parse((await admin('masters', '--json')).stdout) as { masters: unknown[]; votersAble: number };
  expect(json.votersAble).toBe(2);
  expect(json.masters[2]).toMatchObject({ id: 'm-3', role: 'SILENT', error: 'UNAVAILABLE', isVoter: true });
});

test('admin masters: one that answers and that the leader does not hear does not count, and neither does an earlier release go unsaid', async () => {
  group.members = group.members.map((member) => ({
    ...member,
    isSilent: member.masterId === 'm-2',
    highestOperation: member.masterId === 'm-3' ? 21 : 24,
  }));
  const { stdout, code } = await admin('masters');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^m-2: answers at .*, but the leader m-1 does not hear from it/m);
  expect(stdout).toMatch(/^m-3: runs an earlier release than the leader m-1/m);
  expect(stdout).toMatch(/2 of 3 voters answer and are heard by the leader: none of them may fail/);
});

test('admin masters: without a leader, and without a majority, exit code 1 and what to do', async () => {
  group.leaderId = '';
  const election = await admin('masters');
  expect(election).toMatchObject({ code: 1, stdout: expect.stringMatching(/no master leads: 3 of 3 .* try again/) as string });
  await group.master('m-1').stop();
  await group.master('m-2').stop();
  const lost = await admin('masters');
  expect(lost).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/no majority: 1 of 3 voters answer, 2 are needed/) as string,
  });
});

test('admin masters: of two that say they lead, the one of the later term does', async () => {
  group.master('m-1').status = { role: 'LEADER', term: 3 };
  group.master('m-2').status = { role: 'LEADER', term: 4 };
  const { stdout } = await admin('masters');
  expect(stdout).toMatch(/^m-2 leads in term 4/m);
  expect(stdout).toMatch(/^m-1: was the leader of term 3, and has not noticed yet that it no longer is$/m);
});

test('admin masters: says what is odd about a master: damaged, waiting, wiped, foreign, no member', async () => {
  group.master('m-2').status = { role: 'DAMAGED' };
  group.master('m-3').status = { incarnation: 9 };
  await startWaiting('m-4');
  await group.add('m-5', { clusterId: 'another' });
  await group.add('m-6');
  const { stdout } = await admin('masters');
  expect(stdout).toMatch(/^m-2: its log lost entries: the master has no vote until/m);
  expect(stdout).toMatch(/^m-3: is incarnation 9, but the group has 1: remove the master, and add it again/m);
  expect(stdout).toMatch(/^m-4: waits in an empty folder: distrifs admin add-master m-4 127/m);
  expect(stdout).toMatch(/^m-5: belongs to another cluster, another$/m);
  expect(stdout).toMatch(/^m-6: is not a member of the group/m);
  // Neither a damaged one nor another life of a member counts.
  expect(stdout).toMatch(/no majority: 1 of 3 voters answer/);
  expect(row({ code: 0, stdout, stderr: '' }, 'm-4')[6]).toBe('-');
});

test('admin: without a master to ask it is wrong usage', async () => {
  const outcome = await distrifs('admin', 'masters');
  expect(outcome).toMatchObject({ code: 2, stderr: expect.stringMatching(/^distrifs admin masters: no master given/) as string });
  expect(await distrifs('admin', 'frob')).toMatchObject({ code: 2 });
});

test('admin masters: something else that answers on the port is silent, with a reason', async () => {
  const { runtime, close } = createNodeRuntime({ dataDir: '/nowhere', log: SILENT_LOGGER });
  try {
    const { address } = await runtime.rpc.serve('127.0.0.1:0', []);
    const outcome = await distrifs('admin', 'masters', '--master', address);
    expect(outcome).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/no master answers: check the addresses/) as string,
    });
    expect(outcome.stdout).toMatch(new RegExp(`^${address}: no answer from ${address}: .*GetMasterStatus`, 'm'));
  } finally {
    await close();
  }
});

test('admin transfer-leadership: asks the leader, following the hint of one that no longer leads', async () => {
  // Two steps: the survey still sees m-1 lead, m-1 points to m-2.
  group.master('m-1').handlers = {
    TransferLeadership: async () => {
      throw new DfsError('NOT_LEADER', 'm-1 does not lead any more', { leaderHint: group.master('m-2').address });
    },
  };
  group.master('m-2').handlers = { TransferLeadership: async ({ masterId }) => ({ leaderId: masterId }) };
  expect(await admin('transfer-leadership', 'm-3')).toEqual({ code: 0, stdout: 'm-3 leads now\n', stderr: '' });
  expect(group.master('m-2').calls).toEqual([['TransferLeadership', { masterId: 'm-3' }]]);
});

test('admin transfer-leadership: a leader already is no change; who cannot lead is refused without asking', async () => {
  expect(await admin('transfer-leadership', 'm-1')).toEqual({ code: 0, stdout: 'm-1 leads already\n', stderr: '' });
  vote('m-3', 1, false);
  expect(await admin('transfer-leadership', 'm-3')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/no vote yet/) as string,
  });
  expect(await admin('transfer-leadership', 'm-9')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^distrifs admin transfer-leadership: "m-9" is not a member.*m-1, m-2\n$/) as string,
  });
  expect(group.masters.flatMap(({ calls }) => calls)).toEqual([]);
});

test('admin transfer-leadership: a lost answer is looked up, and a hand-over that failed says who leads', async () => {
  const leader = group.master('m-1');
  leader.handlers = {
    TransferLeadership: async () => {
      group.leaderId = 'm-2';
      throw new DfsError('UNAVAILABLE', 'leadership was lost');
    },
  };
  expect(await admin('transfer-leadership')).toMatchObject({ code: 0, stdout: 'm-2 leads now\n' });
  group.leaderId = 'm-1';
  leader.handlers = {
    TransferLeadership: async () => {
      throw new DfsError('DEADLINE_EXCEEDED', 'm-3 did not take over');
    },
  };
  expect(await admin('transfer-leadership', 'm-3')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/m-3 did not take over; "m-1" leads: check the lag/) as string,
  });
});

test('admin transfer-leadership: gives up when no master leads within the timeout', async () => {
  group.leaderId = '';
  expect(await admin('transfer-leadership', '--timeout', '300ms')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/Cannot hand leadership over: no leader was found within 300 ms/) as string,
  });
});

test('admin add-master: waits until the new master votes, and warns of an even number', async () => {
  const waiting = await startWaiting('m-4');
  group.master('m-1').handlers = {
    AddMaster: async () => {
      vote('m-4', 7, false);
      waiting.status = { incarnation: 7, role: 'LEARNER', appliedIndex: 10 };
      setTimeout(() => vote('m-4', 7, true), 400);
      return { incarnation: 7 };
    },
  };
  const outcome = await admin('add-master', 'm-4', waiting.address);
  expect(outcome).toMatchObject({ code: 0, stdout: expect.stringMatching(/^m-4 is a voter now \(incarnation 7\)/) as string });
  expect(outcome.stderr).toBe('distrifs admin add-master: 4 voters tolerate 1 failure, the same as 3; change to 5 or 3\n');
  expect(group.member('m-4').isVoter).toBe(true);
  expect(group.master('m-1').calls).toEqual([['AddMaster', { masterId: 'm-4', address: waiting.address }]]);
});

test('admin add-master: --no-wait ends with a learner; run again it waits for that one; a timeout says how far it is', async () => {
  const waiting = await startWaiting('m-4');
  const { address } = waiting;
  group.master('m-1').handlers = {
    AddMaster: async () => {
      vote('m-4', 7, false);
      waiting.status = { incarnation: 7, role: 'LEARNER', appliedIndex: 10 };
      return { incarnation: 7 };
    },
  };
  expect(await admin('add-master', 'm-4', address, '--no-wait')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^m-4 is a learner now/) as string,
  });
  expect(await admin('add-master', 'm-4', address, '--timeout', '300ms')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/"m-4" is a learner, and has applied 10 of 1000: it becomes a voter by itself/) as string,
  });
  expect(group.master('m-1').calls).toHaveLength(1);
});

test('admin add-master: refuses what can be seen to fail, and says what to do', async () => {
  const waiting = await startWaiting('m-4');
  const foreign = await group.add('x', { clusterId: 'another' });
  const cases: [string[], RegExp][] = [
    [['m-5', '127.0.0.1:1'], /no master waits at 127\.0\.0\.1:1 \(.*\): start one there with distrifs master --join --id m-5 /],
    [['m-5', waiting.address], /waits under the name "m-4", not "m-5"/],
    [['m-5', foreign.address], /does not wait to be added: it belongs to cluster another\. No changes were made/],
    [['m-2', waiting.address], /"m-2" is a voter of the group already, at .*remove the master first/],
    [['m-5', group.master('m-2').address], /is the address of the member "m-2"/],
  ];
  for (const [args, reason] of cases) {
    const outcome = await admin('add-master', ...args);
    expect(outcome).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(reason) as string });
  }
  expect(group.master('m-1').calls).toEqual([]);
  expect((await admin('add-master', 'm 4', waiting.address)).code).toBe(2);
  expect((await admin('add-master', 'm-4', 'nowhere')).code).toBe(2);
});

test('admin remove-master: of five voters two have to go: the first needs --yes, the second does not', async () => {
  for (const id of ['m-4', 'm-5']) {
    await group.add(id);
    vote(id, 2, true);
    group.master(id).status = { incarnation: 2 };
  }
  group.master('m-1').handlers = {
    RemoveMaster: async ({ masterId }) => {
      group.members = group.members.filter((member) => member.masterId !== masterId);
      return {};
    },
  };
  expect(await admin('remove-master', 'm-5')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/nothing was changed: 4 voters tolerate 1 failure, the same as 3.* Use --yes/) as string,
  });
  expect(await admin('remove-master', 'm-5', '--yes')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^m-5 is not a member any more: stop its process/) as string,
  });
  expect(await admin('remove-master', 'm-4')).toMatchObject({ code: 0, stderr: '' });
  expect(group.master('m-1').calls.map(([, request]) => request)).toEqual([{ masterId: 'm-5' }, { masterId: 'm-4' }]);
});

test('admin remove-master: warns of a group that would stand still, of a single master, and refuses the last one', async () => {
  await group.master('m-3').stop();
  expect(await admin('remove-master', 'm-2')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/only 1 of the 2 remaining voters answers, and 2 are needed: .*stop working/) as string,
  });
  expect(await admin('remove-master', 'm-3')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/2 voters tolerate no failure/) as string,
  });
  group.members = group.members.slice(0, 2);
  expect(await admin('remove-master', 'm-2')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/a single master remains/) as string,
  });
  group.members = group.members.slice(0, 1);
  expect(await admin('remove-master', 'm-1', '--yes')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/the last voter/) as string,
  });
  expect(await admin('remove-master', 'm-9', '--yes')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/not a member.*m-1/) as string,
  });
  expect(group.master('m-1').calls).toEqual([]);
});

// Nothing was asked, and a voter of three was gone.
test('admin remove-master: without a leader at first, what has to be confirmed is looked at when there is one', async () => {
  const leader = group.master('m-1');
  leader.handlers = { RemoveMaster: async () => ({}) };
  let looks = 0;
  Object.defineProperty(leader, 'status', { get: () => (looks++ === 0 ? { role: 'FOLLOWER' } : {}) });
  expect(await admin('remove-master', 'm-3')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/nothing was changed: 2 voters tolerate no failure.* Use --yes/) as string,
  });
  expect(looks).toBeGreaterThan(1);
  expect(leader.calls).toEqual([]);
});

test('admin remove-master: a learner needs no --yes; the answer of a leader that removes itself may be lost', async () => {
  vote('m-3', 1, false);
  const leader = group.master('m-1');
  const remove = (id: string): void => {
    group.members = group.members.filter(({ masterId }) => masterId !== id);
  };
  leader.handlers = {
    RemoveMaster: async ({ masterId }) => {
      remove(masterId);
      return {};
    },
  };
  expect(await admin('remove-master', 'm-3')).toMatchObject({ code: 0, stderr: '' });
  leader.handlers = {
    RemoveMaster: async ({ masterId }) => {
      remove(masterId);
      group.leaderId = 'm-2';
      throw new DfsError('CONNECTION_LOST', 'gone');
    },
  };
  const outcome = await admin('remove-master', 'm-1', '--yes', '--json');
  expect(outcome).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('is the leader: another master takes over') as string,
  });
  expect(JSON.parse(outcome.stdout)).toEqual({ id: 'm-1', removed: true });
});

test('admin remove-datanode: says what is lost, that a live one comes back, and why the leader refuses', async () => {
  const leader = group.master('m-1');
  leader.handlers = { RemoveDataNode: async () => ({ lostChunks: 3, wasLive: false }) };
  expect(await admin('remove-datanode', 'dn-1', '--force')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^dn-1 is removed/) as string,
    stderr: expect.stringMatching(/without a good replica on another node: 3$/m) as string,
  });
  expect(leader.calls.at(-1)).toMatchObject(['RemoveDataNode', { nodeId: 'dn-1', force: true }]);
  leader.handlers = { RemoveDataNode: async () => ({ wasLive: true }) };
  const live = await admin('remove-datanode', 'dn-1', '--json');
  expect(JSON.parse(live.stdout)).toEqual({ id: 'dn-1', removed: true, lostChunks: 0, wasLive: true });
  const refusal = new DfsError('NOT_ENOUGH_REPLICAS', '7 chunks', { retriable: false });
  leader.handlers = { RemoveDataNode: () => Promise.reject(refusal) };
  expect(await admin('remove-datanode', 'dn-1')).toMatchObject({ code: 1, stderr: expect.stringMatching(/7 chunks/) as string });
});
