/** Reads a part of one chunk from any usable replica. */
import { isBusy } from '../../protocol/busy.js';
import { openOnPool } from '../../protocol/channel-pool.js';
import { openChunkRead } from '../../protocol/chunk-reader-stream.js';
import type { FrameChannel } from '../../protocol/frame-channel.js';
import type { ChunkLocation__Output } from '../../protocol/generated/distrifs/v1/ChunkLocation.js';
import type { NodeAddress__Output } from '../../protocol/generated/distrifs/v1/NodeAddress.js';
import type { ChunkRange } from '../../shared/chunk-math.js';
import { DfsError, toDfsError } from '../../shared/errors.js';
import { retryDelayMs } from '../../shared/retry.js';
import type { ClientContext } from '../transfer/client-context.js';
import type { PacketMemory } from '../transfer/own-memory.js';
import type { LocationCache } from './location-cache.js';

/** Number of failures listed in the error when no replica can be read. */
const FAILURES_LISTED_MAX = 8;

/**
 * Yields exactly the bytes of `range`, verified. After a failure the read continues at the same byte with the next replica; when
 * all replicas have failed, the locations are requested again from the master, with growing pauses.
 * @param signal aborts the read, with CANCELLED
 * @param memory holds a piece until the next one is asked for
 * @throws DfsError CHUNK_UNAVAILABLE when no replica delivered a byte for half of the profile's masterPatienceMs; STALE_HANDLE
 */
export async function* readChunk(
  context: ClientContext,
  locations: LocationCache,
  range: ChunkRange,
  signal: AbortSignal,
  memory: PacketMemory,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { runtime, config, penalties } = context;
  const { timings } = config;
  const end = range.offset + range.length;
  const policy = { initialMs: timings.retryInitialMs, maxMs: timings.retryMaxMs };
  let at = range.offset;
  let lastByteMs = runtime.clock.nowMs();
  /** Time that the caller took for the last piece: a node may close the connection of a reader that pauses. */
  let pausedMs = 0;
  let failures: DfsError[] = [];
  for (let round = 1; ; round++) {
    const location = await locations.locate(range.index, round > 1);
    for (const replica of penalties.order(location.replicas, config.localNodeId)) {
      try {
        for await (const piece of readReplica(context, locations.clusterId, location, replica, at, end, signal, memory)) {
          at += piece.length;
          const givenMs = runtime.clock.nowMs();
          yield piece;
          lastByteMs = runtime.clock.nowMs();
          pausedMs = lastByteMs - givenMs;
          round = 1;
          failures = [];
        }
        if (at >= end) return;
        throw new DfsError('DATA_CORRUPT', `Node "${replica.nodeId}" holds only ${at} of ${location.lengthBytes} bytes`);
      } catch (error) {
        const failure = toDfsError(error, `Cannot read from "${replica.nodeId}"`);
        throwIfCut(signal, locations);
        failures.push(failure);
        const isOurPause = failure.code === 'CONNECTION_LOST' && pausedMs >= timings.streamTimeoutMs / 2;
        if (!isOurPause) noteFailure(context, locations, location, replica, failure);
        pausedMs = 0;
      }
    }
    const triedMs = runtime.clock.nowMs() - lastByteMs;
    if (triedMs >= timings.masterPatienceMs / 2) throw unavailable(locations, range.index, location, failures, triedMs);
    await runtime.clock.sleep(retryDelayMs(round, policy, runtime.random), signal);
  }
}

/** The bytes [at, end) of the chunk from one replica. */
async function* readReplica(
  context: ClientContext,
  clusterId: string,
  location: ChunkLocation__Output,
  replica: NodeAddress__Output,
  at: number,
  end: number,
  signal: AbortSignal,
  memory: PacketMemory,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { chunkId, version } = location;
  const { nodeId, address } = replica;
  const { streamTimeoutMs } = context.config.timings;
  const open = { clusterId, chunkId, version, offsetBytes: at, lengthBytes: end - at, nodeId };
  const openOn = (channel: FrameChannel) => openChunkRead(channel, open, { streamTimeoutMs, memory });
  const { opened: stream, lease } = await openOnPool(context.channels, address, openOn, signal);
  const cut = (): void => lease.channel.destroy();
  signal.addEventListener('abort', cut);
  try {
    yield* stream;
  } finally {
    signal.removeEventListener('abort', cut);
    lease.release(stream.reusable);
  }
}

function noteFailure(
  context: ClientContext,
  locations: LocationCache,
  location: ChunkLocation__Output,
  replica: NodeAddress__Output,
  failure: DfsError,
): void {
  const { nodeId } = replica;
  const { chunkId, version } = location;
  if (!isBusy(failure)) context.penalties.add(nodeId);
  context.reports.report({ clusterId: locations.clusterId, chunkId, version, nodeId }, failure);
  context.runtime.log.info('A replica could not be read: the next one is tried', {
    chunk: location.chunkUuid,
    nodeId,
    code: failure.code,
    reason: failure.message,
  });
}

function throwIfCut(signal: AbortSignal, locations: LocationCache): void {
  if (signal.aborted) throw new DfsError('CANCELLED', `Read of "${locations.file.path}" was cancelled`);
}

function unavailable(
  locations: LocationCache,
  index: number,
  location: ChunkLocation__Output,
  failures: readonly DfsError[],
  triedMs: number,
): DfsError {
  const listed = failures.slice(-FAILURES_LISTED_MAX).map((failure) => failure.message);
  const reasons = location.replicas.length === 0 ? 'no live node holds it' : listed.join('; ');
  const text = `Cannot read chunk ${index} (${location.chunkUuid}) of "${locations.file.path}" for ${Math.round(triedMs)} ms: ${reasons}`;
  return new DfsError('CHUNK_UNAVAILABLE', text, { cause: failures.at(-1) });
}
