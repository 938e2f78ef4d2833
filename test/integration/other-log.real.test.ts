/** A log that has lost entries, or is another cluster's with the same key: no file ever reads as bytes that were never written to it. */
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { killed, startDaemon } from './daemon.js';
import { MasterGroup } from './master-group.js';
import { outcomeOf, run, startBin, temporaryFolder, waitFor } from './processes.js';

const FILES = 8;
const contentOf = (name: string): string => `content of ${name} `.repeat(50);

async function put(env: Readonly<Record<string, string>>, name: string): Promise<void> {
  const args = ['put', '-', `/${name}`, '--replication', '2'];
  expect(await run('distrifs', args, { env, input: contentOf(name) })).toMatchObject({ code: 0 });
}

const namesOf = (kind: string): string[] => Array.from({ length: FILES }, (_, i) => `${kind}-${i}`);

const chunksIn = (dir: string): string[] => readdirSync(dir).filter((name) => /^chunk-[0-9a-f-]+$/.test(name));

test('other log: an older copy of a master’s folder put back: new files are themselves, the lost ones are kept and said', async () => {
  const folder = temporaryFolder(onTestFinished);
  const dir = join(folder, 'm-1');
  const start = (...args: readonly string[]) => startDaemon(onTestFinished, 'master', ['--data-dir', dir, ...args]);
  let master = await start('--init', '--listen', '127.0.0.1:0');
  const { address } = master.ready;
  const env = { DISTRIFS_MASTER: address, DISTRIFS_PROFILE: 'fast' };
  const dataDirs = ['dn-1', 'dn-2'].map((id) => join(folder, id));
  for (const dataDir of dataDirs) {
    await startDaemon(onTestFinished, 'datanode', ['--data-dir', dataDir, '--master', address, '--listen', '127.0.0.1:0']);
  }
  const usage = async () => JSON.parse((await run('distrifs', ['df', '--json'], { env })).stdout) as Usage;
  await waitFor('two datanodes', 20_000, async () => (await usage()).nodes.length === 2);
  for (const name of namesOf('kept')) await put(env, name);
  await killed(master.child);
  cpSync(dir, join(folder, 'older'), { recursive: true });
  master = await start('--listen', address);
  for (const name of namesOf('lost')) await put(env, name);
  const before = dataDirs.map(chunksIn);
  await killed(master.child);
  rmSync(dir, { recursive: true });
  renameSync(join(folder, 'older'), dir);

  await start('--listen', address);
  for (const name of namesOf('new')) await put(env, name);
  for (const name of [...namesOf('kept'), ...namesOf('new')]) {
    expect(await run('distrifs', ['cat', `/${name}`], { env })).toMatchObject({ code: 0, stdout: contentOf(name) });
  }
  const { unknownChunkIds } = await waitFor('the loss to be said', 20_000, async () => {
    const found = await usage();
    return found.unknownChunkIds > 0 ? found : null;
  });
  expect(unknownChunkIds).toBeGreaterThan(0);
  expect((await run('distrifs', ['df'], { env })).stdout).toMatch(/WARNING: datanodes hold chunks/);
  // Nothing that the log knows nothing of is deleted, also after the time in which orphans are.
  for (const [i, dataDir] of dataDirs.entries()) expect(chunksIn(dataDir)).toEqual(expect.arrayContaining(before[i] ?? []));
});

interface Usage {
  readonly nodes: readonly unknown[];
  readonly unknownChunkIds: number;
}

test('other log: three masters made anew with the same key are another cluster: datanodes keep their data, and do not serve it', async () => {
  const folder = temporaryFolder(onTestFinished);
  const group = await MasterGroup.found(folder, 3);
  onTestFinished(() => group.end());
  await group.whole(3);
  const masters = [...group.addresses.values()].join(',');
  const dataDir = join(folder, 'dn-1');
  const args = ['--data-dir', dataDir, '--master', masters, '--listen', '127.0.0.1:0'];
  const node = await startDaemon(onTestFinished, 'datanode', args);
  const put1 = ['put', '-', '/old', '--replication', '1'];
  await waitFor(
    'a file to be taken',
    20_000,
    async () => (await run('distrifs', put1, { env: group.env, input: 'old' })).code === 0,
  );
  await killed(node.child);
  const before = chunksIn(dataDir);
  expect(before.length).toBeGreaterThan(0);
  for (const id of group.addresses.keys()) {
    await group.kill(id);
    rmSync(group.dataDir(id), { recursive: true });
    mkdirSync(group.dataDir(id));
  }
  await Promise.all([...group.addresses.keys()].map((id) => group.start(id, ...group.founding)));
  await group.whole(3);
  const again = startBin('distrifs', ['datanode', ...args, '--profile', 'fast']);
  onTestFinished(() => killed(again));
  const refused = await outcomeOf(again);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/cluster/) as string });
  expect(chunksIn(dataDir)).toEqual(before);
});
