/** Reads the blocks of a replica a little ahead of the session that sends them. */
import { BLOCK_BYTES, PACKET_BYTES_MAX } from '../../shared/limits.js';
import type { ReplicaPacket, ReplicaReader } from '../store/replica-reader.js';
import type { DataPlane } from './data-plane.js';

/** Packets being read or waiting to be taken. */
const DEPTH = 4;
const PACKET_BLOCKS = PACKET_BYTES_MAX / BLOCK_BYTES;

interface Ahead {
  readonly packet: Promise<ReplicaPacket>;
  /** The block after its last one, when all are good. */
  readonly end: number;
}

/**
 * The blocks [first, end) in packets, in order; who takes a packet releases it. Throws as ReplicaReader.readPacket and DiskWaits.within do.
 * When it is left early, or throws, no read is under way any more, but for those that a hung disk does not end.
 */
export async function* readAhead(
  { diskWaits, memory }: Pick<DataPlane, 'diskWaits' | 'memory'>,
  reader: ReplicaReader,
  first: number,
  end: number,
): AsyncGenerator<ReplicaPacket, void, undefined> {
  const ahead: Ahead[] = [];
  try {
    for (let next = first, taken = first; taken < end;) {
      while (next < end && ahead.length < (memory.isBufferScarce ? 1 : DEPTH)) {
        // Many readers that take nothing must not keep others from being served: each is given a block.
        const blocks = Math.min(memory.isBufferScarce ? 1 : PACKET_BLOCKS, end - next);
        const reading = reader.readPacket(memory, next, blocks, ahead.length === 0);
        const packet = diskWaits.within(reading, async ({ buffer }) => buffer.release());
        // Its failure is thrown when its turn comes.
        packet.catch(() => undefined);
        next += blocks;
        ahead.push({ packet, end: next });
      }
      const due = ahead.shift();
      if (due === undefined) return;
      const packet = await due.packet;
      taken += packet.header.checksums.length;
      // It ends before a bad block, from which on all is read again.
      if (taken < due.end) {
        await dropAll(ahead.splice(0));
        next = taken;
      }
      yield packet;
    }
  } finally {
    await dropAll(ahead);
  }
}

async function dropAll(ahead: readonly Ahead[]): Promise<void> {
  for (const packet of await Promise.allSettled(ahead.map((each) => each.packet))) {
    if (packet.status === 'fulfilled') packet.value.buffer.release();
  }
}
