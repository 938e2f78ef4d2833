import { expect, test } from 'vitest';
import { faultCommand, refusalText, textOf } from '../../src/cli/lab/fault-command.js';
import type { Flags } from '../../src/cli/lab/fault-command.js';
import { MIB } from '../../src/shared/limits.js';
import { COMMAND_WORDS } from '../../src/lab/scenario/command-words.js';
import { parseFaultCommand } from '../../src/lab/scenario/command-line.js';

const CLUSTER = { masters: 3, datanodes: 2, racks: 1, replication: 2, chunkSizeBytes: 4 * MIB, profile: 'fast' } as const;

/** The command, or what people are told instead. */
function asked(name: string, names: readonly string[], flags: Flags): string {
  const word = COMMAND_WORDS.find((known) => known.word === name)!;
  const command = faultCommand(word, names, flags);
  if ('problem' in command) return command.problem;
  const text = textOf(command.parts);
  const parsed = parseFaultCommand(text, CLUSTER);
  return 'step' in parsed ? text : refusalText(command.parts, parsed.problems);
}

test('faultCommand: options become the keys of a command', () => {
  expect(asked('kill', ['dn-1', 'dn-2'], { for: '5s' })).toBe('kill dn-1 dn-2 duration=5s');
  expect(asked('partition', ['m-1'], { to: 'm-2,m-3' })).toBe('partition m-1 direction=to target=m-2,m-3');
  expect(asked('bitflip', [], { holds: '/a b', mode: 'one' })).toBe('bitflip holds="/a b" mode=one');
  expect(asked('pause', [], { inPipeline: true })).toBe('pause in-pipeline=true');
});

test('refusalText: what is wrong is told of the option, as it was typed', () => {
  const time = 'is not a duration: write a number with ms, s, m or h, as in 250ms or 5s';
  expect(asked('kill', ['dn-1'], { for: '5' })).toBe(`--for 5: "5" ${time}`);
  expect(asked('delay', ['dn-1'], { delay: '50', for: '5' })).toBe(`--delay 50: "50" ${time}; --for 5: "5" ${time}`);
  expect(asked('kill', ['dn-9'], {})).toBe('unknown node "dn-9": this cluster has m-1 to m-3 and dn-1 to dn-2');
  expect(asked('partition', ['m-1'], { to: 'm-2,m-9' })).toMatch(/^--to m-2,m-9: unknown node "m-9"/);
  expect(asked('pause', [], { role: 'foo' })).toBe('--role foo: unknown role "foo" (use master, datanode)');
});

test('faultCommand: --to, --from, --direction and --target are checked against one another', () => {
  expect(asked('partition', ['m-1'], { to: 'm-2', from: 'm-3' })).toBe(
    '--to and --from do not go together: for both ways take --target <names>, or give a command for each',
  );
  expect(asked('delay', ['m-1'], { delay: '5ms', from: 'm-3', direction: 'to' })).toBe(
    '--from says the direction already: leave --direction out',
  );
  expect(asked('partition', ['m-1'], { to: 'm-2', target: 'm-3' })).toBe('--to names the other side already: leave --target out');
  expect(asked('partition', ['m-1'], { to: 'm-2,dn-1', targetRole: 'master' })).toBe(
    'partition m-1 target-role=master direction=to target=m-2,dn-1',
  );
});
