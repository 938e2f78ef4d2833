import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { fabricCandidates, freeAddress, hasOwnHosts, nodeHost } from '../../../src/supervisor/network/loopback-addresses.js';

test('fabricCandidates tries the network that the lab had before first, and ends with the shared host', () => {
  const candidates = fabricCandidates('127.77.3.11:4000');
  if (process.platform === 'linux') expect(candidates[0]).toMatch(/^127\.77\.3\.254:\d+$/);
  expect(candidates.at(-1)).toBe('127.0.0.1:0');
  expect(new Set(candidates).size).toBeGreaterThan(process.platform === 'linux' ? 10 : 0);
});

test('nodeHost gives each node a host of its own where the fabric has a network', () => {
  const hosts = [
    nodeHost('127.9.8.254:1', 'master', 1),
    nodeHost('127.9.8.254:1', 'datanode', 1),
    nodeHost('127.9.8.254:1', 'datanode', 200),
  ];
  expect(hosts).toEqual(['127.9.8.1', '127.9.8.11', '127.9.8.210']);
  expect(nodeHost('127.0.0.1:5', 'datanode', 3)).toBe('127.0.0.1');
  expect([hasOwnHosts('127.9.8.254:1'), hasOwnHosts('127.0.0.1:5')]).toEqual([true, false]);
});

test('freeAddress gives a port that can be listened on', async () => {
  const [host = '', port] = (await freeAddress('127.0.0.1')).split(':');
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.on('error', reject).listen(Number(port), host, resolve));
  await new Promise<void>((resolve) => server.close(() => resolve()));
});
