import { expect, test } from 'vitest';
import { GROUP_CODES } from '../../../src/master/state/operations/op-codes.js';
import { decodeRecord } from '../../../src/master/log/record.js';
import { encodeHead } from '../../../src/master/log/segment-head.js';
import { encodeSegmentHint, HINT_FILE } from '../../../src/master/log/segment-hint.js';
import { writeVote } from '../../../src/master/log/vote-file.js';
import { damageMasters } from '../../../src/supervisor/faults/log-damage.js';
import type { Members } from '../../../src/raft/types.js';
import type { Machine } from '../../../src/runtime/memory/machine.js';
import type { SimLogLine } from '../../../src/runtime/memory/memory-logger.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import { ALONE, batch, copyOf, dataEntry, found, GROUP, hardStateOf, openMember, textOf } from './storage-rig.js';

/** Of the last entry; the active segment then holds a few. */
const LAST = 17;

interface Damaged {
  readonly sim: Simulation;
  readonly machine: Machine;
  readonly lines: readonly SimLogLine[];
  readonly texts: readonly string[];
}

/**
 * A member that stopped with three segments, each entry in a write of its own.
 * @param checkpointAt entries after which a checkpoint is made
 */
async function stopped(
  seed: string,
  members: Members,
  checkpointAt: readonly number[] = [],
  onEvent: (what: string) => void = () => undefined,
): Promise<Damaged> {
  const lines: SimLogLine[] = [];
  const sim = new Simulation({ seed, onLog: (line) => void lines.push(line), onEvent: ({ what }) => onEvent(what) });
  const machine = sim.machine('m-1');
  const texts: string[] = [];
  await sim.run(async () => {
    await found(machine, members);
    const opened = await openMember(machine.boot(), { bootstrapMembers: members });
    texts.push(...opened.texts);
    await opened.storage.write(batch({ hardState: hardStateOf(3, 'm-1') }));
    for (let index = 2; index <= LAST; index += 1) {
      const entry = dataEntry(index, 3, `entry ${index} `.repeat(8));
      await opened.storage.write(batch({ entries: [entry] }));
      texts.push(textOf(entry));
      if (checkpointAt.includes(index)) await opened.storage.checkpoint({ index, term: 3 }, members, copyOf(texts));
    }
    await opened.storage.close();
    machine.crash();
  });
  // The hint was not fsynced by the member: it has had time to reach the disk.
  machine.disk.writeFile(HINT_FILE, machine.disk.readFile(HINT_FILE));
  return { sim, machine, lines, texts };
}

const segmentsOf = (machine: Machine): string[] => machine.disk.files().filter((name) => /^master(-\d{16})?\.log$/.test(name));
/** Where each record of a whole file ends. */
function recordsOf(bytes: Uint8Array): { readonly index: number; readonly opCode: number; readonly end: number }[] {
  const records = [];
  for (let at = 0; at < bytes.length;) {
    const decoded = decodeRecord(bytes.subarray(at));
    if (decoded.kind !== 'valid') throw new Error(`no record at ${at}`);
    at += decoded.sizeBytes;
    records.push({ index: decoded.record.index, opCode: decoded.record.opCode, end: at });
  }
  return records;
}
const asideOf = (machine: Machine): string[] => machine.disk.files().filter((name) => name.includes('.log.damaged-'));
const folderOf = (machine: Machine): Map<string, string> =>
  new Map(machine.disk.files().map((name) => [name, Buffer.from(machine.disk.readFile(name)).toString('hex')]));

test('a bit that flips at any place of any segment: a group goes on with what is before it, and does not vote', async () => {
  const { sim, machine, lines, texts } = await stopped('flip', GROUP);
  const whole = folderOf(machine);
  expect(segmentsOf(machine).length).toBeGreaterThan(2);
  const restoreFolder = (): void => {
    for (const name of machine.disk.files()) machine.disk.removeFile(name);
    for (const [name, hex] of whole) machine.disk.writeFile(name, Buffer.from(hex, 'hex'));
  };
  const good = new Set<number>();
  const names = segmentsOf(machine);
  for (const name of names) {
    restoreFolder();
    // Each byte of the beginning, then each seventh: of every field of some record, that is.
    const records = recordsOf(machine.disk.readFile(name));
    const size = records.at(-1)!.end;
    for (let at = 0; at < size; at += at < 200 ? 1 : 7) {
      restoreFolder();
      machine.disk.flipBit(name, at, at % 8);
      const opened = await sim.run(() => openMember(machine.boot()));
      const where = `${name} at ${at}`;
      expect(opened.stored.hardState, where).toEqual(hardStateOf(3, 'm-1', true));
      const lastGood = (records.findLast(({ end }) => end <= at) ?? records[0]!).index;
      expect(opened.texts, where).toEqual(texts.slice(0, lastGood));
      expect(
        asideOf(machine).map((aside) => aside.replace(/\.damaged-\d+$/, '')),
        where,
      ).toContain(name);
      const told = lines.findLast(({ level }) => level === 'error')!;
      expect(told.fields).toMatchObject({ file: expect.stringMatching(/^master/) as string });
      expect(told.message).toContain(`Set aside: `);
      good.add(lastGood);
      // It takes the log again, and knows after a restart that it is damaged until the core says otherwise.
      const next = opened.texts.length + 1;
      await sim.run(() => opened.storage.write(batch({ entries: [dataEntry(next, 3, 'from the leader')] })));
      machine.crash({ power: true });
      const again = await sim.run(() => openMember(machine.boot()));
      expect(again.stored.hardState.isDamaged, where).toBe(true);
      expect(again.texts, where).toHaveLength(next);
      machine.crash();
    }
  }
  // Every place of the log was the last good one once.
  expect(good.size).toBe(texts.length);
});

test('corruption on a master that has no others is refused by file and offset, and nothing is changed', async () => {
  const { sim, machine } = await stopped('alone', ALONE);
  const names = segmentsOf(machine);
  for (const name of names) {
    for (const at of [3, 90, 200, machine.disk.readFile(name).length - 1]) {
      machine.disk.flipBit(name, at);
      const before = folderOf(machine);
      await expect(sim.run(() => openMember(machine.boot(), { bootstrapMembers: ALONE }))).rejects.toMatchObject({
        code: 'LOG_DAMAGED',
        message: expect.stringMatching(new RegExp(`${name} is damaged at offset \\d+: .* Ways out: put back`)) as string,
      });
      expect(folderOf(machine)).toEqual(before);
      machine.disk.flipBit(name, at);
    }
  }
  expect((await sim.run(() => openMember(machine.boot(), { bootstrapMembers: ALONE }))).texts).toHaveLength(LAST);
});

test('corruption before others were added: they hold the log, as what stands behind the damage says', async () => {
  const { sim, machine, texts } = await stopped('added later', ALONE);
  await sim.run(async () => {
    const { storage } = await openMember(machine.boot(), { bootstrapMembers: ALONE });
    await storage.write(batch({ entries: [{ index: LAST + 1, term: 3, body: { kind: 'members', members: GROUP } }] }));
    await storage.close();
  });
  machine.crash();
  const [first] = segmentsOf(machine);
  machine.disk.flipBit(first!, machine.disk.readFile(first!).length - 1);
  const opened = await sim.run(() => openMember(machine.boot(), { bootstrapMembers: ALONE }));
  expect(opened.stored.hardState.isDamaged).toBe(true);
  expect(opened.texts.length).toBeLessThan(texts.length);
});

test('corruption together with a vote file that is damaged or missing is refused: the vote may be lost', async () => {
  const { sim, machine } = await stopped('vote', GROUP);
  machine.disk.flipBit('master.log', 200);
  machine.disk.flipBit('master.vote', 9);
  const before = folderOf(machine);
  const refusal = { code: 'LOG_DAMAGED', message: expect.stringContaining('remove this master from the group') as string };
  await expect(sim.run(() => openMember(machine.boot()))).rejects.toMatchObject(refusal);
  expect(folderOf(machine)).toEqual(before);
  machine.crash();
  machine.disk.removeFile('master.vote');
  await expect(sim.run(() => openMember(machine.boot()))).rejects.toMatchObject(refusal);
});

test('a vote file that is damaged or missing beside a whole log is made anew', async () => {
  for (const how of ['damaged', 'missing']) {
    const { sim, machine, lines } = await stopped(`vote ${how}`, GROUP);
    if (how === 'damaged') machine.disk.flipBit('master.vote', 4);
    else machine.disk.removeFile('master.vote');
    const { stored, texts } = await sim.run(() => openMember(machine.boot()));
    expect(stored.hardState).toEqual(hardStateOf(3, 'm-1'));
    expect(texts).toHaveLength(LAST);
    expect(lines.some(({ message }) => message.includes('made anew from the log'))).toBe(true);
    machine.crash();
    // Now it stands in for a log that rots.
    machine.disk.flipBit('master.log', 200);
    expect((await sim.run(() => openMember(machine.boot()))).stored.hardState).toEqual(hardStateOf(3, 'm-1', true));
  }
});

test('a vote that only its file holds is not forgotten', async () => {
  const { sim, machine } = await stopped('vote first', GROUP);
  const other = await stopped('vote first', GROUP);
  await other.sim.run(async () => {
    const { storage } = await openMember(other.machine.boot());
    await storage.write(batch({ hardState: hardStateOf(8, 'm-2') }));
    await storage.close();
  });
  machine.disk.writeFile('master.vote', other.machine.disk.readFile('master.vote'));
  expect((await sim.run(() => openMember(machine.boot()))).stored.hardState).toEqual(hardStateOf(8, 'm-2'));
  machine.crash({ power: true });
  machine.disk.removeFile('master.vote');
  expect((await sim.run(() => openMember(machine.boot()))).stored.hardState).toEqual(hardStateOf(8, 'm-2'));
});

test('damage that only the vote file speaks of is not forgotten', async () => {
  const { sim, machine, texts } = await stopped('mark', GROUP);
  await sim.run(() => writeVote(machine.boot().disk, hardStateOf(3, 'm-1', true)));
  machine.crash();
  expect(await sim.run(() => openMember(machine.boot()))).toMatchObject({ texts, stored: { hardState: { isDamaged: true } } });
});

test('corruption in the active segment is told by a later record when the hint is gone', async () => {
  const { sim, machine } = await stopped('no hint', ALONE);
  machine.disk.removeFile(HINT_FILE);
  const records = recordsOf(machine.disk.readFile('master.log'));
  expect(records.length).toBeGreaterThan(4);
  machine.disk.flipBit('master.log', records.at(-3)!.end + 1);
  await expect(sim.run(() => openMember(machine.boot(), { bootstrapMembers: ALONE }))).rejects.toMatchObject({
    code: 'LOG_DAMAGED',
    message: expect.stringContaining('proves that these bytes were durable') as string,
  });
});

test('a closed segment that lost whole records at its end is damage', async () => {
  const { sim, machine } = await stopped('cut', GROUP);
  await sim.run(async () => {
    // Only the size tells: neither the last entry nor the term is another one without the last record.
    const { storage } = await openMember(machine.boot(), { segmentBytes: 2 ** 20 });
    await storage.write(batch({ entries: [dataEntry(LAST + 1, 3, 'x'.repeat(600))] }));
    await storage.write(batch({ hardState: hardStateOf(4) }));
    await storage.close();
    machine.crash();
    const next = await openMember(machine.boot());
    await next.storage.write(batch({ entries: [dataEntry(LAST + 2, 4, 'in the next segment')] }));
    await next.storage.close();
    machine.crash();
  });
  const name = segmentsOf(machine).at(-2)!;
  const records = recordsOf(machine.disk.readFile(name));
  expect(records.at(-1)!.opCode).toBe(GROUP_CODES.hardState);
  machine.disk.writeFile(name, machine.disk.readFile(name).subarray(0, records.at(-2)!.end));
  expect((await sim.run(() => openMember(machine.boot()))).stored.hardState).toEqual({ ...hardStateOf(4), isDamaged: true });
});

test('a new beginning that was never put in place does not stand in for a log that is gone', async () => {
  const sim = new Simulation({ seed: 'stale' });
  const machine = sim.machine('m-1');
  await sim.run(() => found(machine, ALONE));
  const head = { generation: 2, previousGeneration: 0, previousSizeBytes: 0, base: { index: 0, term: 0 } };
  machine.disk.writeFile('master.log.2.tmp', encodeHead(head, hardStateOf(1)));
  machine.disk.removeFile('master.log');
  await expect(sim.run(() => openMember(machine.boot(), { bootstrapMembers: ALONE }))).rejects.toMatchObject({
    code: 'LOG_DAMAGED',
  });
});

test('the mark of damage is durable before any file is touched', async () => {
  const renames: string[] = [];
  const { sim, machine } = await stopped('mark first', GROUP, [], (what) => {
    if (/^disk\.(rename|remove|truncate) /.test(what) && !what.startsWith('disk.truncate master.vote.tmp')) renames.push(what);
  });
  machine.disk.flipBit('master.log', 200);
  renames.length = 0;
  await sim.run(() => openMember(machine.boot()));
  expect(renames[0]).toBe('disk.rename master.vote.tmp > master.vote');
  expect(renames.some((what) => what.includes('master.log.damaged-1'))).toBe(true);
});

test.each(['master.log', 'a closed segment', 'everything'])('%s missing from an initialised folder is damage', async (what) => {
  for (const members of [GROUP, ALONE]) {
    const { sim, machine, texts } = await stopped(`missing ${what}`, members);
    const names = segmentsOf(machine);
    const gone = what === 'master.log' ? ['master.log'] : what === 'everything' ? names : [names[1]!];
    for (const name of gone) machine.disk.removeFile(name);
    const opening = sim.run(() => openMember(machine.boot(), { bootstrapMembers: members }));
    if (members === ALONE) {
      await expect(opening).rejects.toMatchObject({ code: 'LOG_DAMAGED', message: expect.stringContaining('missing') as string });
    } else {
      const opened = await opening;
      expect(opened.stored.hardState).toEqual(hardStateOf(3, 'm-1', true));
      expect(opened.texts).toEqual(texts.slice(0, opened.texts.length));
      expect(opened.texts.length > 0).toBe(what !== 'everything');
    }
  }
});

test('a log that is shorter than what was durable is corruption; one that was never fsynced so far is a torn tail', async () => {
  const { sim, machine } = await stopped('short', GROUP);
  const log = machine.disk.readFile('master.log');
  machine.disk.writeFile('master.log', log.subarray(0, log.length - 5));
  expect((await sim.run(() => openMember(machine.boot()))).stored.hardState.isDamaged).toBe(true);
  machine.crash();

  const torn = await stopped('short', GROUP);
  torn.machine.disk.removeFile(HINT_FILE);
  torn.machine.disk.writeFile('master.log', log.subarray(0, log.length - 5));
  const { stored, texts } = await torn.sim.run(() => openMember(torn.machine.boot()));
  expect(stored.hardState.isDamaged).toBe(false);
  expect(texts).toHaveLength(LAST - 1);
});

test('the hint of another segment proves nothing', async () => {
  const { sim, machine, texts } = await stopped('hint', ALONE);
  machine.disk.writeFile(HINT_FILE, encodeSegmentHint({ generation: 1, durableOffset: 10_000_000 }));
  expect((await sim.run(() => openMember(machine.boot(), { bootstrapMembers: ALONE }))).texts).toEqual(texts);
});

test('damage before the newest checkpoint costs nothing, and is kept', async () => {
  const { sim, machine, texts } = await stopped('old corruption', ALONE, [7, 12]);
  const [oldest] = segmentsOf(machine);
  machine.disk.flipBit(oldest!, 2);
  const { stored, texts: found } = await sim.run(() => openMember(machine.boot(), { bootstrapMembers: ALONE }));
  expect(stored.snapshot?.index).toBe(12);
  expect(found).toEqual(texts);
  expect(asideOf(machine)).toEqual([`${oldest!}.damaged-1`]);
});

test('all checkpoints unreadable, and the log begins after them: damage', async () => {
  for (const members of [GROUP, ALONE]) {
    const { sim, machine } = await stopped('no checkpoint', members, [5, 8, 11]);
    for (const name of machine.disk.files().filter((file) => file.endsWith('.ckpt'))) machine.disk.flipBit(name, 30);
    const opening = sim.run(() => openMember(machine.boot(), { bootstrapMembers: members }));
    if (members === ALONE) {
      await expect(opening).rejects.toMatchObject({
        code: 'LOG_DAMAGED',
        message: expect.stringContaining('no readable checkpoint') as string,
      });
    } else {
      expect(await opening).toMatchObject({ texts: [], stored: { snapshot: null, hardState: hardStateOf(3, 'm-1', true) } });
    }
  }
});

test('a group of one whose log ends before its own checkpoint is refused: nobody else made it', async () => {
  const { sim, machine } = await stopped('behind', ALONE, [12]);
  machine.disk.removeFile(HINT_FILE);
  for (const name of segmentsOf(machine)) if (name !== 'master-0000000000000001.log') machine.disk.removeFile(name);
  const first = machine.disk.readFile('master-0000000000000001.log');
  machine.disk.removeFile('master-0000000000000001.log');
  machine.disk.writeFile('master.log', first);
  await expect(sim.run(() => openMember(machine.boot(), { bootstrapMembers: ALONE }))).rejects.toMatchObject({
    code: 'LOG_DAMAGED',
    message: expect.stringContaining('does not hold entry 12') as string,
  });
});

test('the disk of another incarnation is refused', async () => {
  const { sim, machine } = await stopped('foreign', GROUP);
  const other = await stopped('foreign', GROUP);
  await other.sim.run(async () => {
    const { storage } = await openMember(other.machine.boot());
    await storage.write(batch({ hardState: { ...hardStateOf(4), incarnation: 7 } }));
    await storage.close();
  });
  machine.disk.writeFile('master.vote', other.machine.disk.readFile('master.vote'));
  await expect(sim.run(() => openMember(machine.boot()))).rejects.toMatchObject({
    code: 'LOG_DAMAGED',
    message: expect.stringContaining('incarnation 7') as string,
  });
});

/** Damages that are dealt with in different ways. */
const DAMAGES: Record<string, (machine: Machine) => void> = {
  'a record in the middle of a closed segment': (machine) => machine.disk.flipBit(segmentsOf(machine)[1]!, 400),
  'a record of the active segment': (machine) => machine.disk.flipBit('master.log', 200),
  'the beginning of a closed segment': (machine) => machine.disk.flipBit(segmentsOf(machine)[1]!, 8),
  'the beginning of the first segment': (machine) => machine.disk.flipBit(segmentsOf(machine)[0]!, 8),
  'a missing active segment': (machine) => machine.disk.removeFile('master.log'),
};

test.each(Object.keys(DAMAGES))(
  'a crash at any call of setting aside %s: the good part and the mark of damage stay',
  async (what) => {
    for (const power of [false, true]) {
      for (let call = 1, hasCrashed = true; hasCrashed; call += 1) {
        const { sim, machine, texts } = await stopped(`aside ${call}`, GROUP);
        DAMAGES[what]!(machine);
        const expected = await whatIsGood(what);
        let isDone = false;
        await sim.run(async () => {
          const runtime = machine.boot();
          machine.crashAtCall(call, { power, when: call % 2 === 0 ? 'before' : 'after' });
          void openMember(runtime).then(() => {
            isDone = true;
          });
        });
        await sim.runUntil(() => isDone || !machine.isUp);
        hasCrashed = !machine.isUp;
        machine.crash({ power });
        const { stored, texts: good } = await sim.run(() => openMember(machine.boot()));
        expect(stored.hardState).toEqual(hardStateOf(3, 'm-1', true));
        expect(good).toEqual(texts.slice(0, expected));
        if (!hasCrashed) expect(call).toBeGreaterThan(25);
      }
    }
  },
);

/** How many entries survive the damage when nothing crashes. */
async function whatIsGood(what: string): Promise<number> {
  const { sim, machine } = await stopped('uninterrupted', GROUP);
  DAMAGES[what]!(machine);
  return (await sim.run(() => openMember(machine.boot()))).texts.length;
}

test.each(['bitflip', 'truncate', 'remove'] as const)(
  '%s of the newest checkpoint: the older one and the log since serve, or the log alone',
  async (action) => {
    for (const [members, checkpointAt] of [
      [GROUP, [5, 8, 11]],
      [ALONE, [7, 12]],
      [ALONE, [12]],
    ] as const) {
      for (let choiceSeed = 0; choiceSeed < 12; choiceSeed += 1) {
        const { sim, machine, texts } = await stopped(`newest checkpoint ${choiceSeed}`, members, checkpointAt);
        damageMasters(new Map([['m-1', machine.disk]]), ['m-1'], { action, file: 'checkpoint' }, choiceSeed);
        const { stored, texts: found } = await sim.run(() => openMember(machine.boot(), { bootstrapMembers: members }));
        expect([found, stored.hardState.isDamaged]).toEqual([texts, false]);
        expect(stored.snapshot?.index).toBe(checkpointAt.at(-2));
      }
    }
  },
);

test('a segment that is removed, or a closed one that is cut off: a group goes on with what is before it, and does not vote', async () => {
  for (const action of ['remove', 'truncate'] as const) {
    const struck = new Set<string>();
    for (let choiceSeed = 0; choiceSeed < 30; choiceSeed += 1) {
      const { sim, machine, texts } = await stopped(`gone ${choiceSeed}`, GROUP);
      struck.add(
        damageMasters(new Map([['m-1', machine.disk]]), ['m-1'], { action, file: 'log' }, choiceSeed).counts.split(' ')[3] ?? '',
      );
      const { stored, texts: found } = await sim.run(() => openMember(machine.boot()));
      expect(stored.hardState).toEqual(hardStateOf(3, 'm-1', true));
      expect(found.length).toBeLessThan(texts.length);
      expect(found).toEqual(texts.slice(0, found.length));
    }
    expect(struck.has('master.log')).toBe(action === 'remove');
    expect(struck.size).toBeGreaterThan(1);
  }
});
