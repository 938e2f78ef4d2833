/** Runs seeds in child processes, because a bug may loop forever, leak or crash. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('seeds-process.mjs', import.meta.url));
/** Time limit without output from a seed: a bug can make a simulation run forever. */
const SILENCE_MS_MAX = 120_000;
const ERROR_CHARS_MAX = 2_000;

export class SeedProcesses {
  #running = new Set();

  /**
   * @param task `code`: folder of compiled code; `runs`: `{ scenario, seed }`, one after the other; `untilFail`: stop after the
   *   first
   *   verdict "fail"
   * @returns the results, `{ seed, verdict, reasons, failed }`, in the order of the runs
   * @throws Error when the process fails, or a seed does not end
   */
  async run(task) {
    return task.runs.length === 0 ? [] : this.#spawn(task);
  }

  /** Ends all running processes. */
  kill() {
    for (const child of this.#running) child.kill('SIGKILL');
  }

  #spawn(task) {
    return new Promise((resolve, reject) => {
      const results = [];
      let stderr = '';
      let isSilent = false;
      const child = spawn(process.execPath, [CHILD, JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'pipe'] });
      this.#running.add(child);
      const watchdog = setTimeout(() => {
        isSilent = true;
        child.kill('SIGKILL');
      }, SILENCE_MS_MAX);
      createInterface({ input: child.stdout }).on('line', (line) => {
        watchdog.refresh();
        results.push(JSON.parse(line));
      });
      child.stderr.on('data', (chunk) => (stderr = (stderr + String(chunk)).slice(-ERROR_CHARS_MAX)));
      child.on('error', reject);
      child.on('close', (exitCode) => {
        clearTimeout(watchdog);
        this.#running.delete(child);
        const { scenario, seed } = task.runs[results.length] ?? {};
        if (exitCode === 0) resolve(results);
        else if (isSilent) reject(new Error(`Seed ${seed} of ${scenario} does not end`));
        else reject(new Error(`Running seed ${seed} of ${scenario} failed: ${stderr.trim()}`));
      });
    });
  }
}
