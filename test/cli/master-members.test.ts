import { expect, test } from 'vitest';
import { beginningOf, type BeginningFlags, parseMembers } from '../../src/cli/distrifs/master-members.js';

const LIST = 'm-1=10.0.0.1:7000,m-2=10.0.0.2:7000,m-3=[fe80::3]:7000';
const FLAGS: BeginningFlags = {
  id: 'm-2',
  init: true,
  members: parseMembers(LIST),
  clusterKey: 'the east wing',
  listen: '0.0.0.0:7000',
};

test('parseMembers: ids and addresses in the order of the list', () => {
  expect(parseMembers(' m-1 = h:1 , m-2=h:2,m-3=h:3')).toEqual([
    { id: 'm-1', address: 'h:1' },
    { id: 'm-2', address: 'h:2' },
    { id: 'm-3', address: 'h:3' },
  ]);
  expect(parseMembers('only=h:1')).toHaveLength(1);
});

test.each([
  ['', /"" is not a member: write id=host:port/],
  ['m-1', /"m-1" is not a member/],
  [Array.from({ length: 65 }, (_, n) => `m-${n}=h:${n + 1}`).join(','), /65 masters are too many/],
  ['a=h:1,b=h:2,a=h:3', /"a" is listed twice/],
  ['a=h:1,b=h:2,c=h:2', /"h:2" is listed twice/],
  ['a=h:1,b=h,c=h:3', /"h" is not an address/],
  ['a=h:1,b=h:0,c=h:3', /"b" needs a fixed port/],
  ['a=h:1,b c=h:2,c=h:3', /"b c" is not a master id/],
  ['a=h:1,,c=h:3', /"" is not a member/],
])('parseMembers %j: refused', (text, reason) => {
  expect(() => parseMembers(text)).toThrow(reason);
});

test('beginningOf: the own address in the list is the one to advertise, unless another is given', () => {
  expect(beginningOf(FLAGS)).toEqual({
    init: true,
    join: false,
    bootstrapMasters: parseMembers(LIST),
    clusterKey: 'the east wing',
    advertise: '10.0.0.2:7000',
  });
  expect(beginningOf({ ...FLAGS, listen: '0.0.0.0:9', advertise: 'elsewhere:7000' })).toMatchObject({
    advertise: 'elsewhere:7000',
  });
});

test('beginningOf: alone, waiting, or as the folder has it', () => {
  const alone = { id: 'm-1', listen: '127.0.0.1:7000' };
  expect(beginningOf({ ...alone, init: true })).toEqual({ init: true, join: false });
  expect(beginningOf({ ...alone, join: true, advertise: 'h:1' })).toEqual({ init: false, join: true, advertise: 'h:1' });
  expect(beginningOf(alone)).toEqual({ init: false, join: false });
});

test.each<[Partial<BeginningFlags>, RegExp]>([
  [{ id: 'm-9' }, /--members does not name "m-9"/],
  [{ join: true }, /use one of them/],
  [{ init: false }, /--cluster-key is only for a new cluster, with --init/],
  [{ members: parseMembers('m-1=h:1,m-2=h:2') }, /1, 3 or 5 masters, not 2\. 2 masters tolerate no more failures than 1/],
  [{ members: parseMembers('a=h:1,b=h:2,c=h:3,d=h:4') }, /not 4/],
  [{ members: parseMembers('a=h:1,b=h:2,c=h:3,d=h:4,e=h:5,f=h:6,g=h:7') }, /not 7/],
  [{ clusterKey: '' }, /need --cluster-key/],
  [{ listen: '0.0.0.0:7001' }, /use --listen 10\.0\.0\.2:7000/],
  [{ listen: '127.0.0.1:7000' }, /not the address of this master in --members/],
])('beginningOf %j: wrong usage', (flags, reason) => {
  expect(() => beginningOf({ ...FLAGS, ...flags })).toThrow(reason);
});

test('beginningOf: the list of an existing master says where the others may be, and where this one is if it listens there', () => {
  const { clusterKey: _key, ...existing } = { ...FLAGS, init: false };
  const hints = parseMembers(LIST);
  expect(beginningOf(existing)).toEqual({ init: false, join: false, hints, advertise: '10.0.0.2:7000' });
  expect(beginningOf({ ...existing, listen: '0.0.0.0:7001' })).toEqual({ init: false, join: false, hints });
  expect(beginningOf({ ...existing, id: 'm-9', members: parseMembers('m-1=h:1,m-2=h:2') })).toMatchObject({ init: false });
  expect(beginningOf({ ...existing, listen: '0.0.0.0:7001', advertise: 'h:9' })).toMatchObject({ advertise: 'h:9' });
});

test('beginningOf: a key without members, or members without a key, is wrong usage', () => {
  const { members: _members, ...withoutMembers } = FLAGS;
  expect(() => beginningOf(withoutMembers)).toThrow(/name them with --members/);
  const { clusterKey: _key, ...withoutKey } = FLAGS;
  expect(() => beginningOf(withoutKey)).toThrow(/need --cluster-key/);
});
