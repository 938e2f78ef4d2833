import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FolderDisk } from '../../../src/supervisor/cluster/folder-disk.js';
import { damageMasters } from '../../../src/supervisor/faults/log-damage.js';
import type { MasterFault } from '../../../src/supervisor/faults/log-damage.js';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'log-damage-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const FILES = ['master.log', 'master-0000000000000001.log', 'master.log.durable', 'master.vote', 'identity.json'];

const FLIP = { action: 'bitflip', file: 'log' } as const;

/** Which bytes of which files differ from zeros. */
function damaged(): string[] {
  return FILES.flatMap((name) => [...readFileSync(join(dir, name))].flatMap((byte, at) => (byte === 0 ? [] : [`${name} ${at}`])));
}

test('damageMasters flips one bit of the log where it has been durable, and of no other file', async () => {
  const places = new Set<string>();
  for (let choiceSeed = 0; choiceSeed < 200; choiceSeed += 1) {
    for (const name of FILES) writeFileSync(join(dir, name), new Uint8Array(name === 'master.log' ? 40 : 10));
    const injection = damageMasters(new Map([['m-1', new FolderDisk(dir)]]), ['m-1'], FLIP, choiceSeed);
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

test('damageMasters: without a log there is nothing to strike', () => {
  const disks = new Map([['m-1', new FolderDisk(dir)]]);
  expect(() => damageMasters(disks, ['m-1'], FLIP, 1)).toThrow(
    expect.objectContaining({ name: 'NothingToStrike', message: 'm-1 has no log' }),
  );
  writeFileSync(join(dir, 'master.log'), new Uint8Array(1));
  expect(() => damageMasters(disks, ['m-1'], FLIP, 1)).toThrow(/has no log/);
});

test('damageMasters strikes the place that is named, the newest checkpoint, and refuses what nobody could tell', () => {
  const disks = new Map([['m-1', new FolderDisk(dir)]]);
  const strike = (fault: MasterFault): string => damageMasters(disks, ['m-1'], fault, 3).counts;
  const [older, newer] = ['checkpoint-0000000000000007-0a.ckpt', 'checkpoint-0000000000000012-0b.ckpt'];
  expect(() => strike({ action: 'remove', file: 'checkpoint' })).toThrow(/^m-1 has no checkpoint$/);
  for (const name of ['master.log', older, newer]) writeFileSync(join(dir, name), new Uint8Array(40));
  expect(strike({ action: 'bitflip', file: 'log', offsetBytes: 11 })).toBe('bits flipped: m-1 master.log byte 11');
  expect(() => strike({ action: 'bitflip', file: 'log', offsetBytes: 20 })).toThrow(
    /has no log with a byte 20 that may be damaged/,
  );
  expect(() => strike({ action: 'truncate', file: 'log' })).toThrow(
    /only master.log.durable, which is never fsynced, would show/,
  );
  expect(strike({ action: 'truncate', file: 'checkpoint', offsetBytes: 30 })).toBe(`files truncated: m-1 ${newer} byte 30`);
  expect(readFileSync(join(dir, newer))).toHaveLength(30);
  expect(readFileSync(join(dir, older))).toHaveLength(40);
  expect(strike({ action: 'remove', file: 'checkpoint' })).toBe(`files removed: m-1 ${newer}`);
  expect(strike({ action: 'remove', file: 'log' })).toBe('files removed: m-1 master.log');
});
