/** Names of the segments of a datanode's commit journal. */

const SEGMENT = /^journal-(\d{16})$/;

/** @param sequence >= 1; later segments have higher ones */
export function segmentFileName(sequence: number): string {
  return `journal-${String(sequence).padStart(16, '0')}`;
}

/** The sequence number of a segment; null for any other file. */
export function parseSegmentFileName(name: string): number | null {
  const digits = SEGMENT.exec(name)?.[1];
  const sequence = Number(digits);
  return digits !== undefined && Number.isSafeInteger(sequence) && sequence > 0 ? sequence : null;
}
