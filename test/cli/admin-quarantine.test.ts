import { afterEach, beforeEach, expect, test } from 'vitest';
import { SILENT_LOGGER } from '../../src/cli/distrifs/admin-command.js';
import { errorFrame, quarantineAnswer, quarantineOpen } from '../../src/protocol/data-headers.js';
import { FrameChannel } from '../../src/protocol/frame-channel.js';
import { bodyOf } from '../protocol/packets.js';
import type { QuarantineItem } from '../../src/protocol/generated/distrifs/v1/QuarantineItem.js';
import { createNodeRuntime } from '../../src/runtime/node/index.js';
import { DfsError } from '../../src/shared/errors.js';
import type { ByteStream } from '../../src/shared/runtime.js';
import { distrifs, type Outcome } from './command-line.js';
import { FakeGroup } from './fake-masters.js';

const GOOD = '00000000-0000-8000-8000-000000000007.0123abcd';
const BAD = '00000000-0000-8000-8000-000000000008.0123abcd';
const ITEMS: readonly QuarantineItem[] = [
  { name: GOOD, chunkId: 7, versions: [2], hasData: true, dataBytes: 2_048 },
  { name: BAD, chunkId: 8, versions: [1], hasData: true, dataBytes: 1_024 },
];

let group: FakeGroup;
let asked: string[];
let host: ReturnType<typeof createNodeRuntime>;

/** A datanode that answers requests about its quarantine, one on each connection. */
async function answerOne(stream: ByteStream): Promise<void> {
  const channel = new FrameChannel(stream, host.runtime.clock);
  const frame = await channel.receive();
  if (frame === null) return;
  const { nodeId, action, name } = quarantineOpen.decode(bodyOf(frame));
  asked.push([nodeId, action, name].join(' ').trim());
  const found = ITEMS.find((item) => item.name === name);
  if (action === 'RESTORE' && name === BAD) {
    await channel.send(errorFrame.encode(new DfsError('DATA_CORRUPT', 'it differs', { retriable: false, nodeId })));
  } else if (action === 'LIST') await channel.send(quarantineAnswer.encode({ items: [...ITEMS] }));
  else {
    const finding = action === 'RESTORE' ? 'RESTORED' : action === 'PURGE' ? 'PURGED' : name === BAD ? 'DIFFERS' : 'MATCHES';
    await channel.send(quarantineAnswer.encode({ items: [{ ...found, finding, badBlocks: name === BAD ? 3 : 0 }] }));
  }
}

beforeEach(async () => {
  asked = [];
  group = await FakeGroup.start('m-1');
  host = createNodeRuntime({ dataDir: '/nowhere', log: SILENT_LOGGER });
  const { address } = await host.runtime.net.listen('127.0.0.1:0', (stream) => void answerOne(stream));
  const nodes = [
    { nodeId: 'dn-1', address, state: 'LIVE' as const },
    { nodeId: 'dn-2', address, state: 'DEAD' as const },
  ];
  group.master('m-1').handlers = { GetClusterStatus: async () => ({ role: 'leader', clusterId: 'c', nodes }) };
});
afterEach(async () => {
  await group.close();
  await host.close();
});

const quarantine = (...args: readonly string[]): Promise<Outcome> =>
  distrifs('admin', 'quarantine', ...args, '--master', group.addresses, '--profile', 'fast');

test('admin quarantine list, verify: all datanodes that are not dead, and all that they hold', async () => {
  const listed = await quarantine('list');
  expect(listed).toMatchObject({ code: 0, stderr: '' });
  expect(listed.stdout).toMatch(new RegExp(`^dn-1 +${GOOD} +7 +2 KiB +not verified$`, 'm'));
  expect(asked).toEqual(['dn-1 LIST']);
  const verified = await quarantine('verify', '--json');
  expect(JSON.parse(verified.stdout)).toMatchObject([
    { node: 'dn-1', name: GOOD, finding: 'MATCHES' },
    { node: 'dn-1', name: BAD, finding: 'DIFFERS', badBlocks: 3 },
  ]);
  expect((await quarantine('verify', 'dn-1', BAD)).stdout).toMatch(/damaged: 3 blocks$/m);
});

test('admin quarantine restore, purge: what is named, and an item that fails does not keep the others', async () => {
  const restored = await quarantine('restore', 'dn-1', BAD, GOOD);
  expect(restored).toMatchObject({ code: 1, stderr: expect.stringContaining('it differs') as string });
  expect(restored.stdout).toMatch(/ restored$/m);
  expect(await quarantine('purge', 'dn-1', BAD)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/ deleted$/m) as string,
  });
  expect(asked).toEqual([`dn-1 RESTORE ${BAD}`, `dn-1 RESTORE ${GOOD}`, `dn-1 PURGE ${BAD}`]);
});

test('admin quarantine: deletes nothing that is not named, and knows its words and nodes', async () => {
  for (const args of [['purge'], ['purge', 'dn-1'], ['restore', 'dn-1'], ['frob']]) {
    expect(await quarantine(...args)).toMatchObject({ code: 2 });
  }
  expect(asked).toEqual([]);
  expect(await quarantine('list', 'dn-9')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no datanode "dn-9"') as string,
  });
});
