/** Runs the real commands as a user would, and looks at what they leave: for black-box tests, which import no product code. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const binPath = (name: string): string => join(ROOT, 'bin', `${name}.cjs`);

/** The environment of a user's shell, without what this test run added to it. */
const cleanEnvironment = (): NodeJS.ProcessEnv => {
  const env = { ...process.env };
  for (const name of ['DISTRIFS_MASTER', 'grpc_proxy', 'NODE_OPTIONS', 'VITEST', 'NODE_ENV']) Reflect.deleteProperty(env, name);
  return env;
};

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly timeoutMs?: number;
}

/** Those that run. A test that fails may leave one behind: it ends with the process of the tests. */
const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** @param openFiles the most that the process may have open; 0: as the system says */
function start(args: readonly string[], env: Readonly<Record<string, string>>, openFiles = 0): ChildProcess {
  const [command, ...all] =
    openFiles === 0
      ? [process.execPath, ...args]
      : ['/bin/sh', '-c', `ulimit -n ${openFiles} && exec "$0" "$@"`, process.execPath, ...args];
  const child = spawn(command, all, {
    cwd: ROOT,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  children.add(child);
  child.once('close', () => children.delete(child));
  return child;
}

/** Starts `bin/<name>.cjs`; the caller owns the process. @param openFiles the most that it may have open; 0: as the system says */
export function startBin(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  openFiles = 0,
): ChildProcess {
  return start([binPath(name), ...args], env, openFiles);
}

/** Collects the output of a process until it ends. */
export async function outcomeOf(child: ChildProcess, timeoutMs = 60_000): Promise<Outcome> {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  clearTimeout(timer);
  return { code, signal, ...output };
}

/** Runs `bin/<name>.cjs` to its end. */
export function run(name: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const child = startBin(name, args, options.env);
  child.stdin?.end(options.input ?? '');
  return outcomeOf(child, options.timeoutMs);
}

/** Starts a program that uses the package as its users do: `import … from 'distrifs-lab'`; the caller owns the process. */
export function startProgram(
  source: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  return start(['--input-type=module', '-e', source, '--', ...args], env);
}

/** Runs such a program to its end. */
export function runProgram(
  source: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const child = startProgram(source, args, env);
  child.stdin?.end();
  return outcomeOf(child, 120_000);
}

/** Most conditions start a command: asked without a pause, they would take the processor from what they wait for. */
const PAUSE_MS_MAX = 500;

/** Calls `condition` until it gives something truthy; fails with `what` after `limitMs`. */
export async function waitFor<T>(what: string, limitMs: number, condition: () => T | Promise<T>): Promise<NonNullable<T>> {
  const deadline = performance.now() + limitMs;
  for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`Waited ${limitMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A zombie that nobody has reaped yet is dead all the same.
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return existsSync('/proc/self') ? false : true;
  }
}

export interface ReadyLine {
  readonly event: 'ready';
  readonly dir: string;
  readonly control: string;
  readonly proxy: string;
  readonly masters: readonly { id: string; address: string; pid: number; log: string }[];
  readonly datanodes: readonly { id: string; address: string; pid: number; dataDir: string; log: string }[];
}

export interface LabStatus {
  readonly nodes: readonly { id: string; role: string; state: string; pid: number | null; usedBytes: number }[];
  readonly chunks: { total: number; healthy: number; underReplicated: number; missing: number; unreported: number };
}

/** A lab started with `lab up --no-tui --json`, and the commands a person would type beside it. */
export class Lab {
  private constructor(
    readonly child: ChildProcess,
    readonly ready: ReadyLine,
    private readonly ended: Promise<Outcome>,
  ) {}

  static async up(...args: readonly string[]): Promise<Lab> {
    const child = startBin('lab', ['up', '--no-tui', '--json', '--runtime', 'process', ...args]);
    const ended = outcomeOf(child, 300_000);
    let first = '';
    const ready = await new Promise<ReadyLine>((resolve, reject) => {
      const onData = (text: string): void => {
        first += text;
        const end = first.indexOf('\n');
        if (end < 0) return;
        child.stdout?.off('data', onData);
        resolve(JSON.parse(first.slice(0, end)) as ReadyLine);
      };
      child.stdout?.setEncoding('utf8').on('data', onData);
      void ended.then((outcome) => reject(new Error(`lab up ended with ${outcome.code}: ${outcome.stderr}`)));
    });
    return new Lab(child, ready, ended);
  }

  get master(): string {
    return this.ready.masters[0]?.address ?? '';
  }

  /** `lab <args> --dir …`; fails when the command does. */
  async lab(...args: readonly string[]): Promise<Outcome> {
    const outcome = await run('lab', [...args, '--dir', this.ready.dir]);
    if (outcome.code !== 0) throw new Error(`lab ${args.join(' ')}: ${outcome.stderr}`);
    return outcome;
  }

  async status(): Promise<LabStatus> {
    return JSON.parse((await this.lab('status', '--json')).stdout) as LabStatus;
  }

  /** `distrifs <args>` against this lab, not through the fabric. */
  distrifs(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return run('distrifs', args, { ...options, env: { DISTRIFS_MASTER: this.master, ...options.env } });
  }

  /** All chunks have all their replicas, and there are `total` of them. */
  async healed(limitMs: number): Promise<LabStatus> {
    return waitFor('every chunk at its replication', limitMs, async () => {
      const status = await this.status();
      return status.chunks.healthy === status.chunks.total && status.chunks.missing === 0 ? status : null;
    });
  }

  /** SIGTERM, and the end of the lab. */
  async down(): Promise<Outcome> {
    this.child.kill('SIGTERM');
    return this.ended;
  }
}

/** A folder of the test's own, gone when the test is over. */
export function temporaryFolder(onFinish: (clean: () => void) => void): string {
  const folder = mkdtempSync(join(tmpdir(), 'distrifs-test-'));
  onFinish(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** sha256 of files, one after the other, in hex. */
export async function sha256Of(...paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}

/** Writes a file of `bytes` bytes that differ from place to place and from seed to seed. */
export async function writeSample(path: string, bytes: number, seed: number): Promise<void> {
  const out = createWriteStream(path);
  const block = Buffer.allocUnsafe(1 << 16);
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  for (let written = 0; written < bytes;) {
    for (let at = 0; at < block.length; at += 4) {
      // Xorshift32 (Marsaglia, 2003): quick, and no two blocks alike.
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      block.writeInt32LE(state | 0, at);
    }
    const piece = Buffer.from(block.subarray(0, Math.min(block.length, bytes - written)));
    written += piece.length;
    if (!out.write(piece)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
}
