/** The end of a line that counts chunks, on those that are not reported to a new leader yet: rarely any, and then for a moment. */
export function unreportedText(unreported: number): string {
  return unreported === 0 ? '' : `, ${unreported} unreported (the leader is new)`;
}
