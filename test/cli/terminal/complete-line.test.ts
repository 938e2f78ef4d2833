import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { buildProgram, completedBy } from '../../../src/cli/terminal/build-program.js';
import { rowsFor } from '../../../src/cli/terminal/command-row.js';
import { answerLines } from '../../../src/cli/terminal/completion/answer-completion.js';
import { completeLine, type LookUpRequest } from '../../../src/cli/terminal/completion/complete-line.js';

const row = rowsFor<object>();
const load = async () => () => undefined;
const asked: LookUpRequest[] = [];

const table = {
  name: 'lab',
  summary: '',
  help: '',
  speaker: () => 'lab',
  options: [{ flags: '--master <addresses>', about: '' }],
  commands: [
    row({
      name: 'run',
      summary: 'run scenarios',
      arguments: [{ name: '<file...>', about: '', completes: 'file' }],
      options: [
        { flags: '--runtime <kind>', about: 'how', choices: ['process', 'thread'] },
        { flags: '--record [dir]', about: '', completes: 'directory' },
        { flags: '-q, --quiet', about: '' },
      ],
      load,
    }),
    row({ name: 'up', summary: '', options: [{ flags: '--dir <dir>', about: '' }], load }),
    {
      name: 'load',
      summary: '',
      commands: [row({ name: 'start', summary: '', load }), row({ name: 'stop', summary: '', load })],
    },
    row({ name: 'cat', summary: '', arguments: [{ name: '<path>', about: '', completes: 'remote-path' }], load }),
    row({ name: 'put', summary: '', arguments: [{ name: '<path...>', about: '', completes: 'file-or-remote-path' }], load }),
  ],
  mount: (program: Command) => {
    program
      .command('kill')
      .argument('[node...]')
      .option('--role <master|datanode>')
      .option('--dir <dir>')
      .option('--to <names>')
      .option('--for <time>');
    program.command('loss', { hidden: true });
  },
};

/** The candidates of a line's last word, and the ending. */
async function complete(...words: string[]): Promise<string> {
  const settings = {
    completedBy,
    defaultCommand: 'up',
    lookUps: {
      node: async (request: LookUpRequest) => {
        asked.push(request);
        return [{ value: 'dn-1' }, { value: 'dn-2' }];
      },
      'remote-path': async () => [{ value: '/films/' }, { value: '/notes' }],
    },
    completesByName: { node: 'node', to: 'node' },
  } as const;
  const { candidates, ending } = await completeLine(buildProgram(table, '1.0.0'), words, settings);
  return [...candidates.map(({ value }) => value), `:${ending}`].join(' ');
}

test.each([
  [[''], 'run up load cat put kill help :none'],
  [['lo'], 'load :none'],
  [['loss', ''], ':none'],
  [['load', 's'], 'start stop :none'],
  [['help', 'load', ''], 'start stop help :none'],
  [['nonsense', ''], ':none'],
  [['run', ''], ':files'],
  [['run', 'a.yaml', 'b'], ':files'],
  [['run', '-'], '--runtime --record --quiet --help --master :none'],
  [['run', '--runtime', 'thread', '-q', '--r'], '--record :none'],
  [['run', '--runtime', ''], 'process thread :none'],
  [['run', '--runtime=t'], '--runtime=thread :none'],
  [['run', '--runtime=thread', ''], ':files'],
  [['run', '--record', ''], ':directories'],
  [['run', '--record', '--q'], '--quiet :none'],
  [['run', '--', '--q'], ':files'],
  [['--master', 'run', 'r'], 'run :none'],
  [['run', '--master', 'x', '--run'], '--runtime :none'],
  [['--d'], '--dir :none'],
  [['kill', ''], 'dn-1 dn-2 :none'],
  [['kill', 'dn-1', '--to', ''], 'dn-1 dn-2 :none'],
  [['kill', '--role', 'm'], 'master :none'],
  [['kill', '--dir', ''], ':directories'],
  [['kill', '--for', ''], ':none'],
  [['cat', '/f'], '/films/ :no-space'],
  [['cat', '/n'], '/notes :none'],
  [['put', 'a', '/f'], '/films/ :no-space'],
  [['put', 'a', '/none'], ':files'],
  [['put', 'a', 'b'], ':files'],
  [['--=', '=', '-', '--', '\u0000', ''], ':none'],
  [[], 'run up load cat put kill help :none'],
])('completeLine: %j', async (words, expected) => {
  expect(await complete(...words)).toBe(expected);
});

test('completeLine: a look-up is given what was typed and the options of the line', async () => {
  asked.length = 0;
  await complete('kill', '--dir', '/tmp/a', 'dn');
  expect(asked).toEqual([{ partial: 'dn', options: new Map([['dir', '/tmp/a']]) }]);
});

test('answerLines: a candidate that would tear the line is left away, and so are blanks of its description', () => {
  const candidates = [{ value: 'a\nb' }, { value: 'c', about: 'one\n\ttwo' }, { value: '\u001b[2J' }, { value: '' }];
  expect(answerLines({ candidates, ending: 'none' })).toEqual(['c\tone two', ':none']);
});
