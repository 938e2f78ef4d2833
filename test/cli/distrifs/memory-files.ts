/** The files of a cluster in memory, with the calls of the SDK that commands use, and the context of a command. */
import { posix } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { vi } from 'vitest';
import type { ClientCommandContext } from '../../../src/cli/distrifs/client-command.js';
import { reasonOf } from '../../../src/cli/terminal/cli-error.js';
import type {
  ChunkChecksumOptions,
  ReadStreamOptions,
  RemoveOptions,
  WriteFileOptions,
} from '../../../src/client/client-options.js';
import type { ChunkChecksum } from '../../../src/client/read/chunk-checksum.js';
import type { FileChecksum } from '../../../src/client/read/file-checksum.js';
import { DistriFSError } from '../../../src/client/sdk-error.js';
import { Stats } from '../../../src/client/stats.js';
import type { LocatedChunk } from '../../../src/index.js';
import { crc32 } from '../../../src/shared/crc32.js';
import { DfsError, type ErrorCode } from '../../../src/shared/errors.js';
import { BLOCK_BYTES } from '../../../src/shared/limits.js';

interface Node {
  readonly id: number;
  readonly data: Buffer | null;
  readonly mode: number;
  readonly replication: number;
}

const CHUNK = 2 * BLOCK_BYTES;
export const MODIFIED_MS = 1_700_000_000_000;

const failure = (code: ErrorCode, path: string): DistriFSError =>
  new DistriFSError(new DfsError(code, `${code} "${path}"`), { syscall: 'open', path });

export class MemoryFiles {
  readonly #nodes = new Map<string, Node>([['/', { id: 1, data: null, mode: 0o755, replication: 0 }]]);
  #nextId = 2;
  /** Called before each piece of a file that is written. */
  onWrite: (path: string) => void | Promise<void> = () => undefined;
  /** Added to the checksums that are answered. */
  wrongBy = 0;
  /** Paths of files that were read, each with the first byte. */
  readonly reads: string[] = [];
  /** Called before each piece of a file that is read. */
  onRead: (path: string, at: number) => void | Promise<void> = () => undefined;

  /** Makes files, with the directories above them. A path that ends in `/` is a directory. */
  make(...paths: readonly (string | readonly [path: string, data: string | Buffer])[]): this {
    for (const each of paths) {
      const [path, data] = typeof each === 'string' ? [each, each] : each;
      const parts = path.split('/').slice(1, -1);
      for (const [i] of parts.entries()) this.#set(`/${parts.slice(0, i + 1).join('/')}`, null);
      if (!path.endsWith('/')) this.#set(path, Buffer.from(data));
    }
    return this;
  }

  /** Paths of all files and, with `/` at their end, directories, but for the root. */
  get paths(): string[] {
    const all = [...this.#nodes].filter(([path]) => path !== '/');
    return all.map(([path, { data }]) => (data === null ? `${path}/` : path)).toSorted();
  }

  text(path: string): string {
    return this.#file(path).data.toString();
  }

  async stat(path: string): Promise<Stats> {
    const bare = posix.normalize(path).replace(/(.)\/$/, '$1');
    const node = this.#nodes.get(bare);
    if (node === undefined) throw failure('NOT_FOUND', path);
    return this.#stats(bare, node);
  }

  async *list(path: string): AsyncGenerator<Stats, void, undefined> {
    if (!(await this.stat(path)).isDirectory()) throw failure('NOT_A_DIRECTORY', path);
    for (const [each, node] of [...this.#nodes].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      if (each !== '/' && posix.dirname(each) === posix.normalize(path)) yield this.#stats(each, node);
    }
  }

  async mkdir(path: string, { mode = 0o755 }: { readonly mode?: number } = {}): Promise<void> {
    if (this.#nodes.has(path)) throw failure('ALREADY_EXISTS', path);
    this.#checkParent(path);
    this.#set(path, null, mode);
  }

  async rename(from: string, to: string): Promise<void> {
    const node = this.#nodes.get(from);
    if (node === undefined) throw failure('NOT_FOUND', from);
    this.#checkParent(to);
    this.#nodes.delete(from);
    this.#nodes.set(to, node);
  }

  async rm(path: string, options?: RemoveOptions | null): Promise<void> {
    const { recursive = false, force = false } = options ?? {};
    const node = this.#nodes.get(path);
    if (node === undefined && !force) throw failure('NOT_FOUND', path);
    if (node?.data === null && !recursive) throw failure('IS_A_DIRECTORY', path);
    for (const each of [...this.#nodes.keys()]) if (each === path || each.startsWith(`${path}/`)) this.#nodes.delete(each);
  }

  async locate(path: string): Promise<LocatedChunk[]> {
    const { id, data } = this.#file(path);
    return Array.from({ length: Math.ceil(data.length / CHUNK) }, (_, index) => {
      return { id: `chunk-${id}-${index}`, index, length: 0, version: 1, replicas: [], addresses: [] };
    });
  }

  createReadStream(path: string, options?: ReadStreamOptions | BufferEncoding | null): Readable {
    const { start = 0 } = typeof options === 'object' && options !== null ? options : {};
    this.reads.push(`${path} ${start}`);
    return Readable.from(this.#pieces(path, start));
  }

  async *#pieces(path: string, start: number): AsyncGenerator<Buffer, void, undefined> {
    const { data } = this.#file(path);
    for (let at = start; at < data.length; at += BLOCK_BYTES) {
      await this.onRead(path, at);
      yield data.subarray(at, at + BLOCK_BYTES);
    }
  }

  async writeFile(path: string, data: unknown, options?: WriteFileOptions | BufferEncoding | null): Promise<void> {
    await pipeline([data as Uint8Array], this.createWriteStream(path, options));
  }

  createWriteStream(path: string, options?: WriteFileOptions | BufferEncoding | null): Writable {
    const { mode = 0o644, flag = 'w', replication = 3 } = typeof options === 'object' && options !== null ? options : {};
    const pieces: Buffer[] = [];
    return new Writable({
      construct: (done) => {
        const node = this.#nodes.get(path);
        if (node?.data === null) done(failure('IS_A_DIRECTORY', path));
        else if (node !== undefined && flag === 'wx') done(failure('ALREADY_EXISTS', path));
        else if (this.#nodes.get(posix.dirname(path))?.data !== null) done(failure('NOT_FOUND', path));
        else done();
      },
      write: (piece: Buffer, _encoding, done) => {
        pieces.push(piece);
        Promise.resolve()
          .then(() => this.onWrite(path))
          .then(
            () => done(),
            (error: unknown) => done(error as Error),
          );
      },
      final: (done) => {
        this.#set(path, Buffer.concat(pieces), mode, replication);
        done();
      },
    });
  }

  async checksum(path: string): Promise<FileChecksum> {
    const { data } = this.#file(path);
    return { path, crc32: crc32(data) + this.wrongBy, length: data.length, chunks: 1, compared: 1, differences: [] };
  }

  async *chunkChecksums(
    path: string,
    { end = Infinity }: ChunkChecksumOptions = {},
  ): AsyncGenerator<ChunkChecksum, void, undefined> {
    const { data } = this.#file(path);
    for (let offset = 0; offset < Math.min(end, data.length); offset += CHUNK) {
      const whole = data.subarray(offset, offset + CHUNK);
      const wanted = end - offset;
      const length = wanted >= whole.length ? whole.length : wanted - (wanted % BLOCK_BYTES);
      yield { index: offset / CHUNK, offset, length, crc32: crc32(whole.subarray(0, length)), replicas: [] };
    }
  }

  #set(path: string, data: Buffer | null, mode = data === null ? 0o755 : 0o644, replication = data === null ? 0 : 3): void {
    if (data === null && this.#nodes.has(path)) return;
    this.#nodes.set(path, { id: this.#nextId++, data, mode, replication });
  }

  #checkParent(path: string): void {
    if (this.#nodes.get(posix.dirname(path))?.data !== null) throw failure('NOT_FOUND', path);
  }

  #file(path: string): Node & { readonly data: Buffer } {
    const node = this.#nodes.get(path);
    if (node === undefined) throw failure('NOT_FOUND', path);
    const { data } = node;
    if (data === null) throw failure('IS_A_DIRECTORY', path);
    return { ...node, data };
  }

  #stats(path: string, { id, data, mode, replication }: Node): Stats {
    return new Stats({
      fileId: id,
      path,
      name: posix.basename(path),
      kind: data === null ? 'DIRECTORY' : 'FILE',
      lengthBytes: data?.length ?? 0,
      replication,
      chunkSizeBytes: data === null ? 0 : CHUNK,
      chunkCount: Math.ceil((data?.length ?? 0) / CHUNK),
      owner: 'o',
      group: 'g',
      mode,
      modifiedMs: MODIFIED_MS,
      createdMs: MODIFIED_MS,
    });
  }
}

/** The context of a command, which records what the command reports. */
export class CommandRig {
  readonly failures: string[] = [];
  readonly warnings: string[] = [];
  readonly ending = new AbortController();
  readonly files = new MemoryFiles();

  context(json = false): Omit<ClientCommandContext, 'client'> & { readonly client: MemoryFiles } {
    return {
      client: this.files,
      json,
      signal: this.ending.signal,
      warn: (text) => this.warnings.push(text),
      fail: (error) => {
        if (!this.ending.signal.aborted) this.failures.push(reasonOf(error));
      },
    };
  }

  /** What a command writes to standard output. */
  async output(run: () => Promise<void>): Promise<string> {
    let written = '';
    const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      written += String(text);
      return true;
    });
    try {
      await run();
      return written;
    } finally {
      spy.mockRestore();
    }
  }

  /** The lines of a command's JSON. */
  async lines(run: () => Promise<void>): Promise<unknown[]> {
    const text = await this.output(run);
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line));
  }
}
