/**
 * The place on this machine that a file of the cluster is copied to.
 *
 *   a regular file, or none   a temporary file beside it, renamed at the end: readers never see a part
 *   a link                    the same for the file that it leads to; the link stays
 *   a fifo, a device          the bytes go into it
 */
import { createWriteStream, type Stats } from 'node:fs';
import { readlink, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { UsageError } from '../terminal/usage-error.js';
import { isDescriptor, writeSpecialFile } from './special-file.js';

/** Limit of Linux, path_resolution(7). */
const LINKS_MAX = 40;
/** Characters of the file's name within that of the temporary file, which must not become too long. */
const NAME_CHARS_MAX = 48;

export interface LocalTarget {
  readonly sink: Writable;
  /** false: standard output, which stays open. */
  readonly endsSink: boolean;
  /** Makes the file visible, after the last byte. */
  readonly commit: () => Promise<void>;
  /** Removes the temporary file. */
  readonly discard: () => Promise<void>;
}

/**
 * The path that the arguments of a copy mean: in a directory the file keeps its name.
 * @param name of the file in the cluster
 * @param local as it was typed; default: the current directory
 */
export async function localPathOf(name: string, local: string | undefined): Promise<string> {
  if (local === undefined) return name;
  if (local === '') throw new UsageError('the local path is empty: name a file or a directory, or - for standard output');
  const isDirectory = (await statsOf(local))?.isDirectory() === true;
  if (!isDirectory && local.endsWith('/')) throw new Error(`"${local}" is not a directory`);
  return isDirectory ? join(local, name) : local;
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
    return { sink: process.stdout, endsSink: false, commit: nothing, discard: nothing };
  }
  if (stats !== null && !stats.isFile()) {
    return { sink: await writeSpecialFile(path, stats, signal), endsSink: true, commit: nothing, discard: nothing };
  }
  const file = await behindLinks(path);
  const partial = join(dirname(file), `.${basename(file).slice(0, NAME_CHARS_MAX)}.${process.pid}.part`);
  const sink = createWriteStream(partial, { flags: 'wx' });
  return {
    sink,
    endsSink: true,
    commit: () => rename(partial, file),
    discard: async () => {
      // An open that is under way would make the file again.
      if (!sink.closed) await new Promise<void>((done) => void sink.destroy().once('close', () => done()));
      await rm(partial, { force: true });
    },
  };
}

/** Follows links; null for a missing file. */
async function statsOf(path: string): Promise<Stats | null> {
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
