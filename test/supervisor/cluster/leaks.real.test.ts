import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../../scripts/leaks.mjs', import.meta.url));

test.runIf(process.platform === 'linux')(
  'clusters of threads, used and broken, leave no process, port, folder or descriptor',
  async () => {
    const child = spawn(process.execPath, [SCRIPT, '--runs', '3'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (output += piece.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    expect([code, output]).toEqual([0, expect.stringMatching(/^3 runs: \d+ descriptors, 0 children/)]);
  },
);
