import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startDaemon } from './daemon.js';
import { runProgram, temporaryFolder } from './processes.js';

const OPEN_FILES = 48;
const STREAMS = 24;

/** Writes many files at once, reads them back, and prints what went wrong. */
const PROGRAM = `
import { DistriFS } from 'distrifs-lab';
const fs = await DistriFS.connect({ master: process.argv.at(-1), profile: 'fast' });
while ((await fs.df()).nodes.every((node) => node.state !== 'live')) await new Promise((resolve) => setTimeout(resolve, 50));
const data = Buffer.alloc(200_000, 7);
const paths = Array.from({ length: ${STREAMS} }, (_, i) => '/f' + i);
const written = await Promise.allSettled(paths.map((path) => fs.writeFile(path, data)));
const wrong = written.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.message);
for (const path of paths) if (!(await fs.readFile(path)).equals(data)) wrong.push(path);
console.log(JSON.stringify(wrong));
await fs.close();
`;

test('a datanode that runs out of descriptors makes writers wait, and goes on', async () => {
  const folder = temporaryFolder(onTestFinished);
  const init = ['--init', '--replication', '1', '--min-replicas', '1', '--listen', '127.0.0.1:0'];
  const master = await startDaemon(onTestFinished, 'master', ['--data-dir', join(folder, 'm-1'), ...init]);
  const datanode = await startDaemon(
    onTestFinished,
    'datanode',
    ['--data-dir', join(folder, 'dn-1'), '--master', master.ready.address, '--listen', '127.0.0.1:0'],
    OPEN_FILES,
  );
  expect(await runProgram(PROGRAM, [master.ready.address])).toMatchObject({ code: 0, stdout: '[]\n' });
  expect(datanode.child).toMatchObject({ exitCode: null, signalCode: null });
});
