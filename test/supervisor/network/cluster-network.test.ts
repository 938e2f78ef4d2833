/** Faults in force on the links of one lab: what each counts, and how they end. */
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseAddress } from '../../../src/shared/address.js';
import type { NetworkFault } from '../../../src/supervisor/api/fault.js';
import { LabNetwork } from '../../../src/supervisor/network/cluster-network.js';

const BOTH = { direction: 'both' } as const;
const LOT = { choiceSeed: 5 };
const LATE: NetworkFault = { action: 'delay', delayMs: 5, jitterMs: 5, ...BOTH };

let network: LabNetwork;
let servers: Server[];
const sockets = new Set<Socket>();
beforeEach(async () => {
  const nodes = ['dn-1', 'dn-2', 'dn-3'].map(
    (id, index) => ({ id, role: 'datanode', ordinal: index + 1, addressBefore: undefined }) as const,
  );
  network = await LabNetwork.open(nodes);
  // Each sends back what it gets.
  servers = await Promise.all(
    [...network.addresses.values()].map(async (address) => {
      const server = createServer((socket) => {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.pipe(socket);
      });
      await new Promise<void>((resolve) => server.listen(parseAddress(address), resolve));
      return server;
    }),
  );
});
afterEach(async () => {
  await network.close();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
});

/** The answer to CONNECT from one name to a node, or how the connection ended; `socket` goes on. */
async function dial(source: string, target: string): Promise<{ readonly answer: string; readonly socket: Socket }> {
  const url = new URL(network.proxyUrl(source));
  const socket = connect({ host: url.hostname, port: Number(url.port) });
  sockets.add(socket);
  const credentials = Buffer.from(`${url.username}:${url.password}`).toString('base64');
  socket.write(`CONNECT ${network.addresses.get(target)} HTTP/1.1\r\nProxy-Authorization: Basic ${credentials}\r\n\r\n`);
  return { answer: await heard(socket), socket };
}

/** What is next to come: bytes, or the end. */
function heard(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('data', (bytes: Buffer) => resolve(bytes.toString('latin1').split('\r\n')[0] ?? ''));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.once('close', () => resolve('closed'));
  });
}

async function echo(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  return heard(socket);
}

const OK = 'HTTP/1.1 200 Connection established';
const REFUSED = 'HTTP/1.1 502 Bad Gateway';

test('LabNetwork.impose counts for each fault what itself did, whatever else is in force on the link', async () => {
  const { socket } = await dial('dn-1', 'dn-2');
  const quiet = await network.inject(LATE, ['dn-3'], LOT);
  const late = await network.inject(LATE, ['dn-1'], { ...LOT, targets: ['dn-2'] });
  const slow = await network.inject({ action: 'bandwidth', bytesPerSecond: 1_000_000, ...BOTH }, ['dn-2'], LOT);
  expect(await echo(socket, 'hello')).toBe('hello');
  expect([late.counts, slow.counts]).toEqual(['messages delayed', 'messages slowed']);
  expect(await Promise.all([quiet, late, slow].map((one) => one.effects()))).toEqual([0, 2, 2]);
  await late.lift();
  await echo(socket, 'again');
  expect(await Promise.all([quiet, late, slow].map((one) => one.effects()))).toEqual([0, 2, 4]);
});

test('Injection.lift ends only its own fault, is harmless when repeated, and effects stay known', async () => {
  const refuse = await network.inject({ action: 'refuse', direction: 'to' }, ['dn-1'], LOT);
  const other = await network.inject({ action: 'refuse', direction: 'from' }, ['dn-2'], LOT);
  expect((await dial('dn-1', 'dn-3')).answer).toBe(REFUSED);
  expect((await dial('dn-1', 'dn-2')).answer).toBe(REFUSED);
  expect((await dial('dn-2', 'dn-1')).answer).toBe(OK);
  await Promise.all([refuse.lift(), refuse.lift()]);
  await refuse.lift();
  expect([refuse.counts, await refuse.effects(), await other.effects()]).toEqual(['connections refused', 2, 1]);
  expect((await dial('dn-1', 'dn-3')).answer).toBe(OK);
  expect((await dial('dn-1', 'dn-2')).answer).toBe(REFUSED);
  await network.heal();
  expect(await other.effects()).toBe(2);
  await other.lift();
  expect((await dial('dn-1', 'dn-2')).answer).toBe(OK);
});

test('LabNetwork.heal ends all faults, or of each the part that concerns some nodes', async () => {
  await network.inject({ action: 'reset', ...BOTH }, ['dn-1', 'dn-2'], LOT);
  await network.inject({ action: 'refuse', ...BOTH }, ['dn-3'], { ...LOT, targets: ['client'] });
  expect(['dn-1', 'dn-2', 'dn-3'].map((id) => network.isCut(id))).toEqual([true, true, false]);
  await network.heal(['dn-1']);
  expect(['dn-1', 'dn-2'].map((id) => network.isCut(id))).toEqual([false, true]);
  expect((await dial('client-1', 'dn-1')).answer).toBe(OK);
  expect(['ECONNRESET', 'closed']).toContain((await dial('client-1', 'dn-2')).answer);
  expect((await dial('client', 'dn-3')).answer).toBe(REFUSED);
  await network.heal();
  expect([await dial('client', 'dn-2'), await dial('client', 'dn-3')].map(({ answer }) => answer)).toEqual([OK, OK]);
});

test('LabNetwork.impose of a ring leaves the links that it does not cut', async () => {
  const ring = await network.inject(
    { action: 'partition', kind: 'reset', shape: 'ring', ...BOTH },
    ['dn-1', 'dn-2', 'dn-3'],
    LOT,
  );
  const answers = await Promise.all(
    [
      ['dn-1', 'dn-2'],
      ['dn-2', 'dn-3'],
      ['dn-3', 'dn-1'],
      ['client', 'dn-1'],
    ].map(async ([source, target]) => (await dial(source!, target!)).answer),
  );
  expect(answers.filter((answer) => answer === OK)).toHaveLength(3);
  expect(answers[3]).toBe(OK);
  expect([ring.counts, await ring.effects()]).toEqual(['connections reset', 1]);
  await expect(
    network.inject({ action: 'partition', kind: 'stall', shape: 'ring', ...BOTH }, ['dn-1'], LOT),
  ).rejects.toMatchObject({
    name: 'NothingToStrike',
  });
});

test('LabNetwork.freeze: heal does not give power back; its end breaks what was open before, and lets new connections pass', async () => {
  const [hit, spared] = [await dial('dn-1', 'dn-2'), await dial('dn-3', 'dn-2')];
  const release = await network.freeze(['dn-1', 'dn-1']);
  await network.heal();
  await network.heal(['dn-1']);
  const late = dial('client', 'dn-1');
  hit.socket.write('lost');
  expect(await echo(spared.socket, 'still here')).toBe('still here');
  const [next] = [heard(hit.socket)];
  await Promise.all([release(), release()]);
  expect(await next).toBe('ECONNRESET');
  expect((await late).answer).toBe(OK);
  expect(network.isCut('dn-1')).toBe(false);
});
