/**
 * The load of bench/raft.mjs: lanes that each have one mutation in flight. Forked, this module is a separate client process over
 * gRPC, which gets the number of lanes and the duration in messages.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { NamespaceService } from '../dist/protocol/services.js';

/** One session with one MakeDirectory in flight, sent again with the same number until it is answered. */
class Lane {
  #channels;
  #name;
  #at = 0;
  #session = null;
  #sequence = 0;

  constructor(channels, name) {
    this.#channels = channels;
    this.#name = name;
  }

  async open() {
    this.#session = await this.#persist(NamespaceService.OpenSession, { clientName: this.#name });
    await this.#makeDirectory(`/${this.#name}`);
  }

  next() {
    return this.#makeDirectory(`/${this.#name}/${this.#sequence}`);
  }

  #makeDirectory(path) {
    const { clusterId, sessionId } = this.#session;
    const sequence = ++this.#sequence;
    const header = { clusterId, sessionId, sequence, ackedBelow: sequence };
    return this.#persist(NamespaceService.MakeDirectory, { header, path, recursive: false, owner: '', group: '', mode: 0o755 });
  }

  /** Switches to the next master after a retriable failure: one of the masters leads. */
  async #persist(method, request) {
    for (;;) {
      try {
        return await this.#channels[this.#at].call(method, request, { deadlineMs: 5_000 });
      } catch (error) {
        if (error.retriable !== true) throw error;
        this.#at = (this.#at + 1) % this.#channels.length;
        await sleep(5);
      }
    }
  }
}

/** Opens lanes. Names must differ between all clients of a cluster. */
export async function openLanes(channels, name, count) {
  const lanes = Array.from({ length: count }, (_, i) => new Lane(channels, `${name}-${i}`));
  await Promise.all(lanes.map((lane) => lane.open()));
  return lanes;
}

/** Keeps every lane busy for the given time. @returns the number of mutations acknowledged in that time */
export async function runLanes(lanes, ms) {
  const endMs = performance.now() + ms;
  let acknowledged = 0;
  await Promise.all(
    lanes.map(async (lane) => {
      while (performance.now() < endMs) {
        await lane.next();
        if (performance.now() < endMs) acknowledged++;
      }
    }),
  );
  return acknowledged;
}

if (process.send !== undefined) {
  const { createNodeRuntime } = await import('../dist/runtime/node/index.js');
  const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
  const { runtime } = createNodeRuntime({ dataDir: '/nowhere', log: silent });
  let lanes = [];
  process.on('message', async ({ addresses, name, count, ms }) => {
    if (addresses !== undefined) {
      const channels = addresses.map((address) => runtime.rpc.connect(address));
      lanes = await openLanes(channels, name, count);
      process.send({ ready: true });
    } else {
      process.send({ acknowledged: await runLanes(lanes, ms) });
    }
  });
  process.on('disconnect', () => process.exit());
}
