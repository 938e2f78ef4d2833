/** Streams one chunk through one pipeline, block by block, as the blocks become ready. */
import { openOnPool } from '../../protocol/channel-pool.js';
import { type ChunkWriteStream, openChunkWrite } from '../../protocol/chunk-writer-stream.js';
import type { AssignChunkResponse__Output } from '../../protocol/generated/distrifs/v1/AssignChunkResponse.js';
import { blamedOn } from '../../protocol/peer-answer.js';
import { DfsError, isDfsError } from '../../shared/errors.js';
import type { ChecksummedBlock } from './chunk-buffer.js';
import type { ClientContext } from '../transfer/client-context.js';
import { withAbort } from '../../protocol/with-abort.js';

/** The source of a pipeline's blocks. */
export interface BlockSource {
  /** Returns block `index`; 'wait' when the block is not ready yet; 'end' after the last block. */
  next(index: number): ChecksummedBlock | 'wait' | 'end';
  /** Resolves when `next` may return something else than 'wait'. */
  changed(): Promise<void>;
}

/** A plan of the master, with the id of its cluster. */
export interface ChunkPlan extends AssignChunkResponse__Output {
  readonly clusterId: string;
}

/**
 * Writes all blocks through the plan's pipeline.
 * @param reserveBytes the most bytes that will follow
 * @param onWritten called when the pipeline has acknowledged bytes: to open is no progress
 * @returns the nodes that committed the chunk
 * @throws DfsError with the node that caused the failure as `nodeId`; without `nodeId`, the pipeline attributes the failure to this
 *   client
 */
export async function streamChunk(
  context: ClientContext,
  plan: ChunkPlan,
  source: BlockSource,
  reserveBytes: number,
  signal: AbortSignal,
  onWritten: () => void,
): Promise<readonly string[]> {
  const [first, ...downstream] = plan.pipeline;
  if (first === undefined) throw new DfsError('PROTOCOL_ERROR', `The master's plan for chunk ${plan.chunkUuid} names no node`);
  const { clusterId, chunkId, version, term } = plan;
  const { nodeId, address } = first;
  const open = { clusterId, chunkId, version, term, purpose: 'CLIENT_WRITE', reserveBytes, nodeId, downstream } as const;
  const onProgress = (ackedBytes: number): void => {
    if (ackedBytes > 0) onWritten();
  };
  const options = { timings: context.config.timings, clock: context.runtime.clock, onProgress };
  const { opened: stream, lease } = await openOnPool(
    context.channels,
    address,
    (channel) => openChunkWrite(channel, open, options),
    signal,
  ).catch((error: unknown) => {
    const isUnreachable = isDfsError(error, 'UNAVAILABLE') && error.nodeId === undefined;
    throw isUnreachable ? blamedOn(nodeId, error) : error;
  });
  try {
    const nodeIds = await withAbort(
      signal,
      () => stream.abort(),
      () => pump(stream, source),
    );
    lease.release(true);
    return nodeIds;
  } catch (error) {
    stream.abort();
    lease.release(false);
    throw error;
  }
}

async function pump(stream: ChunkWriteStream, source: BlockSource): Promise<readonly string[]> {
  for (let index = 0; ;) {
    const first = source.next(index);
    if (first === 'end') break;
    if (first === 'wait') {
      const failure = await Promise.race([source.changed(), stream.ended]);
      if (failure instanceof DfsError) throw failure;
      continue;
    }
    const blocks = readyBlocks(source, index, stream.packetBytes);
    const checksums = Uint32Array.from(blocks, (block) => block.checksum);
    await stream.write(
      blocks.map((block) => block.data),
      checksums,
    );
    index += blocks.length;
  }
  const { nodeIds } = await stream.finish();
  return nodeIds;
}

/** The blocks from `index` on that are ready, as many as a packet of `packetBytes` holds. */
function readyBlocks(source: BlockSource, index: number, packetBytes: number): ChecksummedBlock[] {
  const blocks: ChecksummedBlock[] = [];
  for (let bytes = 0; bytes < packetBytes;) {
    const block = source.next(index + blocks.length);
    if (block === 'wait' || block === 'end') break;
    blocks.push(block);
    bytes += block.data.length;
  }
  return blocks;
}
