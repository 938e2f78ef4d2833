import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { variablesOf } from '../../../src/cli/lab/lab-control.js';
import type { EnvironmentAnswer } from '../../../src/lab/live/control-messages.js';
import { shellWord } from '../../../src/lab/record/shell-word.js';

const GOOD: EnvironmentAnswer = {
  masters: '127.1.2.3:7000,[::1]:7001',
  profile: 'fast',
  proxy: 'http://client:t0ken@127.0.0.1:40000',
};

test('variablesOf: the variables of a lab', () => {
  expect(variablesOf(GOOD)).toEqual({ DISTRIFS_MASTER: GOOD.masters, DISTRIFS_PROFILE: 'fast', grpc_proxy: GOOD.proxy });
});

test.each([
  { masters: 'h:1;touch /tmp/x' },
  { masters: '' },
  { profile: 'fast;id' as 'fast' },
  { proxy: 'ftp://h:1' },
  { proxy: 'x' },
])('variablesOf: %j is refused', (part) => {
  expect(() => variablesOf({ ...GOOD, ...part })).toThrow(/not an address|Unknown profile|not of the form/);
});

test.each(['$(id)', '`id`', "a'b", 'a b;c', 'http://u:$(touch x)@h:1', '~', '', 'a,b', '!x', '\n'])(
  'shellWord(%j): a shell reads the same text again',
  (text) => {
    expect(execFileSync('sh', ['-c', `v=${shellWord(text)}; printf %s "$v"`], { encoding: 'utf8' })).toBe(text);
  },
);
