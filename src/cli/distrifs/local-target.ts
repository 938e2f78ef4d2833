/**
 * The place on this machine that a file of the cluster is copied to.
 *
 *   a regular file, or none   a temporary file beside it, renamed at the end: readers never see a part
 *   a link                    the same for the file that it leads to; the link stays
 *   a fifo, a device          the bytes go into it
 */
import { createWriteStream, type Stats, type WriteStream } from 'node:fs';
import { readlink, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { isDescriptor, writeSpecialFile } from './special-file.js';

/** Limit of Linux, path_resolution(7). */
const LINKS_MAX = 40;
/** Characters of the file's name within that of the temporary file, which must not become too long. */
const NAME_CHARS_MAX = 48;

/** Targets opened by this process: files whose long names begin alike are written at the same time. */
let opened = 0;

export interface LocalTarget {
  readonly sink: Writable;
  /** false: standard output, which stays open. */
  readonly endsSink: boolean;
  /** The temporary file, until it is made visible; null: the bytes go into the target itself. */
  readonly partial: string | null;
  /** Makes the file visible, after the last byte. */
  readonly commit: () => Promise<void>;
  /** Gives up: removes the temporary file, or keeps it for the next `get --resume`. */
  readonly discard: () => Promise<void>;
}

/**
 * Opens the target.
 * @param signal ends the wait for a reader of a fifo
 * @throws Error of node:fs
 */
export async function openLocalTarget(path: string, signal: AbortSignal): Promise<LocalTarget> {
  const nothing = (): Promise<void> => Promise.resolve();
  const stats = await statsOf(path);
  if (stats !== null && isDescriptor(1, stats)) {
    return { sink: process.stdout, endsSink: false, partial: null, commit: nothing, discard: nothing };
  }
  if (stats !== null && !stats.isFile()) {
    const sink = await writeSpecialFile(path, stats, signal);
    return { sink, endsSink: true, partial: null, commit: nothing, discard: nothing };
  }
  const file = await behindLinks(path);
  const partial = join(dirname(file), `.${basename(file).slice(0, NAME_CHARS_MAX)}.${process.pid}.${++opened}.part`);
  const sink = createWriteStream(partial, { flags: 'wx' });
  return {
    sink,
    endsSink: true,
    partial,
    commit: () => rename(partial, file),
    discard: async () => {
      // An open that is under way would make the file again.
      await destroyed(sink);
      await rm(partial, { force: true });
    },
  };
}

/** Destroys a stream, and waits until its file is closed. */
export async function destroyed(sink: WriteStream): Promise<void> {
  if (!sink.closed) await new Promise<void>((done) => void sink.destroy().once('close', () => done()));
}

/**
 * The regular file, or the missing one, that a path leads to.
 * @throws Error for anything else; Error of node:fs
 */
export async function fileBehindLinks(path: string): Promise<string> {
  if ((await statsOf(path))?.isFile() === false) throw new Error(`"${path}" is not a regular file`);
  return behindLinks(path);
}

/** Follows links; null for a missing file. */
export async function statsOf(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** The path at the end of a chain of links, of a file that may be missing. */
async function behindLinks(path: string): Promise<string> {
  let at = path;
  for (let links = 0; links < LINKS_MAX; links++) {
    const next = await readlink(at).catch(() => null);
    if (next === null) return at;
    at = resolve(dirname(at), next);
  }
  throw new Error(`"${path}": too many links`);
}
