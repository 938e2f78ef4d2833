/** Plans the pipeline of a chunk that a client wants to write. */
import type { AssignChunkRequest__Output } from '../../protocol/generated/distrifs/v1/AssignChunkRequest.js';
import type { CreateFileRequest__Output } from '../../protocol/generated/distrifs/v1/CreateFileRequest.js';
import { isDfsError } from '../../shared/errors.js';
import type { DfsError } from '../../shared/errors.js';
import type { Random } from '../../shared/runtime.js';
import { diskStateOf, freeBytesOf, loadOf } from './active-nodes.js';
import type { ActiveNodes, SpaceHold } from './active-nodes.js';
import { placeReplicas } from './placement.js';
import type { PlacementNode } from './placement.js';
import type { ClusterSettings, MasterState } from '../state/tables/master-state.js';

const PATH_CHARS_SHOWN = 200;

export interface ChunkPlacement {
  /** Head first; empty when there is no plan. */
  readonly pipeline: readonly PlacementNode[];
  /** Space set aside for it. */
  readonly hold: SpaceHold | null;
  /** Why there is none. null with an empty pipeline: the file is not open; applying the request says so. */
  readonly refusal: DfsError | null;
}

/** A chunk that has no place yet. */
interface NewChunk {
  readonly path: string;
  readonly index: number;
  readonly replication: number;
  readonly chunkSizeBytes: number;
  /** 0: unknown. */
  readonly expectedBytes: number;
  readonly excludedNodeIds: readonly string[];
  readonly localNodeId: string;
}

/** Chooses nodes for a chunk of a file, at least min(minReplicas, replication) of them. */
export function planChunk(
  state: MasterState,
  nodes: ActiveNodes,
  request: AssignChunkRequest__Output,
  random: Random,
): ChunkPlacement {
  const file = state.tree.get(request.fileId);
  if (file?.kind !== 'file' || file.pending === null || state.settings === null)
    return { pipeline: [], hold: null, refusal: null };
  const { replication, chunkSizeBytes } = file;
  const chunk = { ...request, replication, chunkSizeBytes, path: state.tree.pathOf(file) ?? file.name };
  return placeChunk(state.settings, nodes, chunk, random);
}

/** Chooses nodes for the first chunk of a file that is to be created; null: the request does not ask for it. */
export function planFirstChunk(
  settings: ClusterSettings,
  nodes: ActiveNodes,
  request: CreateFileRequest__Output,
  random: Random,
): ChunkPlacement | null {
  if (request.firstChunk === null) return null;
  const replication = request.replication || settings.defaultReplication;
  const chunkSizeBytes = request.chunkSizeBytes || settings.defaultChunkSizeBytes;
  const { path, firstChunk } = request;
  return placeChunk(settings, nodes, { ...firstChunk, path, index: 0, replication, chunkSizeBytes, excludedNodeIds: [] }, random);
}

function placeChunk(settings: ClusterSettings, nodes: ActiveNodes, chunk: NewChunk, random: Random): ChunkPlacement {
  const { replication, chunkSizeBytes, expectedBytes } = chunk;
  const bytes = expectedBytes > 0 ? Math.min(expectedBytes, chunkSizeBytes) : chunkSizeBytes;
  try {
    const pipeline = placeReplicas(
      {
        what: `chunk ${chunk.index} of "${shown(chunk.path)}"`,
        nodes: placementNodes(nodes),
        wanted: replication,
        needed: Math.min(settings.minReplicas, replication),
        bytes,
        excluded: new Map(chunk.excludedNodeIds.map((nodeId) => [nodeId, 'excluded by the writer'])),
        localNodeId: chunk.localNodeId,
        existingRacks: [],
      },
      random,
    );
    const nodeIds = pipeline.map((node) => node.id);
    return { pipeline, hold: nodes.hold(nodeIds, bytes), refusal: null };
  } catch (error) {
    if (isDfsError(error, 'NOT_ENOUGH_REPLICAS')) return { pipeline: [], hold: null, refusal: error };
    throw error;
  }
}

function placementNodes(nodes: ActiveNodes): PlacementNode[] {
  return Array.from(nodes.all(), (node) => ({
    id: node.id,
    address: node.address,
    rack: node.rack,
    state: node.state,
    disk: diskStateOf(node),
    freeBytes: freeBytesOf(node),
    load: loadOf(node),
  }));
}

/** The end of a long path: the reason why there is no place must have room in the message, too. */
function shown(path: string): string {
  return path.length <= PATH_CHARS_SHOWN ? path : `…${path.slice(-PATH_CHARS_SHOWN)}`;
}
