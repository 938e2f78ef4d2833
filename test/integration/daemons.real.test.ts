import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startDaemon } from './daemon.js';
import { outcomeOf, run, runProgram, sha256Of, startBin, temporaryFolder, waitFor, writeSample } from './processes.js';

const startMaster = (dir: string, ...args: readonly string[]) =>
  startDaemon(onTestFinished, 'master', ['--data-dir', dir, ...args]);
const startDatanode = (dir: string, master: string, ...args: readonly string[]) =>
  startDaemon(onTestFinished, 'datanode', ['--data-dir', dir, '--master', master, '--listen', '127.0.0.1:0', ...args]);

async function startCluster(folder: string, datanodes: number, ...args: readonly string[]) {
  const master = await startMaster(join(folder, 'm-1'), '--init', '--listen', '127.0.0.1:0');
  const nodes = await Promise.all(
    Array.from({ length: datanodes }, (_, i) =>
      startDatanode(join(folder, `dn-${i + 1}`), master.ready.address, '--id', `dn-${i + 1}`, ...args),
    ),
  );
  const env = { DISTRIFS_MASTER: master.ready.address };
  await waitFor('all datanodes to be registered', 10_000, async () => {
    const { stdout } = await run('distrifs', ['df', '--json'], { env });
    return (stdout.match(/dn-\d/g) ?? []).length >= datanodes;
  });
  return { master, nodes, env };
}

test('daemons: a cluster started by hand stores a file, and stops cleanly on SIGTERM', async () => {
  const folder = temporaryFolder(onTestFinished);
  const { master, nodes, env } = await startCluster(folder, 4);
  await writeSample(join(folder, 'source'), 3_000_000, 7);
  expect(await run('distrifs', ['mkdir', '-p', '/a/b'], { env })).toMatchObject({ code: 0 });
  expect(await run('distrifs', ['put', join(folder, 'source'), '/a/b/file', '--chunk-size', '1MiB'], { env })).toMatchObject({
    code: 0,
  });
  expect(await run('distrifs', ['get', '/a/b/file', join(folder, 'copy')], { env })).toMatchObject({ code: 0 });
  expect(await sha256Of(join(folder, 'copy'))).toBe(await sha256Of(join(folder, 'source')));
  for (const { child } of [...nodes, master]) {
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  }
});

test('daemons: a file larger than any one disk, in pieces on all of them', async () => {
  const folder = temporaryFolder(onTestFinished);
  const { env } = await startCluster(folder, 5, '--capacity', '12MiB');
  await writeSample(join(folder, 'source'), 40 * 1024 * 1024, 8);
  const put = ['put', join(folder, 'source'), '/large', '--replication', '1', '--chunk-size', '3MiB'];
  expect(await run('distrifs', put, { env })).toMatchObject({ code: 0 });
  expect(await run('distrifs', ['get', '/large', join(folder, 'copy')], { env })).toMatchObject({ code: 0 });
  expect(await sha256Of(join(folder, 'copy'))).toBe(await sha256Of(join(folder, 'source')));
  const refused = await run('distrifs', [...put.slice(0, 2), '/too-large', ...put.slice(3)], {
    // A client waits for room, and not as long with this profile.
    env: { ...env, DISTRIFS_PROFILE: 'fast' },
    timeoutMs: 50_000,
  });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/^distrifs put: .*space.*\n$/i);
});

test('daemons: one process a data directory, no start without --init, no second --init', async () => {
  const folder = temporaryFolder(onTestFinished);
  const args = ['--data-dir', join(folder, 'm-1'), '--listen', '127.0.0.1:0'];
  expect(await run('distrifs', ['master', ...args])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/--init/) as string,
  });
  const master = await startMaster(join(folder, 'm-1'), '--init', '--listen', '127.0.0.1:0');
  expect(await run('distrifs', ['master', ...args])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(new RegExp(`${master.ready.pid}`)) as string,
  });
  master.child.kill('SIGKILL');
  await once(master.child, 'exit');
  expect(await run('distrifs', ['master', ...args, '--init'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/already/) as string,
  });
  await startMaster(join(folder, 'm-1'), '--listen', '127.0.0.1:0');
});

test("daemons: a datanode with another cluster's data is refused, and its data stays", async () => {
  const folder = temporaryFolder(onTestFinished);
  const first = await startCluster(folder, 2);
  await run('distrifs', ['put', '-', '/x', '--replication', '2'], { env: first.env, input: 'hello' });
  for (const { child } of [...first.nodes, first.master]) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  const before = readdirSync(join(folder, 'dn-1')).filter((name) => name.startsWith('chunk-'));
  const other = await startMaster(join(folder, 'other'), '--init', '--listen', '127.0.0.1:0');
  const refused = await outcomeOf(
    startBin('distrifs', ['datanode', '--data-dir', join(folder, 'dn-1'), '--master', other.ready.address, '--profile', 'fast']),
  );
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/cluster/);
  expect(before.length).toBeGreaterThan(0);
  expect(readdirSync(join(folder, 'dn-1')).filter((name) => name.startsWith('chunk-'))).toEqual(before);
});

test('daemons: the master killed in the middle of many small writes loses no acknowledged one and doubles none', async () => {
  const folder = temporaryFolder(onTestFinished);
  const { master, env } = await startCluster(folder, 3);
  const writer = `
    import { DistriFS } from 'distrifs-lab';
    const fs = await DistriFS.connect({ master: process.env.DISTRIFS_MASTER, profile: 'fast' });
    await fs.mkdir('/w');
    const lanes = Array.from({ length: 8 }, async (_, lane) => {
      for (let i = lane; i < 300; i += 8) {
        try {
          await fs.writeFile('/w/' + i, 'content of ' + i, { flag: 'wx' });
          console.log('acked ' + i);
        } catch (error) {
          console.log('failed ' + i + ' ' + error.code + ' ' + error.message);
        }
      }
    });
    await Promise.all(lanes);
    await fs.close();`;
  const writing = runProgram(writer, [], env);
  const address = master.ready.address;
  await waitFor('some files to be written', 20_000, async () => {
    const { stdout } = await run('distrifs', ['ls', '/w'], { env });
    return stdout.split('\n').length > 60;
  });
  master.child.kill('SIGKILL');
  await once(master.child, 'exit');
  await startMaster(join(folder, 'm-1'), '--listen', address);
  const { stdout, stderr, code } = await writing;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const acked = [...stdout.matchAll(/^acked (\d+)$/gm)].map((match) => match[1]);
  // A retry that took effect twice would find its own file and fail with EEXIST.
  expect(stdout.match(/^failed .*$/gm) ?? []).toEqual([]);
  expect(acked).toHaveLength(300);
  const reader = `
    import { DistriFS } from 'distrifs-lab';
    const fs = await DistriFS.connect({ master: process.env.DISTRIFS_MASTER, profile: 'fast' });
    const names = await fs.readdir('/w');
    let good = 0;
    for (const name of names) if ((await fs.readFile('/w/' + name, 'utf8')) === 'content of ' + name) good++;
    console.log(names.length + ' ' + good);
    await fs.close();`;
  expect((await runProgram(reader, [], env)).stdout).toBe('300 300\n');
});

test('daemons: garbage on every port stops nothing and is warned of once', async () => {
  const folder = temporaryFolder(onTestFinished);
  const { master, nodes, env } = await startCluster(folder, 2);
  const logs = [master, ...nodes].map(({ child }) => {
    const log = { text: '' };
    child.stderr?.on('data', (piece: string) => (log.text += piece));
    return log;
  });
  const garbage = [
    Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 197 + 13) & 0xff)),
    Buffer.from('000000140107', 'hex'),
    Buffer.from('ffffffff0107', 'hex'),
    Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + 'x'.repeat(200)),
  ];
  for (const { ready } of [master, ...nodes]) {
    const [host, port] = ready.address.split(':');
    for (const bytes of garbage) {
      const socket = connect(Number(port), host ?? '');
      socket.on('error', () => undefined).end(bytes);
      await once(socket.resume(), 'close');
    }
  }
  expect(await run('distrifs', ['put', '-', '/after', '--replication', '2'], { env, input: 'still here' })).toMatchObject({
    code: 0,
  });
  expect(await run('distrifs', ['cat', '/after'], { env })).toMatchObject({ code: 0, stdout: 'still here' });
  const warnings = logs.map(({ text }) => text.split('\n').filter((line) => line.includes('"level":"warn"')).length);
  expect(warnings).toEqual([1, 1, 1]);
});

test('daemons: a log whose middle is damaged is refused with its file and offset, and is left as it is', async () => {
  const folder = temporaryFolder(onTestFinished);
  const master = await startMaster(join(folder, 'm-1'), '--init', '--listen', '127.0.0.1:0');
  const env = { DISTRIFS_MASTER: master.ready.address };
  for (const name of ['/a', '/b', '/c']) expect(await run('distrifs', ['mkdir', name], { env })).toMatchObject({ code: 0 });
  master.child.kill('SIGKILL');
  await once(master.child, 'exit');
  const path = join(folder, 'm-1', 'master.log');
  const bytes = readFileSync(path);
  const at = bytes.indexOf('/a');
  bytes[at] = 0xff;
  writeFileSync(path, bytes);
  const refused = await run('distrifs', ['master', '--data-dir', join(folder, 'm-1'), '--listen', '127.0.0.1:0']);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/master\.log.*offset|offset.*master\.log/);
  expect(readFileSync(path).equals(bytes)).toBe(true);
});
