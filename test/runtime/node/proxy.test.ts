import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { parseProxyUrl } from '../../../src/runtime/node/net/http-connect.js';
import { proxyUrlFromEnvironment, proxyVariablesIn } from '../../../src/runtime/node/proxy-environment.js';
import { parseAddress } from '../../../src/shared/address.js';
import { bindText, textMethod } from '../conformance/text-service.js';
import { openFixture, rawServer, type RawServer, until } from './fixture.js';
import { readPiece } from '../bytes.js';

const Echo = textMethod('Echo');
const echo = bindText(Echo, async (request) => request);
const LONG = { deadlineMs: 5_000 };

const cleanups: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function fixture(options: { proxyUrl?: string } = {}): ReturnType<typeof openFixture> {
  const opened = await openFixture(options);
  cleanups.push(() => opened.close());
  return opened;
}

interface TestProxy extends RawServer {
  readonly url: string;
  /** The head of each CONNECT request. */
  readonly heads: string[];
  /** What is done with a request. */
  answer: (socket: Socket, target: string) => void;
}

function forward(socket: Socket, target: string): void {
  const upstream = connect(parseAddress(target));
  upstream.on('error', () => socket.destroy());
  upstream.once('connect', () => {
    socket.write('HTTP/1.1 200 Connection Established\r\nX-Proxy: test\r\n\r\n');
    socket.pipe(upstream).pipe(socket);
  });
  socket.once('close', () => upstream.destroy());
}

async function openProxy(answer: TestProxy['answer']): Promise<TestProxy> {
  const heads: string[] = [];
  const server = await rawServer((socket) => {
    let head = '';
    const onData = (piece: Buffer): void => {
      head += piece.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      socket.off('data', onData);
      heads.push(head);
      proxy.answer(socket, head.split(' ')[1] ?? '');
    };
    socket.on('data', onData);
  });
  cleanups.push(() => server.close());
  const proxy: TestProxy = { ...server, heads, answer, url: `http://dn-1:s%3Acret@${server.address}` };
  return proxy;
}

test('Rpc through a proxy: names the target and itself in a CONNECT', async () => {
  const server = await (await fixture()).runtime.rpc.serve('127.0.0.1:0', [echo]);
  const proxy = await openProxy(forward);
  const { runtime } = await fixture({ proxyUrl: proxy.url });
  const channel = runtime.rpc.connect(server.address);
  expect(await channel.call(Echo, 'one', LONG)).toBe('one');
  expect(await channel.call(Echo, 'two', LONG)).toBe('two');
  const credentials = Buffer.from('dn-1:s:cret').toString('base64');
  expect(proxy.heads).toEqual([
    `CONNECT ${server.address} HTTP/1.1\r\nHost: ${server.address}\r\nProxy-Authorization: Basic ${credentials}\r\n\r\n`,
  ]);
});

test('Rpc through a proxy that never answers: the deadline holds, nothing is left, and the next call connects anew', async () => {
  const server = await (await fixture()).runtime.rpc.serve('127.0.0.1:0', [echo]);
  const proxy = await openProxy(() => undefined);
  const { runtime } = await fixture({ proxyUrl: proxy.url });
  const channel = runtime.rpc.connect(server.address);
  await expect(channel.call(Echo, '', { deadlineMs: 200 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  await until(() => proxy.sockets.size === 0);
  proxy.answer = forward;
  expect(await channel.call(Echo, 'healed', LONG)).toBe('healed');
});

test('Rpc through a proxy that refuses, hangs up or talks nonsense: UNAVAILABLE at once, and the next call may succeed', async () => {
  const server = await (await fixture()).runtime.rpc.serve('127.0.0.1:0', [echo]);
  const proxy = await openProxy(() => undefined);
  const { runtime } = await fixture({ proxyUrl: proxy.url });
  const channel = runtime.rpc.connect(server.address);
  const answers: TestProxy['answer'][] = [
    (socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'),
    (socket) => socket.destroy(),
    (socket) => socket.write('SSH-2.0-OpenSSH\r\n\r\n'),
    (socket) => socket.write('HTTP/1.1 200 OK\r\n' + 'x'.repeat(20_000)),
  ];
  for (const answer of answers) {
    proxy.answer = answer;
    await expect(channel.call(Echo, '', LONG)).rejects.toMatchObject({ code: 'UNAVAILABLE', retriable: true });
  }
  proxy.answer = forward;
  expect(await channel.call(Echo, 'well', LONG)).toBe('well');
});

test('Rpc through a proxy: a tunnel that is cut fails the call under way, and the next call connects anew', async () => {
  const Hang = textMethod('Hang');
  let started = 0;
  const hang = bindText(Hang, (_request, { signal }) => {
    started++;
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('cut')));
    });
  });
  const server = await (await fixture()).runtime.rpc.serve('127.0.0.1:0', [echo, hang]);
  const proxy = await openProxy(forward);
  const { runtime } = await fixture({ proxyUrl: proxy.url });
  const channel = runtime.rpc.connect(server.address);
  const outcome = expect(channel.call(Hang, '', LONG)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await until(() => started === 1);
  for (const socket of proxy.sockets) socket.resetAndDestroy();
  await outcome;
  expect(await channel.call(Echo, 'again', LONG)).toBe('again');
});

test('Net.dial through a proxy: the stream is with the target, with the first bytes that came along', async () => {
  const proxy = await openProxy((socket, target) => {
    socket.write(`HTTP/1.1 200 OK\r\n\r\nhello from ${target}`);
    socket.end();
  });
  const { runtime } = await fixture({ proxyUrl: proxy.url });
  const stream = await runtime.net.dial('127.0.0.1:9', { timeoutMs: 1_000 });
  expect(stream.remoteAddress).toBe('127.0.0.1:9');
  let text = '';
  for (let piece = await readPiece(stream); piece !== null; piece = await readPiece(stream))
    text += Buffer.from(piece).toString();
  expect(text).toBe('hello from 127.0.0.1:9');
  stream.destroy();
});

test('Net.dial through a proxy: refused and unanswered are UNAVAILABLE, given up is CANCELLED', async () => {
  const proxy = await openProxy((socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
  const { runtime } = await fixture({ proxyUrl: proxy.url });
  await expect(runtime.net.dial('127.0.0.1:9', { timeoutMs: 1_000 })).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringContaining('403') as string,
  });
  proxy.answer = () => undefined;
  await expect(runtime.net.dial('127.0.0.1:9', { timeoutMs: 100 })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  const controller = new AbortController();
  const dialing = runtime.net.dial('127.0.0.1:9', { timeoutMs: 5_000, signal: controller.signal });
  setTimeout(() => controller.abort(), 20);
  await expect(dialing).rejects.toMatchObject({ code: 'CANCELLED' });
  await until(() => proxy.sockets.size === 0);
});

test('parseProxyUrl: reads credentials, port and IPv6 hosts; refuses the rest without repeating secrets', () => {
  expect(parseProxyUrl('http://10.0.0.1:3128')).toEqual({ host: '10.0.0.1', port: 3128, authorization: null });
  expect(parseProxyUrl('http://u:p@[::1]')).toEqual({ host: '::1', port: 80, authorization: 'Basic dTpw' });
  for (const url of ['https://u:secret@h:1', 'h:1', '', 'http://', 'http://%zz:secret@h:1']) {
    expect(() => parseProxyUrl(url), url).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
    expect(() => parseProxyUrl(url)).not.toThrow(/secret/);
  }
});

test('proxyUrlFromEnvironment: honours grpc_proxy only', () => {
  expect(
    proxyUrlFromEnvironment({ https_proxy: 'http://a:1', http_proxy: 'http://a:1', GRPC_PROXY: 'http://a:1' }),
  ).toBeUndefined();
  expect(proxyUrlFromEnvironment({ grpc_proxy: '' })).toBeUndefined();
  expect(proxyUrlFromEnvironment({ grpc_proxy: 'http://dn-1:t@127.0.0.1:1' })).toBe('http://dn-1:t@127.0.0.1:1');
  expect(() => proxyUrlFromEnvironment({ grpc_proxy: 'socks5://x' })).toThrow('grpc_proxy');
});

test('proxyVariablesIn: finds both spellings', () => {
  const env = {
    PATH: '/bin',
    HTTP_PROXY: 'a',
    https_proxy: 'b',
    No_Proxy: 'c',
    grpc_proxy: 'd',
    no_grpc_proxy: 'e',
    ALL_PROXY: 'f',
  };
  expect(proxyVariablesIn(env)).toEqual(['HTTP_PROXY', 'https_proxy', 'No_Proxy', 'grpc_proxy', 'no_grpc_proxy', 'ALL_PROXY']);
});
