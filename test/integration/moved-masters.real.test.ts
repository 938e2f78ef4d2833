import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { killed } from './daemon.js';
import { MasterGroup } from './master-group.js';
import { startBin, temporaryFolder, waitFor } from './processes.js';

test('masters: a killed put frees its path; masters that move one by one, and then all at once, find one another', async () => {
  const group = await MasterGroup.found(temporaryFolder(onTestFinished), 3);
  onTestFinished(() => group.end());
  await group.whole(3);

  // Nothing comes from its input: the file stays unfinished.
  const put = startBin('distrifs', ['put', '-', '/f'], group.env);
  onTestFinished(() => killed(put));
  const exclusive = (): ReturnType<MasterGroup['distrifs']> => group.distrifs('put', '/dev/null', '/f', '--no-clobber');
  const refused = await waitFor('the first put to have opened its file', 20_000, async () => {
    const outcome = await exclusive();
    if (outcome.code === 0) await group.distrifs('rm', '/f');
    return outcome.code === 0 ? null : outcome;
  });
  expect(refused.stderr).toMatch(
    new RegExp(`it is the client "distrifs put ${put.pid} at 127\\.0\\.0\\.1:\\d+", which is connected`),
  );
  put.kill('SIGKILL');
  await once(put, 'exit');
  const removed = await waitFor('the unfinished file to be removed', 20_000, async () => {
    const outcome = await group.distrifs('rm', '/f');
    return outcome.code === 0 ? outcome : null;
  });
  expect(removed.stderr).toMatch(/an unfinished one of the client .*, which is gone: it was removed/);
  expect(await exclusive()).toMatchObject({ code: 0 });

  for (const id of ['m-1', 'm-2']) {
    await group.kill(id, 'SIGTERM');
    await group.name(id);
    await group.start(id);
    await group.whole(3);
  }
  await group.kill('m-3');
  expect(await group.distrifs('mkdir', '/two-of-three')).toMatchObject({ code: 0 });

  for (const id of group.addresses.keys()) await group.kill(id);
  for (const id of group.addresses.keys()) await group.name(id);
  const members = [...group.addresses].map(([id, address]) => `${id}=${address}`).join(',');
  await Promise.all([...group.addresses.keys()].map((id) => group.start(id, '--members', members)));
  await group.whole(3);
  expect((await group.distrifs('ls', '/')).stdout).toMatch(/two-of-three/);
}, 120_000);
