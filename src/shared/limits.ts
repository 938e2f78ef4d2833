/** All limits that both sides of a connection rely on. */

export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;

/** Checksums cover blocks of this size. */
export const BLOCK_BYTES = 64 * KIB;
/** Data of one packet of the data plane: whole blocks. */
export const PACKET_BYTES_MAX = 16 * BLOCK_BYTES;

export const DEFAULT_CHUNK_BYTES = 64 * MIB;
export const CHUNK_BYTES_MIN = 64 * KIB;
export const CHUNK_BYTES_MAX = 1024 * MIB;

export const DEFAULT_REPLICATION = 3;
export const REPLICATION_MAX = 16;
/** A write is refused when fewer than min(this, replication) nodes can store its chunk. */
export const DEFAULT_MIN_REPLICAS = 2;

/** Maximum length of a path component, in UTF-8 bytes (as NAME_MAX). */
export const NAME_BYTES_MAX = 255;
/** Maximum length of a path, in UTF-8 bytes (as PATH_MAX). */
export const PATH_BYTES_MAX = 4096;
export const PATH_DEPTH_MAX = 256;

/** Maximum length of a gRPC message. */
export const RPC_MESSAGE_BYTES_MAX = 4 * MIB;
/** The sender of a stream waits when this many bytes of messages, or more, are not acknowledged. */
export const RPC_STREAM_BYTES_MAX = 4 * MIB;
/** The same of messages, so that small ones are bounded, too. */
export const RPC_STREAM_MESSAGES_MAX = 4_096;
/**
 * Replicas in one part of a block report: a master processes one part within some tens of milliseconds, well below an election
 * timeout.
 */
export const REPORT_PART_REPLICAS = 4_000;
/** Chunks in one GetChunkLocation or ListChunks answer. */
export const LOCATION_PAGE_MAX = 1_000;
/** Replicas of one chunk in a GetChunkLocation answer: a reader needs no more, however many there are. */
export const LOCATION_REPLICAS_MAX = 64;
/** Characters of a path in an answer. After moves of directories in version 0.1.0, a path can have any length. */
export const ANSWERED_PATH_CHARS_MAX = 64 * KIB;
/** Entries in one ListDirectory answer. */
export const LIST_PAGE_MAX = 1_000;

/** Unanswered mutations that a session may have, and answers that a master remembers for the session. */
export const SESSION_MUTATIONS_MAX = 1_024;
export const SESSIONS_MAX = 100_000;

/** Bytes that a writer may have sent without an acknowledgement: with a round trip of 50 ms this is 320 MiB/s. */
export const WRITE_WINDOW_BYTES = 16 * MIB;
/** Pooled buffers of one process that may be in use at a time. */
export const BUFFERED_BYTES_MAX = 192 * MIB;

/**
 * Length of the id of a node, master, cluster or snapshot. Ids are parts of file names, log lines and tables. A uuid has 36
 * characters.
 */
export const ID_BYTES_MAX = 64;
/** Length of host:port: a DNS name has at most 253 characters. */
export const ADDRESS_BYTES_MAX = 260;
/** Length of a display text, such as the name of a rack: 64 characters of up to four bytes. */
export const LABEL_BYTES_MAX = 256;
/**
 * Length of the name under which a client opens a session: the log, every checkpoint and the memory of each master store the name.
 */
export const CLIENT_NAME_BYTES_MAX = 1_024;
/** Length of the name and address of a client in an error. */
export const HOLDER_BYTES_MAX = 2 * CLIENT_NAME_BYTES_MAX;
/** Length of an error message; the sender cuts a longer message. */
export const ERROR_MESSAGE_CHARS_MAX = 2_000;
/** The same limit in UTF-8 bytes: a UTF-16 unit takes at most three. */
export const ERROR_MESSAGE_BYTES_MAX = 3 * ERROR_MESSAGE_CHARS_MAX;
/** Of the error of the last write, in a datanode's heartbeat. */
export const DISK_PROBLEM_BYTES_MAX = 512;
/** Permission bits, with setuid, setgid and sticky. */
export const MODE_MAX = 0o7777;

/** Counters and numeric ids, of which only differences are calculated: they are exact as JS numbers. */
export const COUNTER_MAX = Number.MAX_SAFE_INTEGER;
/** Terms and indexes of the log: half of the largest exact JS number, so that the successor of each is exact, too. */
export const TERM_MAX = 2 ** 52;
export const LOG_INDEX_MAX = 2 ** 52;
/**
 * How far a received term may be ahead of the last term that a node has received. At one election a millisecond this many terms
 * take 34 years. A larger term is an error of its sender, and a node that accepted it would refuse the real leader.
 */
export const TERM_LEAP_MAX = 2 ** 40;
/**
 * How far an id of a chunk that a datanode reports may be ahead of what the log has given, for the log to go on beyond it. A log that
 * lost its end has not lost so many; and each such step takes a part of the 2^53 ids away for good.
 */
export const CHUNK_ID_LEAP_MAX = 2 ** 32;
/** Timers take a signed 32-bit number of milliseconds: a longer one would fire at once. */
export const TIMER_MS_MAX = 2 ** 31 - 1;

/** Parts of one block report: some 20 million replicas. */
export const REPORT_PARTS_MAX = 5_000;
/** Failed commands in one report. The node drops older ones: a master repeats a command that has no result. */
export const REPORT_FAILURES_MAX = 1_000;
/** Commands that may wait for one node, and thus be in one answer. A master plans commands beyond this again later. */
export const NODE_COMMANDS_MAX = 1_000;
/** Nodes that a writer may exclude from the plan of one chunk. */
export const EXCLUDED_NODES_MAX = 1_000;
/** Items of a quarantine in one answer, and versions that an item names: a frame of 64 KiB holds them. */
export const QUARANTINE_PAGE_MAX = 200;
export const QUARANTINE_VERSIONS_MAX = 16;
/** Datanodes in one answer, or in the answers that together are one: a list in a message has no more. */
export const ANSWERED_NODES_MAX = 32_768;

/** Masters in one set of members: far above the useful maximum of five. */
export const RAFT_MEMBERS_MAX = 64;
/** Messages in one batch between masters: as many of the smallest as fit into the megabyte of a batch. */
export const RAFT_BATCH_MESSAGES_MAX = 8_192;
/** Entries in one append: as many empty ones as fit into the megabyte of an append. */
export const RAFT_APPEND_ENTRIES_MAX = 16_384;
/** Data of one entry: the limit of a proposal. */
export const RAFT_ENTRY_BYTES_MAX = 1024 * KIB;
/** Bytes in one piece of a snapshot: twice the size that masters send. */
export const RAFT_PIECE_BYTES_MAX = 1024 * KIB;
