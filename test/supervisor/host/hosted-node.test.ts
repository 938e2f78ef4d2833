import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { HostReport } from '../../../src/supervisor/host/host-reports.js';
import { HostedNode } from '../../../src/supervisor/host/hosted-node.js';
import type { HostedRole } from '../../../src/supervisor/host/hosted-node.js';
import type { NodeLaunch } from '../../../src/supervisor/host/host-orders.js';
import { until } from '../../until.js';

function slot(code: Promise<HostedRole>): {
  readonly node: HostedNode;
  readonly said: unknown[];
  readonly ended: Promise<number>;
} {
  const said: unknown[] = [];
  let exit: (code: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => (exit = resolve));
  const node = new HostedNode({ id: 'dn-1', code, report: async (report: HostReport) => void said.push(report), exit });
  return { node, said, ended };
}

const neverStarts = Promise.resolve<HostedRole>({ start: () => Promise.reject(new Error('not asked for')) });

test('HostedNode: an error before it was told to start is printed and told, and ends the host', async () => {
  const printed = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => printed.mockRestore());
  const { node, said, ended } = slot(neverStarts);
  node.crash(new Error('broken while loading'));
  expect(await ended).toBe(1);
  expect(said).toEqual([{ type: 'failed', message: 'broken while loading', hits: [] }]);
  expect(JSON.parse(String(printed.mock.calls[0]?.[0]))).toMatchObject({
    level: 'error',
    name: 'dn-1',
    msg: 'Uncaught exception',
    error: 'broken while loading',
  });
});

test('HostedNode: code that cannot be loaded is told as such, and nobody waits for the start', async () => {
  const printed = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => printed.mockRestore());
  const { node, said, ended } = slot(Promise.reject(new Error('no such module')));
  node.take({ type: 'start', launch: {} as NodeLaunch });
  expect(await ended).toBe(1);
  expect(said).toEqual([{ type: 'failed', message: 'no such module', hits: [] }]);
});

test('HostedNode: an error once it runs is in its log', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'hosted-node-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const logFile = join(dataDir, 'node.log');
  const running = { address: '127.0.0.1:1', stop: () => Promise.resolve(), failed: new Promise<Error>(() => undefined) };
  const { node, said, ended } = slot(Promise.resolve<HostedRole>({ start: () => Promise.resolve(running) }));
  const config = {} as NodeLaunch['config'];
  node.take({ type: 'start', launch: { dataDir, logFile, proxyUrl: 'http://a:b@127.0.0.1:1', config, faults: [] } });
  await until(() => said.length > 0, 'the node says something');
  expect(said).toEqual([{ type: 'ready', address: '127.0.0.1:1' }]);
  node.crash(new Error('broken in use'));
  expect(await ended).toBe(1);
  expect(said[1]).toEqual({ type: 'failed', message: 'broken in use', hits: [] });
  expect(readFileSync(logFile, 'utf8')).toMatch(/broken in use.*Uncaught exception/);
});
