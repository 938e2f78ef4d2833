import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type MasterWatch, watchMasters } from '../../../src/cli/distrifs/master-watch.js';

/** An address of this host at which no program listens. */
async function deadAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

async function watched(part: Partial<MasterWatch>): Promise<{ readonly warnings: string[]; readonly ended: unknown[] }> {
  const done = new AbortController();
  onTestFinished(() => done.abort());
  const seen = { warnings: [] as string[], ended: [] as unknown[] };
  await watchMasters(
    {
      masters: [],
      proxyUrl: undefined,
      isConnected: () => false,
      probeEveryMs: 20,
      warn: (text) => seen.warnings.push(text),
      end: (error) => {
        seen.ended.push(error);
        done.abort();
      },
      ...part,
    },
    done.signal,
  );
  return seen;
}

test('watchMasters: names that do not resolve end the command at once', async () => {
  const { warnings, ended } = await watched({ masters: ['no-such-host.invalid:7000'] });
  expect(warnings).toEqual([]);
  expect(ended).toEqual([expect.objectContaining({ code: expect.stringMatching(/^E(NOTFOUND|AI_AGAIN)$/) as string })]);
  expect(String(ended[0])).toContain('"no-such-host.invalid" does not resolve');
});

test('watchMasters: a name of several is reported; refused connections end the command, after the notice', async () => {
  const address = await deadAddress();
  const { warnings, ended } = await watched({ masters: ['no-such-host.invalid:7000', address] });
  expect(warnings.toSorted()).toEqual([
    expect.stringMatching(/^connecting to no-such-host/),
    expect.stringMatching(/^the name "no-such-host.invalid" does not resolve/),
  ]);
  expect(ended).toEqual([expect.objectContaining({ code: 'ECONNREFUSED', message: expect.stringContaining(address) as string })]);
});

test('watchMasters: an address that accepts connections is waited for', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  let probes = 0;
  server.on('connection', () => probes++);
  const { warnings, ended } = await watched({
    masters: [`127.0.0.1:${port}`, await deadAddress()],
    isConnected: () => probes > 8,
  });
  expect(warnings).toHaveLength(1);
  expect(ended).toEqual([]);
});

test('watchMasters: behind a proxy, the proxy is what refuses; names are its affair', async () => {
  const address = await deadAddress();
  const { warnings, ended } = await watched({ masters: ['no-such-host.invalid:7000'], proxyUrl: `http://u:t@${address}` });
  expect(warnings).toHaveLength(1);
  expect(String(ended[0])).toContain(`${address} (the proxy of grpc_proxy)`);
});

test('watchMasters: one that has answered is not watched any more', async () => {
  expect(await watched({ masters: [await deadAddress()], isConnected: () => true })).toEqual({ warnings: [], ended: [] });
});
