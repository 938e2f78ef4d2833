import { expect, expectTypeOf, test } from 'vitest';
import { buildProgram } from '../../../src/cli/terminal/build-program.js';
import { type ArgumentValues, type Call, type FlagsOf, rowsFor } from '../../../src/cli/terminal/command-row.js';

const OPTIONS = [
  { flags: '-p, --parents', about: '' },
  { flags: '--chunk-size <size>', about: '', parse: Number },
  { flags: '--limit <n>', about: '', parse: Number, default: 20 },
  { flags: '--runtime <kind>', about: '', choices: ['process', 'thread'] },
  { flags: '--record [dir]', about: '' },
  { flags: '--no-record', about: '' },
  { flags: '--no-tui', about: '' },
  { flags: '--data-dir <dir>', about: '', isNeeded: true },
] as const;

const ARGUMENTS = [
  { name: '<from>', about: '' },
  { name: '[count]', about: '', parse: Number },
  { name: '[path]', about: '', default: '/' },
  { name: '[rest...]', about: '' },
] as const;

interface Flags {
  readonly parents?: boolean;
  readonly chunkSize?: number;
  readonly limit: number;
  readonly runtime?: 'process' | 'thread';
  readonly record?: string | boolean;
  readonly tui: boolean;
  readonly dataDir: string;
}

test('rowsFor: what an action is given follows from its row', async () => {
  expectTypeOf<FlagsOf<typeof OPTIONS>>().toExtend<Flags>();
  expectTypeOf<FlagsOf<typeof OPTIONS>>().not.toExtend<Flags & { readonly chunkSize: number }>();
  expectTypeOf<FlagsOf<typeof OPTIONS>>().not.toExtend<{ readonly runtime?: 'process' }>();
  type Args = ArgumentValues<typeof ARGUMENTS>;
  expectTypeOf<Args>().toEqualTypeOf<readonly [string, number | undefined, string, readonly string[]]>();

  const calls: Call<Args, Flags & { readonly json?: boolean }>[] = [];
  const row = rowsFor<{ readonly json?: boolean }>()({
    name: 'do',
    summary: '',
    arguments: ARGUMENTS,
    options: OPTIONS,
    load: async () => (call: Call<Args, Flags & { readonly json?: boolean }>) => void calls.push(call),
  });
  const table = {
    name: 'program',
    summary: '',
    help: '',
    speaker: () => 'program',
    options: [{ flags: '--json', about: '' }],
    commands: [row],
  };
  const run = (...words: string[]): Promise<unknown> =>
    buildProgram(table, '1.0.0').parseAsync(['do', ...words], { from: 'user' });

  await run('a', '--data-dir', 'd');
  expect(calls[0]).toMatchObject({ args: ['a', undefined, '/', []], flags: { dataDir: 'd', limit: 20, tui: true } });
  expect(calls[0]?.flags).not.toHaveProperty('record');
  await run('a', '5', '/b', 'c', 'd', '--json', '-p', '--chunk-size', '7', '--no-record', '--no-tui', '--data-dir', 'd');
  expect(calls[1]).toMatchObject({
    args: ['a', 5, '/b', ['c', 'd']],
    flags: { json: true, parents: true, chunkSize: 7, record: false, tui: false },
  });
});
