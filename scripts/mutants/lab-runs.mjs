/**
 * Runs scenarios on clusters of real processes with one copy of the code. The only module that runs `lab run` and parses its
 * output.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('lab-process.mjs', import.meta.url));
/**
 * Time limit of a run, which a bug can make endless. A run without a reachable master reads file after file, and also takes long.
 */
const RUN_MS_MAX = 300_000;
/** Time for a graceful end; a killed lab also ends its nodes, but leaves its folder to the next lab. */
const END_MS_MAX = 15_000;
const ERROR_CHARS_MAX = 2_000;
const LAB_FAILED = 255;

export class LabRuns {
  #folder = mkdtempSync(join(tmpdir(), 'distrifs-real-mutants-'));
  #running = new Set();

  /**
   * Runs are recorded, because half of the guarantees are checked with the history.
   * @param code the folder of compiled code
   * @returns the verdict, `{ exitCode, verdict, reasons, failed }`; a run without one has the verdict "error"
   * @throws Error when the run does not end
   */
  async run({ code, scenario, seed }) {
    const record = mkdtempSync(join(this.#folder, 'run-'));
    const args = [CHILD, code, 'run', scenario, '--seed', String(seed), '--json', '--record', record];
    const { exitCode, stdout, stderr } = await this.#spawn(args, `Seed ${seed} of ${scenario}`);
    const events = stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
    const verdict = events.find(({ event }) => event === 'verdict');
    const folder = events.find(({ event }) => event === 'record')?.path;
    if (verdict === undefined || folder === undefined) {
      const errors = events.filter(({ event }) => event === 'error').map(({ message }) => message);
      const reasons = errors.length > 0 ? errors : [stderr.trim()];
      return { exitCode, verdict: exitCode === LAB_FAILED ? 'error' : 'refused', reasons, failed: [] };
    }
    const { rows, checks } = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
    const broken = [
      ...rows.filter(({ kind, holds }) => kind === 'promise' && !holds).map(({ check }) => check),
      ...checks.filter((check) => check.verdict === 'fail').map(({ checker }) => checker),
    ];
    rmSync(record, { recursive: true, force: true });
    return { exitCode, verdict: verdict.verdict, reasons: verdict.reasons, failed: [...new Set(broken)] };
  }

  /** Ends every run, and removes the recordings. */
  close() {
    for (const child of this.#running) child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #spawn(args, what) {
    return new Promise((resolve, reject) => {
      let stdout = '';
      let stderr = '';
      let isLate = false;
      const env = { UV_THREADPOOL_SIZE: '8', ...process.env };
      const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
      this.#running.add(child);
      let timer = setTimeout(() => {
        isLate = true;
        child.kill('SIGINT');
        timer = setTimeout(() => child.kill('SIGKILL'), END_MS_MAX);
      }, RUN_MS_MAX);
      child.stdout.on('data', (chunk) => (stdout += String(chunk)));
      child.stderr.on('data', (chunk) => (stderr = (stderr + String(chunk)).slice(-ERROR_CHARS_MAX)));
      child.on('error', reject);
      child.on('close', (exitCode) => {
        clearTimeout(timer);
        this.#running.delete(child);
        if (isLate) reject(new Error(`${what} does not end`));
        else resolve({ exitCode, stdout, stderr });
      });
    });
  }
}
