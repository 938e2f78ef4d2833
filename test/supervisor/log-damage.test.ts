import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FolderDisk } from '../../src/supervisor/folder-disk.js';
import { damageLogs } from '../../src/supervisor/log-damage.js';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'log-damage-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const FILES = ['master.log', 'master-0000000000000001.log', 'master.log.durable', 'master.vote', 'identity.json'];

/** Which bytes of which files differ from zeros. */
function damaged(): string[] {
  return FILES.flatMap((name) => [...readFileSync(join(dir, name))].flatMap((byte, at) => (byte === 0 ? [] : [`${name} ${at}`])));
}

test('damageLogs flips one bit of the log where it has been durable, and of no other file', async () => {
  const places = new Set<string>();
  for (let lot = 0; lot < 200; lot += 1) {
    for (const name of FILES) writeFileSync(join(dir, name), new Uint8Array(name === 'master.log' ? 40 : 10));
    const injection = damageLogs(new Map([['m-1', new FolderDisk(dir)]]), ['m-1'], lot);
    const [place = '', ...others] = damaged();
    expect(others).toEqual([]);
    expect([await injection.effects(), injection.counts]).toEqual([1, `bits flipped: m-1 ${place.replace(' ', ' byte ')}`]);
    places.add(place);
  }
  const offsets = (name: string): number[] =>
    [...places].flatMap((place) => (place.startsWith(`${name} `) ? [Number(place.split(' ')[1])] : [])).sort((a, b) => a - b);
  expect(offsets('master.log')).toEqual(Array.from({ length: 20 }, (_, at) => at));
  expect(offsets('master-0000000000000001.log')).toEqual(Array.from({ length: 10 }, (_, at) => at));
});

test('damageLogs: without a log there is nothing to strike', () => {
  const disks = new Map([['m-1', new FolderDisk(dir)]]);
  expect(() => damageLogs(disks, ['m-1'], 1)).toThrow(
    expect.objectContaining({ name: 'NothingToStrike', message: 'm-1 has no log' }),
  );
  writeFileSync(join(dir, 'master.log'), new Uint8Array(1));
  expect(() => damageLogs(disks, ['m-1'], 1)).toThrow(/has no log/);
});
