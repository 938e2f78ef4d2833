import { expect, test } from 'vitest';
import { CommandExecutor, type CommandIssuer } from '../../../src/datanode/commands/command-executor.js';
import type { DataPlane } from '../../../src/datanode/pipeline/data-plane.js';
import type { Command__Output } from '../../../src/protocol/generated/distrifs/v1/Command.js';
import type { LogFields } from '../../../src/shared/runtime.js';

/** A node that has accepted term 3, whose deletions last until they are let go. */
class FakeNode {
  readonly identity = { acceptedTerm: 3, nodeId: 'dn-1' };
  readonly deleted: number[] = [];
  readonly refusals: LogFields[] = [];
  readonly executor: CommandExecutor;
  nowMs = 0;
  #letGo: (() => void)[] = [];

  constructor() {
    const log = {
      debug: () => undefined,
      info: () => undefined,
      error: () => undefined,
      warn: (_message: string, fields: LogFields = {}) => void this.refusals.push(fields),
      child: () => log,
    };
    const store = {
      get: () => undefined,
      delete: async (chunkId: number) => {
        this.deleted.push(chunkId);
        await new Promise<void>((resolve) => this.#letGo.push(resolve));
      },
    };
    const plane = { identity: this.identity, store, log, clock: { nowMs: () => this.nowMs } };
    // Only what deletions need.
    this.executor = new CommandExecutor(plane as unknown as DataPlane);
  }

  /** Ends deletions, also those that begin meanwhile. */
  async letGo(): Promise<void> {
    while (this.#letGo.length > 0) {
      for (const end of this.#letGo.splice(0)) end();
      await settle();
    }
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function deletion(commandId: number, term: number): Command__Output {
  return { commandId, term, index: 100 + commandId, action: 'delete', delete: { chunkId: commandId, version: 1 } };
}

const GIVER: CommandIssuer = { master: 'm-1:7000', report: () => undefined, reportFailure: () => undefined };

test('take: what still waits when a later term is accepted is refused and logged; what has begun is waited for', async () => {
  const node = new FakeNode();
  const commands = Array.from({ length: 12 }, (_, i) => deletion(i + 1, 3));
  node.executor.take(commands, 3, GIVER);
  await settle();
  expect(node.deleted).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  node.identity.acceptedTerm = 4;
  let isOver = false;
  const over = node.executor.olderEnded().then(() => {
    isOver = true;
  });
  await settle();
  expect(isOver).toBe(false);
  await node.letGo();
  await over;
  expect(node.deleted).toHaveLength(8);
  expect(node.refusals).toEqual([expect.objectContaining({ master: 'm-1:7000', term: 3, index: 109, acceptedTerm: 4 })]);
});

test('olderEnded: deletions of the accepted term are not waited for', async () => {
  const node = new FakeNode();
  node.executor.take([deletion(1, 3)], 3, GIVER);
  await settle();
  await node.executor.olderEnded();
  expect(node.deleted).toEqual([1]);
  await node.letGo();
});

test('take: only orders of the accepted term, from a master that leads in it; each refusal is logged once a minute a master', async () => {
  const node = new FakeNode();
  const other: CommandIssuer = { ...GIVER, master: 'm-2:7000' };
  node.executor.take([deletion(1, 2), deletion(2, 2)], 2, GIVER);
  node.executor.take([deletion(3, 3)], 0, other);
  node.executor.take([deletion(4, 4)], 4, GIVER);
  expect(node.refusals.map(({ master, term }) => [master, term])).toEqual([
    ['m-1:7000', 2],
    ['m-2:7000', 3],
  ]);
  node.nowMs = 60_001;
  node.executor.take([deletion(5, 2)], 2, GIVER);
  expect(node.refusals.at(-1)).toMatchObject({ commandId: 5, index: 105, silencedBefore: 2 });
  expect(node.deleted).toEqual([]);
});
