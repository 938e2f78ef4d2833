/** Entry point of the package: `DistriFS` for programs that store files, `Cluster` for programs that start a cluster. */
export type {
  ChunkChecksumOptions,
  LocatedChunk,
  MakeDirectoryOptions,
  ReadDirectoryOptions,
  ReadFileOptions,
  ReadStreamOptions,
  RemoveOptions,
  SignalOptions,
  WriteData,
  WriteFileOptions,
  WriteStreamOptions,
} from './client/client-options.js';
export { DistriFSError } from './client/sdk-error.js';
export type { Stats } from './client/stats.js';
export type { ChunkChecksum, ReplicaChecksum } from './client/read/chunk-checksum.js';
export type { FileChecksum } from './client/read/file-checksum.js';
export type { ClusterUsage, NodeUsage } from './client/admin/cluster-usage.js';
export type { ErrorCode } from './shared/errors.js';
export { type ConnectOptions, DistriFS } from './distri-fs.js';
export type { ProfileName, Timings } from './shared/profile.js';
export type { Logger } from './shared/runtime.js';
export { Lab as Cluster } from './lab/live/lab.js';
export type { ClusterEvent } from './supervisor/api/cluster-events.js';
export type { ClusterOptions } from './supervisor/api/cluster-options.js';
export type {
  ChunkCounts,
  ChunkView,
  ClusterStatus,
  NodeInfo,
  NodeRole,
  NodeState,
  NodeStatus,
} from './supervisor/api/cluster-status.js';
export type { PartitionKind } from './supervisor/api/fault.js';
