/** The live side of the terminal UI: asks the cluster how it is, listens to it, carries out what keys ask, and publishes the state. */
import { homedir } from 'node:os';
import { basename } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { DfsError } from '../../shared/errors.js';
import { MIB } from '../../shared/limits.js';
import type { ClusterControl } from '../../supervisor/api/cluster-control.js';
import type { FaultAnswer } from '../../supervisor/api/lab-faults.js';
import type { SteadyLoadStatus } from '../../supervisor/api/steady-load.js';
import { typedColumn, type TargetedCommand } from './command-prompt.js';
import { errorLine, formatBytes, printable } from './format.js';
import type { KeyPress } from './key-press.js';
import type { NewLogLine } from './log-lines.js';
import { localPathOf } from './path-prompt.js';
import { LOAD_START, pressKey } from './press-key.js';
import { reduce } from './reducer.js';
import { initialState, type Effect, type PendingCommand, type TuiInput, type TuiState } from './state.js';
import type { PutProgressListener, PutResult, TuiActions } from './tui-actions.js';

const POLL_INTERVAL_MS = 250;
/** News is published at most this often; what a key changed is published at once. */
const PUBLISH_INTERVAL_MS = 100;
/** Chunks asked for; more could not be read anyway, and each poll costs the master their listing. */
const CHUNKS_LISTED_MAX = 500;
const PUTS_MAX = 4;
const COMMANDS_MAX = 16;
const SAMPLE_BYTES = 8 * MIB;

export interface TuiSessionOptions {
  readonly columns: number;
  readonly rows: number;
  /** Called when the screen may be out of step with what was painted. */
  readonly onRepaint: () => void;
}

/** One stay in the terminal UI. Holds the state; components read it with `subscribe` and `snapshot`. */
export class TuiSession {
  /** Resolves when the person leaves. */
  readonly left: Promise<void>;
  readonly #control: ClusterControl;
  readonly #actions: TuiActions;
  readonly #onRepaint: () => void;
  readonly #closed = new AbortController();
  readonly #listeners = new Set<() => void>();
  #leave: () => void = () => undefined;
  #state: TuiState;
  /** What `snapshot` gives: behind `#state` by up to PUBLISH_INTERVAL_MS. */
  #published: TuiState;
  #publishTimer: NodeJS.Timeout | null = null;
  #publishedAtMs = -Infinity;
  #stopListening: (() => void) | null = null;
  #stopFollowingLoad: (() => void) | null = null;
  #lastId = 0;

  constructor(control: ClusterControl, actions: TuiActions, options: TuiSessionOptions) {
    this.#control = control;
    this.#actions = actions;
    this.#onRepaint = options.onRepaint;
    this.#state = initialState(options.columns, options.rows, actions.vocabulary);
    this.#published = this.#state;
    this.left = new Promise((resolve) => (this.#leave = resolve));
  }

  /** Starts polling and listening. */
  start(): void {
    this.#stopListening = this.#control.onEvent((event) => this.#apply({ type: 'event', event }));
    const { load } = this.#actions;
    const show = (status: SteadyLoadStatus): void => this.#apply({ type: 'load', load: status });
    this.#stopFollowingLoad = load.onChange(show);
    // It may have been switched on before the terminal UI began.
    show(load.status());
    void this.#poll('status', async () => this.#apply({ type: 'status', status: await this.#control.status() }));
    void this.#poll('chunks', async () => {
      this.#apply({ type: 'chunks', chunks: await this.#control.chunks(CHUNKS_LISTED_MAX) });
    });
  }

  /** Ends polling and listening. Commands in progress continue, and are no longer shown. Safe to call twice. */
  close(): void {
    this.#closed.abort();
    this.#stopListening?.();
    this.#stopListening = null;
    this.#stopFollowingLoad?.();
    this.#stopFollowingLoad = null;
    if (this.#publishTimer !== null) clearTimeout(this.#publishTimer);
    this.#publishTimer = null;
    this.#listeners.clear();
  }

  /** Calls back after each publication until the returned function is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The latest published state; the same object until the next publication. */
  readonly snapshot = (): TuiState => this.#published;

  /** Takes in what was pressed, in order. */
  readonly press = (presses: readonly KeyPress[]): void => {
    for (const press of presses) {
      const { state, effect } = pressKey(this.#state, press);
      this.#state = state;
      if (effect !== null) this.#carryOut(effect);
    }
    this.#publish();
  };

  /** Follows the terminal's size. */
  resize(columns: number, rows: number): void {
    this.#state = reduce(this.#state, { type: 'resize', columns, rows });
    this.#publish();
  }

  /** Ends `left`, as if the person had left. */
  leave(): void {
    this.#leave();
  }

  #apply(input: TuiInput): void {
    if (this.#closed.signal.aborted) return;
    this.#state = reduce(this.#state, input);
    const waitMs = this.#publishedAtMs + PUBLISH_INTERVAL_MS - performance.now();
    if (waitMs <= 0) this.#publish();
    else this.#publishTimer ??= setTimeout(() => this.#publish(), waitMs);
  }

  #publish(): void {
    if (this.#publishTimer !== null) clearTimeout(this.#publishTimer);
    this.#publishTimer = null;
    this.#publishedAtMs = performance.now();
    if (this.#published === this.#state) return;
    this.#published = this.#state;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Asks again and again, never twice at a time. A failure is a line of the log. */
  async #poll(what: string, ask: () => Promise<void>): Promise<void> {
    const { signal } = this.#closed;
    while (!signal.aborted) {
      try {
        await ask();
      } catch (error) {
        this.#say('bad', `Cannot read the cluster's ${what}: ${errorLine(error)}`);
      }
      await sleep(POLL_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  #say(tone: NewLogLine['tone'], text: string): void {
    this.#apply({ type: 'line', line: { atMs: Date.now(), tone, text } });
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'leave':
        this.#leave();
        break;
      case 'repaint':
        this.#onRepaint();
        break;
      case 'say':
        this.#say('warn', effect.text);
        break;
      case 'transfer-leadership':
        void this.#command(`transfer-leadership ${effect.to}`, async () => {
          await this.#control.transferLeadership(effect.to);
        });
        break;
      case 'step': {
        const { step, label } = effect;
        void this.#command(label, () => this.#break(label, this.#actions.faults.orderStep(step)));
        break;
      }
      case 'command':
        void this.#typed(effect.typed, effect.meant);
        break;
      case 'load': {
        const { load } = this.#actions;
        if (effect.run) void this.#command(LOAD_START, () => load.start());
        else void this.#command('load stop', () => load.stop());
        break;
      }
      case 'put':
        void this.#put(localPathOf(effect.typed, homedir()));
        break;
    }
  }

  /** Carries out what was typed, or says in the prompt what is wrong with it. */
  async #typed(typed: string, meant: TargetedCommand): Promise<void> {
    const { faults } = this.#actions;
    const problem = await faults.check(meant.text).catch((error: unknown) => ({ column: 1, message: errorLine(error) }));
    if (problem !== null) {
      const { column, message } = problem;
      this.#apply({
        type: 'command-refused',
        typed,
        problem: { column: typedColumn(column, meant), message: printable(message) },
      });
      return;
    }
    this.#apply({ type: 'command-taken', typed });
    const label = meant.text.trim();
    await this.#command(label, () => this.#break(label, faults.order(meant.text)));
  }

  /** Shows the effect of a fault; the lab's own events report one that stays active. Rejects when it had no effect. */
  async #break(label: string, answered: Promise<FaultAnswer>): Promise<void> {
    const { effect, evidence } = await answered;
    if (effect === 'none') throw new DfsError('UNAVAILABLE', evidence);
    if (effect !== 'watching') this.#say('plain', printable(`${label}: ${evidence}`));
  }

  /** Shows a command while it runs, and says when it failed. */
  async #command(label: string, run: () => Promise<void>): Promise<void> {
    if (this.#state.pending.length >= COMMANDS_MAX) {
      this.#say('warn', `Not done: ${label}. ${COMMANDS_MAX} commands are in progress; wait for one to end`);
      return;
    }
    const command: PendingCommand = { id: ++this.#lastId, label };
    this.#apply({ type: 'command-started', command });
    try {
      await run();
    } catch (error) {
      this.#say('bad', `${label} failed: ${errorLine(error)}`);
    } finally {
      this.#apply({ type: 'command-ended', id: command.id });
    }
  }

  /** @param localPath empty: a sample */
  async #put(localPath: string): Promise<void> {
    const isSample = localPath === '';
    const label = isSample ? `a sample of ${formatBytes(SAMPLE_BYTES)}` : printable(basename(localPath) || localPath);
    if (this.#state.puts.length >= PUTS_MAX) {
      this.#say('warn', `Not put: ${label}. ${PUTS_MAX} files are on their way; wait for one to end`);
      return;
    }
    const id = ++this.#lastId;
    let ended = false;
    const onProgress: PutProgressListener = (doneBytes, totalBytes) => {
      if (!ended) this.#apply({ type: 'put-progress', put: { id, label, doneBytes, totalBytes } });
    };
    onProgress(0, isSample ? SAMPLE_BYTES : 0);
    const startedAtMs = performance.now();
    try {
      const put: Promise<PutResult> = isSample
        ? this.#actions.putSample(SAMPLE_BYTES, onProgress)
        : this.#actions.putFile(localPath, onProgress);
      const { path, bytes } = await put;
      const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
      this.#say('good', `put ${label} as ${printable(path)}: ${formatBytes(bytes)} in ${seconds} s`);
    } catch (error) {
      this.#say('bad', `put failed: ${errorLine(error)}`);
    } finally {
      ended = true;
      this.#apply({ type: 'put-ended', id });
    }
  }
}
