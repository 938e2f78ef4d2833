/** Memory for pieces that a user of the library keeps: each piece has its own, which is never used again. */
import type { Memory, PooledBuffer } from '../../shared/runtime.js';

/** Where the packets of a read are received. */
export type PacketMemory = Pick<Memory, 'takeBuffer'>;

const nothing = (): void => undefined;

export const ownMemory: PacketMemory = {
  takeBuffer: (sizeBytes): Promise<PooledBuffer> =>
    Promise.resolve({ bytes: Buffer.allocUnsafeSlow(sizeBytes), retain: nothing, release: nothing }),
};
