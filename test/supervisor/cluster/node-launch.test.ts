import { expect, test } from 'vitest';
import { timingsOf } from '../../../src/shared/profile.js';
import { datanodeConfig, masterConfig } from '../../../src/supervisor/cluster/node-launch.js';

const MASTERS = [1, 2, 3].map((n) => ({ id: `m-${n}`, address: `m-${n}:7000` }));
const SHAPE = { replication: 3, chunkSizeBytes: 65_536 };
const timings = timingsOf('fast');
const [first = { id: '', address: '' }] = MASTERS;

test('masterConfig: bootstrap masters get the list and the key of the lab, the same on each', () => {
  const launch = { masters: MASTERS, clusterKey: 'key', start: 'found' } as const;
  const common = { init: true, bootstrapMasters: MASTERS, clusterKey: 'key' };
  for (const master of MASTERS) {
    expect(masterConfig(master, SHAPE, timings, launch)).toMatchObject({
      masterId: master.id,
      listen: master.address,
      ...common,
    });
  }
  const alone = masterConfig(first, SHAPE, timings, { ...launch, masters: [first] });
  expect(alone).toMatchObject({ init: true });
  expect(Object.keys(alone)).not.toContain('bootstrapMasters');
});

test('masterConfig: who serves, or lost its disk, founds nothing', () => {
  const launch = { masters: MASTERS, clusterKey: 'key' };
  const serving = masterConfig(first, SHAPE, timings, { ...launch, start: 'serve' });
  const joining = masterConfig(first, SHAPE, timings, { ...launch, start: 'join' });
  expect([serving.init, serving.join, serving.bootstrapMasters]).toEqual([false, undefined, undefined]);
  expect([joining.init, joining.join, joining.bootstrapMasters]).toEqual([false, true, undefined]);
});

test('datanodeConfig names all masters', () => {
  const node = { id: 'dn-1', address: 'dn-1:7100', rack: 'rack-1' };
  const masters = MASTERS.map(({ address }) => address);
  expect(datanodeConfig(node, masters, timings, null)).toEqual({
    nodeId: 'dn-1',
    listen: 'dn-1:7100',
    masters,
    rack: 'rack-1',
    timings,
  });
  expect(datanodeConfig(node, masters, timings, 9)).toMatchObject({ capacityBytes: 9 });
});
