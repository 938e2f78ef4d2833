/** `distrifs admin quarantine`: shows, verifies, restores and deletes what datanodes have set aside. */
import stringWidth from 'string-width';
import {
  type ItemAction,
  QuarantineAdmin,
  type QuarantinedItem,
  type QuarantineNode,
} from '../../../client/admin/quarantine-admin.js';
import { textTable } from '../../../shared/text-table.js';
import { formatBytes } from '../../../shared/units.js';
import { reasonOf } from '../../terminal/cli-error.js';
import type { Call } from '../../terminal/command-row.js';
import { EXIT_FAILED } from '../../terminal/exit-codes.js';
import { printable, writeLine } from '../../terminal/standard-output.js';
import { UsageError } from '../../terminal/usage-error.js';
import { type AdminContext, withMasters } from '../admin-command.js';

export interface QuarantineFlags {
  /** Milliseconds, of one item. */
  readonly timeout: number;
}

interface Row {
  readonly node: string;
  readonly item: QuarantinedItem;
}

const ITEM_ACTIONS: Readonly<Record<string, ItemAction>> = { verify: 'VERIFY', restore: 'RESTORE', purge: 'PURGE' };

const FINDINGS: Readonly<Record<QuarantinedItem['finding'], (item: QuarantinedItem) => string>> = {
  NOT_VERIFIED: () => 'not verified',
  MATCHES: () => 'good',
  DIFFERS: ({ badBlocks }) => `damaged: ${badBlocks} blocks`,
  UNVERIFIABLE: ({ hasData }) => (hasData ? 'no checksums' : 'no data'),
  RESTORED: () => 'restored',
  PURGED: () => 'deleted',
};

/** The datanodes that are meant: one, or all that are not dead. */
async function nodesOf({ admin }: AdminContext, nodeId: string | undefined, patienceMs: number): Promise<QuarantineNode[]> {
  const nodes = await admin.datanodes(patienceMs);
  const meant = nodeId === undefined ? nodes.filter(({ isDead }) => !isDead) : nodes.filter((node) => node.nodeId === nodeId);
  if (nodeId !== undefined && meant.length === 0) throw new Error(`there is no datanode "${nodeId}" in this cluster`);
  return meant;
}

function show(rows: readonly Row[]): void {
  const cells = rows.map(({ node, item }) => {
    const chunk = item.chunkId === 0 ? 'of another cluster' : String(item.chunkId);
    const size = item.hasData ? formatBytes(item.dataBytes) : '-';
    return [printable(node), printable(item.name), chunk, size, FINDINGS[item.finding](item)];
  });
  if (cells.length === 0) writeLine('nothing is in quarantine');
  else for (const line of textTable([['node', 'name', 'chunk', 'size', 'state'], ...cells], 5, stringWidth)) writeLine(line);
}

/** Sets the exit code to 1 when a node did not answer, or an item could not be verified, restored or deleted. */
export const quarantine = withMasters(
  async (
    context,
    { args, flags }: Call<readonly [action: string, nodeId: string | undefined, names: readonly string[]], QuarantineFlags>,
  ) => {
    const [action, nodeId, names] = args;
    const itemAction = ITEM_ACTIONS[action];
    if ((itemAction === 'RESTORE' || itemAction === 'PURGE') && names.length === 0) {
      throw new UsageError(`${action}: name a datanode and at least one item, as distrifs admin quarantine list shows them`);
    }
    const { json, warn } = context;
    const quarantines = new QuarantineAdmin(context.runtime, context.timings);
    const rows: Row[] = [];
    const attempt = async (what: string, task: () => Promise<void>): Promise<void> => {
      try {
        await task();
      } catch (error) {
        warn(`${what}: ${reasonOf(error)}`);
        process.exitCode = EXIT_FAILED;
      }
    };
    const add = (node: QuarantineNode, item: QuarantinedItem): unknown => rows.push({ node: node.nodeId, item });
    const list = async (node: QuarantineNode): Promise<void> => {
      for (const item of await quarantines.list(node)) add(node, item);
    };
    const actOnItems = async (node: QuarantineNode, what: ItemAction): Promise<void> => {
      for (const name of names.length > 0 ? names : (await quarantines.list(node)).map((item) => item.name)) {
        await attempt(`${node.nodeId} ${name}`, async () => {
          add(node, await quarantines.act(node, what, name, flags.timeout));
        });
      }
    };
    for (const node of await nodesOf(context, nodeId, flags.timeout)) {
      await attempt(node.nodeId, () => (itemAction === undefined ? list(node) : actOnItems(node, itemAction)));
    }
    if (json) writeLine(JSON.stringify(rows.map(({ node, item }) => ({ node, ...item }))));
    else show(rows);
  },
);
