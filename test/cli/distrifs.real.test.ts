import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const BIN = fileURLToPath(new URL('../../bin/distrifs.cjs', import.meta.url));

const FILE_COMMANDS = ['put', 'get', 'cat', 'ls', 'mkdir', 'mv', 'cp', 'rm', 'stat', 'checksum', 'df'];

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command, without a cluster in its environment. */
function distrifs(...args: readonly string[]): Promise<Outcome> {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  return new Promise((resolve) => {
    execFile(process.execPath, [BIN, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

test.each([
  [['frob'], /^distrifs: unknown command 'frob'/],
  [['put', 'only-one'], /^distrifs put: missing required argument 'path'/],
  [['mv', '/only-one'], /^distrifs mv: missing required argument 'to'/],
  [['put', '-', 'a', '/b'], /^distrifs put: standard input \(-\) can only be put alone/],
  [['put', 'a', '/b', '--parallel', '65'], /^distrifs put: .*from 1 to 64/],
  [['get', '/a', '-', '--resume'], /^distrifs get: .*need local files/],
  [['put', 'a', '/b', '--chunk-size', '3'], /^distrifs put: .*from 64 KiB to 1 GiB/],
  [['put', 'a', '/b', '--chunk-size', '4MB'], /^distrifs put: .*"4MB" is not a size/],
  [['put', 'a', '/b', '--replication', '0'], /^distrifs put: .*from 1 to 16/],
  [['--master', 'nonsense', 'ls'], /^distrifs: .*"nonsense" is not an address/],
  [['ls', '--profile', 'slow'], /Unknown profile "slow"/],
  [['ls'], /^distrifs ls: no master given: .*DISTRIFS_MASTER/],
  [['datanode'], /^distrifs datanode: no master given/],
  [['master', '--listen', 'here'], /^distrifs master: .*"here" is not an address/],
  [['master', '--init', '--members', 'm-1=h:1,m-2=h:2'], /^distrifs master: .*1, 3 or 5 masters, not 2/],
  [['master', '--init', '--members', 'm-1=h:1,m-2=h:2,m-3=h:2'], /^distrifs master: .*"h:2" is listed twice/],
  [['master', '--init', '--members', 'm-2=h:1'], /^distrifs master: --members does not name "m-1"/],
  [['master', '--init', '--join'], /^distrifs master: .*use one of them/],
  [['master', '--id', 'm 1'], /^distrifs master: .*"m 1" is not a master id/],
  [['master', '--checkpoint-log-bytes', '1'], /^distrifs master: .*at least 4 KiB/],
  [['datanode', '--master', 'a:1,b'], /^distrifs: .*"b" is not an address/],
  [['admin', 'masters'], /^distrifs admin masters: no master given: .*DISTRIFS_MASTER/],
  [['admin', 'log-inspect'], /^distrifs admin log-inspect: required option '--data-dir <dir>' not specified/],
  [['admin', 'log-inspect', '--data-dir', 'd', '--around', '-1'], /^distrifs admin log-inspect: .*whole number of bytes/],
  [['admin', 'transfer-leadership', '--timeout', 'soon'], /^distrifs: .*"soon" is not a duration/],
  [['ls', '--timeout', '0s'], /^distrifs: .*above 0/],
  [['datanode', '--master', 'h:1', '--timeout', '5s'], /^distrifs datanode: --timeout has no meaning for a node/],
])('distrifs %j: wrong usage is one line and exit code 2', async (args, line) => {
  const outcome = await distrifs(...args);
  expect(outcome).toMatchObject({ code: 2, stdout: '' });
  expect(outcome.stderr).toMatch(line);
  expect(outcome.stderr.trimEnd()).not.toContain('\n');
});

test('distrifs: a failure is one line and exit code 1', async () => {
  const outcome = await distrifs('put', '/no/such/file', '/x', '--master', '127.0.0.1:1');
  expect(outcome).toEqual({ code: 1, stdout: '', stderr: 'distrifs put: "/no/such/file": no such file or directory\n' });
});

test('distrifs --help: lists the commands and the exit codes, exit code 0', async () => {
  const outcome = await distrifs('--help');
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  for (const name of [...FILE_COMMANDS, 'master', 'datanode', 'admin']) {
    expect(outcome.stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  }
  expect(outcome.stdout).toContain('Exit codes');
  expect((await distrifs()).code).toBe(2);
  const admin = await distrifs('admin', '--help');
  for (const name of [
    'masters',
    'transfer-leadership',
    'add-master',
    'remove-master',
    'remove-datanode',
    'quarantine',
    'log-inspect',
  ]) {
    expect(admin.stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  }
});

test('distrifs: a dead master is named after a moment, and ends the command early', async () => {
  const outcome = await distrifs('ls', '--master', '127.0.0.1:1');
  expect(outcome).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'distrifs ls: connecting to 127.0.0.1:1 …\n' +
      'distrifs ls: no master can be reached: connections to 127.0.0.1:1 are refused\n',
  });
});

test('distrifs: --timeout limits the command, and a name that does not resolve ends it at once', async () => {
  const late = await distrifs('ls', '--master', '127.0.0.1:1', '--timeout', '300ms');
  expect(late).toMatchObject({ code: 1, stderr: 'distrifs ls: no master answered (127.0.0.1:1) within 300 ms\n' });
  const unknown = await distrifs('df', '--master', 'no-such-host.invalid:7000');
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toMatch(
    /^distrifs df: no master can be reached: the name "no-such-host.invalid" does not resolve \(E\w+\)\n$/,
  );
});

test('distrifs --json: failures are JSON with a code, wrong usage too', async () => {
  const failureOf = async (...args: readonly string[]): Promise<unknown> =>
    JSON.parse((await distrifs(...args, '--json')).stderr);
  expect(await failureOf('put', '/no/such/file', '/x', '--master', '127.0.0.1:1')).toEqual({
    error: { command: 'put', code: 'ENOENT', message: '"/no/such/file": no such file or directory' },
  });
  expect(await failureOf('ls')).toMatchObject({ error: { command: 'ls', code: 'ERR_USAGE' } });
  expect(await failureOf('put', 'only-one')).toMatchObject({
    error: { command: 'put', code: 'ERR_USAGE', message: "missing required argument 'path'" },
  });
  expect(await failureOf('frob')).toMatchObject({ error: { command: '', code: 'ERR_USAGE' } });
  expect(await failureOf('admin', 'masters')).toMatchObject({ error: { command: 'admin masters', code: 'ERR_USAGE' } });
});

test('distrifs ls, df: -h belongs to sizes, and --help to the help', async () => {
  for (const name of ['ls', 'df']) {
    expect((await distrifs(name, '-h')).stderr).toMatch(/no master given/);
    expect((await distrifs(name, '-lh')).stderr).toMatch(name === 'ls' ? /no master given/ : /unknown option '-l/);
    const help = await distrifs(name, '--help');
    expect(help.stdout).toMatch(/-h, --human-readable/);
    expect(help.stdout).toMatch(/^ +--help /m);
  }
  expect((await distrifs('put', '-h')).stdout).toMatch(/-h, --help/);
});
