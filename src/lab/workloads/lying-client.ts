/**
 * A client that breaks guarantees on purpose, below everything that observes it: what a run reports of such clients is what it would
 * report of a file system with these defects. No node and no client of the product has a switch for them.
 */
import type { FileClient } from './file-client.js';

/** @returns true for every nth call */
function oneIn(n: number): () => boolean {
  let calls = 0;
  return () => {
    calls += 1;
    return calls % n === 0;
  };
}

function withFlippedBit(content: Uint8Array): Uint8Array {
  const wrong = Uint8Array.from(content);
  const [first] = wrong;
  if (first !== undefined) wrong[0] = first ^ 1;
  return wrong;
}

/**
 * Reads return what the first read of the path returned, and some of them a wrong bit; some writes, and all deletions, are acknowledged
 * and never carried out; creations are carried out twice. Most writes are right, so that the run goes on.
 * @param client carries out the operations
 */
export function lyingClient(client: FileClient): FileClient {
  const [isWrong, isLost] = [oneIn(4), oneIn(4)];
  /** What the first read of each path returned. */
  const seen = new Map<string, Uint8Array>();
  return {
    ...client,
    readFile: async (path) => {
      const content = await client.readFile(path);
      const first = seen.get(path) ?? Uint8Array.from(content);
      seen.set(path, first);
      return isWrong() ? withFlippedBit(first) : Uint8Array.from(first);
    },
    writeFile: async (path, content) => {
      if (!isLost()) await client.writeFile(path, content);
    },
    rm: () => Promise.resolve(),
    createFile: async (path, content) => {
      // A copy, because the client may take over the buffer.
      await client.createFile(path, Uint8Array.from(content));
      await client.createFile(path, content);
    },
  };
}
