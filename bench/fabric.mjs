/**
 * The cost of the lab's network: one connection directly over loopback, and through the fabric (in its thread, without faults).
 * Round trips of one byte, one after the other, and throughput of one stream; target and dialler are separate threads.
 *
 * Run: npm run bench:fabric [-- RUNS]   default: 7; the median of the runs counts
 */
import { Buffer } from 'node:buffer';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { Fabric } from '../dist/supervisor/network/fabric.js';
import { median } from './median.mjs';

const ROUND_TRIPS = 3_000;
const STREAM_BYTES = 512 * 1024 * 1024;
const BLOCK = Buffer.alloc(256 * 1024);
const TOKEN = 'bench';
/** The first byte of a connection, which selects the behaviour of the target. */
const ECHO = 0;
const SINK = 1;

/** The target: echoes every byte, or reads a stream and acknowledges its end. */
function serve() {
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', (first) => {
      if (first[0] === ECHO) {
        socket.write(first.subarray(1));
        socket.on('data', (piece) => socket.write(piece));
      } else {
        let taken = first.length - 1;
        socket.on('data', (piece) => {
          taken += piece.length;
          if (taken === STREAM_BYTES) socket.end('all');
        });
      }
      socket.on('end', () => socket.end());
    });
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
}

async function open(port, fabric) {
  const through = fabric === null ? port : Number(fabric.address.split(':')[1]);
  const socket = connect({ port: through, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  if (fabric !== null) {
    const credentials = Buffer.from(`client:${TOKEN}`).toString('base64');
    socket.write(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nProxy-Authorization: Basic ${credentials}\r\n\r\n`);
    const [answer] = await once(socket, 'data');
    if (!answer.toString().startsWith('HTTP/1.1 200')) throw new Error(`The fabric answered ${answer}`);
  }
  return socket;
}

/** @returns the median round trip, milliseconds */
async function roundTrip(port, fabric) {
  const socket = await open(port, fabric);
  socket.write(Buffer.from([ECHO]));
  const times = [];
  for (let count = 0; count < ROUND_TRIPS; count++) {
    const answered = once(socket, 'data');
    const startMs = performance.now();
    socket.write('x');
    await answered;
    times.push(performance.now() - startMs);
  }
  socket.destroy();
  // The first round trips run before the code is optimized.
  return median(times.slice(ROUND_TRIPS / 10));
}

/** @returns MB/s */
async function throughput(port, fabric) {
  const socket = await open(port, fabric);
  const done = once(socket, 'data');
  const startMs = performance.now();
  socket.write(Buffer.from([SINK]));
  for (let sent = 0; sent < STREAM_BYTES; sent += BLOCK.length) {
    if (!socket.write(BLOCK)) await once(socket, 'drain');
  }
  await done;
  const tookMs = performance.now() - startMs;
  socket.destroy();
  return STREAM_BYTES / 1e3 / tookMs;
}

async function main() {
  const runs = Number(process.argv[2] ?? 7);
  const target = new Worker(fileURLToPath(import.meta.url));
  const [port] = await once(target, 'message');
  const fabric = await Fabric.start({ listen: ['127.0.0.1:0'], token: TOKEN });
  await fabric.setNodes([{ id: 'target', address: `127.0.0.1:${port}`, ownsHost: false }]);
  const found = { raw: { trips: [], rates: [] }, fabric: { trips: [], rates: [] } };
  for (let run = 0; run < runs; run++) {
    for (const [way, through] of [
      ['raw', null],
      ['fabric', fabric],
    ]) {
      found[way].trips.push(await roundTrip(port, through));
      found[way].rates.push(await throughput(port, through));
    }
  }
  await fabric.close();
  await target.terminate();
  const [rawMs, fabricMs] = [median(found.raw.trips), median(found.fabric.trips)];
  const [rawRate, fabricRate] = [median(found.raw.rates), median(found.fabric.rates)];
  const row = (...cells) => console.log(cells.map((cell, index) => (index === 0 ? cell.padEnd(26) : cell.padStart(14))).join(''));
  row(`median of ${runs} runs`, 'loopback', 'fabric', 'ratio');
  row('round trip of one byte', `${rawMs.toFixed(3)} ms`, `${fabricMs.toFixed(3)} ms`, `${(fabricMs / rawMs).toFixed(2)} ×`);
  row('one stream', `${rawRate.toFixed(0)} MB/s`, `${fabricRate.toFixed(0)} MB/s`, `${(fabricRate / rawRate).toFixed(2)} ×`);
  console.log(
    `added to a round trip: ${(fabricMs - rawMs).toFixed(3)} ms (wanted: < 0.3 ms); through the fabric: ${fabricRate.toFixed(0)} MB/s (wanted: >= 500 MB/s)`,
  );
}

if (isMainThread) await main();
else serve();
