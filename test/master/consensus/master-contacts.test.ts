import { expect, test } from 'vitest';
import { CONTACTS_FILE, ContactWriter, readContacts } from '../../../src/master/consensus/contact-file.js';
import { MasterContacts } from '../../../src/master/consensus/master-contacts.js';
import type { ContactSources, MasterContact } from '../../../src/master/consensus/master-contacts.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';

const of = (id: string, address: string, version: number, highestOperation = 24, incarnation = 1): MasterContact => ({
  master: { id, incarnation },
  address,
  version,
  highestOperation,
});

function contacts(sources: Partial<ContactSources> = {}): { readonly book: MasterContacts; readonly changes: MasterContact[] } {
  const changes: MasterContact[] = [];
  const book = new MasterContacts({
    self: { master: { id: 'm-1', incarnation: 1 }, address: 'm-1:1', highestOperation: 24 },
    stored: [],
    hints: [],
    bootstrapMasters: [],
    logged: () => undefined,
    isMember: () => true,
    onChange: (changed) => changes.push(changed),
    ...sources,
  });
  return { book, changes };
}

test('MasterContacts: what masters say goes before hints, the log and the first list; all of them may be tried', () => {
  const list = (port: string) => ['m-2', 'm-3'].map((id) => ({ id, address: `${id}:${port}` }));
  const logged = new Map([['m-2', 'm-2:logged']]);
  const sources = { hints: list('hint').slice(0, 1), bootstrapMasters: list('first'), logged: (id: string) => logged.get(id) };
  const { book } = contacts(sources);
  expect(['m-1', 'm-2', 'm-3', 'm-4'].map((id) => book.addressOf(id))).toEqual(['m-1:1', 'm-2:hint', 'm-3:first', undefined]);
  book.heard(of('m-2', 'm-2:said', 1));
  expect(book.candidates('m-2')).toEqual(['m-2:said', 'm-2:hint', 'm-2:logged', 'm-2:first']);
  expect(book.unlogged).toEqual([{ masterId: 'm-2', address: 'm-2:said' }]);
});

test('MasterContacts: the larger version wins on whichever way it comes, and a larger incarnation over any version', () => {
  const { book, changes } = contacts();
  book.heard(of('m-2', 'a:1', 2));
  book.told(of('m-2', 'old:1', 1));
  book.heard(of('m-2', 'late:1', 2));
  expect(book.addressOf('m-2')).toBe('a:1');
  book.told(of('m-2', 'b:1', 3));
  book.heard(of('m-2', 'a:1', 2));
  expect(book.addressOf('m-2')).toBe('b:1');
  book.told(of('m-2', 'new-disk:1', 1, 24, 5));
  book.told(of('m-2', 'b:1', 9));
  expect(book.addressOf('m-2')).toBe('new-disk:1');
  expect(changes.map(({ address }) => address)).toEqual(['a:1', 'b:1', 'new-disk:1']);
  // Only what a master says itself is put into the log.
  expect(contacts({ logged: () => 'x:1' }).book.unlogged).toEqual([{ masterId: 'm-1', address: 'm-1:1' }]);
});

test('MasterContacts: a master of a release without versions is followed as it speaks', () => {
  const { book } = contacts();
  book.heard(of('m-2', 'a:1', 0, 0));
  book.heard(of('m-2', 'b:1', 0, 0));
  expect(book.addressOf('m-2')).toBe('b:1');
  expect(book.toPassOn).toEqual([of('m-2', 'b:1', 2, 0)]);
  book.told(of('m-2', 'c:1', 0));
  expect(book.addressOf('m-2')).toBe('b:1');
});

test('MasterContacts: each change of the own address has a version of its own, and a folder that was put back is corrected', () => {
  const self = { master: { id: 'm-1', incarnation: 1 }, address: 'm-1:2', highestOperation: 24 };
  expect(contacts({ self, stored: [of('m-1', 'm-1:2', 4)] }).book).toMatchObject({ self: { version: 4 }, isSelfChanged: false });
  expect(contacts({ self, stored: [of('m-1', 'm-1:1', 4)] }).book).toMatchObject({ self: { version: 5 }, isSelfChanged: true });
  expect(contacts({ self, stored: [of('m-1', 'm-1:2', 4, 21)] }).book.self.version).toBe(5);
  const { book, changes } = contacts({ self, stored: [of('m-1', 'm-1:2', 4)] });
  book.told(of('m-1', 'later:1', 7));
  book.told(of('m-1', 'other life:1', 99, 24, 2));
  expect(book.self).toEqual(of('m-1', 'm-1:2', 8));
  expect(changes).toEqual([book.self]);
});

test('MasterContacts: a master whose release does not say what it can apply is taken to know the operations of that time', () => {
  const { book } = contacts({ stored: [of('m-2', 'a:1', 1, 30), of('m-3', 'a:1', 1, 0)] });
  const highest = (id: string, incarnation = 1): number => book.highestOperationOf({ id, incarnation });
  expect([highest('m-1'), highest('m-2'), highest('m-2', 2), highest('m-3'), highest('m-4')]).toEqual([24, 30, 21, 21, 21]);
});

test('MasterContacts: no number that a stranger says keeps a master from being followed, nor from speaking', () => {
  const { book, changes } = contacts({ logged: () => 'log:1', isMember: ({ incarnation }) => incarnation === 1 });
  for (const id of ['m-1', 'm-2']) book.told(of(id, 'stranger:1', Number.MAX_SAFE_INTEGER));
  book.heard(of('m-2', 'stranger:1', Number.MAX_SAFE_INTEGER));
  expect(changes).toEqual([]);
  expect(book.self.version).toBe(1);
  book.heard(of('m-2', 'a:1', 1));
  expect(book.addressOf('m-2')).toBe('a:1');
  // Nor an incarnation that the group has not given: others may not name it, and the member itself is heard over it.
  book.told(of('m-2', 'stranger:1', 1, 24, Number.MAX_SAFE_INTEGER));
  expect(book.addressOf('m-2')).toBe('a:1');
  book.heard(of('m-2', 'stranger:1', 1, 24, Number.MAX_SAFE_INTEGER));
  expect(book.unlogged.map(({ masterId }) => masterId)).toEqual(['m-1']);
  book.heard(of('m-2', 'a:1', 1));
  expect(book.addressOf('m-2')).toBe('a:1');
  expect(book.highestOperationOf({ id: 'm-2', incarnation: 1 })).toBe(24);
});

test('MasterContacts: bounded, and only members are passed on', () => {
  const { book } = contacts({ isMember: ({ id }) => id === 'm-2' });
  book.told(of('m-2', 'a:1', 1));
  for (let n = 0; n < 1_000; n += 1) book.told(of(`x-${n}`, 'x:1', 1));
  expect(book.all.length).toBeLessThanOrEqual(65);
  expect(book.toPassOn).toEqual([of('m-2', 'a:1', 1)]);
});

test('ContactWriter, readContacts: the newest list is kept; a damaged file is none, and says so', async () => {
  const log: string[] = [];
  const sim = new Simulation({ seed: 1, onLog: ({ level, message }) => log.push(`${level} ${message}`) });
  const runtime = sim.machine('m-1').boot();
  await sim.run(async () => {
    await runtime.disk.makeDirectory('.');
    expect(await readContacts(runtime)).toEqual([]);
    const writer = new ContactWriter(runtime);
    for (let version = 1; version < 5; version += 1) writer.write([of('m-1', 'a:1', version)]);
    await writer.settled();
    expect(await readContacts(runtime)).toEqual([of('m-1', 'a:1', 4)]);
    for (const text of ['no JSON', '[{"master":{"id":"m-1"}}]', '{}']) {
      const file = await runtime.disk.open(CONTACTS_FILE, 'create');
      await file.truncate(0);
      await file.write(new TextEncoder().encode(text), 0);
      await file.close();
      log.length = 0;
      expect(await readContacts(runtime)).toEqual([]);
      expect(log).toEqual([expect.stringContaining('ignored')]);
    }
  });
});
