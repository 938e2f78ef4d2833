import { closeSync, fstatSync, mkdirSync, mkdtempSync, openSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closeLostDescriptors } from '../../../src/supervisor/host/lost-descriptors.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'descriptors-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const isOpen = (descriptor: number): boolean => {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
};

test.runIf(process.platform === 'linux')(
  'closeLostDescriptors closes what is open in the folders it is given, and nothing else',
  () => {
    const [own, other] = [join(folder, 'dn-1'), join(folder, 'dn-10')];
    mkdirSync(own);
    mkdirSync(other);
    symlinkSync(own, join(folder, 'link'));
    const lost = ['lock', 'removed', 'log'].map((name) => openSync(join(own, name), 'w'));
    rmSync(join(own, 'removed'));
    const kept = openSync(join(other, 'lock'), 'w');
    const file = openSync(join(folder, 'node.log'), 'w');
    expect(closeLostDescriptors([join(folder, 'link'), join(folder, 'node.log'), join(folder, 'nothing')])).toBe(4);
    expect([...lost, file].map(isOpen)).toEqual([false, false, false, false]);
    expect(isOpen(kept)).toBe(true);
    closeSync(kept);
  },
);

/** Opens and closes files all the time, many at once. */
const BUSY = `
  const { open } = require('node:fs/promises');
  const { parentPort, workerData } = require('node:worker_threads');
  const turn = async (path) => {
    const file = await open(path, 'w');
    await file.write('x');
    await file.close();
    return turn(path);
  };
  for (let i = 0; i < 64; i++) void turn(workerData + '/' + i);
  setTimeout(() => parentPort.postMessage('busy'), 10);
`;

test.runIf(process.platform === 'linux')(
  'closeLostDescriptors finds the files that a thread was opening when it was ended',
  async () => {
    const openHere = (): string[] =>
      readdirSync('/proc/self/fd').flatMap((name) => {
        try {
          const path = readlinkSync(`/proc/self/fd/${name}`);
          return path.startsWith(folder) ? [path] : [];
        } catch {
          return [];
        }
      });
    let found = 0;
    for (let i = 0; i < 20 && found === 0; i++) {
      const worker = new Worker(BUSY, { eval: true, workerData: folder, execArgv: [] });
      await new Promise((resolve) => worker.once('message', resolve));
      await worker.terminate();
      found += closeLostDescriptors([folder]);
      expect(openHere()).toEqual([]);
    }
    // The reason for all this; should Node ever close them itself, it can go.
    expect(found).toBeGreaterThan(0);
  },
);
