/** Reads the blocks of a replica a little ahead of the session that sends them. */
import type { DiskWaits } from './disk-waits.js';
import type { ReplicaReader } from '../store/replica-reader.js';

/** Blocks being read or waiting to be taken. */
const DEPTH = 4;

/**
 * The blocks [first, end) as PACKET frames, in order. Throws as ReplicaReader.readPacket and DiskWaits.within do.
 * When it is left early, or throws, no read is under way any more, but for those that a hung disk does not end.
 */
export async function* readAhead(
  reader: ReplicaReader,
  first: number,
  end: number,
  diskWaits: DiskWaits,
): AsyncGenerator<Uint8Array, void, undefined> {
  const ahead: Promise<Uint8Array>[] = [];
  try {
    for (let next = first, taken = first; taken < end; taken++) {
      for (; next < end && ahead.length < DEPTH; next++) {
        const packet = diskWaits.within(reader.readPacket(next));
        // Its failure is thrown when its turn comes.
        packet.catch(() => undefined);
        ahead.push(packet);
      }
      const packet = ahead.shift();
      if (packet !== undefined) yield await packet;
    }
  } finally {
    await Promise.allSettled(ahead);
  }
}
