/** A partition by the fabric and one by the kernel, between namespaces, look the same to clients. */
import { expect, onTestFinished, test } from 'vitest';
import type { Direction } from '../../../src/supervisor/api/fault.js';
import { temporaryFolder, waitFor } from '../../integration/processes.js';
import { CLIENT, DATANODES, MASTERS, fabricWorld, kernelWorld } from './equal-worlds.js';
import type { World } from './equal-worlds.js';
import { Namespaces, whyNoNamespaces } from './namespaces.js';

const PATIENCE_MS = 20_000;

/** What a client sees of a cut, from a running load to after the heal. */
interface Outcome {
  readonly 'puts meanwhile': string;
  readonly 'get meanwhile': string;
  readonly 'goes dead': string;
  readonly 'leads meanwhile': string;
  readonly 'after heal': string;
  readonly 'put afterwards': string;
  readonly 'all acknowledged files': string;
}

const written = (world: World, count: number): Promise<unknown> =>
  waitFor(`${count} puts through the ${world.what}`, PATIENCE_MS, async () => (await world.ask<number>('written')) >= count);

async function allLive(world: World): Promise<boolean> {
  const nodes = await world.datanodes();
  return nodes !== null && DATANODES.every((id) => nodes.get(id) === 'live');
}

/** Cuts a node off under load, until the cluster has noticed and gone on; then heals. */
async function endure(world: World, name: string, node: string, direction: Direction): Promise<Outcome> {
  const isMaster = MASTERS.includes(node);
  const before = `/${name}-before`;
  await waitFor(`a first put through the ${world.what}`, PATIENCE_MS, async () => (await world.ask('put', before)) === 'ok');
  await world.ask('write', `/${name}-`);
  await written(world, 3);
  await world.cut(node, direction);
  const atCut = await world.ask<number>('written');
  const noticed = await waitFor(`the ${world.what} to notice that ${node} is cut off`, PATIENCE_MS, async () => {
    if (isMaster) {
      const { leader } = await world.masters();
      return leader === null || leader === node ? null : [];
    }
    const dead = [...((await world.datanodes()) ?? [])].filter(([, state]) => state === 'dead');
    return dead.length > 0 ? dead.map(([id]) => id) : null;
  });
  const get = await world.ask('get', before);
  await written(world, atCut + 3);
  const leads = isMaster ? 'another' : 'anyone';
  const puts = await world.ask('stop');
  await world.heal(node);
  await waitFor(
    `everybody to be back in the ${world.what}`,
    PATIENCE_MS,
    async () => (await allLive(world)) && (await world.masters()).votersAble === 3,
  );
  return {
    'puts meanwhile': puts,
    'get meanwhile': get,
    'goes dead': noticed.join() || 'nobody',
    'leads meanwhile': leads,
    'after heal': 'all live, 3 voters able',
    'put afterwards': await world.ask('put', `/${name}-after`),
    'all acknowledged files': await world.ask('readAll'),
  };
}

async function endureAll(world: World): Promise<Record<string, Outcome>> {
  await waitFor(`three live datanodes in the ${world.what}`, PATIENCE_MS, () => allLive(world));
  const leader = await waitFor('a leader', PATIENCE_MS, async () => (await world.masters()).leader);
  return {
    'datanode isolated': await endure(world, 'isolated', 'dn-1', 'both'),
    'datanode not heard': await endure(world, 'unheard', 'dn-2', 'to'),
    'leader isolated': await endure(world, 'leader', leader, 'both'),
  };
}

const seen = (dead: string, leads: string): Outcome => ({
  'puts meanwhile': 'ok',
  'get meanwhile': 'ok',
  'goes dead': dead,
  'leads meanwhile': leads,
  'after heal': 'all live, 3 voters able',
  'put afterwards': 'ok',
  'all acknowledged files': 'ok',
});

test('cuts by the fabric and cuts by nftables between namespaces have the same outcomes for clients', async (ctx) => {
  const reason = await whyNoNamespaces();
  if (reason !== null) {
    process.stderr.write(`kernel equivalence is not tested here: ${reason}\n`);
    ctx.skip(reason);
  }
  const spaces = await Namespaces.make([...MASTERS, ...DATANODES, CLIENT]);
  onTestFinished(() => spaces.end());
  const folder = temporaryFolder(onTestFinished);
  const fabric = await fabricWorld();
  onTestFinished(() => fabric.end());
  const kernel = await kernelWorld(spaces, folder);
  onTestFinished(() => kernel.end());
  const [byFabric, byKernel] = await Promise.all([endureAll(fabric), endureAll(kernel)]);
  expect(byFabric).toEqual(byKernel);
  expect(byKernel).toEqual({
    'datanode isolated': seen('dn-1', 'anyone'),
    'datanode not heard': seen('dn-2', 'anyone'),
    'leader isolated': seen('nobody', 'another'),
  });
}, 120_000);
