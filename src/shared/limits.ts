/** Every bound that both ends of a wire rely on, in one place. */

export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;

/** Checksums cover blocks of this size; a packet carries at most one block. */
export const BLOCK_BYTES = 64 * KIB;

export const DEFAULT_CHUNK_BYTES = 64 * MIB;
export const CHUNK_BYTES_MIN = 64 * KIB;
export const CHUNK_BYTES_MAX = 1024 * MIB;

export const DEFAULT_REPLICATION = 3;
export const REPLICATION_MAX = 16;
/** A write that fewer nodes than min(this, replication) can hold is refused. */
export const DEFAULT_MIN_REPLICAS = 2;

/** Of one path component, in UTF-8 bytes (as NAME_MAX). */
export const NAME_BYTES_MAX = 255;
/** Of a whole path, in UTF-8 bytes (as PATH_MAX). */
export const PATH_BYTES_MAX = 4096;
export const PATH_DEPTH_MAX = 256;

/** Of one gRPC message. */
export const RPC_MESSAGE_BYTES_MAX = 4 * MIB;
/** Replicas in one part of a block report: a master takes one within some tens of milliseconds, well below an election timeout. */
export const REPORT_PART_REPLICAS = 4_000;
/** Chunks in one GetChunkLocation or ListChunks answer. */
export const LOCATION_PAGE_MAX = 1_000;
/** Entries in one ListDirectory answer. */
export const LIST_PAGE_MAX = 1_000;

/** Mutations of one session that may be unanswered, and answers remembered for it. */
export const SESSION_MUTATIONS_MAX = 1_024;
export const SESSIONS_MAX = 100_000;

/** Bytes that a writer may have sent and not yet seen acknowledged. */
export const WRITE_WINDOW_BYTES = 4 * MIB;
