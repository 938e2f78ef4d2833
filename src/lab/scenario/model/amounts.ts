/** Amounts as the grammar writes them, exactly: what is written here is read back as the same number. */

/** `250ms`, `5s`. @param ms whole, may be negative */
export function formatDuration(ms: number): string {
  return Math.abs(ms) >= 1_000 && ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`;
}

/** `64KiB`, `4MiB`; bytes when no unit fits exactly. */
export function formatSize(bytes: number): string {
  const power = [3, 2, 1].find((exponent) => bytes >= 1024 ** exponent && bytes % 1024 ** exponent === 0) ?? 0;
  return `${bytes / 1024 ** power}${['B', 'KiB', 'MiB', 'GiB'][power] ?? 'B'}`;
}
