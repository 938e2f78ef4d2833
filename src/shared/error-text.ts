/** What was thrown, in words. */

/** The message of an error; of any other value its text, for anything can be thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
