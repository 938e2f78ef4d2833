/** A master and datanodes that do just enough for a client, on simulated machines, and fail where a test says so. */
import { connectClient } from '../../src/client/index.js';
import type { DistriFSClient } from '../../src/client/distrifs-client.js';
import {
  checksumAnswer,
  checksumOpen,
  errorFrame,
  readHeader,
  readOpen,
  writeAck,
  writeCommitted,
  writeOpen,
  writeReady,
} from '../../src/protocol/data-headers.js';
import { FrameChannel } from '../../src/protocol/frame-channel.js';
import { encodeFinish, FrameType } from '../../src/protocol/frames.js';
import { bodyOf, encodePacket, packetOf } from '../protocol/packets.js';
import type { ChecksumOpen__Output } from '../../src/protocol/generated/distrifs/v1/ChecksumOpen.js';
import type { ChunkLocation } from '../../src/protocol/generated/distrifs/v1/ChunkLocation.js';
import type { FileInfo } from '../../src/protocol/generated/distrifs/v1/FileInfo.js';
import type { MutationHeader__Output } from '../../src/protocol/generated/distrifs/v1/MutationHeader.js';
import type { ReadOpen__Output } from '../../src/protocol/generated/distrifs/v1/ReadOpen.js';
import type { WriteOpen__Output } from '../../src/protocol/generated/distrifs/v1/WriteOpen.js';
import type { WrittenChunk__Output } from '../../src/protocol/generated/distrifs/v1/WrittenChunk.js';
import { bindService, type Handlers, NamespaceService } from '../../src/protocol/services.js';
import { Simulation } from '../../src/runtime/memory/simulation.js';
import { crc32 } from '../../src/shared/crc32.js';
import { DfsError } from '../../src/shared/errors.js';
import { BLOCK_BYTES } from '../../src/shared/limits.js';
import { type Timings, timingsOf } from '../../src/shared/profile.js';
import type { ByteStream, Runtime } from '../../src/shared/runtime.js';

export const CLUSTER_ID = '11111111-2222-4333-8444-555555555555';
export const MASTER = 'm-1:7000';

interface FakeChunk {
  readonly chunkId: number;
  readonly index: number;
  reserved: number;
  committed: number;
  length: number;
  nodeIds: string[];
}

interface FakeFile {
  readonly fileId: number;
  readonly path: string;
  readonly chunkSizeBytes: number;
  readonly chunks: FakeChunk[];
  length: number;
  isComplete: boolean;
}

/** What a datanode does instead of what it should. */
export interface Misdeeds {
  /** Destroys the connection of a write after so many bytes. */
  dropWriteAfter?: number;
  /** Ends a write with this error after the first packet. */
  failWrite?: DfsError;
  /** Answers reads with this error. */
  failRead?: DfsError;
  /** Destroys the connection of a read after so many bytes. */
  dropReadAfter?: number;
  /** Closes the connection at a request for a checksum, as a node that does not know it. */
  knowsNoChecksums?: boolean;
  /** Added to the checksums that it answers. */
  wrongChecksumBy?: number;
  /** Says nothing any more. */
  isSilent?: boolean;
}

/** `name` of an RPC method, or of one with its answer: thrown errors become answers. */
type Hook = (method: string, when: 'before' | 'after', request: unknown) => void | Promise<void>;

export class FakeCluster {
  readonly sim: Simulation;
  readonly files = new Map<string, FakeFile>();
  readonly byId = new Map<number, FakeFile>();
  /** `chunkId.version` to bytes, the same on every node. */
  readonly stored = new Map<string, Buffer>();
  readonly misdeeds = new Map<string, Misdeeds>();
  readonly calls: { readonly method: string; readonly header: MutationHeader__Output | null; readonly request: unknown }[] = [];
  readonly reads: string[] = [];
  readonly checksums: string[] = [];
  /** `level message` of every machine. */
  readonly logged: string[] = [];
  /** Methods whose effect took place: what was answered from memory is not among them. */
  readonly carriedOut: string[] = [];
  hook: Hook = () => undefined;
  /** As masters do; false: as masters of earlier releases, which do not know it. */
  plansFirstChunks = false;
  sessions = new Set<number>();
  readonly nodeIds: readonly string[];
  readonly #answers = new Map<string, unknown>();
  #nextId = 1;

  constructor(seed: number, datanodes = 4) {
    this.sim = new Simulation({ seed, onLog: (line) => this.logged.push(`${line.level} ${line.message}`) });
    this.nodeIds = Array.from({ length: datanodes }, (_, i) => `dn-${i + 1}`);
    for (const nodeId of this.nodeIds) this.misdeeds.set(nodeId, {});
  }

  async start(): Promise<void> {
    await this.serveMaster('m-1');
    await this.startDatanodes();
  }

  /** A master on `<name>:7000`. All share one state, as a group does. @param gate runs before each call, and may refuse it */
  async serveMaster(name: string, gate: (method: string) => void | Promise<void> = () => undefined): Promise<void> {
    const handlers = this.#handlers();
    const gated = Object.fromEntries(
      Object.entries(handlers).map(([method, handle]) => [
        method,
        async (request: never, context: never) => {
          await gate(method);
          return (handle as (request: never, context: never) => Promise<unknown>)(request, context);
        },
      ]),
    ) as unknown as typeof handlers;
    await this.sim.machine(name).boot().rpc.serve(`${name}:7000`, bindService(NamespaceService, gated));
  }

  async startDatanodes(): Promise<void> {
    for (const nodeId of this.nodeIds) {
      const runtime = this.sim.machine(nodeId).boot();
      await runtime.net.listen(
        `${nodeId}:9000`,
        (stream) => void this.#serve(nodeId, stream, runtime).catch(() => stream.destroy()),
      );
    }
  }

  client(timings: Partial<Timings> = {}, masters: readonly string[] = [MASTER]): DistriFSClient {
    const runtime = this.sim.machine('client').boot();
    return connectClient(runtime, { masters, clientName: 'test', timings: { ...timingsOf('fast'), ...timings } });
  }

  countOf(method: string): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  #handlers(): Handlers<typeof NamespaceService> {
    const refuse = async (): Promise<never> => {
      throw new DfsError('UNIMPLEMENTED', 'not in this fake');
    };
    const hooked =
      <Q, A>(method: string, handle: (request: Q) => A) =>
      async (request: Q): Promise<A> => {
        const header = (request as { readonly header?: MutationHeader__Output | null }).header ?? null;
        this.calls.push({ method, header, request });
        await this.hook(method, 'before', request);
        if (header !== null && !this.sessions.has(header.sessionId)) throw new DfsError('SESSION_EXPIRED', 'unknown session');
        const key = header === null ? '' : `${header.sessionId}.${header.sequence}`;
        let answer = this.#answers.get(key) as A | undefined;
        if (answer === undefined) {
          answer = handle(request);
          this.carriedOut.push(method);
        }
        if (header !== null) this.#answers.set(key, answer);
        await this.hook(method, 'after', request);
        return answer;
      };
    return {
      OpenSession: hooked('OpenSession', () => {
        const sessionId = this.#nextId++;
        this.sessions.add(sessionId);
        return { clusterId: CLUSTER_ID, sessionId, sessionTimeoutMs: 3_600_000, renewIntervalMs: 1_000, term: 1 };
      }),
      RenewSession: hooked('RenewSession', () => ({ term: 1 })),
      CloseSession: hooked('CloseSession', () => ({})),
      CreateFile: hooked('CreateFile', (request) => {
        const fileId = this.#nextId++;
        const chunkSizeBytes = request.chunkSizeBytes || 4 * BLOCK_BYTES;
        this.byId.set(fileId, { fileId, path: request.path, chunkSizeBytes, chunks: [], length: 0, isComplete: false });
        const firstChunk = this.plansFirstChunks && request.firstChunk !== null ? this.#assign(fileId, 0, []) : null;
        return { fileId, replication: 3, chunkSizeBytes, firstChunk };
      }),
      AssignChunk: hooked('AssignChunk', ({ fileId, index, excludedNodeIds }) => this.#assign(fileId, index, excludedNodeIds)),
      CommitVersion: hooked('CommitVersion', (request) => {
        this.#commit(request.fileId, request, request.lengthBytes);
        return {};
      }),
      CompleteFile: hooked('CompleteFile', (request) => {
        const file = this.#file(request.fileId);
        if (request.onlyChunk !== null) this.#commit(request.fileId, request.onlyChunk, request.lengthBytes);
        Object.assign(file, { isComplete: true, length: request.lengthBytes });
        this.files.set(file.path, file);
        return { file: this.#info(file) };
      }),
      AbandonFile: hooked('AbandonFile', (request) => {
        this.byId.delete(request.fileId);
        return {};
      }),
      GetChunkLocation: hooked('GetChunkLocation', ({ path, fileId, firstIndex, maxChunks }) => {
        const file = path === '' ? this.byId.get(fileId) : this.files.get(path);
        if (file === undefined) throw new DfsError('NOT_FOUND', `no "${path}"`);
        const chunks = file.chunks.slice(firstIndex, firstIndex + (maxChunks || 3)).map((chunk) => this.#location(chunk));
        return { clusterId: CLUSTER_ID, file: this.#info(file), chunks, term: 1 };
      }),
      GetFileInfo: hooked('GetFileInfo', ({ path }) => {
        const file = this.files.get(path);
        if (file === undefined) throw new DfsError('NOT_FOUND', `no "${path}"`);
        return { file: this.#info(file) };
      }),
      ListDirectory: refuse,
      MakeDirectory: hooked('MakeDirectory', () => ({})),
      HoldSession: refuse,
      Rename: hooked('Rename', () => ({})),
      Delete: hooked('Delete', () => ({})),
      ReportBadReplica: hooked('ReportBadReplica', () => ({})),
    };
  }

  #assign(fileId: number, index: number, excludedNodeIds: readonly string[]) {
    const file = this.#file(fileId);
    let chunk = file.chunks[index];
    if (chunk === undefined) {
      chunk = { chunkId: this.#nextId++, index, reserved: 0, committed: 0, length: 0, nodeIds: [] };
      file.chunks[index] = chunk;
    }
    const free = this.nodeIds.filter((nodeId) => !excludedNodeIds.includes(nodeId));
    if (free.length < 2) throw new DfsError('NOT_ENOUGH_REPLICAS', `only ${free.length} nodes can take it`);
    chunk.reserved++;
    const pipeline = free.slice(0, 3).map((nodeId) => this.#address(nodeId));
    const { chunkId, committed, reserved } = chunk;
    return { chunkId, chunkUuid: `uuid-${chunkId}`, fromVersion: committed, version: reserved, term: 1, pipeline };
  }

  #commit(fileId: number, written: WrittenChunk__Output, lengthBytes: number): void {
    const chunk = this.#file(fileId).chunks.find((one) => one.chunkId === written.chunkId);
    if (chunk?.reserved !== written.toVersion || chunk.committed !== written.fromVersion) {
      throw new DfsError('VERSION_CONFLICT', 'another version is current');
    }
    Object.assign(chunk, { committed: written.toVersion, length: lengthBytes, nodeIds: written.nodeIds });
  }

  #file(fileId: number): FakeFile {
    const file = this.byId.get(fileId);
    if (file === undefined) throw new DfsError('LEASE_LOST', `no file ${fileId}`);
    return file;
  }

  #address = (nodeId: string) => ({ nodeId, address: `${nodeId}:9000` });

  #info(file: FakeFile): FileInfo {
    const { fileId, path, chunkSizeBytes, chunks, length } = file;
    const name = path.slice(1);
    return {
      fileId,
      path,
      name,
      kind: 'FILE',
      lengthBytes: length,
      replication: 3,
      chunkSizeBytes,
      chunkCount: chunks.length,
      mode: 0o644,
      modifiedMs: 1,
    };
  }

  #location({ chunkId, index, committed, length, nodeIds }: FakeChunk): ChunkLocation {
    const replicas = nodeIds.map(this.#address);
    return { chunkId, chunkUuid: `uuid-${chunkId}`, index, version: committed, lengthBytes: length, replicas };
  }

  async #serve(nodeId: string, stream: ByteStream, runtime: Runtime): Promise<void> {
    const channel = new FrameChannel(stream, runtime.clock);
    for (let frame = await channel.receive(); frame !== null; frame = await channel.receive()) {
      if (this.misdeeds.get(nodeId)?.isSilent === true) continue;
      if (frame.type === FrameType.WRITE_OPEN) await this.#write(nodeId, channel, writeOpen.decode(frame.body));
      else if (frame.type === FrameType.CHECKSUM_OPEN) {
        await this.#checksum(nodeId, channel, checksumOpen.decode(bodyOf(frame)));
      } else await this.#read(nodeId, channel, readOpen.decode(bodyOf(frame)));
    }
  }

  /** Stands for the whole pipeline. */
  async #write(nodeId: string, channel: FrameChannel, open: WriteOpen__Output): Promise<void> {
    const misdeeds = this.misdeeds.get(nodeId) ?? {};
    const nodeIds = [nodeId, ...open.downstream.map((node) => node.nodeId)];
    await channel.send(writeReady.encode({ nodeIds }));
    const pieces: Buffer[] = [];
    let length = 0;
    for (;;) {
      const frame = await channel.receive();
      if (frame?.type === FrameType.FINISH) break;
      if (frame?.type !== FrameType.PACKET) throw new Error('no packet');
      if (misdeeds.failWrite !== undefined) {
        await channel.send(errorFrame.encode(misdeeds.failWrite));
        await channel.end();
        throw misdeeds.failWrite;
      }
      const { data, offset } = await packetOf(channel, frame);
      if (offset !== length) throw new Error('a gap');
      pieces.push(Buffer.from(data));
      length += data.length;
      if (length >= (misdeeds.dropWriteAfter ?? Infinity)) throw new Error('dropped');
      await channel.send(writeAck.encode({ receivedBytes: length }));
    }
    this.stored.set(`${open.chunkId}.${open.version}`, Buffer.concat(pieces));
    await channel.send(writeCommitted.encode({ nodeIds, lengthBytes: length }));
  }

  async #checksum(nodeId: string, channel: FrameChannel, open: ChecksumOpen__Output): Promise<void> {
    const { knowsNoChecksums, wrongChecksumBy = 0 } = this.misdeeds.get(nodeId) ?? {};
    if (knowsNoChecksums === true) throw new Error('an unknown frame');
    this.checksums.push(`${nodeId} ${open.chunkId} ${open.lengthBytes}`);
    const bytes = this.stored.get(`${open.chunkId}.${open.version}`);
    if (bytes === undefined) return channel.send(errorFrame.encode(new DfsError('CHUNK_NOT_FOUND', 'no such chunk')));
    const part = bytes.subarray(open.offsetBytes, open.offsetBytes + open.lengthBytes);
    const answer = { crc32: crc32(part) + wrongChecksumBy, lengthBytes: part.length, chunkLengthBytes: bytes.length };
    await channel.send(checksumAnswer.encode(answer));
  }

  async #read(nodeId: string, channel: FrameChannel, open: ReadOpen__Output): Promise<void> {
    const misdeeds = this.misdeeds.get(nodeId) ?? {};
    this.reads.push(`${nodeId} ${open.chunkId} ${open.offsetBytes}`);
    const bytes = this.stored.get(`${open.chunkId}.${open.version}`);
    const failure = misdeeds.failRead ?? (bytes === undefined ? new DfsError('CHUNK_NOT_FOUND', 'no such chunk') : undefined);
    if (failure !== undefined || bytes === undefined)
      return channel.send(errorFrame.encode(failure ?? new DfsError('INTERNAL', '')));
    const from = Math.floor(open.offsetBytes / BLOCK_BYTES) * BLOCK_BYTES;
    const end = Math.min(bytes.length, Math.ceil((open.offsetBytes + open.lengthBytes) / BLOCK_BYTES) * BLOCK_BYTES);
    await channel.send(readHeader.encode({ chunkLengthBytes: bytes.length, firstOffsetBytes: from, lengthBytes: end - from }));
    for (let at = from; at < end; at += BLOCK_BYTES) {
      if (at - from >= (misdeeds.dropReadAfter ?? Infinity)) throw new Error('dropped');
      await channel.send(encodePacket(at, bytes.subarray(at, Math.min(at + BLOCK_BYTES, end))));
    }
    await channel.send(encodeFinish(end - from));
  }
}

/** Bytes that differ from place to place. */
export function sample(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + (i >> 8) * 17 + (i >> 16) * 7) & 0xff;
  return bytes;
}
