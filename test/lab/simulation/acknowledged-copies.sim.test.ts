import { expect, test } from 'vitest';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import type { FileClient } from '../../../src/lab/workloads/file-client.js';
import { AcknowledgedCopies } from '../../../src/lab/simulation/acknowledged-copies.js';
import { simulateScenario } from '../../../src/lab/simulation/simulate-scenario.js';
import { BUSY, ROLES, scenarioOf } from './fixtures.js';

/** A client that acknowledges at once what it begins to write later. */
const hasty = (client: FileClient): FileClient => ({
  ...client,
  writeFile: async (path, content) => void client.writeFile(path, content).catch(() => undefined),
});

test('AcknowledgedCopies: what the product acknowledges is durable on enough disks at that moment', async () => {
  const { facts } = await simulateScenario({ scenario: scenarioOf(BUSY), seed: 5, roles: ROLES });
  expect(facts.acknowledged?.looked).toBeGreaterThan(10);
  expect(facts.acknowledged?.short).toEqual([]);
});

test('AcknowledgedCopies: a client that is told too early is found', async () => {
  const { checks } = await simulateScenario({ scenario: scenarioOf(BUSY), seed: 5, roles: ROLES, wrapClient: hasty });
  expect(checks.find(({ checker }) => checker === 'durable-when-acknowledged')).toMatchObject({ verdict: 'fail' });
});

test('AcknowledgedCopies does not look where a fault took copies away meanwhile, or where others may write too', async () => {
  const sim = new Simulation({ seed: 1 });
  const { cluster } = scenarioOf(BUSY);
  const copies = new AcknowledgedCopies(() => new Map([['dn-1', sim.machine('dn-1').disk.durable]]), cluster);
  const client = {
    writeFile: async (path: string) => {
      if (path === '/own/damaged') copies.observe({ event: 'fault', atMs: 0, action: 'wipe', nodes: ['dn-1'] });
    },
  } as unknown as FileClient;
  const watched = copies.watching(client, (path) => path.startsWith('/own/'));
  await watched.writeFile('/shared', new Uint8Array(1));
  await watched.writeFile('/own/damaged', new Uint8Array(1));
  expect(copies.facts).toEqual({ looked: 0, short: [] });
  await watched.writeFile('/own/x', new Uint8Array(1));
  expect(copies.facts).toEqual({ looked: 1, short: [{ path: '/own/x', byteOffset: 0, copies: 0, wanted: 2 }] });
});
