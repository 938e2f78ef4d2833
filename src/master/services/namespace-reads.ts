/**
 * The handlers of NamespaceService that only look: answered from the leader's memory, once that is known to hold everything that was
 * acknowledged before.
 */
import type { ChunkLocation } from '../../protocol/generated/distrifs/v1/ChunkLocation.js';
import { cutText, FIELDS_BYTES_MAX, PageBudget, textBytes } from '../../protocol/page-budget.js';
import type { Handlers, NamespaceService } from '../../protocol/services.js';
import { chunkUuid } from '../../shared/chunk-id.js';
import { DfsError } from '../../shared/errors.js';
import { ANSWERED_PATH_CHARS_MAX, LIST_PAGE_MAX, LOCATION_PAGE_MAX, LOCATION_REPLICAS_MAX } from '../../shared/limits.js';
import type { Leadership, MasterContext } from '../leader/master-context.js';
import { isAtHand, isOfChunk } from '../datanodes/locations.js';
import type { ReplicaRecord } from '../datanodes/locations.js';
import type { Chunk } from '../state/tables/chunk-table.js';
import { fileInfoOf } from '../state/tables/file-info.js';
import type { SoftState } from '../datanodes/soft-state.js';
import type { FileInode } from '../state/tables/inode.js';
import type { NamespaceTree } from '../state/tables/namespace-tree.js';

/** Tags and lengths of the address of a node. */
const REPLICA_FIELDS_BYTES = 16;

type Reads = Pick<Handlers<typeof NamespaceService>, 'GetChunkLocation' | 'GetFileInfo' | 'ListDirectory' | 'ReportBadReplica'>;

export function namespaceReads(master: MasterContext): Reads {
  const { machine } = master;
  return {
    GetChunkLocation: async (request) => {
      const { soft, term } = await freshLeader(master);
      const { file, path } = openedFile(machine.state.tree, request.path, request.fileId);
      const limit = Math.min(request.maxChunks === 0 ? LOCATION_PAGE_MAX : request.maxChunks, LOCATION_PAGE_MAX);
      const budget = new PageBudget();
      const chunks: ChunkLocation[] = [];
      for (const id of file.chunkIds.slice(request.firstIndex, request.firstIndex + limit)) {
        const chunk = machine.state.chunks.get(id);
        if (chunk === undefined) continue;
        const location = locationOf(master.clusterId, soft, chunk);
        if (!budget.takes(locationBytes(location))) break;
        chunks.push(location);
      }
      return { clusterId: master.clusterId, file: fileInfoOf(file, cutText(path, ANSWERED_PATH_CHARS_MAX)), chunks, term };
    },

    GetFileInfo: async ({ path }) => {
      await freshLeader(master);
      return { file: fileInfoOf(machine.state.tree.lookup(path), path) };
    },

    ListDirectory: async ({ path, startAfter, limit }) => {
      await freshLeader(master);
      const directory = machine.state.tree.lookup(path);
      if (directory.kind !== 'directory') throw new DfsError('NOT_A_DIRECTORY', `Cannot list "${path}": it is a file`);
      const count = Math.min(limit === 0 ? LIST_PAGE_MAX : limit, LIST_PAGE_MAX);
      const budget = new PageBudget();
      const entries = [];
      for (const name of directory.names.after(startAfter)) {
        const child = directory.children.get(name);
        if (child === undefined) continue;
        const entryPath = cutText(`${path === '/' ? '' : path}/${name}`, ANSWERED_PATH_CHARS_MAX);
        const bytes = FIELDS_BYTES_MAX + textBytes(entryPath, name, child.owner, child.group);
        if (entries.length === count || !budget.takes(bytes)) return { entries, hasMore: true };
        // Clients of earlier releases show it as it comes.
        entries.push(fileInfoOf(child, entryPath));
      }
      return { entries, hasMore: false };
    },

    ReportBadReplica: async (request) => {
      const leader = master.requireLeader();
      leader.mutations.assertCluster(request.clusterId);
      const { soft } = leader;
      const chunk = machine.state.chunks.get(request.chunkId);
      const record = soft.locations.find(request.chunkId, request.nodeId);
      const isCurrent = chunk !== undefined && record?.version === request.version && chunk.version === request.version;
      if (isCurrent && record.suspectSinceMs === null && !record.isDamaged) reportSuspect(master, leader, record, request.code);
      return {};
    },
  };
}

/**
 * Resolves when this master's memory may be read: it leads, and led all the time since the call.
 * @throws DfsError NOT_LEADER, UNAVAILABLE, RESOURCE_EXHAUSTED
 */
async function freshLeader(master: MasterContext): Promise<Leadership> {
  const leader = master.requireLeader();
  await leader.readBarrier();
  return leader;
}

/**
 * What an open handle or a path names.
 * @throws DfsError STALE_HANDLE, NOT_FOUND, IS_A_DIRECTORY
 */
function openedFile(tree: NamespaceTree, path: string, fileId: number): { readonly file: FileInode; readonly path: string } {
  if (fileId === 0) {
    const inode = tree.lookup(path);
    if (inode.kind !== 'file') throw new DfsError('IS_A_DIRECTORY', `Cannot read "${path}": it is a directory`);
    return { file: inode, path };
  }
  const inode = tree.get(fileId);
  const where = inode === undefined ? null : tree.pathOf(inode);
  if (inode?.kind === 'file' && inode.pending === null && where !== null) return { file: inode, path: where };
  throw new DfsError('STALE_HANDLE', `File ${fileId} was deleted or replaced since it was opened`);
}

function locationOf(clusterId: string, soft: SoftState, chunk: Chunk) {
  const replicas = readableReplicas(soft.locations.ofChunk(chunk.id), chunk).slice(0, LOCATION_REPLICAS_MAX);
  return {
    chunkId: chunk.id,
    chunkUuid: chunkUuid(clusterId, chunk.id),
    index: chunk.index,
    version: chunk.version,
    lengthBytes: chunk.lengthBytes,
    replicas: replicas.map(({ node }) => ({ nodeId: node.id, address: node.address })),
  };
}

function locationBytes({ chunkUuid: uuid, replicas }: ReturnType<typeof locationOf>): number {
  return replicas.reduce(
    (sum, { nodeId, address }) => sum + REPLICA_FIELDS_BYTES + textBytes(nodeId, address),
    FIELDS_BYTES_MAX + textBytes(uuid),
  );
}

/**
 * Replicas of the committed version, live nodes before stale ones, none on dead nodes and none that is about to be deleted.
 * Those that are damaged, or that a client called bad, only when nothing else is left: checksums protect the reader, blocks of them
 * may be good, and the client may be wrong.
 */
export function readableReplicas(
  replicas: readonly ReplicaRecord[],
  chunk: Pick<Chunk, 'version' | 'lengthBytes'>,
): ReplicaRecord[] {
  const current = replicas.filter((record) => isOfChunk(record, chunk) && isAtHand(record));
  const trusted = current.filter((record) => record.suspectSinceMs === null && !record.isDamaged);
  const rank = (record: ReplicaRecord): number => (record.node.state === 'LIVE' ? 0 : 1);
  return (trusted.length > 0 ? trusted : current).toSorted((a, b) => rank(a) - rank(b));
}

/** Takes a replica out of the answers until its node confirms it again. */
function reportSuspect(master: MasterContext, leader: Leadership, record: ReplicaRecord, code: string): void {
  const { runtime, clusterId } = master;
  const { soft, maintenance } = leader;
  if (code === 'DATA_CORRUPT') {
    soft.warnCorrupt(record.chunkId, record.version, record.node.id);
  } else {
    const uuid = chunkUuid(clusterId, record.chunkId);
    const what = code === 'CHUNK_NOT_FOUND' ? 'missing' : 'stale';
    runtime.log.warn(`Replica of chunk ${uuid} on ${record.node.id} is ${what}, a client says`, { chunkId: record.chunkId });
  }
  soft.locations.markSuspect(record, runtime.clock.nowMs());
  maintenance.soon();
}
