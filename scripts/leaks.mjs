/**
 * Starts, uses, breaks and closes one cluster after the other in one process, and checks what each leaves: processes, ports,
 * folders, descriptors. All nodes of each cluster are killed twice: after the second time the process that hosts threads must have
 * the same open descriptors as after the first. Exit code 1 at the first leak.
 *   node scripts/leaks.mjs [--runs 50] [--runtime thread|process]     (npm run leaks)
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Cluster, DistriFS } from 'distrifs-lab';

/** Time limit for pending closes. */
const SETTLED_WITHIN_MS = 5_000;
const { values: flags } = parseArgs({
  options: { runs: { type: 'string', default: '50' }, runtime: { type: 'string', default: 'thread' } },
});
const runs = Number(flags.runs);

const descriptors = (pid) => readdirSync(`/proc/${pid}/fd`).length;
const children = () =>
  readdirSync('/proc/self/task').flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  ).length;
const residentMib = () => Math.round(process.memoryUsage().rss / 2 ** 20);

const isTaken = (address) =>
  new Promise((resolve) => {
    const [host, port] = address.split(':');
    const socket = connect(Number(port), host);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

/** Waits until `measure` returns `wanted` or less. @returns the last result */
async function settled(measure, wanted) {
  const deadline = performance.now() + SETTLED_WITHIN_MS;
  let value = await measure();
  while (value > wanted && performance.now() < deadline) {
    await delay(10);
    value = await measure();
  }
  return value;
}

const leaks = [];
const expectAtMost = async (what, wanted, measure) => {
  const found = await settled(measure, wanted);
  if (found > wanted) leaks.push(`${what}: ${found} instead of ${wanted}`);
};

async function run() {
  const cluster = await Cluster.start({ masters: 1, datanodes: 3, replication: 2, runtime: flags.runtime });
  const nodes = [...cluster.masters(), ...cluster.datanodes()];
  const names = nodes.map(({ id }) => id);
  try {
    const client = await DistriFS.connect({ master: nodes[0].address, proxy: cluster.clientProxy(), profile: 'fast' });
    const host = cluster.hostPid;
    let atRest = null;
    for (let round = 0; round < 2; round++) {
      if (round > 0) await cluster.restart(...names);
      const writing = client.writeFile(`/file-${round}`, randomBytes(2 ** 20)).catch(() => undefined);
      await cluster.kill('dn-1');
      await writing;
      await cluster.pause('dn-2');
      await cluster.kill(...names);
      if (host !== null) {
        if (cluster.hostPid !== host) leaks.push('the host process died');
        else if (atRest === null) atRest = descriptors(host);
        else await expectAtMost('descriptors of the host process without nodes', atRest, () => descriptors(host));
      }
    }
    await client.close();
  } finally {
    await cluster.close();
  }
  for (const { address } of nodes) await expectAtMost(`listeners on ${address}`, 0, async () => Number(await isTaken(address)));
  if (existsSync(cluster.dir)) leaks.push(`folder ${cluster.dir}`);
}

// Resources that are made once remain, and are not leaks.
await run();
const [openBefore, childrenBefore] = [descriptors('self'), children()];
for (let count = 1; count <= runs && leaks.length === 0; count++) {
  await run();
  await expectAtMost('descriptors', openBefore, () => descriptors('self'));
  await expectAtMost('child processes', childrenBefore, children);
  if (count % 10 === 0 || count === runs)
    console.log(`${count} runs: ${descriptors('self')} descriptors, ${children()} children, ${residentMib()} MiB`);
}
for (const leak of leaks) console.error(`LEAK ${leak}`);
process.exitCode = leaks.length === 0 ? 0 : 1;
