import { expect, test } from 'vitest';
import { ChannelPool, openOnPool } from '../../src/protocol/channel-pool.js';
import { FrameChannel } from '../../src/protocol/frame-channel.js';
import { encodeFinish, FrameType } from '../../src/protocol/frames.js';
import { Simulation } from '../../src/runtime/memory/simulation.js';
import { DfsError } from '../../src/shared/errors.js';

interface Echo {
  readonly sim: Simulation;
  readonly pool: ChannelPool;
  /** Server ends of all connections. */
  readonly served: FrameChannel[];
}

/** A server that answers each FINISH frame with another, and a pool towards it. */
async function echo(seed: string): Promise<Echo> {
  const sim = new Simulation({ seed });
  const server = sim.machine('server').boot();
  const client = sim.machine('client').boot();
  const served: FrameChannel[] = [];
  await sim.run(() =>
    server.net.listen('server:1', (stream) => {
      const channel = new FrameChannel(stream, server.clock);
      served.push(channel);
      const serve = async (): Promise<void> => {
        for (let frame = await channel.receive(); frame !== null; frame = await channel.receive())
          await channel.send(encodeFinish(1));
      };
      serve().catch(() => undefined);
    }),
  );
  const pool = new ChannelPool({
    net: client.net,
    clock: client.clock,
    connectTimeoutMs: 1_000,
    maxIdlePerAddress: 2,
    idleMs: 5_000,
  });
  return { sim, pool, served };
}

async function ask(channel: FrameChannel): Promise<void> {
  await channel.send(encodeFinish(1));
  await channel.expect(FrameType.FINISH, 1_000);
}

test('ChannelPool gives a released connection out again, the youngest first, and drops idle ones', async () => {
  const { sim, pool, served } = await echo('reuse');
  await sim.run(async () => {
    const leases = await Promise.all([pool.acquire('server:1'), pool.acquire('server:1'), pool.acquire('server:1')]);
    expect(leases.map((lease) => lease.reused)).toEqual([false, false, false]);
    for (const lease of leases) lease.release(true);
    const again = await pool.acquire('server:1');
    expect(again.reused).toBe(true);
    expect(again.channel).toBe(leases[2].channel);
    again.release(false);
    again.release(true);
    await sim.advance(6_000);
    expect((await pool.acquire('server:1')).reused).toBe(false);
    await sim.runUntil(() => served.length === 4);
    pool.close();
    await expect(pool.acquire('server:1')).rejects.toThrow(DfsError);
  });
});

test('openOnPool replaces an idle connection that died, once, and gives up a fresh one that fails', async () => {
  const { sim, pool, served } = await echo('dead');
  await sim.run(async () => {
    const first = await openOnPool(pool, 'server:1', ask);
    first.lease.release(true);
    served[0]?.destroy();
    const second = await openOnPool(pool, 'server:1', ask);
    expect(served).toHaveLength(2);
    second.lease.release(true);

    let attempts = 0;
    const failing = openOnPool(pool, 'server:1', async (channel) => {
      attempts++;
      await ask(channel);
      throw new DfsError('CONNECTION_LOST', 'it answered, and said so');
    });
    await expect(failing).rejects.toThrow('said so');
    expect(attempts).toBe(1);
    await expect(openOnPool(pool, 'server:2', ask)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
