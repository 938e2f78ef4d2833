/** Real labs as people start them, and `lab` commands, each a process. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const LAB = fileURLToPath(new URL('../../bin/lab.cjs', import.meta.url));
const started = new Set<ChildProcess>();

/** Ends what a test left. */
export function endLabs(): void {
  for (const child of started) child.kill('SIGKILL');
  started.clear();
}

interface Ready {
  readonly dir: string;
  /** The process whose threads the nodes are. */
  readonly hostPid: number;
}

/** @param lines what it prints, as it comes */
export async function labUp(
  lines: Record<string, unknown>[],
  ...args: readonly string[]
): Promise<{ readonly ready: Ready; readonly exit: Promise<number | null> }> {
  const child = spawn(process.execPath, [LAB, 'up', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.add(child);
  const exit = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  const ready = await new Promise<Ready>((resolve, reject) => {
    void exit.then(() => reject(new Error('lab up ended before it was ready')));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const object = JSON.parse(line) as Record<string, unknown>;
      if (lines.push(object) === 1) resolve(object as unknown as Ready);
    });
  });
  return { ready, exit };
}

export async function lab(...args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [LAB, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.add(child);
  let [out, err] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out, err };
}
