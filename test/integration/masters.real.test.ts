import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CreateLoad, type LoadResult, MasterGroup } from './master-group.js';
import { outcomeOf, run, temporaryFolder, waitFor } from './processes.js';

/** Each takes some seconds. A longer campaign: npm run kills */
const KILLS = Number(process.env['DISTRIFS_LEADER_KILLS'] ?? 3);

async function found(count: number): Promise<MasterGroup> {
  const folder = temporaryFolder(onTestFinished);
  const group = await MasterGroup.found(folder, count);
  onTestFinished(() => group.end());
  return group;
}

function startLoad(group: MasterGroup): CreateLoad {
  const load = new CreateLoad(group);
  onTestFinished(() => load.kill());
  return load;
}

/** No acknowledged create is lost, and none happened twice: the second of two would have found the first one's file. */
function expectExactlyOnce({ acked, failed, listed }: LoadResult): void {
  expect(failed).toEqual([]);
  expect(new Set(acked).size).toBe(acked.length);
  expect([...listed].sort()).toEqual([...acked].sort());
}

/** Inverts one bit of a file, in the middle of something that stands there more than once, or at a share of its length. */
function flipBit(path: string, share: number): number {
  const bytes = readFileSync(path);
  const at = Math.floor(bytes.length * share);
  bytes[at] = (bytes[at] ?? 0) ^ 0x10;
  writeFileSync(path, bytes);
  return at;
}

test(
  `masters: the leader of three killed ${KILLS} times in a row under load: no create lost, none doubled`,
  async () => {
    const group = await found(3);
    await group.whole(3);
    const load = startLoad(group);
    for (let kill = 0; kill < KILLS; kill++) {
      const { leader } = await group.whole(3);
      await load.firstAfter(Date.now());
      const killedMs = Date.now();
      await group.kill(leader);
      // How long clients wait is measured by bench/failover.mjs.
      await load.firstAfter(killedMs);
      await group.start(leader);
    }
    await group.whole(3);
    expectExactlyOnce(await load.end());
    expect(new Set(await group.sameState(3)).size).toBe(1);
  },
  30_000 + KILLS * 20_000,
);

test('masters: all three killed at once come back with everything that was acknowledged, and elect a leader', async () => {
  const group = await found(3);
  const load = startLoad(group);
  await load.firstAfter(Date.now() + 500);
  await Promise.all([...group.addresses.keys()].map((id) => group.kill(id)));
  await Promise.all([...group.addresses.keys()].map((id) => group.start(id)));
  await load.firstAfter(Date.now());
  expectExactlyOnce(await load.end());
  expect(new Set(await group.sameState(3)).size).toBe(1);
});

test('masters: a minority acknowledges nothing; with a second master it goes on', async () => {
  const group = await found(3);
  await group.whole(3);
  await group.kill('m-1');
  await group.kill('m-2');
  const alone = await group.distrifs('admin', 'masters');
  expect(alone).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/no majority: 1 of 3 voters answers?, 2 are needed/) as string,
  });
  const making = group.distrifs('mkdir', '/made');
  let isMade = false;
  void making.then(() => (isMade = true));
  // Each asks all masters: time for a master that would answer alone.
  for (let asked = 0; asked < 3; asked++) expect(await group.distrifs('admin', 'masters')).toMatchObject({ code: 1 });
  expect(isMade).toBe(false);
  await group.start('m-1');
  expect(await making).toMatchObject({ code: 0 });
  expect((await group.distrifs('ls', '/')).stdout).toContain('made');
});

test('masters: leadership is handed over, a fourth master is added, and one of the first is removed, under load', async () => {
  const group = await found(3);
  await group.whole(3);
  const load = startLoad(group);
  const { leader } = await group.whole(3);
  const next = leader === 'm-2' ? 'm-3' : 'm-2';
  expect(await group.distrifs('admin', 'transfer-leadership', next)).toMatchObject({ code: 0, stdout: `${next} leads now\n` });
  // On a busy machine it may have lost the lead again by now: only that somebody leads is certain.
  await group.whole(3);

  const address = await group.name('m-4');
  expect(await group.distrifs('admin', 'add-master', 'm-4', address)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/no master waits at .*distrifs master --join --id m-4/) as string,
  });
  await group.start('m-4', '--join');
  expect((await group.distrifs('admin', 'masters')).stdout).toMatch(/^m-4: waits in an empty folder/m);
  expect(await group.distrifs('admin', 'add-master', 'm-4', address)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^m-4 is a voter now/) as string,
  });
  expect(await group.whole(4)).toMatchObject({ voters: 4 });

  const { leader: last } = await group.whole(4);
  // The leader removes itself, and another one takes over.
  expect(await group.distrifs('admin', 'remove-master', last)).toMatchObject({ code: 0 });
  await group.kill(last, 'SIGTERM');
  await waitFor('another leader', 20_000, async () => {
    const { leader: now, voters } = await group.masters();
    return now !== null && now !== last && voters === 3;
  });
  // Restarted, an added master knows its group.
  const added = last === 'm-4' ? next : 'm-4';
  await group.kill(added);
  await load.firstAfter(Date.now());
  await group.start(added);
  await group.whole(3);
  await load.firstAfter(Date.now());
  expectExactlyOnce(await load.end());
  expect(new Set(await group.sameState(3)).size).toBe(1);
});

test('masters: one that lost its disk does not count under its old id, whatever it is started with, until it is added again', async () => {
  const group = await found(3);
  const { leader } = await group.whole(3);
  await group.distrifs('mkdir', '/kept');
  const wiped = leader === 'm-3' ? 'm-2' : 'm-3';
  await group.kill(wiped);
  const wipe = (): void => {
    renameSync(group.dataDir(wiped), `${group.dataDir(wiped)}.old-${Math.random()}`);
    mkdirSync(group.dataDir(wiped));
  };
  wipe();
  expect(await outcomeOf(group.launch(wiped), 20_000)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/--init/) as string,
  });

  // The command that founded the cluster, as a service manager would repeat it. It may run; it must not count.
  const again = group.launch(wiped, ...group.founding);
  again.stdout?.resume();
  again.stderr?.resume();
  await waitFor('the wiped master to speak or to end', 10_000, async () => {
    const row = (await group.masters()).masters.find(({ id }) => id === wiped);
    return again.exitCode !== null || (row !== undefined && row.role !== 'SILENT');
  });
  for (let look = 0; look < 5; look++) expect((await group.masters()).votersAble).toBe(2);
  await group.kill(wiped);
  if (existsSync(join(group.dataDir(wiped), 'identity.json'))) wipe();

  await group.start(wiped, '--join');
  expect((await group.masters()).votersAble).toBe(2);
  const address = group.addresses.get(wiped) ?? '';
  expect(await group.distrifs('admin', 'add-master', wiped, address)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/is a voter of the group already.*remove the master first/) as string,
  });
  expect(await group.distrifs('admin', 'remove-master', wiped)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/2 voters tolerate no failure.*--yes/) as string,
  });
  expect(await group.distrifs('admin', 'remove-master', wiped, '--yes')).toMatchObject({ code: 0 });
  expect(await group.distrifs('admin', 'add-master', wiped, address)).toMatchObject({ code: 0 });
  await group.whole(3);
  await group.kill(leader);
  await group.whole(2);
  expect((await group.distrifs('ls', '/')).stdout).toContain('kept');
});

test('masters: a follower with a flipped bit in its log is made whole by the others', async () => {
  const group = await found(3);
  const load = startLoad(group);
  await load.firstAfter(Date.now() + 1_000);
  const { leader } = await group.whole(3);
  const follower = leader === 'm-1' ? 'm-2' : 'm-1';
  await group.kill(follower);
  const at = flipBit(join(group.dataDir(follower), 'master.log'), 0.5);
  const inspected = await run('distrifs', ['admin', 'log-inspect', '--data-dir', group.dataDir(follower)]);
  expect(inspected).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/master\.log at offset \d+ is damaged, .*corruption/) as string,
  });
  const place = Number(/at offset (\d+) is damaged/.exec(inspected.stdout)?.[1]);
  expect(place).toBeLessThanOrEqual(at);
  await group.start(follower);
  await group.whole(3);
  expectExactlyOnce(await load.end());
  expect(new Set(await group.sameState(3)).size).toBe(1);
  // Whole again, it can take over.
  await group.kill(leader);
  await group.whole(2);
});

test('masters: a single one with a flipped bit refuses to start, and log-inspect shows the same place', async () => {
  const group = await found(1);
  const names = Array.from({ length: 20 }, (_, i) => `/d${i}`);
  expect(await group.distrifs('mkdir', ...names)).toMatchObject({ code: 0 });
  await group.kill('m-1');
  const path = join(group.dataDir('m-1'), 'master.log');
  flipBit(path, 0.5);
  const before = readFileSync(path);
  const refused = await outcomeOf(group.launch('m-1'), 20_000);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/master\.log is damaged at offset \d+/) as string });
  expect(readFileSync(path).equals(before)).toBe(true);
  const place = /at offset (\d+)/.exec(refused.stderr)?.[1] ?? '';
  const inspected = await run('distrifs', ['admin', 'log-inspect', '--data-dir', group.dataDir('m-1'), '--limit', '5']);
  expect(inspected).toMatchObject({ code: 0, stderr: '' });
  const rows = inspected.stdout.split('\n').map((line) => line.trim().split(/ {2,}/));
  expect(rows.filter(([mark]) => mark === '>')).toEqual([['>', 'master.log', 'DAMAGED', place, expect.any(String), '-', '-']]);
  expect(rows.filter(([file]) => file === 'master.log')).toHaveLength(4);
});
