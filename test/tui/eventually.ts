/** Waits until a check passes, for as long as a busy machine may need. */
import { vi } from 'vitest';

export async function eventually(check: () => void): Promise<void> {
  await vi.waitFor(check, { timeout: 20_000, interval: 10 });
}
