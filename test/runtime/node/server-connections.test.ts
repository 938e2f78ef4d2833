/** A gRPC port with few places: connections at rest give way, and when all are in use, a caller is told so. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeClock } from '../../../src/runtime/node/node-clock.js';
import { startRpcServer } from '../../../src/runtime/node/rpc/rpc-server.js';
import { ServerConnections } from '../../../src/runtime/node/rpc/server-connections.js';
import { parseAddress } from '../../../src/shared/address.js';
import type { RpcServer } from '../../../src/shared/runtime.js';
import { bindText, textMethod } from '../conformance/text-service.js';
import { type Fixture, openFixture } from './fixture.js';

const Echo = textMethod('Echo');
const Wait = textMethod('Wait');
const PLACES = 4;

let fixture: Fixture;
let server: RpcServer;
let waiting: (() => void)[];

beforeEach(async () => {
  fixture = await openFixture();
  waiting = [];
  const bindings = [
    bindText(Echo, async (request) => request),
    bindText(Wait, (request) => new Promise((resolve) => waiting.push(() => resolve(request)))),
  ];
  const { log } = fixture.runtime;
  server = await startRpcServer('127.0.0.1:0', bindings, nodeClock, log, new ServerConnections(PLACES));
});

afterEach(async () => {
  await server.stop(0);
  await fixture.close();
});

async function silent(): Promise<Socket> {
  const socket = connect(parseAddress(server.address));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

test('connections that say nothing, and those whose calls have ended, give way to new ones', async () => {
  const used = fixture.runtime.rpc.connect(server.address);
  await used.call(Echo, 'first', { deadlineMs: 5_000 });
  const sockets: Socket[] = [];
  for (let n = 0; n < 3 * PLACES; n += 1) sockets.push(await silent());
  const other = fixture.runtime.rpc.connect(server.address);
  expect(await other.call(Echo, 'another', { deadlineMs: 5_000 })).toBe('another');
  expect(await used.call(Echo, 'again', { deadlineMs: 5_000 })).toBe('again');
  for (const socket of sockets) socket.destroy();
});

test('a connection with a call under way keeps its place, and a caller beyond the places is told that all are in use', async () => {
  const busy = Array.from({ length: PLACES }, () => fixture.runtime.rpc.connect(server.address));
  const calls = busy.map((channel, n) => channel.call(Wait, String(n), { deadlineMs: 20_000 }));
  while (waiting.length < PLACES) await nodeClock.sleep(5);
  const beyond = fixture.runtime.rpc.connect(server.address);
  await expect(beyond.call(Echo, 'x', { deadlineMs: 5_000 })).rejects.toMatchObject({
    code: 'RESOURCE_EXHAUSTED',
    retriable: true,
    message: expect.stringContaining('4 connections in use') as string,
  });
  for (const answer of waiting) answer();
  expect(await Promise.all(calls)).toEqual(['0', '1', '2', '3']);
});
