import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeClock } from '../../../src/runtime/node/node-clock.js';
import { MIB } from '../../../src/shared/limits.js';
import { ControlServer } from '../../../src/lab/live/control-server.js';
import type { LabControl } from '../../../src/lab/live/control-server.js';
import { LiveFaults } from '../../../src/lab/live/live-faults.js';
import { FakeLoad } from './fake-load.js';
import { FakeCluster } from '../scenario/fake-world.js';

const SHAPE = { masters: 3, datanodes: 4, racks: 1, replication: 3, chunkSizeBytes: 4 * MIB, profile: 'fast' } as const;

let dir: string;
let fake: FakeCluster;
let faults: LiveFaults;
let control: LabControl;
let server: ControlServer;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'distrifs-control-'));
  fake = new FakeCluster(dir, 4, {}, 3);
  faults = new LiveFaults({ control: fake, cluster: () => SHAPE, clock: nodeClock, emit: () => undefined });
  control = Object.assign(fake, { profile: 'fast' as const, faults, load: new FakeLoad() });
  server = await ControlServer.start(join(dir, 'control'), control);
});

afterEach(async () => {
  await server.close();
  await faults.close();
  await fake.close();
  await rm(dir, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** @param body sent as it is when it is text */
function call(method: string, path: string, body?: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: join(dir, 'control'), method, path, agent: false }, (response) => {
      let text = '';
      response.on('data', (part: Buffer) => (text += part.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Answer['body'] }));
    });
    asked.on('error', reject);
    asked.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
  });
}

test('ControlServer: a fault is ordered as a command or a step, listed, and lifted', async () => {
  const cut = await call('POST', '/v1/fault', { command: 'partition dn-1,dn-2 kind=reset duration=1h' });
  expect(cut).toMatchObject({ status: 200, body: { id: 1, nodes: ['dn-1', 'dn-2'], effect: 'watching', evidence: 'active' } });
  const step = { network: { action: 'delay', selector: { is: 'leader' }, delay: '20ms' } };
  expect((await call('POST', '/v1/fault', { step })).body).toMatchObject({ id: 2, nodes: ['m-1'], action: 'delay' });
  const { faults: listed } = (await call('GET', '/v1/faults')).body;
  expect(listed).toMatchObject([
    { id: 1, untilMs: cut.body['untilMs'] },
    { id: 2, text: 'delay m-1 delay=20ms', effects: 1 },
  ]);
  expect((await call('POST', '/v1/lift', { id: 2 })).body).toMatchObject({ id: 2, effect: 'seen', effects: 1 });
  expect(await call('POST', '/v1/lift', { id: 2 })).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  expect((await call('POST', '/v1/lift', { nodes: ['dn-1', 'dn-2'] })).body).toMatchObject({ action: 'heal' });
  expect((await call('GET', '/v1/faults')).body).toEqual({ faults: [] });
});

test('ControlServer: a command that is refused comes back with the column of each mistake', async () => {
  const { status, body } = await call('POST', '/v1/fault', { command: 'delay dn-1 delay=50 duration=5' });
  expect([status, body['code']]).toEqual([400, 'INVALID_ARGUMENT']);
  expect(body['problems']).toMatchObject([{ column: 18 }, { column: 30 }]);
});

test('ControlServer: a step that is refused comes back with the path of each wrong value', async () => {
  const step = { network: { action: 'delay', selector: { name: ['dn-1', 'dn-9'] }, delay: '2m' } };
  const { status, body } = await call('POST', '/v1/fault', { step });
  expect([status, body['code']]).toEqual([400, 'INVALID_ARGUMENT']);
  expect(body['problems']).toMatchObject([
    { path: ['network', 'delay'], value: '2m', reason: 'it must be from 1ms to 60s' },
    { path: ['network', 'selector', 'name', 1], value: 'dn-9' },
  ]);
});

test('ControlServer: partitions of the older route stand in the list too, and its heal ends them', async () => {
  expect(await call('POST', '/v1/act', { action: 'isolate', nodes: ['dn-1'], kind: 'reset' })).toMatchObject({
    status: 200,
    body: { id: 1, effect: 'watching', evidence: 'active' },
  });
  expect((await call('GET', '/v1/faults')).body).toMatchObject({ faults: [{ text: 'isolate dn-1 kind=reset' }] });
  expect((await call('POST', '/v1/act', { action: 'heal' })).status).toBe(200);
  expect((await call('GET', '/v1/faults')).body).toEqual({ faults: [] });
  expect(await call('POST', '/v1/act', { action: 'partition', nodes: ['dn-9'] })).toMatchObject({ status: 400 });
});

test.each([
  ['kill', 'process gone by SIGKILL'],
  ['stop', 'process ended'],
  ['pause', 'process suspended'],
  ['restart', 'new process'],
])('ControlServer: %s of the older route is proven, and refused where it does nothing', async (action, evidence) => {
  expect(await call('POST', '/v1/act', { action, nodes: ['dn-1', 'dn-2'] })).toMatchObject({
    status: 200,
    body: { text: `${action} dn-1 dn-2`, effect: 'seen', effects: 2, evidence },
  });
  if (action === 'restart') return;
  const again = await call('POST', '/v1/act', { action, nodes: ['dn-1'] });
  expect(again).toMatchObject({ status: 500, body: { code: 'UNAVAILABLE' } });
  expect(again.body['message']).toMatch(new RegExp(`^"${action} dn-1" had no effect: dn-1 (had no process|is paused already)$`));
});

test('ControlServer: a cluster without faults and load shows that it has none, and refuses to change', async () => {
  Object.assign(control, { faults: undefined, load: undefined });
  expect((await call('GET', '/v1/faults')).body).toEqual({ faults: [] });
  expect((await call('GET', '/v1/load')).body).toMatchObject({ load: { isOn: false, type: '' } });
  for (const [path, body] of [
    ['/v1/fault', { command: 'kill dn-1' }],
    ['/v1/act', { action: 'kill', nodes: ['dn-1'] }],
    ['/v1/lift', { id: 1 }],
    ['/v1/load', { run: true }],
  ] as const) {
    expect(await call('POST', path, body)).toMatchObject({ status: 501, body: { code: 'UNIMPLEMENTED' } });
  }
  expect(fake.calls).toEqual([]);
});

test('ControlServer: the load is started, shown and stopped', async () => {
  expect((await call('GET', '/v1/load')).body).toMatchObject({ load: { isOn: false } });
  expect((await call('POST', '/v1/load', { run: true, clients: 3 })).body).toMatchObject({ load: { clients: 3 } });
  expect((await call('GET', '/v1/load')).body).toMatchObject({ load: { type: 'write-verify' } });
  expect((await call('POST', '/v1/load', { run: false })).body).toMatchObject({ load: { isOn: false } });
});

test('ControlServer: the cluster of a scenario is shown to everybody, and obeys nobody', async () => {
  Object.assign(control, { scenario: 'split-brain' });
  for (const path of ['/v1/status', '/v1/env', '/v1/faults', '/v1/load']) expect((await call('GET', path)).status).toBe(200);
  const orders = [
    ['/v1/act', { action: 'kill', nodes: ['dn-1'] }],
    ['/v1/fault', { command: 'kill dn-1' }],
    ['/v1/lift', { nodes: [] }],
    ['/v1/load', { run: true }],
    ['/v1/down', {}],
  ] as const;
  for (const [path, body] of orders) {
    const answer = await call('POST', path, body);
    expect([path, answer]).toMatchObject([path, { status: 403, body: { code: 'PERMISSION_DENIED' } }]);
    expect(answer.body['message']).toMatch(/^This cluster belongs to a run of the scenario "split-brain": .* Ctrl-C/);
  }
  expect(fake.calls).toEqual([]);
  expect((await call('GET', '/v1/load')).body).toMatchObject({ load: { isOn: false } });
  expect(fake.isClosed).toBe(false);
});

test.each([
  ['/v1/fault', 'not JSON', /not JSON/],
  ['/v1/fault', [], /JSON object/],
  ['/v1/fault', {}, /"command".*"step"/],
  ['/v1/fault', { command: 5 }, /"command"/],
  ['/v1/fault', { command: 'kill dn-1', step: {} }, /"command"/],
  ['/v1/fault', { command: 'frobnicate' }, /column 1/],
  ['/v1/fault', { command: `kill ${'x'.repeat(3_000)}` }, /2000 characters/],
  ['/v1/fault', { step: {} }, /a step needs/],
  ['/v1/fault', { step: { node: { action: 'kill' } } }, /selector/],
  ['/v1/fault', 'x'.repeat(100_000), /longer than 65536 bytes/],
  ['/v1/lift', {}, /"id"/],
  ['/v1/lift', { id: 'one' }, /"id"/],
  ['/v1/lift', { nodes: ['dn-1 dn-2'] }, /list of names/],
  ['/v1/act', { action: 'partition', nodes: ['dn-1 kind=reset'] }, /list of names/],
  ['/v1/act', { action: 'burn' }, /action "burn"/],
  ['/v1/act', {}, /action/],
  ['/v1/load', {}, /"run"/],
  ['/v1/load', { run: true, clients: -1 }, /"clients"/],
  ['/v1/nothing', {}, /does not know the request/],
])('ControlServer: POST %s refuses what makes no sense, and does nothing', async (path, body, message) => {
  const answer = await call('POST', path, body);
  expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_ARGUMENT' } });
  expect(answer.body['message']).toMatch(message);
  expect(fake.calls).toEqual([]);
});

test('ControlServer: connections that ask nothing give way to a request', async () => {
  const path = join(dir, 'control');
  const idle: Socket[] = [];
  for (let n = 0; n < 70; n += 1) {
    const socket = connect(path);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    idle.push(socket);
  }
  expect(await call('GET', '/v1/env')).toMatchObject({ status: 200 });
  for (const socket of idle) socket.destroy();
});
