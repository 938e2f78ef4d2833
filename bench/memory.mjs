/**
 * Memory of a node: for a cluster of threads, the resident memory of the host process divided by the number of nodes; for a cluster
 * of processes, the proportional set size (PSS) of each. Measured at rest, and after files were written and read.
 *   npm run bench:memory [-- --datanodes 50 --mib 256 --runtime thread]
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Cluster, DistriFS } from 'distrifs-lab';

const FILE_MIB = 8;
const { values: flags } = parseArgs({
  options: {
    datanodes: { type: 'string', default: '50' },
    mib: { type: 'string', default: '256' },
    runtime: { type: 'string', default: 'thread' },
  },
});

const shareMib = (pid) => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]) / 1024;

const start = performance.now();
const cluster = await Cluster.start({ masters: 1, datanodes: Number(flags.datanodes), runtime: flags.runtime });
console.log(`${flags.datanodes} datanodes, ${flags.runtime}: ready after ${(performance.now() - start).toFixed(0)} ms`);
const nodes = [...cluster.masters(), ...cluster.datanodes()];
const pids = cluster.hostPid === null ? nodes.map(({ pid }) => pid) : [cluster.hostPid];
const report = (when) => {
  const mib = pids.map(shareMib).reduce((sum, value) => sum + value, 0);
  console.log(`${when.padEnd(28)} ${mib.toFixed(0)} MiB, a node ${(mib / nodes.length).toFixed(1)} MiB`);
};
try {
  report('at rest');
  const client = await DistriFS.connect({ master: cluster.masters()[0].address, proxy: cluster.clientProxy(), profile: 'fast' });
  const files = Math.ceil(Number(flags.mib) / FILE_MIB);
  for (let file = 0; file < files; file++) await client.writeFile(`/file-${file}`, randomBytes(FILE_MIB * 2 ** 20));
  report(`after ${files * FILE_MIB} MiB written`);
  for (let file = 0; file < files; file++) await client.readFile(`/file-${file}`);
  report(`after ${files * FILE_MIB} MiB read`);
  await client.close();
} finally {
  const stop = performance.now();
  await cluster.close();
  console.log(`closed after ${(performance.now() - stop).toFixed(0)} ms`);
}
