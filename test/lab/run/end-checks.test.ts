import { expect, test } from 'vitest';
import { DfsError } from '../../../src/shared/errors.js';
import type { ErrorCode } from '../../../src/shared/errors.js';
import { runEndChecks } from '../../../src/lab/run/end-checks.js';
import type { FileClient } from '../../../src/lab/workloads/file-client.js';
import { BrokenGuarantees } from '../../../src/lab/workloads/broken-guarantees.js';
import { metadataFiles } from '../../../src/lab/workloads/types/metadata-operations.js';
import type { MetadataWorkload } from '../../../src/lab/workloads/workload-types.js';

const METADATA: MetadataWorkload = { type: 'metadata', clients: 2, names: 4, sizeBytesMin: 1, sizeBytesMax: 1 };
const never = async (): Promise<never> => {
  throw new Error('not expected');
};

/** Files that answer with bytes, or with these codes in turn, the last one for ever. */
function clientOf(codes: ReadonlyMap<string, readonly ErrorCode[]>, read: string[]): FileClient {
  const left = new Map([...codes].map(([path, list]) => [path, [...list]]));
  return {
    readFile: async (path) => {
      read.push(path);
      const list = left.get(path) ?? [];
      const code = list.length > 1 ? list.shift() : list[0];
      if (code !== undefined) throw new DfsError(code, `${path} answers ${code}`);
      return new Uint8Array([1]);
    },
    mkdir: never,
    makeDirectory: never,
    readdir: never,
    writeFile: never,
    writeStream: never,
    readStream: never,
    createFile: never,
    rename: never,
    rm: never,
    removeTree: never,
    exists: never,
    close: never,
  };
}

async function check(
  codes: ReadonlyMap<string, readonly ErrorCode[]>,
): Promise<{ promises: BrokenGuarantees; read: string[]; filesRead: number }> {
  let nowMs = 0;
  const clock = {
    nowMs: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
  };
  const promises = new BrokenGuarantees();
  const expectations = { records: [], sharedNames: metadataFiles(METADATA), registers: [] };
  const read: string[] = [];
  const { signal } = new AbortController();
  const { filesRead } = await runEndChecks({ client: clientOf(codes, read), promises, expectations, clock, signal }, 2_000);
  return { promises, read, filesRead };
}

test('runEndChecks: reads every shared name once; that there is nothing, or a directory, is an answer', async () => {
  const [gone, under, directory, ...others] = metadataFiles(METADATA);
  const { promises, read, filesRead } = await check(
    new Map([
      [gone!, ['NOT_FOUND']],
      [under!, ['NOT_A_DIRECTORY']],
      [directory!, ['IS_A_DIRECTORY']],
    ]),
  );
  expect(read.sort()).toEqual(metadataFiles(METADATA).sort());
  expect(filesRead).toBe(others.length);
  expect(promises.brokenCount).toBe(0);
});

test('runEndChecks: a shared name that is there must become readable within the patience', async () => {
  const [late, lost] = metadataFiles(METADATA);
  const { promises, filesRead } = await check(
    new Map([
      [late!, ['CHUNK_UNAVAILABLE', 'UNAVAILABLE', 'NOT_FOUND']],
      [lost!, ['CHUNK_UNAVAILABLE']],
    ]),
  );
  expect(promises.broken).toEqual([
    { invariant: 'acked-files-readable', path: lost, detail: `cannot be read: ${lost} answers CHUNK_UNAVAILABLE` },
  ]);
  expect(filesRead).toBe(metadataFiles(METADATA).length - 2);
});
