/** Faults of nodes as such, felt from outside. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { CloneAction, CpuAction, NodeAction } from '../../../src/supervisor/api/fault.js';
import type { EffectLab } from './effect-lab.js';
import { ended } from './prove-effects.js';
import type { Proof } from './prove-effects.js';

/** How often it said that it takes connections: once a life. */
const starts = (lab: EffectLab, id: string): number =>
  readFileSync(lab.node(id).log, 'utf8').split('Datanode listens').length - 1;

async function comesBack(lab: EffectLab, id: string): Promise<void> {
  expect(await lab.order(`restart ${id}`)).toMatchObject({ effect: 'seen' });
  expect(await lab.ask(id)).toBe('answered');
  expect(await lab.askThrough(id)).toBe('answered');
}

const chunksIn = (dir: string): string[] => readdirSync(dir).filter((name) => name.startsWith('chunk-'));

/** Of as many questions, one after the other, ms. */
async function askingTakes(lab: EffectLab, id: string): Promise<number> {
  const begunMs = performance.now();
  for (let count = 0; count < 5; count++) await lab.ask(id);
  return performance.now() - begunMs;
}

async function proveEnd(lab: EffectLab, word: 'kill' | 'stop', id: string): Promise<void> {
  const { life, pid } = lab.node(id);
  expect(await lab.ask(id)).toBe('answered');
  expect(await lab.order(`${word} ${id}`)).toMatchObject({ effect: 'seen', effects: 1 });
  expect(await lab.ask(id)).toBe('refused');
  expect(lab.cluster.probe.isAlive(life ?? 0)).toBe(false);
  if (pid !== null) expect(readdirSync('/proc')).not.toContain(String(pid));
  await comesBack(lab, id);
}

const provePause: Proof = async (lab) => {
  const id = 'dn-2';
  expect(await lab.order(`pause ${id}`)).toMatchObject({ effect: 'seen', effects: 1 });
  const { pid } = lab.node(id);
  if (pid !== null) expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') T ');
  expect(await lab.ask(id)).toBe('silent');
  expect((await lab.statusOf(id)).state).toBe('paused');
  // What is asked of a node that is paused waits for it, and nobody waits for that.
  const slow = await lab.order(`slow ${id} delay=1ms`);
  expect((await lab.cluster.faults.list()).map(({ effects }) => effects)).toEqual([0]);
  expect(await lab.order(`resume ${id}`)).toMatchObject({ effect: 'seen' });
  expect(await lab.ask(id)).toBe('answered');
  await lab.until(async () => (await lab.cluster.faults.list()).some(({ effects }) => effects > 0), 'the disk is slow now');
  await ended(lab, slow);
};

export const NODE_PROOFS: Readonly<Record<NodeAction | CpuAction | CloneAction, Proof>> = {
  kill: (lab) => proveEnd(lab, 'kill', 'dn-1'),
  stop: (lab) => proveEnd(lab, 'stop', 'dn-1'),

  powercut: async (lab) => {
    const [id, paused] = ['dn-1', 'dn-2'];
    await lab.order(`pause ${paused}`);
    // Of one that is paused, too: a machine loses power whatever its processes do.
    expect(await lab.order(`powercut ${id} ${paused}`)).toMatchObject({ effect: 'seen', effects: 2 });
    for (const node of [id, paused]) {
      expect(await lab.ask(node)).toBe('refused');
      // Nobody hears that the machine is gone.
      expect(await lab.askThrough(node)).toBe('silent');
    }
    for (const node of [id, paused]) await comesBack(lab, node);
  },

  restart: async (lab) => {
    const { life, address } = lab.node('dn-3');
    const before = starts(lab, 'dn-3');
    await comesBack(lab, 'dn-3');
    expect(starts(lab, 'dn-3')).toBe(before + 1);
    expect(lab.node('dn-3')).toMatchObject({ address });
    expect(lab.node('dn-3').life).not.toBe(life);
  },

  pause: provePause,
  resume: provePause,

  wipe: async (lab) => {
    const { dataDir } = lab.node('dn-3');
    // Held by all four: no last copy is lost.
    await lab.client.writeFile(lab.newPath(), 'x', { replication: 4 });
    expect(readdirSync(dataDir).some((name) => name.startsWith('chunk-'))).toBe(true);
    expect(await lab.order('wipe dn-3')).toMatchObject({ effect: 'seen' });
    expect(readdirSync(dataDir)).toEqual([]);
    expect(await lab.ask('dn-3')).toBe('refused');
    await comesBack(lab, 'dn-3');
    await lab.until(() => readdirSync(dataDir).some((name) => name.startsWith('chunk-')), 'it is given chunks again');
  },

  backup: async (lab) => {
    await lab.client.writeFile(lab.newPath(), 'x', { replication: 4 });
    expect(await lab.order('backup dn-1')).toMatchObject({ effect: 'seen' });
    expect(chunksIn(join(lab.cluster.dir, 'backups', 'dn-1'))).toEqual(chunksIn(lab.node('dn-1').dataDir));
    await lab.isAnswered('dn-1');
  },

  'restore-old': async (lab) => {
    const { dataDir } = lab.node('dn-3');
    await lab.order('backup dn-3');
    const before = chunksIn(dataDir);
    await lab.client.writeFile(lab.newPath(), 'x', { replication: 4 });
    expect(await lab.order('restore-old dn-3')).toMatchObject({ effect: 'seen' });
    expect(chunksIn(dataDir)).toEqual(before);
    await comesBack(lab, 'dn-3');
    await lab.until(() => chunksIn(dataDir).length > before.length, 'it is given the chunk again');
  },

  refound: async (lab) => {
    const path = lab.newPath();
    await lab.client.writeFile(path, 'x', { replication: 4 });
    const clusterId = (): unknown =>
      (JSON.parse(readFileSync(join(lab.node('m-1').dataDir, 'identity.json'), 'utf8')) as { clusterId: unknown }).clusterId;
    const before = clusterId();
    await lab.order('backup m-1');
    expect(await lab.order('refound m-1')).toMatchObject({ effect: 'seen' });
    await comesBack(lab, 'm-1');
    expect(clusterId()).not.toBe(before);
    const datanodes = lab.cluster.datanodes().map(({ id }) => id);
    for (const id of datanodes) {
      await lab.until(async () => (await lab.statusOf(id)).state === 'stopped', `${id} refuses the new cluster`);
      expect(chunksIn(lab.node(id).dataDir).length).toBeGreaterThan(0);
    }
    expect(await lab.order('restore-old m-1')).toMatchObject({ effect: 'seen' });
    await comesBack(lab, 'm-1');
    expect(await lab.order(`restart ${datanodes.join(' ')}`)).toMatchObject({ effect: 'seen' });
    await lab.isWhole();
    expect(String(await lab.client.readFile(path))).toBe('x');
  },

  clone: async (lab) => {
    const id = 'dn-4-clone';
    const fault = await lab.order('clone dn-4');
    expect(fault).toMatchObject({ effect: 'watching' });
    expect(readFileSync(join(lab.cluster.dir, 'logs', `${id}.log`), 'utf8')).toContain('Datanode listens');
    expect(existsSync(join(lab.cluster.dir, id, 'identity.json'))).toBe(true);
    await ended(lab, fault);
    expect(existsSync(join(lab.cluster.dir, id))).toBe(false);
  },

  add: async (lab) => {
    const id = `dn-${lab.cluster.datanodes().length + 1}`;
    expect(await lab.order('add')).toMatchObject({ effect: 'seen', nodes: [id] });
    expect((await lab.statusOf(id)).state).toBe('live');
    expect(await lab.askThrough(id)).toBe('answered');
    await lab.client.writeFile(lab.newPath(), 'x', { replication: 5 });
    expect(readdirSync(lab.node(id).dataDir).some((name) => name.startsWith('chunk-'))).toBe(true);
  },

  'slow-cpu': async (lab) => {
    const slow = await lab.order('slow-cpu dn-4 percent=95');
    await lab.until(async () => (await askingTakes(lab, 'dn-4')) > 200, 'answers wait for the CPU');
    expect((await lab.cluster.faults.list())[0]?.effects).toBeGreaterThan(0);
    await ended(lab, slow);
    await lab.until(async () => (await askingTakes(lab, 'dn-4')) < 100, 'answers come at once');
  },
};
