import { expect, test } from 'vitest';
import { createNodeRuntime } from '../../../src/runtime/node/index.js';
import { ClusterService, bindService } from '../../../src/protocol/services.js';
import type { Logger } from '../../../src/shared/runtime.js';
import { Fabric } from '../../../src/supervisor/network/fabric.js';
import { readPiece } from '../../runtime/bytes.js';

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => silent };

test('Fabric runs in a thread: gRPC and byte streams of the Node runtime feel its rules, under their identities', async () => {
  const fabric = await Fabric.start({ listen: ['127.0.0.1:0'], token: 't' });
  const node = createNodeRuntime({ dataDir: '/nonexistent', log: silent });
  const client = createNodeRuntime({ dataDir: '/nonexistent', log: silent, proxyUrl: `http://client-1:t@${fabric.address}` });
  try {
    const server = await node.runtime.rpc.serve(
      '127.0.0.1:0',
      bindService(ClusterService, {
        GetClusterStatus: async () => ({ clusterId: 'c' }),
        ListChunks: async () => ({ chunks: [], hasMore: false }),
        RemoveDataNode: async () => ({}),
      }),
    );
    const listener = await node.runtime.net.listen('127.0.0.1:0', (stream) => {
      void (async () => {
        for (let bytes = await readPiece(stream); bytes !== null; bytes = await readPiece(stream)) await stream.write(bytes);
        await stream.end();
      })().catch(() => undefined);
    });
    await fabric.setNodes([
      { id: 'm-1', address: server.address, ownsHost: false },
      { id: 'dn-1', address: listener.address, ownsHost: false },
    ]);

    const channel = client.runtime.rpc.connect(server.address);
    const ask = (deadlineMs: number): Promise<{ clusterId: string }> =>
      channel.call(ClusterService.GetClusterStatus, {}, { deadlineMs });
    expect((await ask(5_000)).clusterId).toBe('c');
    const stream = await client.runtime.net.dial(listener.address, { timeoutMs: 5_000 });
    await stream.write(new TextEncoder().encode('hello'));
    expect(new TextDecoder().decode((await readPiece(stream)) ?? undefined)).toBe('hello');

    const stall = { id: 1, kind: 'stall' } as const;
    await fabric.setRules({ faults: [stall], rules: [{ source: '*', target: 'm-1', faults: [1] }] });
    await expect(ask(150)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await stream.write(new TextEncoder().encode('still here'));
    expect(new TextDecoder().decode((await readPiece(stream)) ?? undefined)).toBe('still here');

    const reset = { faults: [{ id: 2, kind: 'reset' } as const], rules: [{ source: 'dn-1', target: 'client-1', faults: [2] }] };
    const [stalled, struck] = await fabric.setRules(reset);
    expect([stalled, struck]).toEqual([
      { id: 1, hits: expect.any(Number) as number },
      { id: 2, hits: 1 },
    ]);
    expect(stalled!.hits).toBeGreaterThan(0);
    await expect(readPiece(stream)).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    await expect(client.runtime.net.dial(listener.address, { timeoutMs: 2_000 })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect((await ask(5_000)).clusterId).toBe('c');

    expect(await fabric.hits()).toEqual([{ id: 2, hits: 2 }]);
    const counters = await fabric.counters();
    const link = (source: string, target: string) => counters.find((each) => each.source === source && each.target === target);
    expect(link('client-1', 'm-1')!.heldBytes).toBeGreaterThan(0);
    expect(link('client-1', 'dn-1')).toMatchObject({ bytes: 15, connections: 1, resets: 2 });
    expect(link('dn-1', 'client-1')).toMatchObject({ bytes: 15 });
  } finally {
    await client.close();
    await node.close();
    await fabric.close();
  }
});

test('Fabric.start tells when no address is free, and close is safe twice', async () => {
  const fabric = await Fabric.start({ listen: ['127.0.0.1:0'], token: 't' });
  await expect(Fabric.start({ listen: [fabric.address], token: 't' })).rejects.toThrow(/none of 127\.0\.0\.1:\d+ is free/);
  const second = await Fabric.start({ listen: [fabric.address, '127.0.0.1:0'], token: 't' });
  await second.close();
  await fabric.close();
  await fabric.close();
  await expect(fabric.counters()).rejects.toMatchObject({ code: 'INTERNAL' });
});
