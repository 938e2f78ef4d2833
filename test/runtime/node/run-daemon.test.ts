import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { runDaemon } from '../../../src/runtime/node/run-daemon.js';
import { DfsError } from '../../../src/shared/errors.js';

async function refusedStart(error: Error): Promise<{ readonly log: string; readonly said: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'distrifs-daemon-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const said: string[] = [];
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  onTestFinished(() => stderr.mockRestore());
  const logFile = join(folder, 'log');
  const start = async (): Promise<never> => {
    throw error;
  };
  expect(await runDaemon({ role: 'datanode', name: 'dn-1', dataDir: join(folder, 'data'), logFile, start })).toBe(1);
  return { log: readFileSync(logFile, 'utf8'), said: said.join('') };
}

// A kilobyte of stack stood above the one line that says what to do.
test('runDaemon: a start that is refused with a typed error is said in one line, and logged without a stack', async () => {
  const { log, said } = await refusedStart(new DfsError('FOREIGN_CLUSTER', 'The folder belongs to another cluster'));
  expect(said).toBe('distrifs datanode: The folder belongs to another cluster\n');
  expect(log).toContain('"code":"FOREIGN_CLUSTER"');
  expect(log).not.toContain('run-daemon.test');
});

test('runDaemon: the stack of an unexpected error is in the log', async () => {
  const { log } = await refusedStart(new TypeError('x is not a function'));
  expect(log).toContain('run-daemon.test');
});
