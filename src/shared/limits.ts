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

/** Ids of nodes, masters, clusters, snapshots: all of them become parts of file names, log lines and tables. A uuid has 36. */
export const ID_BYTES_MAX = 64;
/** Of host:port: a DNS name has at most 253. */
export const ADDRESS_BYTES_MAX = 260;
/** Of a line that people read, as a rack: 64 characters of up to four bytes. */
export const LABEL_BYTES_MAX = 256;
/** Of the name under which a client opens a session: the log, every checkpoint and the memory of each master keep it. */
export const CLIENT_NAME_BYTES_MAX = 1_024;
/** Of the message of an error; longer ones are cut by their sender. */
export const ERROR_MESSAGE_CHARS_MAX = 2_000;
/** The same in UTF-8, where no UTF-16 unit takes more than three. */
export const ERROR_MESSAGE_BYTES_MAX = 3 * ERROR_MESSAGE_CHARS_MAX;
/** Permission bits, with setuid, setgid and sticky. */
export const MODE_MAX = 0o7777;

/** Numbers that count or name something, and with which nothing is calculated but differences: exact as JS numbers. */
export const COUNTER_MAX = Number.MAX_SAFE_INTEGER;
/** Terms and indexes of the log: a half of what a JS number holds exactly, so that one more than each is exact, too. */
export const TERM_MAX = 2 ** 52;
export const LOG_INDEX_MAX = 2 ** 52;
/**
 * How far a term may be ahead of the last one that a node has heard of. An election a millisecond takes 34 years for as many; whoever
 * says more is wrong, and believing it would shut out the real leader.
 */
export const TERM_LEAP_MAX = 2 ** 40;
/** Timers take a signed 32-bit number of milliseconds: a longer one would fire at once. */
export const TIMER_MS_MAX = 2 ** 31 - 1;

/** Parts of one block report: some 20 million replicas. */
export const REPORT_PARTS_MAX = 5_000;
/** Failed commands in one report. Older ones are forgotten by the node: a command without a result is given again. */
export const REPORT_FAILURES_MAX = 1_000;
/** Commands that may wait for one node, and so be in one answer. What does not fit is planned again later. */
export const NODE_COMMANDS_MAX = 1_000;
/** Nodes that a writer may exclude from the plan of one chunk. */
export const EXCLUDED_NODES_MAX = 1_000;
/** Datanodes in one answer: more would not fit into a message. */
export const ANSWERED_NODES_MAX = 32_768;

/** Masters in one set of members: far above the five that make sense. */
export const RAFT_MEMBERS_MAX = 64;
/** Messages in one batch between masters: as many of the smallest as fit into the megabyte of a batch. */
export const RAFT_BATCH_MESSAGES_MAX = 8_192;
/** Entries in one append: as many empty ones as fit into the megabyte of an append. */
export const RAFT_APPEND_ENTRIES_MAX = 16_384;
/** Data of one entry: as a proposal may have. */
export const RAFT_ENTRY_BYTES_MAX = 1024 * KIB;
/** Bytes in one piece of a snapshot: twice what is sent. */
export const RAFT_PIECE_BYTES_MAX = 1024 * KIB;
