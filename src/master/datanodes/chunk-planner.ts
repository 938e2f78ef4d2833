/** Plans the pipeline of a chunk that a client wants to write. */
import type { AssignChunkRequest__Output } from '../../protocol/generated/distrifs/v1/AssignChunkRequest.js';
import { isDfsError } from '../../shared/errors.js';
import type { DfsError } from '../../shared/errors.js';
import type { Random } from '../../shared/runtime.js';
import { diskStateOf, freeBytesOf, loadOf } from './active-nodes.js';
import type { ActiveNodes, SpaceHold } from './active-nodes.js';
import { placeReplicas } from './placement.js';
import type { PlacementNode } from './placement.js';
import type { MasterState } from '../state/tables/master-state.js';

const PATH_CHARS_SHOWN = 200;

export interface ChunkPlacement {
  /** Head first; empty when there is no plan. */
  readonly pipeline: readonly PlacementNode[];
  /** Space set aside for it. */
  readonly hold: SpaceHold | null;
  /** Why there is none. null with an empty pipeline: the file is not open; applying the request says so. */
  readonly refusal: DfsError | null;
}

/** Chooses nodes for a chunk, at least min(minReplicas, replication) of them. */
export function planChunk(
  state: MasterState,
  nodes: ActiveNodes,
  request: AssignChunkRequest__Output,
  random: Random,
): ChunkPlacement {
  const file = state.tree.get(request.fileId);
  if (file?.kind !== 'file' || file.pending === null || state.settings === null)
    return { pipeline: [], hold: null, refusal: null };
  const bytes = request.expectedBytes > 0 ? Math.min(request.expectedBytes, file.chunkSizeBytes) : file.chunkSizeBytes;
  try {
    const pipeline = placeReplicas(
      {
        what: `chunk ${request.index} of "${shown(state.tree.pathOf(file) ?? file.name)}"`,
        nodes: placementNodes(nodes),
        wanted: file.replication,
        needed: Math.min(state.settings.minReplicas, file.replication),
        bytes,
        excluded: new Map(request.excludedNodeIds.map((nodeId) => [nodeId, 'excluded by the writer'])),
        localNodeId: request.localNodeId,
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
