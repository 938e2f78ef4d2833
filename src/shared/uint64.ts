/** Unsigned numbers of 64 bits in binary formats, big-endian, as numbers below 2^53. */

/** In two halves: a BigInt for each number costs more than all the rest of a small record. @param value below 2^53 */
export function setUint64(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, Math.floor(value / 2 ** 32));
  view.setUint32(offset + 4, value >>> 0);
}

/** As `setUint64`; beyond 2^53 it is rounded, which only damage can bring. */
export function getUint64(view: DataView, offset: number): number {
  return view.getUint32(offset) * 2 ** 32 + view.getUint32(offset + 4);
}
