/**
 * Records the code caches of the programs in dist/bundle: runs small clusters with the recorder preloaded, so that each program stores
 * what V8 compiled for it. Without caches the programs work too: a failure is reported, and the build goes on.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const TIME_LIMIT_MS = 120_000;

const folder = mkdtempSync(join(tmpdir(), 'distrifs-caches-'));
const running = new Set();
const recorder = JSON.stringify(join(root, 'scripts/programs/cache-recorder.cjs'));
/** Not for the recorded runs: V8 would refuse a cache of other flags. */
const FOREIGN = ['DISTRIFS_MASTER', 'DISTRIFS_PROFILE', 'NODE_V8_COVERAGE', 'NODE_OPTIONS'];
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.includes(name))),
  NODE_OPTIONS: `--require ${recorder}`,
};

function start(command, args) {
  const stdio = ['ignore', 'pipe', 'pipe'];
  const child = spawn(process.execPath, [join(root, 'bin', `${command}.cjs`), ...args], { cwd: folder, env, stdio });
  running.add(child);
  const texts = { out: '', error: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => (texts.out += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (texts.error += text));
  const closed = once(child, 'close').then(([code]) => {
    running.delete(child);
    if (code !== 0) throw new Error(`${command} ${args[0]} ended with exit code ${code}: ${texts.error.slice(-400)}`);
  });
  closed.catch(() => undefined);
  return { child, texts, closed };
}

/** Starts what prints one line of JSON when it is ready. */
async function startUntilReady(command, args) {
  const { child, texts, closed } = start(command, args);
  while (!texts.out.includes('\n')) await Promise.race([once(child.stdout, 'data'), closed]);
  const stop = () => {
    child.kill('SIGTERM');
    return closed;
  };
  return { ready: JSON.parse(texts.out.slice(0, texts.out.indexOf('\n'))), stop };
}

const run = (command, ...args) => start(command, args).closed;

async function recordDaemons() {
  const dir = (name) => ['--data-dir', join(folder, name), '--listen', '127.0.0.1:0', '--profile', 'fast'];
  const master = await startUntilReady('distrifs', ['master', '--id', 'm-1', '--init', ...dir('m-1')]);
  const { address } = master.ready;
  const datanode = await startUntilReady('distrifs', ['datanode', '--master', address, ...dir('dn-1')]);
  const client = ['--master', address, '--profile', 'fast'];
  const local = join(folder, 'local');
  writeFileSync(local, 'text');
  await run('distrifs', 'put', local, '/file', '--replication', '1', ...client);
  await run('distrifs', 'get', '/file', join(folder, 'copy'), ...client);
  for (const command of ['ls', 'stat', 'df']) await run('distrifs', command, ...(command === 'df' ? [] : ['/']), ...client);
  await datanode.stop();
  await master.stop();
}

async function recordLab(runtime) {
  const size = ['--masters', '1', '--datanodes', '1', '--runtime', runtime];
  const lab = await startUntilReady('lab', ['up', '--no-tui', '--json', '--dir', join(folder, runtime), ...size]);
  await run('lab', 'status', '--dir', join(folder, runtime));
  await lab.stop();
}

const killAll = () => running.forEach((child) => child.kill('SIGKILL'));
AbortSignal.timeout(TIME_LIMIT_MS).addEventListener('abort', killAll);
try {
  await Promise.all([recordDaemons(), recordLab('process').then(() => recordLab('thread'))]);
} catch (error) {
  console.warn(`Programs start slower, because their code caches were not recorded: ${error.message}`);
} finally {
  killAll();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}
