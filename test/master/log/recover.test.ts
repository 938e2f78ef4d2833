import { expect, test } from 'vitest';
import { encodeHint, HINT_FILE } from '../../../src/master/log/durable-hint.js';
import { encodeRecord, recordSizeBytes } from '../../../src/master/log/record.js';
import { LOG_FILE, recover } from '../../../src/master/log/recover.js';
import { BATCH_BYTES_MAX } from '../../../src/master/log/wal.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';

/** Offsets of the records of a log that was written one fsync a record. */
interface SmallLog {
  readonly bytes: Buffer;
  readonly offsets: readonly number[];
}

function smallLog(count: number): SmallLog {
  const offsets: number[] = [];
  let bytes = Buffer.alloc(0);
  for (let index = 1; index <= count; index += 1) {
    offsets.push(bytes.length);
    const body = Buffer.from(`body of ${index}`);
    const next = new Uint8Array(recordSizeBytes(body.length));
    encodeRecord({ opCode: 13, term: 1, index, durableOffset: bytes.length, body }, next, 0);
    bytes = Buffer.concat([bytes, next]);
  }
  return { bytes, offsets };
}

function rig() {
  const sim = new Simulation({ seed: 1 });
  const machine = sim.machine('m-1');
  const tryRecover = (log: Uint8Array, hint: Uint8Array | null) =>
    sim.run(async () => {
      machine.disk.writeFile(LOG_FILE, log);
      if (hint !== null) machine.disk.writeFile(HINT_FILE, hint);
      else if (machine.disk.files().includes(HINT_FILE)) machine.disk.removeFile(HINT_FILE);
      const runtime = machine.boot();
      const indexes: number[] = [];
      const recovered = await recover(runtime.disk, runtime.log, (record) => indexes.push(record.index));
      await recovered.file.close();
      return { indexes, offset: recovered.offset, cutBytes: recovered.cutBytes };
    });
  return { machine, tryRecover };
}

test('recover: a whole log is replayed in order and nothing is cut', async () => {
  const { tryRecover } = rig();
  const log = smallLog(5);
  expect(await tryRecover(log.bytes, encodeHint(log.bytes.length))).toEqual({
    indexes: [1, 2, 3, 4, 5],
    offset: log.bytes.length,
    cutBytes: 0,
  });
});

test('recover: a tail torn at any byte of the last record is cut, and the log before it kept', async () => {
  const { machine, tryRecover } = rig();
  const log = smallLog(4);
  const last = log.offsets[3]!;
  for (let size = last; size < log.bytes.length; size += 1) {
    // The hint is of the fsync before the torn write, missing, or torn itself.
    for (const hint of [encodeHint(last), null, encodeHint(log.bytes.length).subarray(0, 9)]) {
      const outcome = await tryRecover(log.bytes.subarray(0, size), hint);
      expect(outcome).toEqual({ indexes: [1, 2, 3], offset: last, cutBytes: size - last });
      expect(machine.disk.readFile(LOG_FILE).length).toBe(last);
    }
  }
});

test('recover: a last record torn in its middle, with its end on disk, is cut too', async () => {
  const { tryRecover } = rig();
  const log = smallLog(4);
  for (let at = log.offsets[3]!; at < log.bytes.length; at += 1) {
    const torn = Buffer.from(log.bytes);
    torn[at]! ^= 0x40;
    expect(await tryRecover(torn, null)).toMatchObject({ indexes: [1, 2, 3] });
  }
});

test('recover: a flip in any byte of an earlier record is rot: refused by file and offset, and the file stays', async () => {
  const { machine, tryRecover } = rig();
  const log = smallLog(4);
  for (let at = 0; at < log.offsets[3]!; at += 1) {
    const rotten = Buffer.from(log.bytes);
    rotten[at]! ^= 0x01;
    const start = log.offsets.findLast((offset) => offset <= at)!;
    for (const hint of [null, encodeHint(log.bytes.length)]) {
      await expect(tryRecover(rotten, hint), `byte ${at}`).rejects.toMatchObject({
        code: 'LOG_DAMAGED',
        message: expect.stringMatching(new RegExp(`master\\.log is damaged at offset ${start}: .*Ways out`, 's')) as string,
      });
      expect(Buffer.from(machine.disk.readFile(LOG_FILE)).equals(rotten)).toBe(true);
    }
  }
});

test('recover: the hint file proves rot in the last record, which no later record can', async () => {
  const { tryRecover } = rig();
  const log = smallLog(3);
  const rotten = Buffer.from(log.bytes);
  rotten[log.bytes.length - 1]! ^= 1;
  await expect(tryRecover(rotten, encodeHint(log.bytes.length))).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
  const damagedHint = encodeHint(log.bytes.length);
  damagedHint[7]! ^= 1;
  expect(await tryRecover(rotten, damagedHint)).toMatchObject({ indexes: [1, 2] });
});

test('recover: a log that is shorter than what was durable is refused', async () => {
  const { tryRecover } = rig();
  const log = smallLog(3);
  await expect(tryRecover(log.bytes.subarray(0, log.offsets[2]), encodeHint(log.bytes.length))).rejects.toMatchObject({
    code: 'LOG_DAMAGED',
    message: expect.stringContaining(`it was durable up to offset ${log.bytes.length}`) as string,
  });
});

test('recover: a tail of zeros is cut, and is no operation', async () => {
  const { tryRecover } = rig();
  const log = smallLog(3);
  const zeroed = Buffer.concat([log.bytes, Buffer.alloc(5_000)]);
  expect(await tryRecover(zeroed, encodeHint(log.bytes.length))).toEqual({
    indexes: [1, 2, 3],
    offset: log.bytes.length,
    cutBytes: 5_000,
  });
});

test('recover: more unreadable bytes than one write can leave are rot', async () => {
  const { tryRecover } = rig();
  const log = smallLog(3);
  const long = Buffer.concat([log.bytes, Buffer.alloc(BATCH_BYTES_MAX + 2 ** 21)]);
  await expect(tryRecover(long, null)).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
});

test('recover: a gap in the indexes and a term that goes back are refused, whatever the checksums say', async () => {
  const { tryRecover } = rig();
  const log = smallLog(3);
  const gap = Buffer.concat([log.bytes.subarray(0, log.offsets[1]), log.bytes.subarray(log.offsets[2])]);
  await expect(tryRecover(gap, null)).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
  const back = new Uint8Array(recordSizeBytes(0));
  encodeRecord({ opCode: 2, term: 0, index: 4, durableOffset: 0, body: new Uint8Array() }, back, 0);
  await expect(tryRecover(Buffer.concat([log.bytes, back]), null)).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
});

test('recover: reads a log far larger than its window', async () => {
  const { tryRecover } = rig();
  let parts: Buffer[] = [];
  let offset = 0;
  for (let index = 1; index <= 40; index += 1) {
    const body = Buffer.alloc(100_000 + index * 137, index);
    const next = Buffer.alloc(recordSizeBytes(body.length));
    encodeRecord({ opCode: 13, term: 1, index, durableOffset: offset, body }, next, 0);
    parts.push(next);
    offset += next.length;
  }
  expect((await tryRecover(Buffer.concat(parts), null)).indexes).toHaveLength(40);
  parts = parts.slice(0, 39);
  const whole = Buffer.concat(parts);
  whole[1_200_000]! ^= 8;
  await expect(tryRecover(whole, null)).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
});
