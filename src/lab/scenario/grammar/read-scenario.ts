/** Reads a scenario file and says what is wrong with it, in place and in words. */
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { MIB } from '../../../shared/limits.js';
import { parseScenario } from './parse-scenario.js';
import { problemEvent } from './problem-event.js';
import type { ErrorEvent } from './problem-event.js';
import type { Scenario } from '../model/scenario.js';
import { messageOf } from '../../../shared/error-text.js';

const SOURCE_BYTES_MAX = MIB;

export type ReadScenario =
  | { readonly ok: true; readonly scenario: Scenario; /** The file as it was read. */ readonly source: string }
  | { readonly ok: false; readonly problems: readonly ErrorEvent[] };

/** Reads SOURCE_BYTES_MAX bytes at most. @throws Error of node:fs, or about the size */
async function readSource(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SOURCE_BYTES_MAX + 1), 0, SOURCE_BYTES_MAX + 1, 0);
    if (bytesRead > SOURCE_BYTES_MAX) throw new Error(`it has more than ${SOURCE_BYTES_MAX} bytes`);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** The scenario in a file, or what is wrong. Never rejects. @param file path of the YAML file */
export async function readScenario(file: string): Promise<ReadScenario> {
  let text: string;
  try {
    text = await readSource(file);
  } catch (error) {
    const reason = messageOf(error);
    return { ok: false, problems: [{ event: 'error', message: `Cannot read scenario "${file}": ${reason}`, file }] };
  }
  const parsed = parseScenario(text, basename(file).replace(/\.ya?ml$/, ''));
  if (parsed.ok) return { ok: true, scenario: parsed.scenario, source: text };
  return { ok: false, problems: parsed.problems.map((problem) => problemEvent(file, problem)) };
}
