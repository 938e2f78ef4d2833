/** Runs seeds with one copy of the code in a child process: a bug may spin, leak or die. */
import { fork } from 'node:child_process';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('seeds-process.mjs', import.meta.url));
/** A seed that takes longer never ends: a bug can make a simulation spin. */
const SEED_MS_MAX = 600_000;
const ERROR_CHARS_MAX = 2_000;

export class SeedRunner {
  #code;
  #child = null;
  /** The seeds that were asked for, one after the other. Never rejects. */
  #last = Promise.resolve();

  /** @param code folder of compiled code */
  constructor(code) {
    this.#code = code;
  }

  /**
   * Runs a seed when those before it have ended.
   * @returns `{ verdict, reasons, failed }`
   * @throws Error when the process fails, or the seed does not end; the next one has a process of its own
   */
  run(scenario, seed) {
    const result = this.#last.then(() => this.#runNow(scenario, seed));
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Ends what runs. */
  kill() {
    this.#child?.kill('SIGKILL');
  }

  #runNow(scenario, seed) {
    return new Promise((resolve, reject) => {
      const child = (this.#child ??= fork(CHILD, [this.#code], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] }));
      let stderr = '';
      let isLate = false;
      const watchdog = setTimeout(() => {
        isLate = true;
        child.kill('SIGKILL');
      }, SEED_MS_MAX);
      const end = (settle) => {
        clearTimeout(watchdog);
        child.removeAllListeners();
        child.stderr.removeAllListeners('data');
        settle();
      };
      const fail = (why) =>
        end(() => {
          this.#child = null;
          reject(new Error(`Seed ${seed} of ${scenario} ${why}`));
        });
      child.stderr.on('data', (chunk) => (stderr = (stderr + String(chunk)).slice(-ERROR_CHARS_MAX)));
      child.once('message', (result) => end(() => resolve(result)));
      child.once('error', (error) => fail(`failed: ${error.message}`));
      child.once('close', () => fail(isLate ? 'does not end' : `failed: ${stderr.trim()}`));
      child.send({ scenario, seed });
    });
  }
}
