/** Reads the values of command line options; what cannot be read is wrong usage. */
import { InvalidArgumentError } from 'commander';
import { parseAddress } from '../shared/address.js';
import { CHUNK_BYTES_MAX, CHUNK_BYTES_MIN, REPLICATION_MAX } from '../shared/limits.js';
import { parseProfile, type ProfileName } from '../shared/profile.js';
import { formatBytes, parseSize } from '../shared/units.js';

/** Runs a parser of ours for commander. */
function reading<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
    }
  };
}

/** `64MiB`, or plain bytes. */
export const sizeOption = reading(parseSize);

export const profileOption: (text: string) => ProfileName = reading(parseProfile);

/** `host:port`. */
export const addressOption = reading((text) => {
  parseAddress(text);
  return text;
});

/** `host:port[,host:port…]`. */
export const addressesOption = reading((text) => {
  const addresses = text.split(',').map((address) => address.trim());
  for (const address of addresses) parseAddress(address);
  return addresses;
});

export const chunkSizeOption = reading((text) => {
  const bytes = parseSize(text);
  if (bytes >= CHUNK_BYTES_MIN && bytes <= CHUNK_BYTES_MAX) return bytes;
  throw new Error(`it must be from ${formatBytes(CHUNK_BYTES_MIN)} to ${formatBytes(CHUNK_BYTES_MAX)}.`);
});

export const replicationOption = reading((text) => {
  const copies = Number(text);
  if (/^\d+$/.test(text) && copies >= 1 && copies <= REPLICATION_MAX) return copies;
  throw new Error(`it must be a whole number from 1 to ${REPLICATION_MAX}.`);
});
