/** Reads the values of command line options; an invalid value is wrong usage. */
import { parseAddress } from '../../shared/address.js';
import { CHUNK_BYTES_MAX, CHUNK_BYTES_MIN, KIB, REPLICATION_MAX, TIMER_MS_MAX } from '../../shared/limits.js';
import { parseProfile, type ProfileName } from '../../shared/profile.js';
import { formatBytes, parseDuration, parseSize } from '../../shared/units.js';
import { reading, wholeNumber } from '../terminal/value-parsers.js';
import { parseMasterId, parseMembers } from './master-members.js';

/** `64MiB`, or plain bytes. */
export const sizeOption = reading(parseSize);

/** Minimum size of log between checkpoints: with less, every few records would cause a checkpoint. */
const CHECKPOINT_LOG_BYTES_MIN = 4 * KIB;

export const checkpointBytesOption = reading((text) => {
  const bytes = parseSize(text);
  if (bytes >= CHECKPOINT_LOG_BYTES_MIN) return bytes;
  throw new Error(`it must be at least ${formatBytes(CHECKPOINT_LOG_BYTES_MIN)}.`);
});

/** `250ms`, `5s`, `2m`; milliseconds. */
export const durationOption = reading(parseDuration);

/** A duration that a timer can have, above 0. */
export const timeoutOption = reading((text) => {
  const ms = parseDuration(text);
  if (ms > 0 && ms <= TIMER_MS_MAX) return ms;
  throw new Error('it must be above 0, and at most 24 days.');
});

export const profileOption: (text: string) => ProfileName = reading(parseProfile);

/** `host:port`. */
export const addressOption = reading((text) => {
  parseAddress(text);
  return text;
});

/** `host:port[,host:port…]`; duplicates count once. */
export const addressesOption = reading((text) => {
  const addresses = text.split(',').map((address) => address.trim());
  for (const address of addresses) parseAddress(address);
  return [...new Set(addresses)];
});

export const masterIdOption = reading(parseMasterId);

/** Bytes from the start of a file. */
export const offsetOption = reading((text) => {
  const offset = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(offset)) return offset;
  throw new Error('it must be a whole number of bytes.');
});

/** `m-1=host:port,m-2=host:port,…`: all masters of a new cluster. */
export const membersOption = reading(parseMembers);

export const chunkSizeOption = reading((text) => {
  const bytes = parseSize(text);
  if (bytes >= CHUNK_BYTES_MIN && bytes <= CHUNK_BYTES_MAX) return bytes;
  throw new Error(`it must be from ${formatBytes(CHUNK_BYTES_MIN)} to ${formatBytes(CHUNK_BYTES_MAX)}.`);
});

export const replicationOption = wholeNumber(1, REPLICATION_MAX);
