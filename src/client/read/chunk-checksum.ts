/** The CRC32 of the beginning of one chunk, as its replicas have recorded it: two of them are asked where there are two. */
import { isBusy } from '../../protocol/busy.js';
import { openOnPool } from '../../protocol/channel-pool.js';
import { askChunkChecksum } from '../../protocol/chunk-checksum.js';
import type { ChunkLocation__Output } from '../../protocol/generated/distrifs/v1/ChunkLocation.js';
import type { NodeAddress__Output } from '../../protocol/generated/distrifs/v1/NodeAddress.js';
import { DfsError, isDfsError, toDfsError } from '../../shared/errors.js';
import { BLOCK_BYTES } from '../../shared/limits.js';
import { retryDelayMs } from '../../shared/retry.js';
import type { ClientContext } from '../transfer/client-context.js';
import type { LocationCache } from './location-cache.js';

/** Replicas that are asked, where there are so many: they are compared. */
const REPLICAS_ASKED = 2;

export interface ReplicaChecksum {
  /** Node id. */
  readonly node: string;
  readonly crc32: number;
}

/** The CRC32 of a chunk, or of its beginning. */
export interface ChunkChecksum {
  /** 0 for the file's first chunk. */
  readonly index: number;
  /** Of the chunk's first byte in the file. */
  readonly offset: number;
  /** Bytes from the chunk's first one that the CRC32 covers. */
  readonly length: number;
  /** Null when the replicas that were asked differ. */
  readonly crc32: number | null;
  /** The answers: of two replicas, or of the only one that answered. */
  readonly replicas: readonly ReplicaChecksum[];
}

/**
 * @param wantedBytes from the chunk's first byte; rounded down to whole checksum blocks where it is less than the whole chunk
 * @param signal ends the request, with CANCELLED
 * @throws DfsError CHUNK_UNAVAILABLE when no replica answered for half of the profile's masterPatienceMs; UNIMPLEMENTED when the nodes
 *   do not know the request; STALE_HANDLE
 */
export async function chunkChecksum(
  context: ClientContext,
  locations: LocationCache,
  index: number,
  wantedBytes: number,
  signal: AbortSignal,
): Promise<ChunkChecksum> {
  const { runtime, config, penalties } = context;
  const { timings } = config;
  const policy = { initialMs: timings.retryInitialMs, maxMs: timings.retryMaxMs };
  const startMs = runtime.clock.nowMs();
  for (let round = 1; ; round++) {
    const location = await locations.locate(index, round > 1);
    const lengthBytes = wantedBytes >= location.lengthBytes ? location.lengthBytes : wantedBytes - (wantedBytes % BLOCK_BYTES);
    const replicas: ReplicaChecksum[] = [];
    const failures: DfsError[] = [];
    for (const replica of penalties.order(location.replicas, config.localNodeId)) {
      try {
        const crc32 = await askReplica(context, locations.clusterId, location, replica, lengthBytes, signal);
        replicas.push({ node: replica.nodeId, crc32 });
      } catch (error) {
        if (signal.aborted) throw cancelled(locations);
        const failure = toDfsError(error, `Cannot ask "${replica.nodeId}" for a checksum`);
        failures.push(failure);
        noteFailure(context, locations, location, replica, failure);
      }
      if (replicas.length === REPLICAS_ASKED) break;
    }
    if (replicas.length > 0) {
      const [first, second = first] = replicas;
      const crc32 = first !== undefined && first.crc32 === second?.crc32 ? first.crc32 : null;
      return { index, offset: index * locations.file.chunkSizeBytes, length: lengthBytes, crc32, replicas };
    }
    const triedMs = runtime.clock.nowMs() - startMs;
    // A node that has just died closes its connections too, and then answers no more.
    if (round > 1 && isUnknownRequest(failures)) throw unimplemented(locations, failures);
    if (triedMs >= timings.masterPatienceMs / 2) throw unavailable(locations, location, failures, triedMs);
    await runtime.clock.sleep(retryDelayMs(round, policy, runtime.random), signal).catch(() => {
      throw cancelled(locations);
    });
  }
}

async function askReplica(
  context: ClientContext,
  clusterId: string,
  location: ChunkLocation__Output,
  { nodeId, address }: NodeAddress__Output,
  lengthBytes: number,
  signal: AbortSignal,
): Promise<number> {
  const { chunkId, version } = location;
  const open = { clusterId, chunkId, version, offsetBytes: 0, lengthBytes, nodeId };
  const { opened: answer, lease } = await openOnPool(
    context.channels,
    address,
    (channel) => askChunkChecksum(channel, open, context.config.timings.streamTimeoutMs),
    signal,
  );
  lease.release(true);
  if (answer.lengthBytes === lengthBytes && answer.chunkLengthBytes === location.lengthBytes) return answer.crc32;
  const text = `Node "${nodeId}" has ${answer.chunkLengthBytes} bytes of chunk ${location.chunkUuid}, which has ${location.lengthBytes}`;
  throw new DfsError('DATA_CORRUPT', text, { nodeId });
}

function noteFailure(
  context: ClientContext,
  locations: LocationCache,
  { chunkId, version }: ChunkLocation__Output,
  { nodeId }: NodeAddress__Output,
  failure: DfsError,
): void {
  if (!isBusy(failure)) context.penalties.add(nodeId);
  context.reports.report({ clusterId: locations.clusterId, chunkId, version, nodeId }, failure);
}

/** A node of a version without the request ends the connection that carries it. */
const isUnknownRequest = (failures: readonly DfsError[]): boolean =>
  failures.length > 0 && failures.every((failure) => isDfsError(failure, 'CONNECTION_LOST'));

function unimplemented({ file }: LocationCache, failures: readonly DfsError[]): DfsError {
  const nodes = [...new Set(failures.map(({ nodeId }) => nodeId))].join(', ');
  const text =
    `Cannot get the checksum of "${file.path}": ${nodes} closed the connection at the request; ` +
    'a datanode of an earlier version does not know it';
  return new DfsError('UNIMPLEMENTED', text, { cause: failures.at(-1) });
}

function unavailable(
  { file }: LocationCache,
  { index, chunkUuid, replicas }: ChunkLocation__Output,
  failures: readonly DfsError[],
  triedMs: number,
): DfsError {
  const reasons = replicas.length === 0 ? 'no live node holds it' : failures.map(({ message }) => message).join('; ');
  const text = `Cannot get the checksum of chunk ${index} (${chunkUuid}) of "${file.path}" for ${Math.round(triedMs)} ms: ${reasons}`;
  return new DfsError('CHUNK_UNAVAILABLE', text, { cause: failures.at(-1) });
}

const cancelled = ({ file }: LocationCache): DfsError =>
  new DfsError('CANCELLED', `The request for the checksum of "${file.path}" was cancelled`);
