/** `distrifs df`: shows the usage of the cluster and of each node. */
import stringWidth from 'string-width';
import type { ClusterUsage } from '../../client/admin/cluster-usage.js';
import { formatBytes } from '../../shared/units.js';
import { withClient } from './client-command.js';
import { printable, writeLine } from '../terminal/standard-output.js';
import { textTable } from '../../shared/text-table.js';
import { unreportedText } from '../terminal/unreported-text.js';

/** A node whose folder takes no changes stores nothing. */
const stateText = ({ state, disk }: ClusterUsage['nodes'][number]): string => (disk === 'writable' ? state : `${state}, ${disk}`);

function show(usage: ClusterUsage): void {
  const rows = usage.nodes.map((node) => {
    const share = node.capacityBytes === 0 ? '-' : `${Math.round((node.usedBytes / node.capacityBytes) * 100)}%`;
    const sizes = [node.capacityBytes, node.usedBytes, node.freeBytes].map(formatBytes);
    return [printable(node.id), printable(node.rack), stateText(node), ...sizes, share, String(node.replicas)];
  });
  const head = ['node', 'rack', 'state', 'capacity', 'used', 'free', 'use', 'replicas'];
  for (const line of textTable([head, ...rows], 3, stringWidth)) writeLine(line);
  const { total, healthy, underReplicated, missing, unreported } = usage.chunks;
  for (const { id, diskProblem } of usage.nodes) if (diskProblem !== '') writeLine(`${printable(id)}: ${printable(diskProblem)}`);
  writeLine(`${formatBytes(usage.usedBytes)} of ${formatBytes(usage.capacityBytes)} used, ${usage.files} files`);
  writeLine(
    `${total} chunks: ${healthy} healthy, ${underReplicated} under-replicated, ${missing} missing${unreportedText(unreported)}`,
  );
  if (usage.unknownChunkIds > 0) {
    writeLine(
      `WARNING: datanodes hold chunks that the masters' log has not given (${usage.unknownChunkIds} ids): the log has lost entries, or an ` +
        'older copy of it was put back. These chunks are kept, and belong to no file',
    );
  }
  if (usage.shortage !== '') writeLine(`WARNING: ${printable(usage.shortage)}`);
  if (usage.safeMode) writeLine('safe mode: writes are not possible yet');
}

/** Shows the usage of the cluster. */
export const showUsage = withClient(async ({ client, json }) => {
  const usage = await client.df();
  if (json) writeLine(JSON.stringify(usage, null, 2));
  else show(usage);
});
