/** The terminal UI of `lab up`, with files put by the SDK, through the fabric. */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { DistriFS } from '../../distri-fs.js';
import { DfsError } from '../../shared/errors.js';
import { KIB } from '../../shared/limits.js';
import type { Lab } from '../../lab/live/lab.js';
import { COMMAND_WORDS, MODE_KEYS, SELECTOR_KEYS } from '../../lab/scenario/grammar/command-words.js';
import { startTui } from '../../tui/start-tui.js';
import type { PutProgressListener, PutResult, TuiActions } from '../../tui/model/tui-actions.js';

const SAMPLE_BLOCK_BYTES = 256 * KIB;

/**
 * Shows the terminal UI until the person leaves.
 * @param over when it resolves, the UI ends
 */
export async function runLabTui(lab: Lab, over: Promise<void>): Promise<void> {
  const leave = new AbortController();
  void over.then(() => leave.abort());
  const client = await DistriFS.connect({
    master: lab.masters().map((master) => master.address),
    profile: lab.profile,
    proxy: lab.clientProxy('tui'),
    clientName: 'terminal UI',
  });
  try {
    const vocabulary = { words: COMMAND_WORDS, selectors: SELECTOR_KEYS, modes: MODE_KEYS };
    await startTui(
      lab,
      { ...putActions(client), faults: lab.faults, load: lab.load, vocabulary },
      { profile: lab.profile, signal: leave.signal },
    );
  } finally {
    await client.close();
  }
}

/** Puts into the cluster's root, under names that are not taken. */
function putActions(client: DistriFS): Pick<TuiActions, 'putFile' | 'putSample'> {
  let samples = 0;
  return {
    async putFile(localPath, onProgress) {
      const stats = await stat(localPath);
      if (!stats.isFile()) throw new DfsError('INVALID_ARGUMENT', `Cannot put "${localPath}": it is not a file`);
      const path = await freePath(client, basename(localPath));
      return put(client, path, createReadStream(localPath), stats.size, onProgress);
    },
    async putSample(sizeBytes, onProgress) {
      const path = await freePath(client, `sample-${++samples}.bin`);
      return put(client, path, randomBlocks(sizeBytes), sizeBytes, onProgress);
    },
  };
}

async function put(
  client: DistriFS,
  path: string,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  totalBytes: number,
  onProgress: PutProgressListener = () => undefined,
): Promise<PutResult> {
  let doneBytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const block of source) {
      yield block;
      doneBytes += block.length;
      onProgress(Math.min(doneBytes, totalBytes), totalBytes);
    }
  }
  await client.writeFile(path, counted());
  return { path, bytes: doneBytes };
}

function* randomBlocks(sizeBytes: number): Generator<Uint8Array, void, undefined> {
  for (let done = 0; done < sizeBytes; done += SAMPLE_BLOCK_BYTES)
    yield randomBytes(Math.min(SAMPLE_BLOCK_BYTES, sizeBytes - done));
}

/** `/name`, or `/name-2`, `/name-3`, … */
async function freePath(client: DistriFS, name: string): Promise<string> {
  for (let count = 1; ; count++) {
    const path = count === 1 ? `/${name}` : `/${name}-${count}`;
    if (!(await client.exists(path))) return path;
  }
}
