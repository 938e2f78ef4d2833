/** Says in the log that commands were refused because of their term: once a minute for each master, however many they are. */
import type { Command__Output } from '../../protocol/generated/distrifs/v1/Command.js';
import type { Logger } from '../../shared/runtime.js';

const INTERVAL_MS = 60_000;

interface Said {
  readonly atMs: number;
  /** Refused since then. */
  silenced: number;
}

export class CommandRefusals {
  readonly #log: Logger;
  readonly #nowMs: () => number;
  /** By master: as many as a node is configured with. */
  readonly #said = new Map<string, Said>();

  /** @param nowMs monotonic */
  constructor(log: Logger, nowMs: () => number) {
    this.#log = log;
    this.#nowMs = nowMs;
  }

  /**
   * @param master host:port of the one that gave the command
   * @param acceptedTerm the term that this node has accepted
   */
  refused(command: Command__Output, master: string, acceptedTerm: number): void {
    const nowMs = this.#nowMs();
    const said = this.#said.get(master);
    if (said !== undefined && nowMs - said.atMs < INTERVAL_MS) {
      said.silenced++;
      return;
    }
    this.#said.set(master, { atMs: nowMs, silenced: 0 });
    const { commandId, term, index, action } = command;
    this.#log.warn('A command was refused: its master does not lead in the term that this node has accepted', {
      master,
      commandId,
      term,
      index,
      action,
      acceptedTerm,
      silencedBefore: said?.silenced ?? 0,
    });
  }
}
