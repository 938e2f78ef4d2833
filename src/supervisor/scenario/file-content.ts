/** What the workload writes: bytes that a seed and a path decide, and their fingerprint. */
import { createCipheriv, createHash } from 'node:crypto';

/**
 * Bytes without a pattern that a file system could hide a mistake behind: the AES-128-CTR key stream of a key made from seed and path.
 * @param lengthBytes >= 0
 */
export function fileContent(seed: number, path: string, lengthBytes: number): Uint8Array {
  const key = createHash('sha256').update(`${seed} ${path}`).digest().subarray(0, 16);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(lengthBytes));
}

/** SHA-256, hex. */
export function fingerprint(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
