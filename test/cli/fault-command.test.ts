import { expect, test } from 'vitest';
import { faultStep } from '../../src/cli/lab/fault-command.js';
import type { Flags } from '../../src/cli/lab/fault-command.js';
import { MIB } from '../../src/shared/limits.js';
import { COMMAND_WORDS } from '../../src/lab/scenario/grammar/command-words.js';
import { stepText } from '../../src/lab/scenario/grammar/fault-text.js';
import { readStepJson } from '../../src/lab/scenario/grammar/step-json.js';

const CLUSTER = { masters: 3, datanodes: 2, racks: 1, replication: 2, chunkSizeBytes: 4 * MIB, profile: 'fast' } as const;

/** The step as a command, or what people are told instead. */
function told(name: string, names: readonly string[], flags: Flags): string {
  const word = COMMAND_WORDS.find((known) => known.word === name)!;
  const asked = faultStep(word, names, flags);
  if ('problem' in asked) return asked.problem;
  // As it goes over the control socket.
  const read = readStepJson(JSON.parse(JSON.stringify(asked.step)) as object, CLUSTER);
  return 'step' in read ? stepText(read.step) : asked.refusalText(read.problems);
}

test('faultStep: options become the keys of a step', () => {
  expect(told('kill', ['dn-1', 'dn-2'], { for: '5s' })).toBe('kill dn-1 dn-2 duration=5s');
  expect(told('partition', ['m-1'], { to: 'm-2,m-3' })).toBe('partition m-1 direction=to target=m-2,m-3');
  expect(told('bitflip', [], { holds: '/a b', mode: 'one' })).toBe('bitflip holds="/a b" mode=one');
  expect(told('pause', [], { inPipeline: true })).toBe('pause in-pipeline=true');
  expect(told('wipe', ['dn-1'], { force: true })).toBe('wipe dn-1 force=yes');
});

test('refusalText: what is wrong is told of the option, as it was typed', () => {
  const time = 'is not a duration: write a number with ms, s, m or h, as in 250ms or 5s';
  expect(told('kill', ['dn-1'], { for: '5' })).toBe(`--for 5: "5" ${time}`);
  expect(told('delay', ['dn-1'], { delay: '50', for: '5' })).toBe(`--delay 50: "50" ${time}; --for 5: "5" ${time}`);
  expect(told('kill', ['dn-9'], {})).toBe('unknown node "dn-9": this cluster has m-1 to m-3 and dn-1 to dn-2');
  expect(told('partition', ['m-1'], { to: 'm-2,m-9' })).toMatch(/^--to m-2,m-9: unknown node "m-9"/);
  expect(told('pause', [], { role: 'foo' })).toBe('--role foo: unknown role "foo" (use master, datanode)');
  expect(told('slow', ['dn-1'], { delay: '2m' })).toBe('--delay 2m: it must be from 1ms to 60s');
  expect(told('eio', ['dn-1'], { percent: '0', calls: 'sink' })).toBe(
    '--calls sink: unknown calls "sink" (use any, read, write, sync, open, rename); --percent 0: it must be from 1 to 100',
  );
  expect(told('kill', ['dn-1'], { name: 'dn-2' })).toBe('--name dn-2: names stand in the command already');
});

test('faultStep: --to, --from, --direction and --target are checked against one another', () => {
  expect(told('partition', ['m-1'], { to: 'm-2', from: 'm-3' })).toBe(
    '--to and --from do not go together: for both ways take --target <names>, or give a command for each',
  );
  expect(told('delay', ['m-1'], { delay: '5ms', from: 'm-3', direction: 'to' })).toBe(
    '--from says the direction already: leave --direction out',
  );
  expect(told('partition', ['m-1'], { to: 'm-2', target: 'm-3' })).toBe('--to names the other side already: leave --target out');
  expect(told('partition', ['m-1'], { to: 'm-2,dn-1', targetRole: 'master' })).toBe(
    'partition m-1 direction=to target=m-2,dn-1 target-role=master',
  );
});
