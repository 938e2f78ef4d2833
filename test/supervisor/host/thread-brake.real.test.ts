import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { BrakeLever, brakeMemory } from '../../../src/supervisor/host/thread-brake.js';
import { until } from '../../until.js';

/** Counts the turns of its event loop. */
const COUNTING = `
  import(${JSON.stringify(new URL('../../../dist/supervisor/host/thread-brake.js', import.meta.url).href)}).then(({ ThreadBrake }) => {
    const { parentPort, workerData } = require('node:worker_threads');
    const turns = new Int32Array(workerData.turns);
    const brake = new ThreadBrake(workerData.memory, () => process.exit(7));
    parentPort.on('message', () => brake.apply());
    const turn = () => { Atomics.add(turns, 0, 1); setTimeout(turn, 1); };
    turn();
    parentPort.postMessage('counting');
  });
`;

const workers: Worker[] = [];
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.terminate();
});

interface Counting {
  readonly worker: Worker;
  readonly lever: BrakeLever;
  readonly turns: Int32Array;
  readonly tell: () => void;
}

async function start(): Promise<Counting> {
  const memory = brakeMemory();
  const turns = new SharedArrayBuffer(4);
  const worker = new Worker(COUNTING, { eval: true, workerData: { memory, turns }, execArgv: [] });
  workers.push(worker);
  await new Promise((resolve) => worker.once('message', resolve));
  return { worker, lever: new BrakeLever(memory), turns: new Int32Array(turns), tell: () => worker.postMessage('brake') };
}

/** Resolves when the thread has made so many more turns. */
async function turnsOf({ turns }: { readonly turns: Int32Array }, count: number): Promise<void> {
  const before = Atomics.load(turns, 0);
  await until(() => Atomics.load(turns, 0) >= before + count, `${count} turns`);
}

test('BrakeLever holds a thread until it lets go, and sees both from outside', async () => {
  const { lever, turns, tell } = await start();
  const look = (): boolean => lever.look(performance.now());
  expect(look()).toBe(false);
  lever.pause();
  tell();
  await until(look);
  const held = Atomics.load(turns, 0);
  await turnsOf(await start(), 100);
  expect(Atomics.load(turns, 0)).toBe(held);
  lever.resume();
  await until(() => !look());
  await until(() => Atomics.load(turns, 0) > held);
});

test('BrakeLever.resume before the thread came to the pause leaves nobody held', async () => {
  const { lever, turns, tell } = await start();
  for (let i = 0; i < 50; i++) {
    lever.pause();
    tell();
    lever.resume();
  }
  const before = Atomics.load(turns, 0);
  await until(() => Atomics.load(turns, 0) > before + 10);
});

test.each(['running', 'held'])('BrakeLever.kill lets a %s thread end itself', async (how) => {
  const { worker, lever, tell } = await start();
  if (how === 'held') {
    lever.pause();
    tell();
    await until(() => lever.look(performance.now()));
  }
  const exit = new Promise((resolve) => worker.once('exit', resolve));
  lever.kill();
  tell();
  expect(await exit).toBe(7);
});

test('BrakeLever.throttle takes most of a thread, is no pause, and ends', async () => {
  const { lever, turns, tell } = await start();
  const free = await start();
  /** How many turns the thread makes while one beside it, which is not throttled, makes 500. */
  const turnsBeside = async (): Promise<number> => {
    const before = Atomics.load(turns, 0);
    await turnsOf(free, 500);
    expect(lever.look(performance.now())).toBe(false);
    return Atomics.load(turns, 0) - before;
  };
  lever.throttle(90);
  tell();
  await until(async () => {
    const throttled = await turnsBeside();
    return throttled > 0 && throttled < 300;
  }, 'most of the thread is taken, and not all of it');
  lever.throttle(0);
  await until(async () => (await turnsBeside()) > 300, 'the thread runs freely');
});
